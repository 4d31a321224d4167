package org.posthorn.protocols.net;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** PROXY headers of version 2, put together by hand. */
public final class ProxyHeaders {

    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private ProxyHeaders() {
    }

    /**
     * A header.
     *
     * @param command version and command, such as {@code 21}
     * @param family such as {@code 11}
     * @param rest what follows the length, in hexadecimal; blanks do not matter
     */
    public static byte[] binary(String command, String family, String rest) {
        var body = HexFormat.of().parseHex(rest.replace(" ", ""));
        var head = HexFormat.of().parseHex(SIGNATURE + command + family);
        return ByteBuffer.allocate(16 + body.length).put(head).putShort((short) body.length).put(body).array();
    }

    /** The header with its last four octets replaced by its checksum. */
    public static byte[] withChecksum(byte[] header) {
        var buffer = ByteBuffer.wrap(header.clone()).putInt(header.length - 4, 0);
        var checksum = new CRC32C();
        checksum.update(buffer.array());
        return buffer.putInt(header.length - 4, (int) checksum.getValue()).array();
    }

    /** Octets of a text in Latin-1. */
    public static byte[] text(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
