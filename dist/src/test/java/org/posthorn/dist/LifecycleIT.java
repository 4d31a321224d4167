package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class LifecycleIT {

    private static final String LONG = "Subject: long\n\n" + "0123456789 abcdefghijklmnopqrstuvwxyz\n".repeat(50_000);

    @TempDir private Path temp;

    @Test void demoSendsOneMessageAndShowsWhereItWent() throws IOException {
        var ended = Posthorn.command("demo", "--once");
        assertThat(ended.output()).contains("250 2.0.0", "delivered", "Delivered-To: ");
        assertEquals(0, ended.exit());
    }

    @Test void thePidIsTheServersAndTermEndsItInOrder() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home")).start()) {
            assertThat(Files.readString(posthorn.home().resolve("data/posthorn.pid")).strip())
                .isEqualTo(String.valueOf(posthorn.pid()));
            try (var idle = posthorn.talk("smtp")) {
                assertThat(idle.banner()).startsWith("220 mx.local.test ");
                posthorn.stop();
                assertThat(idle.reply()).startsWith("421 4.3.2");
            }
            assertThat(posthorn.home().resolve("data/posthorn.pid")).doesNotExist();
        }
    }

    @Test @Timeout(60) void aBusyServersLoopsAreOptimized() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home")).start(); var client = posthorn.talk("smtp")) {
            do {
                assertThat(client.send("kim@elsewhere.example", List.of("ann@local.test"), LONG)).startsWith("250");
            } while (!optimized(posthorn).contains("org.posthorn.protocols.wire.OctetSearch"));
        }
    }

    /** The methods whose code is C2's. */
    private static String optimized(Posthorn posthorn) throws IOException {
        return posthorn.jcmd("Compiler.codelist").lines().filter(line -> line.matches("\\d+ 4 .*"))
            .collect(Collectors.joining("\n"));
    }

    @Test void aSecondServerOnOneHomeIsRefusedInOneLine() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home")).start()) {
            var second = posthorn.at("run");
            assertEquals(1, second.exit());
            assertThat(second.output().lines()).hasSize(1);
            assertThat(second.output()).contains("already running", String.valueOf(posthorn.pid()));
        }
    }

    /** Moved with the times of its files, as tar does: what the build keeps ready does not fit there. */
    @Test void aMovedDistributionDeletesToo() throws IOException, InterruptedException {
        var moved = temp.resolve("moved");
        var copying = new ProcessBuilder("cp", "-a", System.getProperty("posthorn.dist"), moved.toString()).inheritIO();
        assertEquals(0, copying.start().waitFor());
        Posthorn.init(temp.resolve("home"));
        for (var verb : List.of("add", "remove")) {
            var ended = Posthorn.commandOf(moved, "domain", verb, "other.test", "--home",
                temp.resolve("home").toString());
            assertEquals(0, ended.exit(), ended.output());
        }
    }

    @Test void initTouchesNothingThatIsThere() throws IOException {
        Files.createDirectory(temp.resolve("home"));
        Files.writeString(temp.resolve("home/mine"), "mine");
        var ended = Posthorn.command("init", temp.resolve("home").toString(), "--hostname", "h.test",
            "--domain", "d.test");
        assertEquals(1, ended.exit());
        assertThat(ended.output().strip().lines()).hasSize(1);
        try (var files = Files.list(temp.resolve("home"))) {
            assertThat(files).hasSize(1);
        }
    }

    @Test void checkTellsAllMistakesAtOnceWithFileAndLine() throws IOException {
        var posthorn = Posthorn.init(temp.resolve("home"));
        assertEquals(0, posthorn.at("check").exit());
        replace(posthorn.conf("server.xml"), "<shutdown-grace>30 s<", "<shutdown-grace>30<");
        replace(posthorn.conf("listeners.xml"), "protocol=\"lmtp\"", "protocol=\"lmpt\"");
        replace(posthorn.conf("processors.xml"), "class=\"LocalDelivery\"", "class=\"LocalDelivry\"");
        var ended = posthorn.at("check");
        assertEquals(1, ended.exit());
        assertThat(ended.output()).containsPattern("server\\.xml:\\d+: shutdown-grace")
            .containsPattern("listeners\\.xml:\\d+: protocol").containsPattern("processors\\.xml:\\d+: .*LocalDelivry");
        var run = posthorn.at("run");
        assertEquals(1, run.exit());
        assertThat(run.output()).contains("LocalDelivry");
    }

    private static void replace(Path file, String what, String by) throws IOException {
        var text = Files.readString(file);
        assertThat(text).contains(what);
        Files.writeString(file, text.replace(what, by));
    }
}
