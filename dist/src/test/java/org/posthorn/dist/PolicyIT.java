package org.posthorn.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy file at work in the distribution: its answers, stock matchers and mailets, and a user's own. */
class PolicyIT {

    private static final String RULE = """
        <mailet match="SenderIs=%s" class="Reject"><reply>550 5.7.1 Not from you</reply></mailet>
        """;

    @TempDir private Path temp;

    @Test void oneRuleInThreePlaces() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home"))) {
            put(posthorn, "rcpt", RULE.formatted("rcpt@client.example"));
            put(posthorn, "data", RULE.formatted("data@client.example"));
            put(posthorn, "root", RULE.formatted("ann@local.test"));
            posthorn.start();
            try (var talk = posthorn.talk("smtp")) {
                talk.say("EHLO client.example");
                talk.say("MAIL FROM:<rcpt@client.example>");
                assertThat(talk.say("RCPT TO:<ann@local.test>")).isEqualTo("550 5.7.1 Not from you");
            }
            assertThat(posthorn.send("data@client.example", "ann@local.test", "Subject: x\n\nx\n"))
                .isEqualTo("550 5.7.1 Not from you");
            var reply = posthorn.send("ann@local.test", "bob@local.test", "Subject: bounce me\n\nx\n");
            assertThat(reply).startsWith("250 ");
            var bounce = posthorn.arrived("ann", "Not from you");
            assertThat(bounce).contains("multipart/report", "Final-Recipient: rfc822; bob@local.test", "Action: failed",
                "Status: 5.7.1", "Subject: bounce me", "Return-Path: <>");
            assertThat(posthorn.mailbox("bob")).isEmpty();
        }
    }

    @Test void stockMatchersAndMailetsWorkUnmodified() throws IOException {
        try (var posthorn = Posthorn.init(temp.resolve("home"))) {
            put(posthorn, "root", """
                <mailet match="All" class="SetMimeHeader"><name>X-All</name><value>yes</value></mailet>
                <mailet match="SizeGreaterThan=1k" class="AddFooter"><text>-- a big one</text></mailet>
                <mailet match="RecipientIs=bob@local.test" class="AddSubjectPrefix">
                  <subjectPrefix>[bob]</subjectPrefix>
                </mailet>
                <mailet match="SenderIs=gone@client.example" class="Null"/>
                """);
            posthorn.start();
            posthorn.send("x@client.example", "ann@local.test", "Subject: small\n\nsmall\n");
            posthorn.send("x@client.example", "bob@local.test", "Subject: big\n\n" + "large\n".repeat(400));
            var gone = posthorn.send("gone@client.example", "ann@local.test", "Subject: gone\n\ngone\n");
            assertThat(posthorn.arrived("ann", "small")).contains("X-All: yes").doesNotContain("a big one");
            assertThat(posthorn.arrived("bob", "large")).contains("X-All: yes", "-- a big one", "Subject: [bob] big");
            var id = gone.substring(gone.lastIndexOf(' ') + 1);
            posthorn.waitUntil("the end of " + id, () -> trace(posthorn, id).contains("discarded"));
            assertThat(trace(posthorn, id)).contains("Null", "processors.xml");
        }
    }

    @Test void aMailetOfTheUsersIsCompiledAgainstTheApiAlone() throws IOException {
        var ext = Path.of(System.getProperty("posthorn.dist"), "lib", "ext", "stamp.jar");
        try (var posthorn = Posthorn.init(temp.resolve("home"))) {
            jar(ext, "com.example.Stamp", """
                package com.example;

                import jakarta.mail.MessagingException;
                import org.apache.mailet.Mail;
                import org.apache.mailet.base.GenericMailet;

                public class Stamp extends GenericMailet {
                    @Override public void service(Mail mail) throws MessagingException {
                        mail.getMessage().setHeader("X-Stamp", getInitParameter("text"));
                        mail.getMessage().saveChanges();
                    }
                }
                """);
            put(posthorn, "root", "<mailet match='All' class='com.example.Stamp'><text>mine</text></mailet>");
            posthorn.start();
            posthorn.send("x@client.example", "ann@local.test", "Subject: stamp\n\nstamped\n");
            assertThat(posthorn.arrived("ann", "stamped")).contains("X-Stamp: mine");
        } finally {
            Files.deleteIfExists(ext);
        }
    }

    private static String trace(Posthorn posthorn, String id) {
        try {
            return posthorn.at("trace", id).output();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Puts steps at the front of a processor. */
    private static void put(Posthorn posthorn, String processor, String steps) throws IOException {
        var file = posthorn.conf("processors.xml");
        var tag = "<processor state=\"" + processor + "\">";
        var text = Files.readString(file);
        assertThat(text).contains(tag);
        Files.writeString(file, text.replace(tag, tag + "\n" + steps));
    }

    private void jar(Path file, String className, String source) throws IOException {
        var classes = Files.createTempDirectory(temp, "classes");
        var compiler = ToolProvider.getSystemJavaCompiler();
        var said = new StringWriter();
        var task = compiler.getTask(new PrintWriter(said), null, null,
            List.of("-d", classes.toString(), "-cp", apiJars(), "--release", "21", "-proc:none"), null,
            List.of(new Source(className, source)));
        assertThat(task.call()).as(said.toString()).isTrue();
        var entry = className.replace('.', '/') + ".class";
        try (var out = new JarOutputStream(Files.newOutputStream(file))) {
            out.putNextEntry(new JarEntry(entry));
            out.write(Files.readAllBytes(classes.resolve(entry)));
        }
    }

    /** The Mailet API, its base classes, and what they name: nothing of ours. */
    private static String apiJars() throws IOException {
        var wanted = List.of("apache-mailet-api", "apache-mailet-base", "james-core", "jakarta.mail", "guava");
        var jars = new ArrayList<String>();
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("posthorn.dist"), "lib"))) {
            all.filter(jar -> wanted.stream().anyMatch(jar.getFileName().toString()::startsWith))
                .forEach(jar -> jars.add(jar.toString()));
        }
        return jars.stream().collect(Collectors.joining(":"));
    }

    /** A source file in memory. */
    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        Source(String className, String text) {
            super(URI.create("string:///" + className.replace('.', '/') + ".java"), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
