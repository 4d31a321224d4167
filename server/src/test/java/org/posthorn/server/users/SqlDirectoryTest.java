package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.database.DatabaseException;

class SqlDirectoryTest implements DirectoryContract {

    private final TestDatabase database = new TestDatabase();

    @BeforeEach void start() throws IOException {
        database.start();
    }

    @AfterEach void stop() {
        database.stop(Duration.ZERO);
    }

    @Override public SqlDirectory directory(UsersConfig config) {
        var random = new SecureRandom();
        return new SqlDirectory(database, new PasswordVerifiers(config, random), config, random);
    }

    private SqlDirectory ready() {
        var directory = directory(TestPasswords.CHEAP);
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.of("secret"));
        return directory;
    }

    @Test void theSecondQuestionCostsNoTransaction() {
        var directory = ready();
        directory.resolve(ANN);
        directory.isHosted("example.org");
        var before = database.transactions();
        for (var i = 0; i < 1000; i++) {
            assertThat(directory.resolve(ANN)).isEqualTo(DirectoryContract.user(ANN));
            assertThat(directory.isHosted("example.org")).isTrue();
        }
        assertThat(database.transactions()).isEqualTo(before);
    }

    @Test void noMoreAnswersAreRememberedThanConfigured() {
        var directory = ready();
        directory.resolve(ANN);
        for (var i = 0; i < 100; i++) {
            directory.resolve(new Mailbox("guess" + i, "example.org"));
        }
        var before = database.transactions();
        directory.resolve(ANN);
        assertThat(database.transactions()).isEqualTo(before + 1);
    }

    @Test void aFailingDatabaseIsNeverUnknown() {
        var directory = ready();
        database.down(true);
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> directory.resolve(BOB));
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> directory.isHosted("far.example"));
        database.down(false);
        assertThat(directory.resolve(BOB)).isEqualTo(new Resolution.Unknown());
    }

    @Test void onlyVerifiersAreStored() {
        var stored = ready().find(new Mailbox("Ann", "example.org")).orElseThrow();
        assertThat(stored.argon2()).startsWith("$argon2id$v=19$m=64,t=1,p=1$");
        assertThat(stored.scram()).startsWith("SCRAM-SHA-256$4096:");
        assertThat(stored.toString()).doesNotContain("argon2id");
    }

    @Test void renewalGivesWayToANewPassword() {
        var directory = ready();
        var old = directory.find(ANN).orElseThrow();
        directory.changePassword(ANN, "another");
        var changed = directory.find(ANN).orElseThrow();
        directory.renew(ANN, old, new StoredPassword("x", "y"));
        assertThat(directory.find(ANN)).contains(changed);
    }

    @Test void theDecoySecretStays() {
        assertThat(directory(TestPasswords.CHEAP).decoySecret()).hasSize(32)
            .isEqualTo(directory(TestPasswords.CHEAP).decoySecret());
    }
}
