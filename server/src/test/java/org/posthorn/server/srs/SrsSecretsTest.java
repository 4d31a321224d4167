package org.posthorn.server.srs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SrsSecretsTest {

    @TempDir private Path home;
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private SrsSecrets secrets() {
        return new SrsSecrets(SrsConfig.of("example.org", home), new SecureRandom(), new InstantSource() {
            @Override public Instant instant() {
                return now;
            }
        });
    }

    private Path file() {
        return home.resolve("data").resolve("srs.secrets");
    }

    private void write(String text, long time) throws IOException {
        Files.createDirectories(file().getParent());
        Files.writeString(file(), text);
        Files.setLastModifiedTime(file(), FileTime.fromMillis(time));
    }

    private static List<String> texts(SrsSecrets secrets) {
        return secrets.all().stream().map(secret -> new String(secret, StandardCharsets.UTF_8)).toList();
    }

    @Test void aSecretIsMadeAtTheFirstStartAndKept() throws IOException {
        var first = secrets();
        first.start();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file()))).isEqualTo("rw-------");
        assertThat(texts(first)).singleElement().asString().hasSize(32);
        var second = secrets();
        second.start();
        assertThat(texts(second)).isEqualTo(texts(first));
    }

    @Test void aChangedFileIsReadAMinuteLater() throws IOException {
        write("# the first\n  0123456789abcdef  \n", 1000);
        var secrets = secrets();
        secrets.start();
        assertThat(texts(secrets)).containsExactly("0123456789abcdef");
        write("fedcba9876543210\n0123456789abcdef\n", 2000);
        now = now.plus(Duration.ofSeconds(59));
        assertThat(texts(secrets)).containsExactly("0123456789abcdef");
        now = now.plus(Duration.ofSeconds(1));
        assertThat(texts(secrets)).containsExactly("fedcba9876543210", "0123456789abcdef");
    }

    @Test void aFileThatCannotBeUsedChangesNothing() throws IOException {
        write("0123456789abcdef\n", 1000);
        var secrets = secrets();
        secrets.start();
        for (var bad : List.of("", "# nothing\n", "0123456789abcde\n")) {
            write(bad, 2000);
            now = now.plus(Duration.ofMinutes(1));
            assertThat(texts(secrets)).containsExactly("0123456789abcdef");
        }
        Files.delete(file());
        now = now.plus(Duration.ofMinutes(1));
        assertThat(texts(secrets)).containsExactly("0123456789abcdef");
    }

    @Test void aBadFileAtTheStartIsToldWithItsName() throws IOException {
        write("0123456789abcde\n", 1000);
        assertThatThrownBy(() -> secrets().start()).isInstanceOf(IOException.class)
            .hasMessageContaining("srs.secrets").hasMessageContaining("16");
    }
}
