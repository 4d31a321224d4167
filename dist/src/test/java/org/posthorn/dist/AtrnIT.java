package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two servers, one of which is mostly off: what the other keeps for it comes when it starts, and when it asks. */
class AtrnIT {

    @TempDir private Path temp;

    private static void change(Posthorn posthorn, String file, String what, String by) throws IOException {
        var text = Files.readString(posthorn.conf(file));
        assertThat(text).contains(what);
        Files.writeString(posthorn.conf(file), text.replace(what, by));
    }

    private Posthorn provider() throws IOException {
        var provider = Posthorn.init(temp.resolve("provider"), "--domain", "isp.test", "--user",
            "dialin@isp.test:secret");
        change(provider, "relay.xml", "</relay>", "<relay-domain>branch.test</relay-domain></relay>");
        change(provider, "listeners.xml", "<limits>",
            "<listener name=\"odmr\" protocol=\"odmr\" bind=\"127.0.0.1\" port=\"0\"/><limits>");
        change(provider, "etrn.xml", "<again>2 s</again>", "<again>1 ms</again>");   // it asks sooner than a line
        change(provider, "etrn.xml", "</etrn>",
            "<node name=\"branch.test\" atrn-only=\"true\"><atrn>dialin@isp.test</atrn></node></etrn>");
        return provider.start();
    }

    private Posthorn branch(int port) throws IOException {
        var branch = Posthorn.init(temp.resolve("branch"), "--domain", "branch.test", "--user", "kim@branch.test");
        var password = Files.writeString(branch.home().resolve("data/isp.password"), "secret\n");
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-------"));
        change(branch, "fetch.xml", "</fetch>", "<atrn id=\"isp\" server=\"127.0.0.1:" + port
            + "\" user=\"dialin@isp.test\" password-file=\"data/isp.password\" any-certificate=\"true\""
            + " every=\"0 s\"/></fetch>");
        return branch;
    }

    private static String text(Posthorn posthorn, String text) throws IOException {
        var fresh = posthorn.home().resolve("mail/branch.test/kim/Maildir/new");
        if (!Files.isDirectory(fresh)) {
            return "";
        }
        try (var files = Files.list(fresh)) {
            for (var file : files.toList()) {
                var message = Files.readString(file);
                if (message.contains(text)) {
                    return message;
                }
            }
        }
        return "";
    }

    private static String arrived(Posthorn branch, String text) throws IOException {
        branch.waitUntil("'" + text + "'", () -> {
            try {
                return !text(branch, text).isEmpty();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        return text(branch, text);
    }

    @Test void whatWasKeptComesWithTheStartAndOnRequest() throws IOException {
        try (var provider = provider(); var branch = branch(provider.port("odmr"))) {
            provider.send("ann@local.test", "kim@branch.test", "Subject: while you were away\n\nx\n");
            provider.waitUntil("a message that waits", () -> logged(provider, "(ETRN, ATRN)") == 1);
            branch.start();
            assertThat(arrived(branch, "Subject: while you were away"))
                .contains("by mx.local.test with ESMTPS", "Return-Path: <ann@local.test>");
            provider.waitUntil("the end of the connection", () -> logged(provider, "event=atrn-ended") == 1);
            var server = "127.0.0.1:" + provider.port("odmr");
            provider.send("ann@local.test", "kim@branch.test", "Subject: one\n\nx\n");
            provider.send("ann@local.test", "kim@branch.test", "Subject: two\n\nx\n");
            provider.waitUntil("two messages that wait", () -> logged(provider, "(ETRN, ATRN)") == 3);
            var asked = asked(branch, server);
            assertThat(asked.output()).isEqualTo("2 messages came in from " + server + "\n");
            assertThat(asked.exit()).isZero();
            arrived(branch, "Subject: one");
            arrived(branch, "Subject: two");
            var wrong = branch.at("atrn", server, "--user", "dialin@isp.test:guess", "--insecure");
            assertThat(wrong.output()).startsWith("posthorn: auth: 535 5.7.8");
            assertThat(wrong.exit()).isEqualTo(1);
            assertThat(branch.at("atrn", server, "--user", "dialin@isp.test:secret").output())
                .contains("the TLS handshake failed");
        }
    }

    /** Whoever's search took long rests for ten times as long: the first one finds a cold server. */
    private static Posthorn.Ended asked(Posthorn branch, String server) {
        var answers = new ArrayDeque<Posthorn.Ended>();
        branch.waitUntil("leave to ask again", () -> {
            try {
                answers.add(branch.at("atrn", server, "branch.test", "--user", "dialin@isp.test:secret",
                    "--insecure"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return !answers.getLast().output().contains("you asked a moment ago");
        });
        return answers.getLast();
    }

    /** How often the log has this: a command would start a Java each time. */
    private static int logged(Posthorn posthorn, String text) {
        try {
            return Files.readString(posthorn.home().resolve("log/posthorn.log")).split(Pattern.quote(text), -1).length
                - 1;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
