package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.sasl.Authenticator.Lookup;
import org.posthorn.protocols.sasl.Authenticator.Result;

class DirectoryAuthenticatorTest {

    private static final Mailbox ANN = new Mailbox("ann", "example.org");

    private final TestDatabase database = new TestDatabase();
    private SqlDirectory directory;
    private DirectoryAuthenticator authenticator;

    @BeforeEach void start() throws IOException {
        database.start();
        use(TestPasswords.CHEAP);
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.of("p\u00e4ssword 1"));
        directory.addUser(new Mailbox("mute", "example.org"), Optional.empty());
    }

    @AfterEach void stop() {
        database.stop(Duration.ZERO);
    }

    private void use(UsersConfig config) {
        var random = new SecureRandom();
        var verifiers = new PasswordVerifiers(config, random);
        directory = new SqlDirectory(database, verifiers, config, random);
        authenticator = new DirectoryAuthenticator(directory, verifiers);
    }

    @ParameterizedTest @ValueSource(strings = {"ann@example.org", "Ann@EXAMPLE.org"})
    void theRightPasswordIsGranted(String user) {
        assertThat(authenticator.password(user, "p\u00e4ssword 1")).isEqualTo(new Result.Granted("ann@example.org"));
    }

    @Test void aDomainAliasIsTheUsersOwnName() {
        directory.addDomainAlias("example.net", "example.org");
        assertThat(authenticator.password("Ann@example.net", "p\u00e4ssword 1"))
            .isEqualTo(new Result.Granted("ann@example.org"));
        assertThat(authenticator.scram("ann@example.net")).isInstanceOfSatisfying(Lookup.Verifier.class,
            verifier -> assertThat(verifier).isEqualTo(authenticator.scram("ann@example.org")));
        assertThat(authenticator.password("ann@far.example", "p\u00e4ssword 1")).isEqualTo(new Result.Denied());
    }

    @Test void theSamePasswordTypedOtherwiseIsGranted() {
        assertThat(authenticator.password("ann@example.org", "pa\u0308ssword\u00a01"))
            .isEqualTo(new Result.Granted("ann@example.org"));
    }

    @ParameterizedTest @ValueSource(strings = {"", "p\u00e4ssword", "p\u00e4ssword 1 ", "P\u00e4ssword 1",
        "p\u00e4ssword 1\u0000"})
    void anotherPasswordIsDenied(String password) {
        assertThat(authenticator.password("ann@example.org", password)).isEqualTo(new Result.Denied());
    }

    @ParameterizedTest @ValueSource(strings = {"", "ann", "bob@example.org", "mute@example.org", "ann@far.example",
        "ann+x@example.org", "@example.org", "ann@"})
    void whoIsNotThereOrHasNoPasswordIsDenied(String user) {
        assertThat(authenticator.password(user, "p\u00e4ssword 1")).isEqualTo(new Result.Denied());
        assertThat(authenticator.password(user, "")).isEqualTo(new Result.Denied());
    }

    @Test void theScramVerifierIsTheUsers() {
        var stored = ScramVerifier.parse(directory.find(ANN).orElseThrow().scram()).orElseThrow();
        assertThat(authenticator.scram("Ann@example.org")).isEqualTo(new Lookup.Verifier("ann@example.org",
            stored.salt(), stored.iterations(), stored.storedKey(), stored.serverKey()));
    }

    @ParameterizedTest @ValueSource(strings = {"bob@example.org", "mute@example.org", "nobody"})
    void aDecoyLooksLikeAUserAndStaysTheSame(String user) {
        var first = (Lookup.Verifier) authenticator.scram(user);
        use(TestPasswords.CHEAP);
        assertThat(authenticator.scram(user)).isEqualTo(first);
        var real = (Lookup.Verifier) authenticator.scram("ann@example.org");
        assertThat(first.iterations()).isEqualTo(real.iterations());
        assertThat(first.salt()).hasSameSizeAs(real.salt()).isNotEqualTo(real.salt());
        assertThat(first.storedKey()).hasSameSizeAs(real.storedKey());
        assertThat(first.serverKey()).hasSameSizeAs(real.serverKey());
    }

    @Test void twoUnknownNamesHaveTwoDecoys() {
        assertThat(((Lookup.Verifier) authenticator.scram("x@example.org")).salt())
            .isNotEqualTo(((Lookup.Verifier) authenticator.scram("y@example.org")).salt());
    }

    @Test void aLoginRenewsVerifiersOfAnotherCost() {
        use(TestPasswords.with(new Argon2Cost(128, 1, 1), 5000));
        assertThat(authenticator.password("ann@example.org", "wrong")).isEqualTo(new Result.Denied());
        assertThat(directory.find(ANN).orElseThrow().argon2()).contains("m=64");
        assertThat(authenticator.password("ann@example.org", "p\u00e4ssword 1")).isInstanceOf(Result.Granted.class);
        assertThat(directory.find(ANN).orElseThrow().argon2()).contains("m=128");
        assertThat(directory.find(ANN).orElseThrow().scram()).contains("$5000:");
        assertThat(authenticator.password("ann@example.org", "p\u00e4ssword 1")).isInstanceOf(Result.Granted.class);
    }

    @Test void aFailingDatabaseIsUnavailable() {
        database.down(true);
        assertThat(authenticator.password("ann@example.org", "p\u00e4ssword 1")).isInstanceOf(Result.Unavailable.class);
        assertThat(authenticator.scram("ann@example.org")).isInstanceOf(Lookup.Unavailable.class);
    }

    @Test void whoWaitsTooLongForItsTurnIsUnavailable() {
        var cheap = TestPasswords.CHEAP.passwords();
        var config = new UsersConfig("+", Optional.empty(), 10,
            new UsersConfig.Passwords(cheap.argon2(), cheap.scramIterations(), 1, Duration.ofMillis(1)));
        use(config);
        Thread.currentThread().interrupt();     // a wait that is cut short, without waiting
        assertThat(authenticator.password("ann@example.org", "p\u00e4ssword 1")).isInstanceOf(Result.Unavailable.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
