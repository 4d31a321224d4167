package org.posthorn.server.listen;

import org.posthorn.protocols.net.TlsFacts;
import org.posthorn.protocols.smtp.Peer;
import org.posthorn.protocols.smtp.SessionEvent;
import org.posthorn.protocols.smtp.SessionObserver;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.log.EventLog;

/** Writes down what happens in sessions. What becomes of a message is written down by intake, with its queue id. */
final class SessionLog implements SessionObserver {

    private static final EventLog LOG = EventLog.of(SessionLog.class);

    @Override public void observe(Peer peer, SessionEvent event) {
        var log = LOG.connection(peer.connection());
        var ip = peer.remote().getAddress().getHostAddress();
        switch (event) {
            case SessionEvent.Opened(var banner) -> opened(log, peer, ip, banner);
            case SessionEvent.CommandRefused(var command, var reply) ->
                log.info("refused", "ip", ip, "helo", peer.helo(), "command", command, "reply", reply);
            case SessionEvent.RecipientRefused(var recipient, var reply) ->
                log.debug("said", "to", recipient, "reply", reply);   // the policy has written down why
            case SessionEvent.TlsStarted(var facts) -> secured(log, facts);
            case SessionEvent.TlsFailed(var detail) -> log.debug("tls-failed", "ip", ip, "why", detail);
            case SessionEvent.Authenticated(var mechanism, var user) ->
                log.info("authenticated", "ip", ip, "user", user, "mechanism", mechanism);
            case SessionEvent.AuthenticationFailed(var mechanism, var reply, var detail) ->
                log.info("authentication-failed", "ip", ip, "mechanism", mechanism, "reply", reply, "why", detail);
            case SessionEvent.MessageDone(_, var octets, var replies) ->
                log.debug("message", "octets", octets, "replies", replies);
            case SessionEvent.MessageRefused(var envelope, var reply) ->
                log.info("refused", "ip", ip, "helo", peer.helo(), "from", envelope.sender(), "reply", reply);
            case SessionEvent.Fault(var port, var cause) -> log.error("fault", cause, "port", port);
            case SessionEvent.Closed(var reason) -> log.debug("closed", "ip", ip, "reason", reason);
        }
    }

    /** An operator who wants to list a certificate finds its fingerprint here. */
    private static void secured(EventLog log, TlsFacts facts) {
        log.debug("tls", "protocol", facts.protocol(), "cipher", facts.cipherSuite());
        facts.certificate().ifPresent(certificate -> log.info("client-certificate", "fingerprint",
            certificate.fingerprint(), "subject", certificate.subject(), "names", certificate.names()));
    }

    /** Who came. Of a client that a listed peer passes on, this one line shows both addresses. */
    private static void opened(EventLog log, Peer peer, String ip, Reply banner) {
        var proxy = peer.introduction().by();
        if (proxy.isPresent()) {
            log.info("passed-on", "listener", peer.listener(), "ip", ip, "proxy",
                proxy.get().getAddress().getHostAddress(), "name", peer.introduction().name(), "user", peer.user());
        }
        // Who refused it has written that down, with the reason.
        log.debug("opened", "listener", peer.listener(), "ip", ip, "reply", banner);
    }
}
