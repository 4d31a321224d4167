package org.posthorn.protocols.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** A stream that has one segment there at a time, as the network would. Each is what its characters are in Latin-1. */
final class Segments extends InputStream {

    private final List<String> segments;
    private int segment;
    private int position;

    Segments(String... segments) {
        this.segments = List.of(segments);
    }

    @Override public int available() {
        return segment < segments.size() ? segments.get(segment).length() - position : 0;
    }

    @Override public int read() throws IOException {
        while (available() == 0) {
            if (segment >= segments.size() - 1) {
                return -1;
            }
            segment++;
            position = 0;
        }
        return segments.get(segment).charAt(position++);
    }
}
