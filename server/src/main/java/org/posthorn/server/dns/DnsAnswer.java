package org.posthorn.server.dns;

import java.util.List;

/** What the DNS said. */
public sealed interface DnsAnswer<T> {

    /**
     * There are records; never an empty list.
     *
     * @param records in the order of the answer
     */
    record Found<T>(List<T> records) implements DnsAnswer<T> {
        /** Copies the list. */
        public Found {
            records = List.copyOf(records);
            if (records.isEmpty()) {
                throw new IllegalArgumentException("nothing found is None");
            }
        }
    }

    /**
     * There are none, for sure.
     *
     * @param nameExists false for NXDOMAIN; true when the name has other records (NODATA)
     */
    record None<T>(boolean nameExists) implements DnsAnswer<T> {
    }

    /**
     * We do not know: SERVFAIL, no server answered, a broken answer. Ask again later; never take it for none.
     *
     * @param why for the log and for 4yz replies
     */
    record Temporary<T>(String why) implements DnsAnswer<T> {
    }
}
