package org.posthorn.server.delivery.local;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.net.Deadline;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Quota;
import org.posthorn.server.users.Space;

/**
 * How full the Maildirs of users with a quota are. What a mailbox holds is counted once and then only where a directory
 * changed by another hand than ours; all of it is counted anew every ten minutes, and before a message is kept out, so
 * that room that another program made is always found. Deliveries reserve their room before they write: several at once
 * do not overrun the quota together. Thread-safe; one lock for the map, one for each mailbox, and neither is waited for
 * while the other is held. A mailbox that is in use is never forgotten: there is one count of it.
 */
@Singleton
public final class MaildirSpace implements Space {

    private static final int MOST = 10_000;                            // mailboxes remembered
    private static final Duration STALE = Duration.ofMinutes(10);
    private static final Duration SHORTEST_REST = Duration.ofSeconds(2);
    private static final int REST = 20;                                // at most a 20th of our time for one mailbox

    private final LocalConfig config;
    private final Directory users;
    private final LongSupplier nanos;
    private final Deadline passed;
    private final Map<Path, Held> mailboxes = new LinkedHashMap<>(16, 0.75f, true);

    /** Nothing is counted yet. */
    @Inject
    public MaildirSpace(LocalConfig config, Directory users) {
        this(config, users, System::nanoTime);
    }

    /**
     * The same by another clock.
     *
     * @param nanos as {@link System#nanoTime}
     */
    public MaildirSpace(LocalConfig config, Directory users, LongSupplier nanos) {
        this.config = config;
        this.users = users;
        this.nanos = nanos;
        this.passed = Deadline.in(Duration.ZERO, nanos);
    }

    @Override public boolean isFull(Mailbox user, long octets) throws IOException {
        var quota = users.quota(user);
        if (!quota.isLimited()) {
            return false;
        }
        var mailbox = use(user);
        try {
            return !mailbox.hasRoom(quota, octets);
        } finally {
            leave(mailbox);
        }
    }

    /**
     * Room for one message.
     *
     * @return empty when there is none
     */
    Optional<Place> reserve(Mailbox user, long octets) throws IOException {
        var quota = users.quota(user);
        if (!quota.isLimited()) {
            return Optional.of(new Place(Optional.empty(), 0));
        }
        var mailbox = use(user);
        var reserved = false;
        try {
            reserved = mailbox.reserve(quota, octets);
        } finally {
            if (!reserved) {
                leave(mailbox);
            }
        }
        return reserved ? Optional.of(new Place(Optional.of(mailbox), octets)) : Optional.empty();
    }

    /** The mailbox, kept until it is left as often as it was used. */
    private Held use(Mailbox user) {
        var maildir = MailboxPath.of(config.root(), user);
        synchronized (mailboxes) {
            var held = mailboxes.computeIfAbsent(maildir, path -> new Held(new MaildirSize(path)));
            held.uses++;
            var eldest = mailboxes.values().iterator();
            while (mailboxes.size() > MOST && eldest.hasNext()) {
                if (eldest.next().uses == 0) {
                    eldest.remove();
                }
            }
            return held;
        }
    }

    private void leave(Held held) {
        synchronized (mailboxes) {
            held.uses--;
        }
    }

    /** Reserved room. Closed without {@link #filled}, it is free again. */
    static final class Place implements AutoCloseable {
        private final Optional<Held> mailbox;
        private final long octets;
        private boolean given;

        private Place(Optional<Held> mailbox, long octets) {
            this.mailbox = mailbox;
            this.octets = octets;
        }

        /** The message is there, and takes so much. */
        void filled(long size) throws IOException {
            if (mailbox.isPresent()) {
                mailbox.get().filled(size);
            }
        }

        @Override public void close() {
            if (!given) {
                given = true;
                mailbox.ifPresent(held -> held.free(octets));
            }
        }
    }

    /** One mailbox. Its own lock guards it, and is held while directories are read. */
    private final class Held {
        private final MaildirSize size;
        private int uses;   // guarded by the lock of the map
        private long reservedOctets;
        private long reservedMessages;
        private Deadline stale = passed;
        private Deadline notAnewBefore = passed;

        Held(MaildirSize size) {
            this.size = size;
        }

        synchronized boolean hasRoom(Quota quota, long octets) throws IOException {
            var old = stale.isOver();
            if (quota.hasRoom(taken(old), octets)) {
                return true;
            }
            return !old && notAnewBefore.isOver() && quota.hasRoom(taken(true), octets);
        }

        private Quota taken(boolean anew) throws IOException {
            var began = System.nanoTime();
            var held = size.held(anew);
            if (anew) {
                var rest = Duration.ofNanos(System.nanoTime() - began).multipliedBy(REST);
                stale = Deadline.in(STALE, nanos);
                notAnewBefore = Deadline.in(rest.compareTo(SHORTEST_REST) < 0 ? SHORTEST_REST : rest, nanos);
            }
            return new Quota(held.octets() + reservedOctets, held.messages() + reservedMessages);
        }

        synchronized boolean reserve(Quota quota, long octets) throws IOException {
            if (!hasRoom(quota, octets)) {
                return false;
            }
            reservedOctets += octets;
            reservedMessages++;
            return true;
        }

        synchronized void filled(long octets) throws IOException {
            size.delivered(octets);
        }

        void free(long octets) {
            synchronized (this) {
                reservedOctets -= octets;
                reservedMessages--;
            }
            leave(this);
        }
    }
}
