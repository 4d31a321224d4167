package org.posthorn.mailets.port;

/** A mailet that declares what it is. All of ours do; others may, and are checked as strictly then. */
public interface Described {

    /** What it declares; the same before and after {@code init}. */
    Manifest manifest();
}
