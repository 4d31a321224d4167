package org.posthorn.protocols.net;

import java.net.InetAddress;

/** Some addresses, such as those of the proxies that may speak for other clients. Thread-safe. */
public interface AddressSet {

    /** Whether the address is one of them. */
    boolean contains(InetAddress address);

    /** No address at all. */
    static AddressSet none() {
        return _ -> false;
    }
}
