package org.posthorn.server.pipeline;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.chain.Fixture;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.spool.Change;
import org.posthorn.server.spool.Event;
import org.posthorn.server.spool.InMemorySpool;
import org.posthorn.server.spool.NewMessage;
import org.posthorn.server.spool.NewRecipient;
import org.posthorn.server.spool.NewVariant;
import org.posthorn.server.spool.Origin;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.RecipientState;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

/** A pipeline over a spool in memory, run by hand. */
final class Bench {

    final TestClock clock = new TestClock();
    final InMemorySpool spool = new InMemorySpool(clock);
    final Fixture fixture;
    final FakeReporter reporter = new FakeReporter(spool);
    final Awaited awaited = new Awaited();
    final Pipeline pipeline;
    MailParameters parameters = MailParameters.NONE;

    Bench(Path folder) {
        fixture = new Fixture(folder);
        pipeline = new Pipeline(new Tools(spool, fixture.chains(), reporter, PipelineConfig.DEFAULT,
            new ServerIdentity("mx.example.org", TestMail.box("postmaster@example.org")), awaited, Delays.DEFAULT,
            clock));
    }

    Bench policy(String processors) {
        fixture.policy(processors);
        return this;
    }

    /** A mail from zoe@far.example. */
    QueueId mail(String... recipients) {
        var all = new ArrayList<Recipient>();
        for (var recipient : recipients) {
            all.add(Recipient.of(TestMail.box(recipient)));
        }
        return mail(ReversePath.of(TestMail.box("zoe@far.example")), all);
    }

    /** A mail from zoe@far.example with that text. */
    QueueId message(String text, String recipient) {
        return mail(ReversePath.of(TestMail.box("zoe@far.example")), List.of(Recipient.of(TestMail.box(recipient))),
            text);
    }

    QueueId mail(ReversePath sender, List<Recipient> recipients) {
        return mail(sender, recipients, TestMail.MESSAGE);
    }

    private QueueId mail(ReversePath sender, List<Recipient> recipients, String text) {
        var pending = new RecipientState.Pending("root", clock.instant(), 0, false);
        var origin = new Origin(sender, parameters, clock.instant(), "smtp", "192.0.2.9", "client.example",
            "");
        var message = new NewMessage(spool.nextId(), origin,
            List.of(new NewVariant(TestMessages.draft(spool, text), "")),
            recipients.stream().map(recipient -> new NewRecipient(recipient, 0, pending)).toList(), List.of());
        spool.commit(Change.accept(message));
        return message.id();
    }

    /** Settles all that is ready now. */
    Bench run() throws InterruptedException {
        for (var claim = spool.takePending(Duration.ZERO); claim.isPresent();
             claim = spool.takePending(Duration.ZERO)) {
            pipeline.settle(claim.get());
        }
        return this;
    }

    Bench later(Duration time) throws InterruptedException {
        clock.pass(time);
        return run();
    }

    SpooledMessage message(QueueId id) {
        return spool.find(id).orElseThrow();
    }

    List<RecipientState> states(QueueId id) {
        return message(id).recipients().stream().map(QueuedRecipient::state).toList();
    }

    /** {@code ann@example.org Routed}, in the order of the recipients. */
    List<String> told(QueueId id) {
        return message(id).recipients().stream().map(recipient -> recipient.recipient().mailbox() + " "
            + recipient.state().getClass().getSimpleName()).toList();
    }

    Set<String> words(QueueId id) {
        return new LinkedHashSet<>(spool.history(id).stream().map(Event::what).toList());
    }
}
