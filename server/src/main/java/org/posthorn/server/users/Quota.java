package org.posthorn.server.users;

/**
 * How much a mailbox may hold.
 *
 * @param octets of all messages together; {@link #UNLIMITED} for no limit
 * @param messages how many; {@link #UNLIMITED} for no limit
 */
public record Quota(long octets, long messages) {

    /** No limit. */
    public static final long UNLIMITED = Long.MAX_VALUE;
    /** Neither limit. */
    public static final Quota NONE = new Quota(UNLIMITED, UNLIMITED);

    /** A quota is not negative; nothing may be all that it allows. */
    public Quota {
        if (octets < 0 || messages < 0) {
            throw new IllegalArgumentException("a quota is not negative");
        }
    }

    /** Whether there is any limit. */
    public boolean isLimited() {
        return octets != UNLIMITED || messages != UNLIMITED;
    }

    /** Whether one more message of this size fits into a mailbox that holds so much. */
    public boolean hasRoom(Quota held, long size) {
        return held.messages < messages && size <= octets - Math.min(octets, held.octets);
    }

    /** As people read it: {@code 1073741824 octets, 10000 messages}. */
    @Override public String toString() {
        return (octets == UNLIMITED ? "any" : String.valueOf(octets)) + " octets, "
            + (messages == UNLIMITED ? "any" : String.valueOf(messages)) + " messages";
    }
}
