package org.posthorn.mailets.port;

/** A mailet that declares what it is. All of ours do; others may, and are checked as strictly then. */
public interface Described {

    /** What it declares. Its parameters are asked before {@code init}, whether it ends the mail and where after it. */
    Manifest manifest();
}
