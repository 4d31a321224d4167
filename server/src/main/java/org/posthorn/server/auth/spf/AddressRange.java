package org.posthorn.server.auth.spf;

import java.math.BigInteger;
import java.net.InetAddress;

/**
 * Addresses with the same leading bits.
 *
 * @param width of the addresses, in bits: 32 or 128
 * @param bits of one of them; those behind the prefix do not count
 * @param prefix how many bits are the same
 */
record AddressRange(int width, BigInteger bits, int prefix) {

    /** All addresses that begin as these octets do. */
    static AddressRange of(byte[] octets, int prefix) {
        return new AddressRange(octets.length * Byte.SIZE, new BigInteger(1, octets), prefix);
    }

    /** All that begin as this address does. */
    static AddressRange around(InetAddress address, Mechanism.Prefixes prefixes) {
        var octets = address.getAddress();
        return of(octets, octets.length == 4 ? prefixes.four() : prefixes.six());
    }

    /** Whether the address is of the same family and begins the same. */
    boolean contains(InetAddress address) {
        var other = address.getAddress();
        return other.length * Byte.SIZE == width
            && bits.xor(new BigInteger(1, other)).shiftRight(width - prefix).signum() == 0;
    }
}
