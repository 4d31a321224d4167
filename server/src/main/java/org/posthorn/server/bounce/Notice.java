package org.posthorn.server.bounce;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.mailets.port.BounceKind;
import org.posthorn.server.spool.QueuedRecipient;

/**
 * What a sender may want to hear of one recipient (RFC 3464 section 2.3.3).
 *
 * @param reply what happened, beginning with a code such as {@code 550 5.1.1}
 * @param remote whom it is about, and who said so
 * @param retryUntil until when it is tried on; empty for anything but a delay
 */
public record Notice(Action action, QueuedRecipient recipient, String reply, Remote remote,
                     Optional<Instant> retryUntil) {

    /** What became of it. */
    public enum Action {
        FAILED, DELAYED, DELIVERED, RELAYED, EXPANDED;

        /** As in the field Action. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * The host that it is about, and its words.
     *
     * @param host empty where it was none
     * @param words verbatim, which may be a part of {@link Notice#reply}; empty when all words there are ours
     */
    public record Remote(String host, String words) {

        /** It was us. */
        public static final Remote NONE = new Remote("", "");

        /** That host said so; nobody when it has no name. */
        public static Remote said(String host, String words) {
            return host.isEmpty() ? NONE : new Remote(host, words);
        }

        /** What we found there, in our words. */
        public static Remote silent(String host) {
            return new Remote(host, "");
        }

        /** Whether there are words of its own. */
        public boolean spoke() {
            return !words.isEmpty();
        }
    }

    /** It failed for good, in those words of a host; or of ours, when that has no name. */
    public static Notice failed(QueuedRecipient recipient, String reply, String host) {
        return of(Action.FAILED, recipient, reply, host);
    }

    /** What happened, in those words of a host; or of ours, when that has no name. */
    public static Notice of(Action action, QueuedRecipient recipient, String reply, String host) {
        return new Notice(action, recipient, reply, Remote.said(host, reply), Optional.empty());
    }

    /** What kind of failure or delay it is. */
    BounceKind kind() {
        return BounceKind.of(reply);
    }

    /** The address, as the message was sent to it. */
    String address() {
        return recipient.recipient().mailbox().toString();
    }
}
