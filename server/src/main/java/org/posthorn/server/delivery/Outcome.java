package org.posthorn.server.delivery;

import org.posthorn.protocols.wire.Reply;

/** What became of one recipient in one attempt. */
public sealed interface Outcome {

    /** What was said about it, by the far side or by us. */
    Reply reply();

    /** Which host said so; empty when it was us. */
    String host();

    /**
     * The next hop or the mailbox has it, durably.
     *
     * @param reply 2yz
     * @param handover who reports it to a sender who asked for that
     * @param how it was protected on its way, in words; empty where there was none
     */
    record Delivered(Reply reply, String host, Handover handover, String how) implements Outcome {
        /** In the mailbox. */
        public Delivered(Reply reply, String host) {
            this(reply, host, Handover.FINAL);
        }

        /** Without a word on the way. */
        public Delivered(Reply reply, String host, Handover handover) {
            this(reply, host, handover, "");
        }

        /** The same, by that way. */
        public Delivered by(String other) {
            return new Delivered(reply, host, handover, other);
        }

        /** A delivery ends in a positive reply. */
        public Delivered {
            if (!reply.isPositive()) {
                throw new IllegalArgumentException("delivered means 2yz, not " + reply);
            }
        }
    }

    /**
     * Not now.
     *
     * @param reply 4yz, or 5yz of a host that may be wrong while another one is not
     * @param scope whom it concerns beside this recipient
     */
    record Deferred(Reply reply, String host, Scope scope) implements Outcome {
    }

    /**
     * Never.
     *
     * @param reply 5yz
     */
    record Failed(Reply reply, String host) implements Outcome {
        /** A failure is a permanent reply. */
        public Failed {
            if (!reply.isPermanent()) {
                throw new IllegalArgumentException("failed means 5yz, not " + reply);
            }
        }
    }

    /** Where a delivered message is now. */
    enum Handover {
        /** In the recipient's mailbox: "delivered" (RFC 3461 section 5.2.3). */
        FINAL,
        /** With a host that does not offer DSN: "relayed" (section 5.2.2). */
        RELAYED,
        /** With a host that was told what the sender wants to hear, and reports itself (section 5.2.1). */
        PASSED_ON
    }

    /** Whom a deferral concerns. */
    enum Scope {
        /** This recipient or message only. */
        RECIPIENT,
        /** This message, at this host: another one may take it. */
        HOST,
        /** Everything for this destination: nothing there could be reached. */
        DESTINATION
    }
}
