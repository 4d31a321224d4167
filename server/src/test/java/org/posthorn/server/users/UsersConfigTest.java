package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;

class UsersConfigTest {

    private final Problems problems = new Problems();

    private UsersConfig read(String xml) {
        return read(ConfigFile.read("users.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)),
            "users", problems).orElseThrow());
    }

    private static UsersConfig read(Section section) {
        return UsersConfig.read(section, Path.of("/srv"));
    }

    @Test void theShippedFileSaysTheDefaults() {
        var file = Path.of("../conf/users.xml");
        assertThat(read(ConfigFile.read(file, "users", problems).orElseThrow())).isEqualTo(UsersConfig.defaults());
        assertThat(read("<users/>")).isEqualTo(UsersConfig.defaults());
        assertThat(problems.all()).isEmpty();
    }

    @Test void everyKeyIsRead() {
        var config = read("""
            <users>
              <subaddress-delimiter>-</subaddress-delimiter>
              <postmaster>ann@example.org</postmaster>
              <cache-entries>7</cache-entries>
              <passwords>
                <argon2 memory="1 MiB" passes="3" lanes="4"/>
                <scram iterations="5000"/>
                <at-once>2</at-once>
                <wait>1 s</wait>
              </passwords>
            </users>""");
        assertThat(config).isEqualTo(new UsersConfig("-", Optional.of(new Mailbox("ann", "example.org")), 7,
            new UsersConfig.Passwords(new Argon2Cost(1024, 3, 4), 5000, 2, Duration.ofSeconds(1))));
        assertThat(read("<users><subaddress-delimiter/></users>").subaddressDelimiter()).isEmpty();
        assertThat(read("<users><dovecot-passwd file='data/d'/></users>").dovecotPasswd())
            .contains(new DovecotPasswd(Path.of("/srv/data/d"), false));
        assertThat(read("<users><dovecot-passwd file='/srv/x/d' group-readable='true'/></users>")
            .dovecotPasswd()).contains(new DovecotPasswd(Path.of("/srv/x/d"), true));
        assertThat(problems.all()).isEmpty();
    }

    @ParameterizedTest @ValueSource(strings = {"../esc.passwd", "data/../../esc.passwd", "/etc/d", "/srvx/d", ".",
        "data/..", "/srv"})
    void dovecotsFileLiesBelowTheHome(String file) {
        assertThat(read("<users>\n<dovecot-passwd file='" + file + "'/></users>").dovecotPasswd()).isEmpty();
        assertThat(problems.all()).singleElement().hasToString("users.xml:2: file: expected a file below the home, "
            + "such as data/dovecot.passwd, found '" + file + "'");
    }

    @Test void dovecotsFileIsNoDirectory(@TempDir Path home) throws IOException {
        Files.createDirectories(home.resolve("data"));
        var section = ConfigFile.read("users.xml", new ByteArrayInputStream(
            "<users><dovecot-passwd file='data'/></users>".getBytes(StandardCharsets.UTF_8)), "users", problems);
        UsersConfig.read(section.orElseThrow(), home);
        assertThat(problems.all()).singleElement().hasToString("users.xml:1: file: expected a file such as "
            + "data/dovecot.passwd, not a directory, found 'data'");
    }

    @Test void allMistakesAreToldWithTheirLines() {
        read("""
            <users>
              <subaddress-delimiter>..</subaddress-delimiter>
              <postmaster>ann</postmaster>
              <passwords>
                <argon2 memory="1 KiB"/>
                <scram iterations="100"/>
                <colour/>
              </passwords>
              <dovecot-passwd/>
            </users>""");
        assertThat(problems.all()).extracting(problem -> problem.line()).containsExactly(2, 3, 5, 6, 7, 9);
    }
}
