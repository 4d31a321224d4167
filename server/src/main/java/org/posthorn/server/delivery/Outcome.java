package org.posthorn.server.delivery;

import org.posthorn.protocols.wire.Reply;

/** What became of one recipient in one attempt. */
public sealed interface Outcome {

    /** What was said about it, by the far side or by us. */
    Reply reply();

    /** Which host it is about; empty for none. */
    String host();

    /** Whose words the reply is. */
    By by();

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

        @Override public By by() {
            return By.of(host);
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
    record Deferred(Reply reply, String host, By by, Scope scope) implements Outcome {
        /** In a host's words; in ours, when it has no name. */
        public Deferred(Reply reply, String host, Scope scope) {
            this(reply, host, By.of(host), scope);
        }

        /** The same for others. */
        public Deferred concerning(Scope other) {
            return new Deferred(reply, host, by, other);
        }
    }

    /**
     * Never.
     *
     * @param reply 5yz
     * @param scope whom it concerns beside this recipient
     */
    record Failed(Reply reply, String host, By by, Scope scope) implements Outcome {
        /** In a host's words; in ours, when it has no name. */
        public Failed(Reply reply, String host) {
            this(reply, host, By.of(host), Scope.RECIPIENT);
        }

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

    /** Who says so; no host is said to have said what it did not (RFC 3464 sections 2.3.5 and 2.3.6). */
    enum By {
        /** The host, word by word. */
        HOST,
        /** We found it ourselves: nobody was asked, or what was answered is told in our words. */
        US;

        private static By of(String host) {
            return host.isEmpty() ? US : HOST;
        }
    }

    /** Whom it concerns that something was not delivered. */
    enum Scope {
        /** This recipient or message only. */
        RECIPIENT,
        /** This message, at this host: another one may take it. */
        HOST,
        /** Everything for this destination: nothing there could be reached. */
        DESTINATION
    }
}
