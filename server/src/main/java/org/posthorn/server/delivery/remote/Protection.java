package org.posthorn.server.delivery.remote;

import jakarta.inject.Inject;
import java.util.Locale;
import java.util.Optional;
import org.posthorn.protocols.client.SmtpClient;
import org.posthorn.protocols.client.Trouble;
import org.posthorn.server.delivery.tls.Basis;
import org.posthorn.server.delivery.tls.Plan;
import org.posthorn.server.delivery.tls.Question;
import org.posthorn.server.delivery.tls.Question.Wish;
import org.posthorn.server.delivery.tls.Session;
import org.posthorn.server.delivery.tls.Shortcoming;
import org.posthorn.server.delivery.tls.TlsPolicies;
import org.posthorn.server.delivery.tls.TlsReports;
import org.posthorn.server.delivery.tls.TlsRule;

/** Asks on which terms hosts may be spoken to, and tells what came of it. Thread-safe. */
final class Protection {

    private final TlsPolicies policies;
    private final TlsReports reports;

    @Inject
    Protection(TlsPolicies policies, TlsReports reports) {
        this.policies = policies;
        this.reports = reports;
    }

    /** For a message. */
    Plan plan(Relay relay, Target target, Letter letter) {
        var question = question(relay, target, letter.isSecret() ? Wish.SECRECY : Wish.NONE);
        var plan = policies.of(question);
        if (letter.isSecret() || isEasy(plan) && !reports.isOn() || !letter.mustArrive()) {
            return plan;
        }
        return policies.of(question(relay, target, Wish.ARRIVAL));
    }

    /** For a question from nobody. */
    Plan plan(Relay relay, Target target) {
        return policies.of(question(relay, target, Wish.NONE));
    }

    /** Nothing that a wish that it arrive could make easier: then the message need not be read. */
    private static boolean isEasy(Plan plan) {
        return plan instanceof Plan.Go go && !go.terms().policy().isDemanding();
    }

    private static Question question(Relay relay, Target target, Wish wish) {
        return switch (relay.hop()) {
            case NextHop.Domain(var name) -> question(relay, name, true, target, wish);
            case NextHop.Host(var name, _) -> question(relay, name, false, target, wish);
            case NextHop.Service(var name) -> question(relay, name, false, target, wish);
            case NextHop.Store store -> throw new IllegalArgumentException(store + " is reached by LMTP");
        };
    }

    /** What a relay of our choice demands, the more so where it is to hear a password, no rule for a domain undoes. */
    private static Question question(Relay relay, String domain, boolean byMx, Target target, Wish wish) {
        var wanted = relay.access().wanted();
        return new Question(domain.toLowerCase(Locale.ROOT), byMx, target.host(), target.port(), wanted,
            relay.isOurChoice() && wanted.compareTo(TlsRule.Want.ENCRYPTED) >= 0, wish);
    }

    /** No connection was made, since the host may not have the mail. */
    void refused(Plan.Not plan, Target target, Letter letter) {
        count(letter, new Session(plan.basis(), target.host(), target.address().getHostAddress(), "",
            plan.basis().shortcoming()));
    }

    /** One was made. */
    void opened(Basis basis, Target target, Dialer.Dialed.Yes dialed, Letter letter) {
        var flaw = dialed.flaw().or(() -> inTheClear(dialed.client())).or(basis::shortcoming);
        count(letter, new Session(basis, target.host(), target.address().getHostAddress(), dialed.ours(), flaw));
    }

    private static Optional<Shortcoming> inTheClear(SmtpClient client) {
        return client.tls().isPresent() ? Optional.empty()
            : Optional.of(new Shortcoming(Shortcoming.Type.STARTTLS_NOT_SUPPORTED, "STARTTLS was not offered"));
    }

    /** The handshake failed, or there was none to be had. Hosts that cannot be reached are not counted. */
    void failed(Basis basis, Target target, Dialer.Dialed.No dialed, Letter letter) {
        var trouble = dialed.trouble();
        if (trouble.stage() == Trouble.Stage.STARTTLS || dialed.flaw().isPresent()) {
            var type = !dialed.offersTls() || trouble.reply().isPresent() ? Shortcoming.Type.STARTTLS_NOT_SUPPORTED
                : Shortcoming.Type.VALIDATION_FAILURE;
            count(letter, new Session(basis, target.host(), target.address().getHostAddress(), "",
                Optional.of(dialed.flaw().orElseGet(() -> new Shortcoming(type, trouble.why())))));
        }
    }

    /** What goes whatever is published is no news about that (RFC 8460 section 5.3: reports themselves). */
    private void count(Letter letter, Session session) {
        if (reports.isOn() && !letter.mustArrive()) {
            reports.add(session);
        }
    }
}
