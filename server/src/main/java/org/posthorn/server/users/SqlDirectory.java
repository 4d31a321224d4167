package org.posthorn.server.users;

import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.database.Database;
import org.posthorn.server.database.DatabaseException;

/**
 * The directory in the database. Answers to {@code resolve}, {@code mailbox} and {@code isHosted} are remembered, and
 * forgotten at each change through this object: there must be one of it for one database. Thread-safe: changes are made
 * one at a time, under one lock.
 */
public final class SqlDirectory implements Directory, PasswordStore {

    private static final int BATCH = 256;   // rows; more in one go only hold memory
    private static final StoredPassword NO_PASSWORD = new StoredPassword("", "");

    private final Database database;
    private final PasswordVerifiers verifiers;
    private final SecureRandom random;
    private final ResolutionOrder order;
    private final Optional<DovecotPasswd> dovecot;
    private final Remembered<Mailbox, Resolution> resolutions;
    private final Remembered<Mailbox, Optional<Resolution.User>> mailboxes;
    private final Remembered<String, Boolean> hosted;
    private final Remembered<String, Set<String>> delimiters;
    private final Remembered<Mailbox, Quota> quotas;
    private final Quota standard;
    private final Object changes = new Object();

    /** Makes it; the database must have started before it is asked anything. */
    @Inject public SqlDirectory(Database database, PasswordVerifiers verifiers, UsersConfig config,
                                SecureRandom random) {
        this.database = database;
        this.verifiers = verifiers;
        this.random = random;
        this.order = new ResolutionOrder(config.subaddressDelimiter(), config.postmaster());
        this.dovecot = config.dovecotPasswd();
        this.resolutions = new Remembered<>(config.cacheEntries());
        this.mailboxes = new Remembered<>(config.cacheEntries());
        this.hosted = new Remembered<>(config.cacheEntries());
        this.delimiters = new Remembered<>(config.cacheEntries());
        this.quotas = new Remembered<>(config.cacheEntries());
        this.standard = config.quotas().standard();
    }

    @Override public Resolution resolve(Mailbox address) {
        return resolutions.get(address,
            wanted -> database.transaction(connection -> order.resolve(wanted, rows(connection))));
    }

    @Override public Optional<Resolution.User> mailbox(Mailbox address) {
        return mailboxes.get(address,
            wanted -> database.transaction(connection -> order.mailbox(wanted, rows(connection))));
    }

    @Override public Explanation explain(Mailbox address) {
        return database.transaction(connection -> Explanation.of(address, order, rows(connection)));
    }

    @Override public boolean isHosted(String domain) {
        return hosted.get(domain.toLowerCase(Locale.ROOT),
            wanted -> database.transaction(connection -> rows(connection).home(wanted).isPresent()));
    }

    @Override public List<String> domains() {
        return database.transaction(connection ->
            rows(connection).list("SELECT name FROM domains ORDER BY name", row -> row.getString(1)));
    }

    @Override public void addDomain(String domain) {
        var name = Names.domain(domain);
        change(rows -> {
            rows.home(name).ifPresent(home -> {
                throw new DirectoryException("the domain " + name + (home.equals(name) ? " is hosted here already"
                    : " is an alias of " + home + "; remove that first: posthorn domain alias " + name + " --off"));
            });
            rows.execute("INSERT INTO domains (name) VALUES (?)", name);
        });
    }

    @Override public void removeDomain(String domain) {
        var name = Names.domain(domain);
        change(rows -> {
            Refusals.requireThere(rows.home(name).isPresent(), name);
            Refusals.requireOwn(name, rows.home(name));
            Refusals.requireNoDomainAlias(name,
                rows.list("SELECT name FROM domain_aliases WHERE target = ?", row -> row.getString(1), name));
            var users = rows.count("SELECT COUNT(*) FROM users WHERE domain = ?", name);
            var aliases = rows.count("SELECT COUNT(*) FROM aliases WHERE domain = ?", name);
            Refusals.requireEmpty(name, users, aliases);
            rows.execute("DELETE FROM domains WHERE name = ?", name);
        });
    }

    @Override public List<DomainAlias> domainAliases() {
        return database.transaction(connection -> rows(connection).list("SELECT name, target FROM domain_aliases "
            + "ORDER BY name", row -> new DomainAlias(row.getString(1), row.getString(2))));
    }

    @Override public void addDomainAlias(String name, String target) {
        var alias = Names.domain(name);
        var domain = Names.domain(target);
        change(rows -> {
            Refusals.domainAlias(alias, domain, rows);
            rows.execute("INSERT INTO domain_aliases (name, target) VALUES (?, ?)", alias, domain);
        });
    }

    @Override public void removeDomainAlias(String name) {
        var alias = Names.domain(name);
        change(rows -> {
            if (rows.execute("DELETE FROM domain_aliases WHERE name = ?", alias) == 0) {
                throw Refusals.noDomainAlias(alias);
            }
        });
    }

    @Override public List<Mailbox> users() {
        return database.transaction(connection -> rows(connection)
            .list("SELECT local_part, domain FROM users ORDER BY domain, local_part", SqlDirectory::address));
    }

    @Override public void addUser(Mailbox user, Optional<String> password) {
        addUsers(List.of(new NewUser(user, password)));
    }

    @Override public void addUsers(List<NewUser> users) {
        record Row(Mailbox name, StoredPassword password) {
        }
        // Verifiers take their time: before the transaction.
        var rowsToAdd = new ArrayList<Row>(users.size());
        for (var user : users) {
            var name = Refusals.userName(user.address());
            rowsToAdd.add(new Row(name, user.password().map(verifiers::store).orElse(NO_PASSWORD)));
        }
        changeUsers(rows -> {
            var domains = new HashSet<String>();
            for (var row : rowsToAdd) {
                if (domains.add(row.name().domain())) {
                    Refusals.requireOwn(row.name().domain(), rows.home(row.name().domain()));
                }
            }
            var seen = new HashSet<Mailbox>();
            try (var insert = rows.prepare("INSERT INTO users (local_part, domain, argon2, scram) "
                + "VALUES (?, ?, ?, ?)")) {
                var waiting = 0;
                for (var row : rowsToAdd) {
                    if (!seen.add(row.name()) || rows.isUser(row.name())) {
                        throw Refusals.userExists(row.name());
                    }
                    bind(insert, row.name().localPart(), row.name().domain(), row.password().argon2(),
                        row.password().scram());
                    insert.addBatch();
                    if (++waiting % BATCH == 0) {
                        insert.executeBatch();
                    }
                }
                insert.executeBatch();
            }
        });
    }

    @Override public void changePassword(Mailbox user, String password) {
        var name = Names.folded(user);
        var stored = verifiers.store(password);
        changeUsers(rows -> {
            var found = rows.execute("UPDATE users SET argon2 = ?, scram = ? WHERE domain = ? AND local_part = ?",
                stored.argon2(), stored.scram(), name.domain(), name.localPart());
            Refusals.requireUser(found > 0, name);
        });
    }

    @Override public void removeUser(Mailbox user) {
        var name = Names.folded(user);
        changeUsers(rows -> Refusals.requireUser(rows.execute("DELETE FROM users WHERE domain = ? AND local_part = ?",
            name.domain(), name.localPart()) > 0, name));
    }

    @Override public Quota quota(Mailbox user) {
        return quotas.get(Names.folded(user), name -> database.transaction(connection -> rows(connection)
            .list("SELECT quota_octets, quota_messages FROM users WHERE domain = ? AND local_part = ?",
                row -> quota(row.getLong(1), row.getLong(2)), name.domain(), name.localPart()).stream().findFirst())
            .map(own -> own.orElse(standard)).orElse(Quota.NONE));
    }

    private static Optional<Quota> quota(long octets, long messages) {
        return octets < 0 || messages < 0 ? Optional.empty() : Optional.of(new Quota(octets, messages));
    }

    @Override public Map<Mailbox, Quota> quotas() {
        return database.transaction(connection -> rows(connection)
            .list("SELECT local_part, domain, quota_octets, quota_messages FROM users WHERE quota_octets >= 0",
                row -> Map.entry(address(row), new Quota(row.getLong(3), row.getLong(4)))))
            .stream().collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override public void setQuota(Mailbox user, Optional<Quota> quota) {
        var name = Names.folded(user);
        change(rows -> {
            try (var update = rows.prepare("UPDATE users SET quota_octets = ?, quota_messages = ? WHERE domain = ? "
                + "AND local_part = ?")) {
                update.setLong(1, quota.map(Quota::octets).orElse(-1L));
                update.setLong(2, quota.map(Quota::messages).orElse(-1L));
                update.setString(3, name.domain());
                update.setString(4, name.localPart());
                Refusals.requireUser(update.executeUpdate() > 0, name);
            }
        });
    }

    @Override public List<AliasEntry> aliases() {
        return database.transaction(connection -> rows(connection)
            .list("SELECT local_part, domain, target_local_part, target_domain FROM aliases "
                + "ORDER BY domain, local_part, number",
                row -> new AliasEntry(address(row), new Mailbox(row.getString(3), row.getString(4)))));
    }

    @Override public void addAlias(Mailbox from, Mailbox to) {
        var name = Names.folded(from);
        change(rows -> {
            Refusals.requireOwn(name.domain(), rows.home(name.domain()));
            insertAlias(rows, name, to);
            Refusals.circle(name, Explanation.of(name, order, rows));
        });
    }

    private static void insertAlias(Rows rows, Mailbox name, Mailbox to) throws SQLException {
        Refusals.alias(name, to, rows.targets(name), rows);
        rows.execute("INSERT INTO aliases (local_part, domain, target_local_part, target_domain) "
            + "VALUES (?, ?, ?, ?)", name.localPart(), name.domain(), to.localPart(), to.domain());
    }

    @Override public void setForward(Mailbox user, List<Mailbox> targets) {
        var name = Names.folded(user);
        change(rows -> {
            Refusals.requireUser(rows.isUser(name), name);
            Refusals.forward(name, targets);
            rows.execute("DELETE FROM aliases WHERE domain = ? AND local_part = ?", name.domain(), name.localPart());
            for (var target : targets) {
                insertAlias(rows, name, target);
            }
            Refusals.circle(name, Explanation.of(name, order, rows));
        });
    }

    @Override public Map<Mailbox, String> delimiters() {
        var all = new LinkedHashMap<Mailbox, String>();
        database.transaction(connection -> rows(connection).list("SELECT local_part, domain, delimiter "
            + "FROM subaddress_delimiters ORDER BY domain, local_part",
            row -> all.put(address(row), row.getString(3))));
        return all;
    }

    @Override public void setDelimiter(Mailbox user, Optional<String> delimiter) {
        var wanted = delimiter.map(Refusals::delimiter);
        var name = Names.folded(user);
        change(rows -> {
            Refusals.requireUser(rows.isUser(name), name);
            rows.execute("DELETE FROM subaddress_delimiters WHERE domain = ? AND local_part = ?", name.domain(),
                name.localPart());
            if (wanted.isPresent()) {
                rows.execute("INSERT INTO subaddress_delimiters (domain, local_part, delimiter) VALUES (?, ?, ?)",
                    name.domain(), name.localPart(), wanted.get());
            }
        });
    }

    @Override public void removeAlias(Mailbox from, Mailbox to) {
        var name = Names.folded(from);
        change(rows -> {
            for (var target : rows.targets(name)) {
                if (Names.folded(target).equals(Names.folded(to))) {
                    rows.execute("DELETE FROM aliases WHERE domain = ? AND local_part = ? AND target_domain = ? "
                        + "AND target_local_part = ?", name.domain(), name.localPart(), target.domain(),
                        target.localPart());
                    return;
                }
            }
            throw Refusals.noAlias(name, to);
        });
    }

    @Override public Mailbox ownName(Mailbox user) {
        return database.transaction(connection -> rows(connection).atHome(Names.folded(user)));
    }

    @Override public Optional<StoredPassword> find(Mailbox user) {
        var name = Names.folded(user);
        return database.transaction(connection -> rows(connection)
            .list("SELECT argon2, scram FROM users WHERE domain = ? AND local_part = ?",
                row -> new StoredPassword(row.getString(1), row.getString(2)), name.domain(), name.localPart()))
            .stream().filter(stored -> !stored.equals(NO_PASSWORD)).findFirst();
    }

    @Override public void renew(Mailbox user, StoredPassword before, StoredPassword after) {
        var name = Names.folded(user);
        // Not for Dovecot: the old hash still fits there, and the whole file for each login would be too much.
        change(rows -> rows.execute("UPDATE users SET argon2 = ?, scram = ? WHERE domain = ? AND local_part = ? "
            + "AND argon2 = ?", after.argon2(), after.scram(), name.domain(), name.localPart(), before.argon2()));
    }

    @Override public byte[] decoySecret() {
        synchronized (changes) {
            var text = database.transaction(connection -> {
                var rows = rows(connection);
                var found = rows.list("SELECT content FROM directory_secret WHERE name = ?", row -> row.getString(1),
                    "decoy");
                if (!found.isEmpty()) {
                    return found.getFirst();
                }
                var octets = new byte[32];
                random.nextBytes(octets);
                var made = Base64.getEncoder().encodeToString(octets);
                rows.execute("INSERT INTO directory_secret (name, content) VALUES (?, ?)", "decoy", made);
                return made;
            });
            return Base64.getDecoder().decode(text);
        }
    }

    private void changeUsers(Step step) {
        synchronized (changes) {
            change(step);
            writeForDovecot();
        }
    }

    /**
     * Writes the users as Dovecot reads them, if that is configured.
     *
     * @throws DatabaseException when the users cannot be read, or the file not be written
     */
    void writeForDovecot() {
        synchronized (changes) {
            dovecot.ifPresent(file -> file.write(database.transaction(connection -> rows(connection)
                .list("SELECT local_part, domain, argon2, scram FROM users ORDER BY domain, local_part",
                    row -> new DovecotPasswd.Entry(address(row),
                        new StoredPassword(row.getString(3), row.getString(4)))))));
        }
    }

    /** What is remembered is forgotten also after a failure: a commit that broke off may have happened. */
    private void change(Step step) {
        synchronized (changes) {
            try {
                database.transaction(connection -> {
                    step.run(new Rows(connection, SqlDirectory::readDelimiters));
                    return true;
                });
            } finally {
                resolutions.forget();
                mailboxes.forget();
                hosted.forget();
                delimiters.forget();
                quotas.forget();
            }
        }
    }

    /** For questions; which delimiters there are is remembered. */
    private Rows rows(Connection connection) {
        return new Rows(connection, (rows, domain) -> delimiters.get(domain, _ -> readDelimiters(rows, domain)));
    }

    private static Set<String> readDelimiters(Rows rows, String domain) {
        return Rows.lookup(() -> Set.copyOf(rows.list("SELECT DISTINCT delimiter FROM subaddress_delimiters "
            + "WHERE domain = ?", row -> row.getString(1), domain)));
    }

    private static Mailbox address(ResultSet row) throws SQLException {
        return new Mailbox(row.getString(1), row.getString(2));
    }

    private static void bind(PreparedStatement statement, String... values) throws SQLException {
        for (var i = 0; i < values.length; i++) {
            statement.setString(i + 1, values[i]);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run(Rows rows) throws SQLException;
    }

    @FunctionalInterface
    private interface Lookup<T> {
        T run() throws SQLException;
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** The tables as one transaction sees them. */
    private record Rows(Connection connection, BiFunction<Rows, String, Set<String>> marks)
        implements ResolutionOrder.Entries {

        @Override public Optional<String> home(String domain) {
            return lookup(() -> list("SELECT name FROM domains WHERE name = ? UNION ALL "
                + "SELECT target FROM domain_aliases WHERE name = ?", row -> row.getString(1), domain, domain))
                .stream().findFirst();
        }

        /** The address in the domain whose entries decide. */
        Mailbox atHome(Mailbox address) {
            return new Mailbox(address.localPart(), home(address.domain()).orElse(address.domain()));
        }

        @Override public Optional<String> delimiter(Mailbox user) {
            return lookup(() -> list("SELECT delimiter FROM subaddress_delimiters WHERE domain = ? AND local_part = ?",
                row -> row.getString(1), user.domain(), user.localPart())).stream().findFirst();
        }

        @Override public Set<String> delimiters(String domain) {
            return marks.apply(this, domain);
        }

        @Override public List<Mailbox> targets(Mailbox alias) {
            return lookup(() -> list("SELECT target_local_part, target_domain FROM aliases WHERE domain = ? "
                + "AND local_part = ? ORDER BY number", SqlDirectory::address, alias.domain(), alias.localPart()));
        }

        @Override public boolean isUser(Mailbox user) {
            return lookup(() -> count("SELECT COUNT(*) FROM users WHERE domain = ? AND local_part = ?", user.domain(),
                user.localPart()) > 0);
        }

        @Override public Optional<Mailbox> oldestUser(String domain) {
            return lookup(() -> {
                var here = list("SELECT local_part, domain FROM users WHERE domain = ? ORDER BY number "
                    + "FETCH FIRST 1 ROWS ONLY", SqlDirectory::address, domain);
                return (here.isEmpty() ? list("SELECT local_part, domain FROM users ORDER BY number "
                    + "FETCH FIRST 1 ROWS ONLY", SqlDirectory::address) : here).stream().findFirst();
            });
        }

        private static <T> T lookup(Lookup<T> lookup) {
            try {
                return lookup.run();
            } catch (SQLException e) {
                throw new DatabaseException("cannot read the directory: " + e.getMessage(), e);
            }
        }

        PreparedStatement prepare(String sql) throws SQLException {
            return connection.prepareStatement(sql);
        }

        int execute(String sql, String... values) throws SQLException {
            try (var statement = prepare(sql)) {
                bind(statement, values);
                return statement.executeUpdate();
            }
        }

        long count(String sql, String... values) throws SQLException {
            return list(sql, row -> row.getLong(1), values).getFirst();
        }

        <T> List<T> list(String sql, RowReader<T> reader, String... values) throws SQLException {
            try (var statement = prepare(sql)) {
                bind(statement, values);
                try (var rows = statement.executeQuery()) {
                    var all = new ArrayList<T>();
                    while (rows.next()) {
                        all.add(reader.read(rows));
                    }
                    return all;
                }
            }
        }
    }
}
