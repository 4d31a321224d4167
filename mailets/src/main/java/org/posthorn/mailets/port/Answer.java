package org.posthorn.mailets.port;

/** What a mailet can say about the mail in hand. Each but {@link Enter} ends the way of the mail through the
 * processors. */
public sealed interface Answer {

    /** In session: ask no further, take it. */
    record Accept() implements Answer {
    }

    /**
     * Never. In session the client hears the reply; after the 250 the sender gets a report.
     *
     * @param reply of class 5
     */
    record Reject(ReplyText reply) implements Answer {
    }

    /**
     * Not now. In session the client hears the reply; after the 250 the mail is processed again later.
     *
     * @param reply of class 4
     */
    record Defer(ReplyText reply) implements Answer {
    }

    /**
     * In session: say this and hang up.
     *
     * @param reply 421, or of class 5
     */
    record Disconnect(ReplyText reply) implements Answer {
    }

    /** Drop it; the rule that said so is written into the message's history. */
    record Discard() implements Answer {
    }

    /** It has arrived: a new mail that was sent goes on in its place (RFC 3461 section 5.2.7.1). After the 250 only. */
    record SentOn() implements Answer {
    }

    /**
     * Keep it until an operator decides. A mail that an operator released passes.
     *
     * @param name under which it is held
     */
    record Hold(String name) implements Answer {
    }

    /**
     * Keep it until an operator decides, also when one released it before.
     *
     * @param name under which it is held
     */
    record Store(String name) implements Answer {
    }

    /**
     * Lead it through another processor.
     *
     * @param processor its name; the mailet must tell it in {@code requiredProcessingState}, so that it is checked
     */
    record Enter(String processor) implements Answer {
    }

    /**
     * Deliver it.
     *
     * @param agent the delivery agent, such as {@code local}
     * @param nextHop what that is to reach; empty where it needs nothing
     */
    record Route(String agent, String nextHop) implements Answer {
    }

    /**
     * Deliver it to each recipient's own domain.
     *
     * @param agent the delivery agent, such as {@code remote}
     */
    record RouteByDomain(String agent) implements Answer {
    }
}
