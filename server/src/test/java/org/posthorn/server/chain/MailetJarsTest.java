package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.config.Problem;
import org.posthorn.server.config.Problems;

/** A mailet of a user's jar, compiled against the Mailet API only. */
class MailetJarsTest {

    private static final String MAILET = """
        package com.example;
        public class Stamp extends org.apache.mailet.base.GenericMailet {
            @jakarta.inject.Inject org.posthorn.mailets.port.RelayRules rules;
            public void service(org.apache.mailet.Mail mail) throws jakarta.mail.MessagingException {
                mail.getMessage().setHeader("X-Stamp", getInitParameter("text") + rules.isTrusted("198.51.100.1"));
            }
        }
        """;
    private static final String PEEPER = """
        package com.example;
        public class Peeper extends org.apache.mailet.base.GenericMailet {
            public void init() throws jakarta.mail.MessagingException {
                try {
                    Class.forName("org.posthorn.server.chain.Chain");
                } catch (ClassNotFoundException e) {
                    throw new jakarta.mail.MessagingException("hidden");
                }
            }
            public void service(org.apache.mailet.Mail mail) { }
        }
        """;

    @TempDir Path folder;
    private final Workshop workshop = new Workshop();

    private void jar(String name, String source) throws IOException {
        var java = Files.writeString(folder.resolve(name + ".java"), source);
        var classes = Files.createDirectories(folder.resolve("classes-" + name));
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "-cp",
            System.getProperty("java.class.path") + ":" + folder.resolve("classes-Base"), "-d", classes.toString(),
            java.toString())).isZero();
        var lib = Files.createDirectories(folder.resolve("lib"));
        try (var out = new JarOutputStream(Files.newOutputStream(lib.resolve(name + ".jar")))) {
            out.putNextEntry(new JarEntry("com/example/" + name + ".class"));
            out.write(Files.readAllBytes(classes.resolve("com/example/" + name + ".class")));
        }
    }

    private Chains chains(String root) throws IOException {
        var file = Files.writeString(folder.resolve("processors.xml"),
            Workshop.file("<processor state=\"root\">" + root + "<mailet class=\"LocalDelivery\"/></processor>"));
        return new Chains(new ChainConfig(file, List.of(folder.resolve("lib"), folder.resolve("none"))),
            workshop.compiler());
    }

    @Test void itRunsAndIsGivenThePorts() throws Exception {
        jar("Stamp", MAILET);
        var chains = chains("<mailet class=\"com.example.Stamp\"><text>ok </text></mailet>");
        chains.start();
        var mail = TestMail.to("ann@example.org");
        chains.with(chain -> chain.run("root", mail));
        assertThat(mail.getMessage().getHeader("X-Stamp", null)).isEqualTo("oktrue");
        chains.stop(Duration.ZERO);
    }

    @Test void theServerIsHiddenFromIt() throws Exception {
        jar("Peeper", PEEPER);
        var problems = new Problems();
        assertThat(chains("<mailet class=\"com.example.Peeper\"/>").load(problems)).isFalse();
        assertThat(problems.all()).extracting(Problem::message)
            .containsExactly("mailet com.example.Peeper cannot start: hidden");
    }

    @Test void twoVersionsOfAClassAreTold() throws Exception {
        jar("Stamp", MAILET);
        Files.copy(folder.resolve("lib/Stamp.jar"), folder.resolve("lib/Stamp-2.jar"));
        var problems = new Problems();
        assertThat(chains("<mailet class=\"com.example.Stamp\"/>").load(problems)).isFalse();
        assertThat(problems.all()).extracting(Problem::message).containsExactly(
            "class com.example.Stamp is in Stamp-2.jar and in Stamp.jar; keep one of them");
    }

    @Test void aLibraryThatIsMissingIsTold() throws Exception {
        jar("Base", "package com.example; public abstract class Base extends org.apache.mailet.base.GenericMailet { }");
        jar("Derived", """
            package com.example;
            public class Derived extends Base {
                public void service(org.apache.mailet.Mail mail) { }
            }""");
        jar("Field", """
            package com.example;
            public class Field extends org.apache.mailet.base.GenericMailet {
                @jakarta.inject.Inject Base base;
                public void service(org.apache.mailet.Mail mail) { }
            }""");
        jar("Later", """
            package com.example;
            public class Later extends org.apache.mailet.base.GenericMailet {
                public void init() { Base.class.getName(); }
                public void service(org.apache.mailet.Mail mail) { }
            }""");
        Files.delete(folder.resolve("lib/Base.jar"));
        for (var name : List.of("Derived", "Field", "Later")) {
            var problems = new Problems();
            assertThat(chains("<mailet class=\"com.example." + name + "\"/>").load(problems)).isFalse();
            assertThat(problems.all()).singleElement().asString().contains(name)
                .contains("it needs class com.example.Base, which is in no jar of lib/ext or HOME/lib");
        }
    }

    @Test void whatNobodyOffersCannotBeInjected() throws Exception {
        jar("Wants", """
            package com.example;
            public class Wants extends org.apache.mailet.base.GenericMailet {
                @jakarta.inject.Inject Wants(java.sql.Connection database) { }
                public void service(org.apache.mailet.Mail mail) { }
            }""");
        var problems = new Problems();
        assertThat(chains("<mailet class=\"com.example.Wants\"/>").load(problems)).isFalse();
        assertThat(problems.all()).singleElement().asString().contains("com.example.Wants cannot be made")
            .contains("Connection");
    }

    @Test void theFilesOfTheServerAreHiddenAndItsOwnAreFound() throws Exception {
        jar("Stamp", MAILET);
        try (var jars = MailetJars.open(List.of(folder.resolve("lib")), Workshop.class.getClassLoader())) {
            assertThat(jars.getResource("com/example/Stamp.class")).isNotNull();
            assertThat(jars.getResource("org/apache/mailet/Mail.class")).isNotNull();
            assertThat(jars.getResource("org/posthorn/server/chain/Chain.class")).isNull();
            assertThat(jars.getResource("META-INF/services/com.fasterxml.jackson.databind.Module")).isNull();
            assertThat(jars.getResources("org/posthorn/server/chain/Chain.class").hasMoreElements()).isFalse();
        }
    }

    @Test void theJarsOfAnOldChainAreClosedAfterItsLastMail() throws Exception {
        jar("Stamp", MAILET);
        chains("<mailet class=\"com.example.Stamp\"/>");
        var closed = new ArrayList<Integer>();
        var opened = new AtomicInteger();
        var chains = new Chains(new ChainConfig(folder.resolve("processors.xml"), List.of()), workshop.compiler(),
            () -> new URLClassLoader(new URL[] {folder.resolve("lib/Stamp.jar").toUri().toURL()},
                Workshop.class.getClassLoader()) {
                    private final int number = opened.incrementAndGet();

                    @Override public void close() throws IOException {
                        closed.add(number);
                        super.close();
                    }
                });
        chains.start();
        chains.with(chain -> {
            assertThat(chains.load(new Problems())).isTrue();
            assertThat(closed).isEmpty();
            return chain;
        });
        assertThat(closed).containsExactly(1);
        chains.stop(Duration.ZERO);
        assertThat(closed).containsExactly(1, 2);
    }

    @Test void aBadReloadLeavesTheGoodChainAndItsMailsFinishInIt() throws Exception {
        var chains = chains("");
        chains.start();
        var good = chains.with(chain -> chain);
        Files.writeString(folder.resolve("processors.xml"), "<processors><processor state=\"root\"/></processors>");
        var problems = new Problems();
        assertThat(chains.load(problems)).isFalse();
        assertThat(problems.all()).isNotEmpty();
        assertThat(chains.<Chain>with(chain -> chain)).isSameAs(good);
        Files.writeString(folder.resolve("processors.xml"), Workshop.file(""));
        chains.with(chain -> {
            assertThat(chains.load(new Problems())).isTrue();
            assertThat(chain.run("root", TestMail.to("ann@example.org"))).hasSize(1);
            return chain;
        });
        assertThat(chains.<Chain>with(chain -> chain)).isNotSameAs(good);
    }
}
