package org.posthorn.server.chain;

import java.nio.file.Path;
import java.util.List;

/**
 * Where the policy lies.
 *
 * @param processors the file, usually HOME/conf/processors.xml
 * @param jarFolders folders whose jars may hold mailets and matchers; one that is not there is empty
 */
public record ChainConfig(Path processors, List<Path> jarFolders) {

    /** Copies the list. */
    public ChainConfig {
        jarFolders = List.copyOf(jarFolders);
    }
}
