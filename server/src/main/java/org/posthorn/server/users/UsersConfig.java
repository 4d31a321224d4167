package org.posthorn.server.users;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.config.Section;

/**
 * What conf/users.xml says.
 *
 * @param subaddressDelimiter one character between user and subaddress, {@code +} by default; empty for no subaddresses
 * @param postmaster who gets postmaster's mail of domains that do not say; empty for each domain's first user
 * @param cacheEntries how many resolved addresses are kept in memory, 10,000 by default
 * @param quotas of users that have none of their own, and what becomes of mail that finds no room
 * @param dovecotPasswd the file in which users and passwords are written for Dovecot; empty for none, by default
 */
public record UsersConfig(String subaddressDelimiter, Optional<Mailbox> postmaster, int cacheEntries,
                          Passwords passwords, Quotas quotas, Optional<DovecotPasswd> dovecotPasswd) {

    static final String DELIMITERS = "+-=_#~!%&$*/?^|";
    private static final int DEFAULT_CACHE = 10_000;

    /**
     * How passwords are kept.
     *
     * @param scramIterations of PBKDF2, also for the client at each login; 4096 is the least (RFC 7677 section 4)
     * @param atOnce how many Argon2id computations run at once
     * @param patience how long a login waits for its turn before it is told to come again
     */
    public record Passwords(Argon2Cost argon2, int scramIterations, int atOnce, Duration patience) {

        /** What holds without a file. */
        public static final Passwords DEFAULT = new Passwords(Argon2Cost.DEFAULT, 65_536, 4, Duration.ofSeconds(10));
    }

    /**
     * How much mailboxes may hold.
     *
     * @param standard of users that have no quota of their own; by default none
     * @param overQuota what becomes of accepted mail that finds no room
     */
    public record Quotas(Quota standard, OverQuota overQuota) {

        /** No quota; what finds no room waits. */
        public static final Quotas DEFAULT = new Quotas(Quota.NONE, OverQuota.DEFER);
    }

    /** Mail that finds no room: is tried again for its lifetime (452 4.2.2), or goes back at once (552 5.2.2). */
    public enum OverQuota { DEFER, REJECT }

    /** Without quotas. */
    public UsersConfig(String subaddressDelimiter, Optional<Mailbox> postmaster, int cacheEntries,
                       Passwords passwords) {
        this(subaddressDelimiter, postmaster, cacheEntries, passwords, Quotas.DEFAULT);
    }

    /** Without a file for Dovecot. */
    public UsersConfig(String subaddressDelimiter, Optional<Mailbox> postmaster, int cacheEntries,
                       Passwords passwords, Quotas quotas) {
        this(subaddressDelimiter, postmaster, cacheEntries, passwords, quotas, Optional.empty());
    }

    /** What holds without a file. */
    public static UsersConfig defaults() {
        return new UsersConfig("+", Optional.empty(), DEFAULT_CACHE, Passwords.DEFAULT);
    }

    /**
     * Reads the root element {@code <users>}.
     *
     * @param home where file names begin, and what files lie below
     */
    public static UsersConfig read(Section users, Path home) {
        var delimiter = users.value("subaddress-delimiter", "+", UsersConfig::delimiter);
        var postmaster = users.value("postmaster", Optional.<Mailbox>empty(), UsersConfig::address);
        var cache = users.integer("cache-entries", DEFAULT_CACHE, 1, 10_000_000);
        var passwords = users.childOrEmpty("passwords");
        var standard = Passwords.DEFAULT;
        var cost = cost(passwords.childOrEmpty("argon2"));
        var iterations = passwords.childOrEmpty("scram")
            .integer("iterations", standard.scramIterations(), 4096, 10_000_000);
        var atOnce = passwords.integer("at-once", standard.atOnce(), 1, 1000);
        var patience = passwords.duration("wait", standard.patience());
        var dovecot = users.child("dovecot-passwd").flatMap(section -> file(section, home));
        return new UsersConfig(delimiter, postmaster, cache, new Passwords(cost, iterations, atOnce, patience),
            quotas(users.childOrEmpty("quota")), dovecot);
    }

    private static Optional<DovecotPasswd> file(Section dovecot, Path home) {
        var written = dovecot.required("file");
        var groupReadable = dovecot.flag("group-readable", false);
        return written.isEmpty() ? Optional.empty()
            : dovecot.value("file", Optional.<Path>empty(), text -> Optional.of(below(home, text)))
                .map(path -> new DovecotPasswd(path, groupReadable));
    }

    /** It holds password hashes, and replaces what is there: not anywhere. */
    private static Path below(Path home, String written) {
        var file = home.resolve(written);
        var whole = file.toAbsolutePath().normalize();
        var top = home.toAbsolutePath().normalize();
        if (whole.equals(top) || !whole.startsWith(top)) {
            throw new IllegalArgumentException("expected a file below the home, such as data/dovecot.passwd");
        }
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException("expected a file such as data/dovecot.passwd, not a directory");
        }
        return file;
    }

    private static Quotas quotas(Section quota) {
        var octets = quota.octets("octets", Quota.UNLIMITED);
        var messages = quota.value("messages", Quota.UNLIMITED, text -> {
            if (!text.matches("[0-9]{1,12}")) {
                throw new IllegalArgumentException("expected how many messages, such as 10000");
            }
            return Long.parseLong(text);
        });
        return new Quotas(new Quota(octets, messages), quota.choice("over-quota", OverQuota.DEFER));
    }

    private static Argon2Cost cost(Section argon2) {
        var standard = Argon2Cost.DEFAULT;
        var kib = argon2.octets("memory", standard.memoryKib() * 1024L) / 1024;
        var passes = argon2.integer("passes", standard.passes(), 1, 1000);
        var lanes = argon2.integer("lanes", standard.lanes(), 1, 64);
        try {
            return new Argon2Cost((int) Math.min(kib, Integer.MAX_VALUE), passes, lanes);
        } catch (IllegalArgumentException e) {
            argon2.problem("<argon2>: " + e.getMessage());
            return standard;
        }
    }

    private static String delimiter(String written) {
        if (written.isEmpty() || written.length() == 1 && DELIMITERS.contains(written)) {
            return written;
        }
        throw new IllegalArgumentException("expected one of the characters " + DELIMITERS
            + ", or nothing for no subaddresses");
    }

    private static Optional<Mailbox> address(String written) {
        try {
            return written.isEmpty() ? Optional.empty() : Optional.of(Names.mailbox(written));
        } catch (DirectoryException e) {
            throw new IllegalArgumentException("expected an address such as ann@example.org", e);
        }
    }
}
