package org.posthorn.protocols.client;

import java.io.IOException;
import org.posthorn.protocols.wire.Content;

/**
 * Where a message has octets above 127.
 *
 * @param headerIsEightBit before the first empty line
 * @param isEightBit anywhere
 */
record ContentScan(boolean headerIsEightBit, boolean isEightBit) {

    static final ContentScan PLAIN = new ContentScan(false, false);

    private static final int BLOCK = 16_384;

    static ContentScan of(Content content) throws IOException {
        var block = new byte[BLOCK];
        var inHeader = true;
        var lineIsEmpty = true;
        var header = false;
        var anywhere = false;
        try (var in = content.open()) {
            for (var length = in.read(block); length >= 0 && (inHeader || !anywhere); length = in.read(block)) {
                for (var i = 0; i < length; i++) {
                    var octet = block[i];
                    anywhere |= octet < 0;
                    header |= inHeader && octet < 0;
                    if (octet == '\n') {
                        inHeader &= !lineIsEmpty;
                        lineIsEmpty = true;
                    } else if (octet != '\r') {
                        lineIsEmpty = false;
                    }
                }
            }
        }
        return new ContentScan(header, anywhere);
    }
}
