package org.posthorn.server.policy;

/**
 * Whether the heap has room for a stranger's mail. What sessions hold has bounds of its own; this one is for the sum of
 * all, such as a thousand recipients in each of a thousand sessions. Thread-safe, and quick: asked at each recipient.
 */
@FunctionalInterface
public interface HeapRoom {

    /** Whether nearly all of it is in use: then strangers are told 452 4.3.1, and come again. */
    boolean isShort();

    /** There is always room. */
    static HeapRoom ample() {
        return () -> false;
    }
}
