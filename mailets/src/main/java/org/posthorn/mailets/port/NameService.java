package org.posthorn.mailets.port;

import java.net.InetAddress;
import java.util.List;

/**
 * The domain name system, as far as policies ask it. Every question has a deadline; one that cannot be answered now is
 * logged and told as such, and nothing throws.
 */
public interface NameService {

    /** IPv4 addresses of a name: how block lists answer (RFC 5782 section 2.1). */
    Answer<InetAddress> ipv4Addresses(String name);

    /**
     * Whether mail could be sent to the domain: by a mail exchanger or an address of its own (RFC 5321 section 5.1).
     */
    Reachability reachability(String domain);

    /** What was found. */
    sealed interface Answer<T> {

        /**
         * There are some.
         *
         * @param records at least one
         */
        record Found<T>(List<T> records) implements Answer<T> {
            /** Copies the list. */
            public Found {
                records = List.copyOf(records);
            }
        }

        /** There are none, for sure. */
        record None<T>() implements Answer<T> {
        }

        /** We do not know now; never to be taken for none. */
        record Unknown<T>(String why) implements Answer<T> {
        }
    }

    /** Whether a domain takes mail. */
    enum Reachability {
        /** It has an exchanger or an address. */
        YES,
        /** It has neither, does not exist, or says that it takes none (RFC 7505). */
        NO,
        /** We do not know now. */
        UNKNOWN
    }
}
