package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
            System.getProperty("java.class.path"), "-d", classes.toString(), java.toString())).isZero();
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
