package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.database.DatabaseException;

class DovecotPasswdTest {

    private static final Mailbox ANN = new Mailbox("Ann", "example.org");

    @TempDir private Path home;
    private final TestDatabase database = new TestDatabase();
    private SqlDirectory directory;
    private PasswordVerifiers verifiers;

    @BeforeEach void start() throws IOException {
        database.start();
        directory = directory(new DovecotPasswd(home.resolve("dovecot.passwd"), false));
        directory.addDomain("example.org");
    }

    @AfterEach void stop() {
        database.stop(Duration.ZERO);
    }

    private SqlDirectory directory(DovecotPasswd file) {
        var config = new UsersConfig("+", Optional.empty(), 10, TestPasswords.CHEAP.passwords(),
            UsersConfig.Quotas.DEFAULT, Optional.of(file));
        var random = new SecureRandom();
        verifiers = new PasswordVerifiers(config, random);
        return new SqlDirectory(database, verifiers, config, random);
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(home.resolve("dovecot.passwd")).stream().filter(line -> !line.startsWith("#"))
            .toList();
    }

    @Test void everyChangeOfUsersIsWritten() throws IOException {
        directory.addUser(ANN, Optional.of("secret"));
        directory.addUser(new Mailbox("bob", "example.org"), Optional.empty());
        assertThat(lines()).hasSize(2).satisfiesExactly(
            ann -> assertThat(ann).matches("ann@example\\.org:\\{ARGON2ID}\\$argon2id\\$v=19\\$m=64,t=1,p=1\\$"
                + "[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}::::::"),
            bob -> assertThat(bob).isEqualTo("bob@example.org:*::::::"));
        var before = lines().getFirst();
        directory.changePassword(ANN, "another");
        assertThat(lines().getFirst()).startsWith("ann@example.org:{ARGON2ID}").isNotEqualTo(before);
        assertThat(lines().getFirst()).contains(directory.find(ANN).orElseThrow().argon2());
        directory.removeUser(ANN);
        assertThat(lines()).containsExactly("bob@example.org:*::::::");
    }

    /** After a change of the cost each login renews: the file would be written as often as there are users. */
    @Test void aRenewedHashOfTheSamePasswordWaitsForTheNextChange() throws IOException {
        directory.addUser(ANN, Optional.of("secret"));
        var before = Files.readString(home.resolve("dovecot.passwd"));
        var stored = directory.find(ANN).orElseThrow();
        var renewed = verifiers.store("secret");
        directory.renew(ANN, stored, renewed);
        assertThat(directory.find(ANN)).contains(renewed);
        assertThat(home.resolve("dovecot.passwd")).hasContent(before);
        directory.addUser(new Mailbox("bob", "example.org"), Optional.empty());
        assertThat(lines().getFirst()).contains(renewed.argon2());
    }

    /** Dovecot compares the size and the second: a second change in the same one must show. */
    @Test void theSizeDiffersFromTheOneBefore() throws IOException {
        directory.addUser(ANN, Optional.of("secret"));
        var before = Files.size(home.resolve("dovecot.passwd"));
        for (var i = 0; i < 3; i++) {
            directory.changePassword(ANN, "secre" + i);
            var now = Files.size(home.resolve("dovecot.passwd"));
            assertThat(now).isNotEqualTo(before);
            before = now;
        }
    }

    @Test void onlyItsOwnerReadsItUnlessToldOtherwise() throws IOException {
        directory.addUser(ANN, Optional.of("secret"));
        var file = home.resolve("dovecot.passwd");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
        directory(new DovecotPasswd(file, true)).writeForDovecot();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-r-----");
        try (var left = Files.list(home)) {
            assertThat(left).as("nothing else is left").containsExactly(file);
        }
    }

    @Test void namesThatTheFormatCannotHoldAreLeftOut() throws IOException {
        directory.addUser(new Mailbox("a:b", "example.org"), Optional.of("secret"));
        directory.addUser(new Mailbox("a b", "example.org"), Optional.of("secret"));
        directory.addUser(new Mailbox("#c", "example.org"), Optional.of("secret"));
        directory.addUser(new Mailbox("o'brien", "example.org"), Optional.of("secret"));
        directory.addUser(new Mailbox("j\u00f6rg", "example.org"), Optional.empty());
        assertThat(lines()).hasSize(2).anyMatch(line -> line.startsWith("o'brien@example.org:{ARGON2ID}"))
            .contains("j\u00f6rg@example.org:*::::::");
    }

    @Test void aFileThatCannotBeWrittenIsToldAndTheChangeStands() throws IOException {
        directory = directory(new DovecotPasswd(home.resolve("none/dovecot.passwd"), false));
        assertThatExceptionOfType(DatabaseException.class)
            .isThrownBy(() -> directory.addUser(ANN, Optional.of("secret")))
            .withMessageContaining("dovecot.passwd").withMessageContaining("as was asked");
        assertThat(directory.users()).containsExactly(Names.folded(ANN));
        Files.createDirectory(home.resolve("none"));
        new UsersAtStart(directory).start();
        assertThat(Files.readString(home.resolve("none/dovecot.passwd"))).contains("ann@example.org:{ARGON2ID}");
    }

    @Test void itIsOffUnlessConfigured() throws IOException {
        var random = new SecureRandom();
        new SqlDirectory(database, verifiers, TestPasswords.CHEAP, random).addUser(ANN, Optional.empty());
        try (var made = Files.list(home)) {
            assertThat(made).isEmpty();
        }
    }
}
