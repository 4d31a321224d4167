package org.posthorn.server.delivery.tls;

import java.util.Optional;

/**
 * One connection, or one that was not made, as reports count it (RFC 8460 section 4.3).
 *
 * @param basis what its terms rested on
 * @param host the mail exchanger
 * @param address its address; empty where none was tried
 * @param ours our own address; empty where nothing was connected
 * @param shortcoming what was wrong; empty for a success
 */
public record Session(Basis basis, String host, String address, String ours, Optional<Shortcoming> shortcoming) {
}
