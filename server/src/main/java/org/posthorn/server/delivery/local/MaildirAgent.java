package org.posthorn.server.delivery.local;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.wire.Reply;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.delivery.Agent;
import org.posthorn.server.delivery.Job;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.log.EventLog;
import org.posthorn.server.spool.Disk;
import org.posthorn.server.spool.QueuedRecipient;
import org.posthorn.server.spool.Route;
import org.posthorn.server.users.Directory;
import org.posthorn.server.users.Resolution;
import org.posthorn.server.users.UsersConfig;

/**
 * Delivers to the Maildirs of local users, with {@code Return-Path} (RFC 5321 section 4.4) and {@code Delivered-To}.
 *
 * <p>The file's name is made of the queue id and the recipient's number: a delivery that a crash kept from being
 * settled finds its own file and is not made twice, also when a reader has moved it meanwhile. A message that has
 * this very {@code Delivered-To} already went in a circle: 5.4.6. What is wrong with our own files or lookups is
 * temporary.
 */
@Singleton
public final class MaildirAgent implements Agent {

    private static final EventLog LOG = EventLog.of(MaildirAgent.class);
    private static final int MOST_PREPARED = 10_000;    // mailboxes; a few forces more for each when there are more

    private final LocalConfig config;
    private final Directory users;
    private final MaildirSpace space;
    private final UsersConfig.OverQuota overQuota;
    private final Instant since;
    private final String host;      // as it stands in file names
    private final Disk disk;
    private final Map<Optional<Disk.Volume>, SharedForce> forces = new ConcurrentHashMap<>();
    private final Map<Mailbox, Maildir> prepared = new ConcurrentHashMap<>();

    /** What arrived before the clock's present time may have been delivered by a process that ended. */
    @Inject
    public MaildirAgent(LocalConfig config, Directory users, MaildirSpace space, UsersConfig limits,
                        Disk disk, InstantSource clock) {
        this.config = config;
        this.users = users;
        this.space = space;
        this.overQuota = limits.quotas().overQuota();
        this.disk = disk;
        this.since = clock.instant();
        this.host = config.hostname().replaceAll("[^A-Za-z0-9.-]", "_");
    }

    @Override public String name() {
        return "local";
    }

    /** All mailboxes share a queue: they share a disk. */
    @Override public String destination(Route route) {
        return "";
    }

    @Override public int concurrency() {
        return config.concurrency();
    }

    /** The user and the subaddress: the latter may be filed apart. What cannot be known now stands for itself. */
    @Override public Object mailbox(Mailbox address) {
        try {
            return switch (users.resolve(address)) {
                case Resolution.User user -> user;
                case Resolution.Alias _ -> users.mailbox(address).<Object>map(user -> user).orElse(address);
                case Resolution.Unknown _, Resolution.Foreign _ -> address;
            };
        } catch (DatabaseException e) {
            LOG.debug("lookup-failed", "to", address, "why", e.getMessage());
            return address;
        }
    }

    /** Recipients are written side by side: each waits for the disk, and the disk serves many at once. */
    @Override public List<Outcome> deliver(Job job) throws IOException {
        var work = new Work(job, Letter.of(job.content()),
            job.wasTried() || job.message().origin().received().isBefore(since));
        if (job.recipients().size() == 1) {
            return List.of(deliver(work, job.recipients().getFirst()));
        }
        var outcomes = new Outcome[job.recipients().size()];
        var next = new AtomicInteger();
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var writer = 0; writer < Math.min(config.concurrency(), outcomes.length); writer++) {
                writers.execute(() -> {
                    for (var i = next.getAndIncrement(); i < outcomes.length; i = next.getAndIncrement()) {
                        outcomes[i] = deliver(work, job.recipients().get(i));
                    }
                });
            }
        }
        return List.of(outcomes);
    }

    /**
     * What is the same for all recipients of a job.
     *
     * @param mayBeThere whether it may have been delivered before
     */
    private record Work(Job job, Letter letter, boolean mayBeThere) {

        boolean wasAt(Mailbox address) {
            var seen = letter.deliveredTo();
            return !seen.isEmpty() && seen.stream().anyMatch(address.toString()::equalsIgnoreCase);
        }
    }

    private Outcome deliver(Work work, QueuedRecipient recipient) {
        var job = work.job();
        var address = recipient.recipient().mailbox();
        if (work.wasAt(address)) {
            return new Outcome.Failed(Reply.of(554, "5.4.6", "Mail for " + address + " goes in a circle: it was"
                + " delivered to that address before"), "");
        }
        try {
            return switch (users.resolve(address)) {
                case Resolution.User(var user, _) -> write(work, recipient, user);
                case Resolution.Unknown _ -> new Outcome.Failed(Reply.of(550, "5.1.1", "No such user here"), "");
                case Resolution.Alias _ -> copy(work, recipient);
                case Resolution.Foreign _ -> later("4.3.5", address.domain() + " is not a domain of this server");
            };
        } catch (DatabaseException e) {
            LOG.mail(job.message().id()).warn("lookup-failed", "to", address, "why", e.getMessage());
            return later("4.3.0", "The users cannot be looked up now");
        } catch (IOException e) {
            LOG.mail(job.message().id()).error("mailbox-failed", e, "to", address);
            return later("4.2.0", "The mailbox cannot be written now");
        } catch (RuntimeException e) {
            LOG.mail(job.message().id()).error("mailbox-failed", e, "to", address);
            return later("4.3.0", "Delivery failed here; it will be tried again");
        }
    }

    /** An alias that lists its own user keeps a copy in that user's mailbox. */
    private Outcome copy(Work work, QueuedRecipient recipient) throws IOException {
        var address = recipient.recipient().mailbox();
        var user = users.mailbox(address);
        return user.isPresent() ? write(work, recipient, user.get().user()) : later("4.3.5", address
            + " is an alias, and no RecipientRewriteTable stands before LocalDelivery in processors.xml");
    }

    private static Outcome later(String status, String why) {
        return new Outcome.Deferred(Reply.of(451, status, why), "", Outcome.Scope.RECIPIENT);
    }

    private Outcome full(Mailbox user) {
        var why = "The mailbox of " + user + " is full";
        return switch (overQuota) {
            case DEFER -> new Outcome.Deferred(Reply.of(452, "4.2.2", why), "", Outcome.Scope.RECIPIENT);
            case REJECT -> new Outcome.Failed(Reply.of(552, "5.2.2", why), "");
        };
    }

    /** Prepares each mailbox once in this process: who made its directories may have died before they were forced. */
    private Maildir prepared(Mailbox user) throws IOException {
        var known = Optional.ofNullable(prepared.get(user));
        if (known.isPresent()) {
            return known.get();
        }
        var maildir = new Maildir(MailboxPath.of(config.root(), user), disk,
            volume -> forces.computeIfAbsent(volume, SharedForce::new));
        maildir.prepare(config.root());
        if (prepared.size() >= MOST_PREPARED) {
            prepared.clear();
        }
        prepared.put(user, maildir);
        return maildir;
    }

    private long deliver(Maildir maildir, String name, byte[] header, Letter letter) throws IOException {
        try {
            return maildir.deliver(name, header, letter);
        } catch (NoSuchFileException e) {
            maildir.prepare(config.root());   // somebody removed the mailbox since it was prepared
            return maildir.deliver(name, header, letter);
        }
    }

    private Outcome write(Work work, QueuedRecipient recipient, Mailbox user) throws IOException {
        var job = work.job();
        var message = job.message();
        var maildir = prepared(user);
        var name = message.origin().received().getEpochSecond() + ".Q" + message.id() + "R" + recipient.number() + "."
            + host;
        // What came to this process, and was never tried, is not there: to look takes 70,000 cycles of 5.6 million. A
        // file that is there all the same, as its settlement could not be written, is replaced by the same octets.
        if (!work.mayBeThere() || !maildir.has(name)) {
            var header = "Return-Path: <" + job.sender() + ">\nDelivered-To: "
                + recipient.recipient().mailbox() + "\n";
            var octets = header.getBytes(StandardCharsets.UTF_8);
            var room = space.reserve(user, octets.length + job.content().octets());
            if (room.isEmpty() && !maildir.has(name)) {
                return full(user);
            }
            if (room.isPresent()) {
                try (var place = room.get()) {
                    place.filled(deliver(maildir, name, octets, work.letter()));
                }
            }
        }
        maildir.force();
        return new Outcome.Delivered(Reply.of(250, "2.0.0", "Delivered to the mailbox of " + user), "");
    }
}
