package org.posthorn.server.delivery.local;

import java.nio.file.Path;
import org.posthorn.server.config.Section;

/**
 * Where mailboxes lie: {@code <local>} in {@code conf/delivery.xml}.
 *
 * @param root the directory above all domains' directories; default {@code mail} in the server's home
 * @param hostname our name, part of the names of delivered files
 * @param concurrency how many messages are written at once; default 128; fewer share fewer
 *     forces of the disk
 */
public record LocalConfig(Path root, String hostname, int concurrency) {

    /** Reads {@code <local>}; a root that is not absolute is meant below {@code home}. */
    public static LocalConfig read(Section section, Path home, String hostname) {
        return new LocalConfig(section.value("root", home.resolve("mail"), home::resolve), hostname,
            section.integer("concurrency", 128, 1, 10_000));
    }
}
