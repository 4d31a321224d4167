package org.posthorn.protocols.etrn;

import java.net.InetAddress;

/**
 * Who can start the delivery of what waits for a node. Asked by sessions, of which it serves many at once. It answers
 * before anything is delivered, and nothing is ever delivered over the connection of the one who asks.
 */
public interface QueueFlush {

    /** Whether this client may come to ask for some node, now or once it has logged in: EHLO lists ETRN if so. */
    boolean isOfferedTo(Client client);

    /** Starts what waits for the node, if the client may ask for it. */
    Result start(Client client, EtrnNode node);

    /** Where nothing can be started. */
    static QueueFlush none() {
        return new QueueFlush() {
            @Override public boolean isOfferedTo(Client client) {
                return false;
            }

            @Override public Result start(Client client, EtrnNode node) {
                return new Result.NotAllowed("no queues are kept here");
            }
        };
    }

    /**
     * Who asks.
     *
     * @param connection the connection's id, as it stands in logs
     * @param user the authenticated user's address; empty while not authenticated
     * @param secured whether TLS is up
     * @param mayLogIn whether the session offers AUTH, now or under TLS
     * @param certificate the fingerprint of the certificate that it showed, as {@link
     *     org.posthorn.protocols.net.ClientCertificate} writes it; empty without
     */
    record Client(String connection, InetAddress address, String user, boolean secured, boolean mayLogIn,
                  String certificate) {

        /** Without a certificate. */
        public Client(String connection, InetAddress address, String user, boolean secured, boolean mayLogIn) {
            this(connection, address, user, secured, mayLogIn, "");
        }
    }

    /** What was started (RFC 1985 section 5.2). */
    sealed interface Result {

        /** 250: it was a moment ago, and is once more in a moment. */
        record Started() implements Result {
        }

        /** 251: nothing waits. */
        record NothingWaiting() implements Result {
        }

        /** 252: all that waits is on its way already. */
        record UnderWay() implements Result {
        }

        /**
         * 253: so many messages are on their way now.
         *
         * @param messages at least one
         */
        record Pending(int messages) implements Result {
        }

        /** 458: our own fault, for now. */
        record Unable() implements Result {
        }

        /**
         * 459: not for this client.
         *
         * @param reason in a few words, for the client
         */
        record NotAllowed(String reason) implements Result {
        }
    }
}
