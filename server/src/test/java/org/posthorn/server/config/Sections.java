package org.posthorn.server.config;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/** Sections from text, for tests. */
public final class Sections {

    private Sections() {
    }

    /** The root element of well-formed XML, all of whose problems are ignored. */
    public static Section of(String root, String xml) {
        return ConfigFile.read(root + ".xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), root,
            new Problems()).orElseThrow();
    }
}
