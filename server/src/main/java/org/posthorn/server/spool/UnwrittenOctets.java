package org.posthorn.server.spool;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Handling;
import org.posthorn.protocols.smtp.MailParameters;
import org.posthorn.protocols.smtp.Recipient;

/** How an {@link Unwritten} stands in the journal, and one that is settled among what is past. */
final class UnwrittenOctets {

    private static final int VERSION = 2;
    private static final int WITHOUT_HANDLING = 1;      // nor notices: what an older Posthorn left in the journal

    private UnwrittenOctets() {
    }

    static PackedOutput write(Collection<Unwritten> all) {
        var out = new PackedOutput().number(VERSION);
        for (var one : all) {
            write(out, one);
        }
        return out;
    }

    private static void write(PackedOutput out, Unwritten one) {
        out.number(one.id().number()).flag(one.isNew());
        one.origin().ifPresent(origin -> origin(out, origin));
        out.number(one.open()).number(one.settled());
        out.number(one.variants().size());
        for (var variant : one.variants()) {
            out.number(variant.number()).number(variant.octets()).text(variant.location()).text(variant.attributes())
                .flag(variant.sender().isPresent());
            variant.sender().ifPresent(sender -> path(out, sender));
        }
        var made = one.made();
        out.number(made.size());
        for (var queued : made) {
            out.number(queued.number()).number(queued.variant());
            recipient(out, queued.recipient());
            state(out, queued.state());
        }
        var moved = one.moved();
        out.number(moved.size());
        for (var now : moved) {
            out.number(now.number()).number(now.variant());
            state(out, now.state());
        }
        out.number(one.history().size());
        for (var event : one.history()) {
            out.number(event.at().toEpochMilli()).text(event.recipient()).text(event.what()).text(event.detail());
        }
    }

    private static void origin(PackedOutput out, Origin origin) {
        path(out, origin.sender());
        var parameters = origin.parameters();
        out.number(parameters.size()).text(parameters.body().name()).flag(parameters.smtpUtf8())
            .text(parameters.ret().name()).text(parameters.envelopeId()).number(origin.received().toEpochMilli())
            .text(origin.listener()).text(origin.remoteAddress()).text(origin.helo()).text(origin.user())
            .text(parameters.handling().text());
    }

    private static void path(PackedOutput out, ReversePath path) {
        switch (path) {
            case ReversePath.Null _ -> out.text("").text("");
            case ReversePath.Sender(var mailbox) -> out.text(mailbox.localPart()).text(mailbox.domain());
        }
    }

    private static void recipient(PackedOutput out, Recipient recipient) {
        out.text(recipient.mailbox().localPart()).text(recipient.mailbox().domain())
            .number(recipient.notifyOn().size());
        for (var notify : recipient.notifyOn()) {
            out.text(notify.name());
        }
        out.text(recipient.originalRecipient());
    }

    private static void state(PackedOutput out, RecipientState state) {
        var row = RecipientRow.of(state);
        out.number(row.status()).number(row.heldStatus()).text(row.heldBy()).number(row.due()).number(row.attempts())
            .text(row.processor()).flag(row.released()).text(row.route().agent()).text(row.route().nextHop())
            .text(row.reply()).number(row.notices());
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException when it is not that
     */
    static Collection<Unwritten> read(byte[] octets) {
        var in = new PackedInput(octets);
        var version = in.number();
        if (version != VERSION && version != WITHOUT_HANDLING) {
            throw new IllegalArgumentException("its version is " + version + ", known are 1 to " + VERSION);
        }
        var all = new ArrayList<Unwritten>();
        while (!in.isAtEnd()) {
            all.add(one(in, version != WITHOUT_HANDLING));
        }
        return all;
    }

    private static Unwritten one(PackedInput in, boolean handled) {
        var id = new QueueId(in.number());
        var one = new Unwritten(id, in.flag() ? Optional.of(origin(in, handled)) : Optional.empty());
        one.open(in.count(), in.number());
        for (var count = in.count(); count > 0; count--) {
            one.variant(new SpoolTables.VariantRow(in.count(), in.number(), in.text(), in.text(),
                in.flag() ? Optional.of(path(in)) : Optional.empty()));
        }
        for (var count = in.count(); count > 0; count--) {
            var number = in.count();
            var variant = in.count();
            one.made(new QueuedRecipient(number, recipient(in), variant, state(in, handled)));
        }
        for (var count = in.count(); count > 0; count--) {
            one.moved(new Unwritten.Moved(in.count(), in.count(), state(in, handled)));
        }
        for (var count = in.count(); count > 0; count--) {
            one.happened(new Event(Instant.ofEpochMilli(in.number()), in.text(), in.text(), in.text()));
        }
        return one;
    }

    private static Origin origin(PackedInput in, boolean handled) {
        var origin = new Origin(path(in), new MailParameters(in.number(), MailParameters.Body.valueOf(in.text()),
            in.flag(), MailParameters.Ret.valueOf(in.text()), in.text()), Instant.ofEpochMilli(in.number()), in.text(),
            in.text(), in.text(), in.text());
        var handling = Handling.read(handled ? in.text() : "");
        return handling.equals(Handling.NONE) ? origin : new Origin(origin.sender(),
            origin.parameters().with(handling), origin.received(), origin.listener(), origin.remoteAddress(),
            origin.helo(), origin.user());
    }

    private static ReversePath path(PackedInput in) {
        var local = in.text();
        var domain = in.text();
        return local.isEmpty() ? ReversePath.none() : ReversePath.of(new Mailbox(local, domain));
    }

    private static Recipient recipient(PackedInput in) {
        var mailbox = new Mailbox(in.text(), in.text());
        var notifyOn = EnumSet.noneOf(Recipient.Notify.class);
        for (var count = in.count(); count > 0; count--) {
            notifyOn.add(Recipient.Notify.valueOf(in.text()));
        }
        return new Recipient(mailbox, notifyOn, in.text());
    }

    private static RecipientState state(PackedInput in, boolean handled) {
        return new RecipientRow(in.count(), in.count(), in.text(), in.number(), in.count(), in.text(), in.flag(),
            new Route(in.text(), in.text()), in.text(), handled ? in.count() : 0).state();
    }
}
