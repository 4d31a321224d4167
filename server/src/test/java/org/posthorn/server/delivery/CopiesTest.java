package org.posthorn.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.protocols.smtp.Recipient.Notify;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.spool.QueueId;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.SpooledMessage;
import org.posthorn.server.spool.TestClock;
import org.posthorn.server.spool.TestMessages;

class CopiesTest {

    private static final Outcome TAKEN = new Outcome.Delivered(Reply.of(250, "2.0.0", "Ok"), "mx");
    private static final Outcome LATER =
        new Outcome.Deferred(Reply.of(450, "4.2.0", "Later"), "mx", Outcome.Scope.RECIPIENT);

    private final TestClock clock = new TestClock();
    private final List<Recipient> recipients = new ArrayList<>();

    private CopiesTest to(String localPart, String originalRecipient, Notify... notify) {
        recipients.add(new Recipient(new Mailbox(localPart, "example.net"), Set.of(notify), originalRecipient));
        return this;
    }

    private Copies copies() {
        var state = TestMessages.toExampleNet(clock.instant(), 0, "");
        var queued = new ArrayList<QueuedRecipient>();
        for (var recipient : recipients) {
            queued.add(new QueuedRecipient(queued.size(), recipient, 0, state));
        }
        return Copies.of(Job.of(new SpooledMessage(new QueueId(7), TestMessages.origin(clock.instant()), List.of(),
            queued)), mailbox -> mailbox.toString().toLowerCase(Locale.ROOT));
    }

    @Test void whoeverIsNamedOnceIsLeftAlone() {
        var copies = to("ann", "").to("bob", "").copies();
        assertThat(copies.single()).isSameAs(copies.all());
        assertThat(copies.outcomes(List.of(TAKEN, LATER))).containsExactly(TAKEN, LATER);
        recipients.clear();
        assertThat(to("ann", "").copies().outcomes(List.of(LATER))).containsExactly(LATER);
    }

    @Test void oneMailboxGetsOneCopyAndEachRecipientItsReply() {
        var copies = to("ann", "rfc822;info", Notify.FAILURE).to("bob", "").to("Ann", "rfc822;sales", Notify.SUCCESS)
            .to("ann", "").to("bob", "").copies();
        assertThat(copies.single().recipients()).extracting(QueuedRecipient::recipient).containsExactly(
            new Recipient(new Mailbox("ann", "example.net"), Set.of(Notify.SUCCESS, Notify.FAILURE, Notify.DELAY),
                "rfc822;info"),
            Recipient.of(new Mailbox("bob", "example.net")));
        assertThat(copies.single().route()).isEqualTo(copies.all().route());
        var shared = new Outcome.Delivered(
            Reply.of(250, "2.0.0", "In one copy with recipient 0, ann@example.net: Ok"), "mx");
        assertThat(copies.outcomes(List.of(TAKEN, LATER))).containsExactly(TAKEN, LATER, shared, shared, LATER);
    }

    @Test void whoWantsNoReportDoesNotSilenceTheOthers() {
        assertThat(wish(to("a", "", Notify.NEVER).to("a", "", Notify.NEVER))).containsExactly(Notify.NEVER);
        assertThat(wish(to("a", "", Notify.NEVER).to("a", ""))).isEmpty();
        assertThat(wish(to("a", "", Notify.NEVER).to("a", "", Notify.DELAY))).containsExactly(Notify.DELAY);
        assertThat(wish(to("a", "", Notify.SUCCESS).to("a", "", Notify.DELAY)))
            .containsExactlyInAnyOrder(Notify.SUCCESS, Notify.DELAY);
    }

    private static Set<Notify> wish(CopiesTest test) {
        var wish = test.copies().single().recipients().getFirst().recipient().notifyOn();
        test.recipients.clear();
        return wish;
    }
}
