package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.NewUser;

class OfflineDirectoryTest {

    @TempDir private static Path home;      // one for all: making a database takes a second or more

    @BeforeEach void prepare() throws IOException {
        Files.createDirectories(home.resolve("data"));
    }

    private static Invocation posthorn(String... words) {
        return Invocation.of("", Stream.concat(List.of(words).stream(),
            List.of("--home", home.toString()).stream()).toList());
    }

    @Test void domainsUsersAndAliasesAreKeptWithoutAServer() throws IOException {
        assertThat(posthorn("domain", "add", "example.org"))
            .isEqualTo(new Invocation(0, "added domain example.org\n", ""));
        assertThat(posthorn("user", "add", "ann@example.org:secret").code()).isZero();
        Files.writeString(home.resolve("data/admin.token"), "0123456789012345678901234567890123456789012\n");
        Files.writeString(home.resolve("data/admin.address"), "127.0.0.1:1\n");     // as after kill -9
        assertThat(posthorn("alias", "add", "info@example.org=ann@example.org").code()).isZero();
        Files.delete(home.resolve("data/admin.address"));
        Files.delete(home.resolve("data/admin.token"));
        assertThat(posthorn("alias", "list", "--json").out())
            .isEqualTo("{\"aliases\":[{\"from\":\"info@example.org\",\"to\":\"ann@example.org\"}]}\n");
        assertThat(posthorn("user", "add", "ann@example.org").err())
            .isEqualTo("posthorn: the user ann@example.org is there already; to give another password, use: "
                + "posthorn user password ann@example.org\n");
        assertThat(posthorn("queue", "list").err()).contains("is not running");
    }

    @Test void thousandsOfUsersComeFromAFile() throws IOException {
        var file = home.resolve("users.txt");
        Files.write(file, IntStream.range(0, 3000).mapToObj(i -> "u" + i + "@many.example").toList());
        OfflineDirectory.open(home, directory -> {
            directory.addDomain("many.example");
            directory.addUsers(UsersFile.read(file).users());
            assertThat(directory.users()).hasSizeGreaterThanOrEqualTo(3000)
                .contains(new Mailbox("u2999", "many.example"));
            return true;
        });
    }

    @Test void initMakesDomainAliasesAndNamesTheDomainOfReturnPaths(@TempDir Path parent) throws IOException {
        var made = parent.resolve("made");
        var init = Invocation.of("", List.of("init", made.toString(), "--hostname", "mx.example.org", "--domain",
            "example.org", "--domain-alias", "example.net=example.org"));
        assertThat(init.err()).isEmpty();
        assertThat(init.out().lines().filter(line -> line.startsWith("example.net."))).anyMatch(line ->
            line.contains("MX"));
        assertThat(Files.readString(made.resolve("conf").resolve("srs.xml"))).contains("<domain>example.org</domain>");
        assertThat(Invocation.of("", List.of("domain", "list", "--home", made.toString())).out())
            .isEqualTo("example.org\nexample.net  alias of example.org\n");
        assertThat(Invocation.of("", List.of("init", parent.resolve("not").toString(), "--hostname", "mx.example.org",
            "--domain", "example.org", "--domain-alias", "example.net=example.com")).err()).contains("example.com");
    }

    @Test void theFileHoldsNamesPasswordsAndComments() {
        var file = UsersFile.parse("f", List.of("# staff", "", " Ann@example.org:se:cret ", "bob@example.org"));
        assertThat(file.users()).containsExactly(
            new NewUser(new Mailbox("ann", "example.org"), Optional.of("se:cret")),
            new NewUser(new Mailbox("bob", "example.org"), Optional.empty()));
    }

    @Test void allMistakesOfTheFileAreToldAtOnceWithoutPasswords() {
        assertThatExceptionOfType(CommandException.class)
            .isThrownBy(() -> UsersFile.parse("f", List.of("ann", "b@example.org", "B@example.org:secret")))
            .satisfies(e -> assertThat(e.getMessage()).contains("f:1: ", "f:3: ", "line 2").doesNotContain("secret"));
    }

    @Test void wrongConfigurationIsToldWithItsLine() throws IOException {
        var conf = Files.createDirectories(home.resolve("conf")).resolve("users.xml");
        Files.writeString(conf, "<users>\n<colour/>\n</users>");
        try {
            assertThat(posthorn("user", "list").err()).startsWith("posthorn: users.xml:2: ");
        } finally {
            Files.delete(conf);
        }
    }
}
