package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
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
        return UsersConfig.read(section);
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
        assertThat(read("<users><dovecot-passwd file='data/d'/></users>").in(Path.of("/srv")).dovecotPasswd())
            .contains(new DovecotPasswd(Path.of("/srv/data/d"), false));
        assertThat(read("<users><dovecot-passwd file='/etc/d' group-readable='true'/></users>").in(Path.of("/srv"))
            .dovecotPasswd()).contains(new DovecotPasswd(Path.of("/etc/d"), true));
        assertThat(problems.all()).isEmpty();
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
