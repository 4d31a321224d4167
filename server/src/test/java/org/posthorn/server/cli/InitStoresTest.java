package org.posthorn.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code init} with mail stores. */
class InitStoresTest {

    @TempDir private Path temp;

    private Invocation init(String... options) {
        var words = new ArrayList<>(List.of("init", temp.resolve("home").toString(), "--hostname", "mx.example.org",
            "--domain", "example.org"));
        words.addAll(List.of(options));
        return Invocation.of("", words);
    }

    private String conf(String file) throws IOException {
        return Files.readString(temp.resolve("home/conf").resolve(file));
    }

    @Test void storesAreWrittenIntoTheFilesThatPeopleRead() throws IOException {
        var made = init("--local", "lmtp:unix:/run/dovecot/lmtp", "--dovecot-passwd", "--user",
            "ann@example.org:secret", "--relay-domain", "a.example=lmtp:Store.example:2424", "--relay-domain",
            "b.example=lmtp:unix:/run/b", "--relay-domain", "c.example=[::1]:2525");
        assertThat(made.err()).isEmpty();
        assertThat(made.code()).isZero();
        assertThat(conf("processors.xml")).contains("""
                <!-- Users of ours: to the mail store, which keeps their mailboxes. -->
                <mailet match="RecipientIsLocal" class="LmtpDelivery">
                  <to>unix:/run/dovecot/lmtp</to>
                </mailet>
            """).doesNotContain("LocalDelivery");
        assertThat(conf("delivery.xml")).contains("<route domain=\"a.example\" to=\"lmtp:store.example:2424\"/>",
            "<route domain=\"b.example\" to=\"lmtp:unix:/run/b\"/>", "<route domain=\"c.example\" to=\"[::1]:2525\"/>");
        assertThat(conf("users.xml")).containsPattern("\n  <dovecot-passwd file=\"data/dovecot.passwd\"/>\n");
        assertThat(Files.readString(temp.resolve("home/data/dovecot.passwd")))
            .contains("ann@example.org:{ARGON2ID}$argon2id$");
    }

    @ParameterizedTest @CsvSource({
        "--local, mbox, expected maildir", "--local, lmtp:store.example, expected HOST:PORT or unix:PATH",
        "--local, lmtp:store.example:25, RFC 2033", "--local, lmtp:unix:lmtp, absolute path",
        "--relay-domain, a.example=lmtp:store.example:25, RFC 2033",
        "--relay-domain, a.example=store.example, expected HOST:PORT", "--smart-host, lmtp:a:24, expected HOST:PORT"})
    void whatCannotBeIsToldAndLeavesNothing(String option, String value, String complaint) throws IOException {
        var refused = init(option, value);
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains(option + ": ", complaint, value.substring(value.indexOf('=') + 1));
        try (var left = Files.list(temp)) {
            assertThat(left).isEmpty();
        }
    }
}
