package org.posthorn.server.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.posthorn.server.log.EventLog;

/**
 * Bodies that are not what was written: set aside as they are, for a person to look at, and remembered, so that their
 * recipients are held when they come back. Thread-safe.
 */
final class Damaged {

    /** What history says of recipients whose octets are damaged. */
    static final String SAID = "held corrupt: the message's octets on disk are not what was written";

    private static final String HOLDER = "corrupt";

    private static final EventLog LOG = EventLog.of(Damaged.class);

    private final SpoolConfig config;
    private final BodyStore store;
    private final Set<Form> known = ConcurrentHashMap.newKeySet();
    private final AtomicReference<Consumer<QueueId>> listener = new AtomicReference<>(_ -> { });

    Damaged(SpoolConfig config, BodyStore store) {
        this.config = config;
        this.store = store;
    }

    private record Form(QueueId id, int variant) {
    }

    /** Who is told of a message whose octets were found damaged. */
    void tell(Consumer<QueueId> whom) {
        listener.set(whom);
    }

    /** A reader found it so. */
    void found(QueueId id, int variant, Slice slice, String why) {
        if (!known.add(new Form(id, variant))) {
            return;
        }
        var aside = config.corrupt().resolve(id + "-" + variant + ".body");
        var problem = Optional.<Exception>empty();
        try {
            Files.createDirectories(config.corrupt());
            Files.write(aside, remains(slice.body()));
        } catch (IOException e) {
            problem = Optional.of(e);
        }
        LOG.mail(id).error("body-damaged", problem.orElse(new IOException(why)), "variant", variant, "why", why, "file",
            store.path(slice.body().file()), "offset", slice.body().offset(), "octets", slice.body().length(),
            "aside", problem.isPresent() ? "failed" : aside);
        listener.get().accept(id);
    }

    /** As much of the body as there is, of a large one its beginning; the file itself stays where it is. */
    private byte[] remains(Slice.Body body) throws IOException {
        var path = store.path(body.file());
        if (!Files.exists(path)) {
            return new byte[0];
        }
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            var most = Math.min(body.length(), config.segmentSize());
            var octets = new byte[(int) Math.max(0, Math.min(most, file.length() - body.offset()))];
            file.seek(body.offset());
            file.readFully(octets);
            return octets;
        }
    }

    /** The recipient, held for a person's decision; its state is kept. */
    static QueuedRecipient held(QueuedRecipient recipient) {
        return recipient.with(new RecipientState.Held(HOLDER, recipient.state()));
    }

    /** The line that goes with it. */
    static Event event(Instant now, QueuedRecipient recipient) {
        return RecipientRow.event(now, recipient, SAID);
    }

    boolean isKnown(QueueId id, int variant) {
        return known.contains(new Form(id, variant));
    }

    /** Someone decided on the message: whether it can be read will show again. */
    void forget(QueueId id) {
        known.removeIf(form -> form.id().equals(id));
    }
}
