package org.posthorn.server.powerloss;

import java.nio.file.Path;

/**
 * One thing that was done to a disk, in the order in which it was done. Files are known by number, since their names
 * change; names are relative to the recorded directory.
 */
sealed interface Step {

    /** A new, empty file. */
    record Make(Path name, int file) implements Step {
    }

    /** A new directory. */
    record MakeDirectory(Path name) implements Step {
    }

    /** Octets at a place of a file. */
    record Write(int file, long at, byte[] octets) implements Step {
    }

    /** A file is so long now. */
    record Cut(int file, long length) implements Step {
    }

    /** A file has another name. */
    record Move(Path from, Path to, int file) implements Step {
    }

    /** A name is gone. */
    record Remove(Path name) implements Step {
    }

    /** All that was done to the file's octets before step {@code before} is durable. */
    record Force(int file, int before) implements Step {
    }

    /** All that was done to names in the directory before step {@code before} is durable. */
    record ForceDirectory(Path name, int before) implements Step {
    }

    /** All that was done before step {@code before} is durable. */
    record ForceAll(int before) implements Step {
    }

    /** Somebody was promised something. */
    record Promise(Object what) implements Step {
    }
}
