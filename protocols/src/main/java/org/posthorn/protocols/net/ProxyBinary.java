package org.posthorn.protocols.net;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.posthorn.protocols.net.ProxyHeader.Direct;
import org.posthorn.protocols.net.ProxyHeader.Malformed;
import org.posthorn.protocols.net.ProxyHeader.Relayed;

/** Version 2: a signature, a command, a family, a length, addresses, and maybe more in type-length-value (2.2). */
final class ProxyBinary {

    private static final byte[] SIGNATURE = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    /** Signature, version and command, family and protocol, length. */
    private static final int FIXED = 16;
    /** Octets behind those. The protocol wants a header to fit in one segment; certificates may make it longer. */
    private static final int LONGEST = 4096;
    private static final int TCP_OVER_IPV4 = 0x11;
    private static final int TCP_OVER_IPV6 = 0x21;
    private static final int CHECKSUM = 0x03;

    private final ByteBuffer header;

    private ProxyBinary(ByteBuffer header) {
        this.header = header;
    }

    /** Reads what follows the first octet of the signature. */
    static ProxyHeader read(InputStream in) throws IOException {
        for (var i = 1; i < SIGNATURE.length; i++) {
            if (in.read() != SIGNATURE[i]) {
                return new Malformed("expected the signature of a PROXY header");
            }
        }
        var words = in.readNBytes(FIXED - SIGNATURE.length);
        if (words.length < FIXED - SIGNATURE.length) {
            return new Malformed("the connection ended within the PROXY header");
        }
        var length = (words[2] & 0xff) << 8 | words[3] & 0xff;
        if (length > LONGEST) {
            return new Malformed("a PROXY header of " + length + " octets is longer than " + LONGEST);
        }
        var rest = in.readNBytes(length);
        if (rest.length < length) {
            return new Malformed("the connection ended within the PROXY header");
        }
        return new ProxyBinary(ByteBuffer.allocate(FIXED + length).put(SIGNATURE).put(words).put(rest).flip()).header();
    }

    private ProxyHeader header() throws UnknownHostException {
        var version = header.get(12) >> 4 & 0xf;
        if (version != 2) {
            return new Malformed("PROXY version " + version + " is not known");
        }
        return switch (header.get(12) & 0xf) {
            // The rest of it, the family included, means nothing then.
            case 0 -> new Direct();
            case 1 -> proxied(header.get(13) & 0xff);
            default -> new Malformed("PROXY command " + (header.get(12) & 0xf) + " is not known");
        };
    }

    private ProxyHeader proxied(int family) throws UnknownHostException {
        if (family >> 4 > 3 || (family & 0xf) > 2) {
            return new Malformed("PROXY family " + family + " is not known");
        }
        var addresses = switch (family >> 4) {
            case 1 -> 2 * 4 + 2 * 2;
            case 2 -> 2 * 16 + 2 * 2;
            case 3 -> 2 * 108;
            // Nobody knows what these octets are.
            default -> header.limit() - FIXED;
        };
        if (header.limit() < FIXED + addresses) {
            return new Malformed("the PROXY header is too short for its addresses");
        }
        var fault = faultBehind(FIXED + addresses);
        if (fault.isPresent()) {
            return new Malformed(fault.get());
        }
        return switch (family) {
            case TCP_OVER_IPV4 -> relayed(4);
            case TCP_OVER_IPV6 -> relayed(16);
            default -> new Direct();
        };
    }

    private Relayed relayed(int octets) throws UnknownHostException {
        var ports = FIXED + 2 * octets;
        return new Relayed(new InetSocketAddress(address(FIXED, octets), header.getShort(ports) & 0xffff),
            new InetSocketAddress(address(FIXED + octets, octets), header.getShort(ports + 2) & 0xffff));
    }

    /** An IPv4 address that stands as an IPv6 one becomes what it is. */
    private InetAddress address(int at, int octets) throws UnknownHostException {
        var address = new byte[octets];
        header.get(at, address);
        return InetAddress.getByAddress(address);
    }

    /** What is wrong with the type-length-value fields; of all of them only the checksum means anything to us. */
    private Optional<String> faultBehind(int position) {
        for (var at = position; at < header.limit();) {
            var length = header.limit() - at < 3 ? Integer.MAX_VALUE : header.getShort(at + 1) & 0xffff;
            if (length > header.limit() - at - 3) {
                return Optional.of("a field of the PROXY header is cut short");
            }
            if (header.get(at) == CHECKSUM && !(length == 4 && isChecksum(at + 3))) {
                return Optional.of("the checksum of the PROXY header is wrong");
            }
            at += 3 + length;
        }
        return Optional.empty();
    }

    /** CRC-32C over the header with zeros in place of the checksum (2.2.3). */
    private boolean isChecksum(int at) {
        var blank = ByteBuffer.allocate(header.limit()).put(header.duplicate()).flip().putInt(at, 0);
        var checksum = new CRC32C();
        checksum.update(blank);
        return (int) checksum.getValue() == header.getInt(at);
    }
}
