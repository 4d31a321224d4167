package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mailet;
import org.apache.mailet.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.mailets.port.Stage;
import org.posthorn.server.config.Problems;

/** A processors file as James's distributions bring it: what is told about it, and that it runs when that is done. */
class FromJamesTest {

    private final Workshop workshop = new Workshop();
    private final String sample = read("/org/posthorn/server/chain/mailetcontainer.xml");

    private static String read(String resource) {
        try (var in = FromJamesTest.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test void aWholeFileMayBeWrappedAsJamesDoes(@TempDir Path folder) {
        var wrapped = "<mailetcontainer>" + Workshop.file("") + "</mailetcontainer>";
        assertThat(new Fixture(folder).file(wrapped).chains().<Boolean>with(chain -> chain.has("rcpt"))).isTrue();
    }

    private static String page(String name) throws IOException {
        return Files.readString(Path.of("../docs", name));
    }

    /** The steps of docs/from-james.md, by hand of a machine. */
    private String moved() {
        return sample.replaceAll(" enableJmx=\"[a-z]+\"", "")
            .replaceAll("(?s)<spooler>.*?</spooler>", "")
            .replaceAll("(?s)<mailet match=\"All\" class=\"MetricsMailet\">.*?</mailet>", "")
            .replaceAll("<mailet match=\"RecipientIsLocal\" class=\"Sieve\"/>", "")
            .replaceAll("<(outgoingQueue|delayTime|maxRetries|maxDnsProblemRetries|deliveryThreads|bounceProcessor)>"
                + "[^<]*</\\1>", "")
            .replaceAll("<notice>You[^<]*</notice>", "")
            .replace("IsSenderInRRTLoop", "SenderIsNull")
            .replace("<mailet match=\"All\" class=\"Bounce\"/>",
                "<mailet match=\"All\" class=\"Bounce\"><passThrough>false</passThrough></mailet>");
    }

    @Test void everythingThatIsElsewhereHereIsToldAtOnceWithWhatToDo() {
        assertThat(workshop.problems(sample)).extracting(problem -> problem.replaceFirst("^[^:]*:[0-9]+: ", ""))
            .satisfiesExactlyInAnyOrder(
                one -> assertThat(one).contains("no JMX").contains("at 7 other elements"),
                one -> assertThat(one).contains("<threads>").contains("pipeline.xml <workers>"),
                one -> assertThat(one).contains("<errorRepository>").contains("'faulty'"),
                one -> assertThat(one).contains("'MetricsMailet' is not here"),
                one -> assertThat(one).contains("'MetricsMailet' is not here"),
                one -> assertThat(one).contains("'MetricsMailet' is not here"),
                one -> assertThat(one).contains("'Sieve' is not here").contains("LmtpDelivery"),
                one -> assertThat(one).contains("'IsSenderInRRTLoop' is not here").contains("SenderIsNull"),
                one -> assertThat(one).contains("'outgoingQueue'"),
                one -> assertThat(one).contains("'delayTime'").contains("delivery.xml <retry>"),
                one -> assertThat(one).contains("'maxRetries'").contains("delivery.xml <retry>"),
                one -> assertThat(one).contains("'maxDnsProblemRetries'").contains("delivery.xml <retry>"),
                one -> assertThat(one).contains("'deliveryThreads'").contains("delivery.xml"),
                one -> assertThat(one).contains("'bounceProcessor'").contains("bounce.xml"),
                one -> assertThat(one).contains("ToRepository has no parameter 'notice'").contains("Bounce"));
    }

    @Test void whenThatIsDoneItRuns() {
        var problems = new Problems();
        var chain = workshop.compile(moved(), problems);
        assertThat(problems.all()).isEmpty();
        workshop.directory.alias("round@example.org", "round2@example.org")
            .alias("round2@example.org", "round@example.org");
        var mail = TestMail.to("ann@example.org", "nobody@example.org", "zoe@far.example", "round@example.org",
            "postmaster@mx.example.org");
        assertThat(told(chain.orElseThrow().run("root", mail))).containsExactly(
            "ann@example.org Routed transport#4", "nobody@example.org Held local-address-error#2",
            "postmaster@example.org Routed transport#4", "postmaster@mx.example.org Replaced root#1",
            "round@example.org Discarded rrt-error#3", "zoe@far.example Held relay-denied#2");
    }

    @Test void whoLoggedInMaySendOn() {
        var chain = workshop.compile(moved(), new Problems()).orElseThrow();
        for (var note : Map.of("org.apache.james.SMTPAuthUser", AttributeValue.of("ann"),
            "org.apache.james.SMTPIsAuthNetwork", AttributeValue.of(true)).entrySet()) {
            var mail = TestMail.to("zoe@smart.example", "yan@far.example");
            mail.setAttribute(new Attribute(AttributeName.of(note.getKey()), note.getValue()));
            assertThat(told(chain.run("root", mail))).containsExactly("yan@far.example Routed relay#2",
                "zoe@smart.example Routed relay#1");
        }
    }

    @Test void withoutAProcessorForRcptStrangersAreRefusedThere() {
        var chain = workshop.compile(moved(), new Problems()).orElseThrow();
        assertThat(told(chain.run("rcpt", TestMail.at(Stage.RCPT, Optional.empty(), "ann@example.org"))))
            .containsExactly("ann@example.org Accepted rcpt#3");
        assertThat(told(chain.run("rcpt", TestMail.at(Stage.RCPT, Optional.empty(), "nobody@example.org"))))
            .containsExactly("nobody@example.org Rejected rcpt#1");
        assertThat(chain.run("rcpt", TestMail.at(Stage.RCPT, Optional.empty(), "zoe@far.example")).getFirst().rule())
            .contains("default-rcpt.xml");
    }

    @Test void anotherPostmasterThanOursIsTold() {
        assertThat(workshop.problems(moved().replace("<postmaster>postmaster<", "<postmaster>root@far.example<")))
            .singleElement().asString().contains("the postmaster is postmaster@example.org, as server.xml says");
        assertThat(workshop.problems(moved().replace("<postmaster>postmaster<",
            "<postmaster>Postmaster@example.org<"))).isEmpty();
    }

    @Test void thePageSaysWhatTheCheckSays() throws IOException {
        var page = page("from-james.md");
        Elsewhere.mailets().forEach((name, instead) -> assertThat(page).contains(row(name, instead)));
        Elsewhere.matchers().forEach((name, instead) -> assertThat(page).contains(row(name, instead)));
        Elsewhere.parameters().forEach((name, instead) -> assertThat(page).contains(row(name, instead)));
    }

    private static String row(String name, String instead) {
        return "| `" + name + "` | " + instead.replace("<", "`<").replace(">", ">`") + " |";
    }

    @Test void thePageOfStockNamesHasThemAll() throws IOException {
        var stock = new TreeSet<>(StockClasses.named(Mailet.class, "mailets"));
        stock.addAll(StockClasses.named(Matcher.class, "matchers"));
        var listed = page("mailets/stock.md").lines().filter(line -> line.startsWith("| `"))
            .map(line -> line.split("`")[1].split("=")[0]).collect(Collectors.toCollection(TreeSet::new));
        assertThat(listed).isEqualTo(stock);
    }

    @Test void eachOfOursHasAPage() throws IOException {
        for (var folder : List.of("", "matchers")) {
            try (var sources = Files.list(Path.of("../mailets/src/main/java/org/posthorn/mailets", folder))) {
                for (var source : sources.filter(one -> one.toString().endsWith(".java")).toList()) {
                    var name = source.getFileName().toString().replace(".java", "");
                    if (Files.readString(source).contains("public final class " + name)) {
                        assertThat(page("mailets/" + name + ".md")).startsWith("# " + name + "\n");
                    }
                }
            }
        }
    }

    @Test void theOldNameOfTheRewriterIsUnderstood() {
        workshop.directory.alias("team@example.org", "ann@example.org");
        assertThat(told(workshop.chain("<processor state=\"root\"><mailet class=\"RecipientRewrite\"/>"
            + "<mailet class=\"LocalDelivery\"/></processor>").run("root", TestMail.to("team@example.org"))))
            .containsExactly("ann@example.org Routed root#2", "team@example.org Replaced root#1");
    }

    @Test void aCopyThatIsKeptIsHeldFromTheBeginning() {
        var mail = TestMail.to("ann@example.org");
        var endings = workshop.chain("<processor state=\"root\"><mailet class=\"ToRepository\"><repositoryPath>"
            + "cassandra://var/mail/copies/2026/</repositoryPath><passThrough>true</passThrough></mailet>"
            + "<mailet class=\"LocalDelivery\"/></processor>").run("root", mail);
        assertThat(told(endings)).containsExactly("ann@example.org Routed root#2");
        assertThat(mail.sent()).extracting(sent -> sent.start().heldAs()).isEqualTo(
            List.of(Optional.of("copies-2026")));
    }
}
