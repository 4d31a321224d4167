package org.posthorn.server.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.protocols.wire.Limits;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.Problems;
import org.posthorn.server.delivery.RetryConfig;
import org.posthorn.server.delivery.lmtp.LmtpConfig;
import org.posthorn.server.listen.SelfSignedCertificate;
import org.posthorn.server.pipeline.PipelineConfig;
import org.posthorn.server.spool.SpoolConfig;
import org.posthorn.server.users.UsersConfig;

/** The default files of conf/ are good, and say what holds without them. */
class ConfigFilesTest {

    private static final Path DEFAULTS = Path.of("..", "conf");

    @TempDir private Path directory;
    private final Problems problems = new Problems();

    @BeforeEach void copy() throws IOException {
        var home = new Home(directory);
        Files.createDirectories(home.conf());
        Files.createDirectories(home.tls());
        SelfSignedCertificate.write(home.tls(), "mail.example.org", Instant.parse("2026-01-01T00:00:00Z"));
        for (var name : ConfigFiles.NAMES) {
            Files.copy(DEFAULTS.resolve(name), home.conf().resolve(name));
        }
    }

    private ConfigFiles read() {
        return ConfigFiles.read(new Home(directory), problems);
    }

    @Test void theDefaultFilesSayWhatTheCodeDoesWithoutThem() {
        var config = read();
        assertThat(problems.all()).isEmpty();
        assertThat(config.server().shutdownGrace()).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.listeners().limits().session()).isEqualTo(Limits.DEFAULT);
        assertThat(config.listeners().listeners()).extracting(listener -> listener.name() + " " + listener.port())
            .containsExactly("smtp 2525", "submission 2587", "submissions 2465", "lmtp 2424");
        assertThat(config.delivery().retry()).isEqualTo(RetryConfig.DEFAULT);
        assertThat(config.delivery().lmtp()).isEqualTo(LmtpConfig.of(config.server().hostname()));
        assertThat(config.pipeline()).isEqualTo(PipelineConfig.DEFAULT);
        assertThat(config.spool()).isEqualTo(SpoolConfig.of(directory));
        assertThat(config.users()).isEqualTo(UsersConfig.defaults());
        assertThat(config.relay().trusted()).as("nobody is trusted by default, not even loopback").isEmpty();
    }

    @Test void lmtpOnPort25IsRefused() throws IOException {
        change("listeners.xml", "bind=\"127.0.0.1\" port=\"2424\"", "bind=\"127.0.0.1\" port=\"25\"");
        read();
        assertThat(problems.all()).singleElement().satisfies(problem ->
            assertThat(problem.toString()).startsWith("listeners.xml:").contains("RFC 2033 section 5"));
    }

    @Test void authWithoutACertificateIsRefused() throws IOException {
        change("listeners.xml", "<tls certificate=\"tls/cert.pem\" key=\"tls/key.pem\"/>", "");
        read();
        assertThat(problems.all()).hasSize(2).allSatisfy(problem -> assertThat(problem.message()).contains("tls"));
    }

    @Test void aKeyThatIsNoneIsTold() throws IOException {
        Files.writeString(directory.resolve("tls/key.pem"), "nothing");
        read();
        assertThat(problems.all()).singleElement().satisfies(problem ->
            assertThat(problem.toString()).startsWith("listeners.xml:").contains("key.pem", "private key in PEM form"));
    }

    @Test void allFilesAreReadWhateverIsWrongWithOne() throws IOException {
        Files.writeString(directory.resolve("conf/dns.xml"), "<dns>");
        change("server.xml", "mail.example.org", "-bad-");
        change("processors.xml", "class=\"LocalDelivery\"", "class=\"LocalDelivry\"");
        assertThatThrownBy(() -> Server.assemble(new Home(directory))).isInstanceOfSatisfying(ConfigException.class,
            e -> assertThat(e.problems()).extracting(problem -> problem.file())
                .containsExactly("dns.xml", "processors.xml", "server.xml"));
    }

    @Test void reportsMustHaveAProcessorToBeginIn() throws IOException {
        change("bounce.xml", "<processor>root<", "<processor>rooot<");
        assertThatThrownBy(() -> Server.assemble(new Home(directory)))
            .hasMessage("bounce.xml: processor: there is no processor 'rooot' in processors.xml");
    }

    private void change(String file, String what, String by) throws IOException {
        var path = directory.resolve("conf").resolve(file);
        var text = Files.readString(path);
        assertThat(text).contains(what);
        Files.writeString(path, text.replace(what, by));
    }
}
