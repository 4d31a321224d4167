package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The children name ann and bob, and bob and cy. */
class CompositeMatcherTest {

    private final Workshop workshop = new Workshop();

    @ParameterizedTest @CsvSource({
        "And, bob@example.org", "Or, ann@example.org bob@example.org cy@example.org", "Not, dee@example.org",
        "Xor, ann@example.org cy@example.org",
        "org.apache.james.mailetcontainer.impl.matchers.And, bob@example.org",
        "org.apache.james.mailetcontainer.impl.matchers.Xor, ann@example.org cy@example.org"})
    void combines(String match, String matched) {
        assertThat(discarded("""
            <matcher name="some" match="%s">
              <matcher match="RecipientIs=ann@example.org,bob@example.org"/>
              <matcher match="RecipientIs=bob@example.org,cy@example.org"/>
            </matcher>
            <mailet match="some" class="Discard"/>""".formatted(match))).isEqualTo(matched);
    }

    @Test void childrenMayBeInvertedAndNested() {
        assertThat(discarded("""
            <matcher name="some" match="And">
              <matcher notmatch="RecipientIs=ann@example.org"/>
              <matcher match="Or">
                <matcher match="RecipientIs=ann@example.org"/>
                <matcher match="Not"><matcher match="RecipientIs=bob@example.org,cy@example.org"/></matcher>
              </matcher>
            </matcher>
            <mailet match="some" class="Discard"/>""")).isEqualTo("dee@example.org");
    }

    @Test void aNamedMatcherMayBeInverted() {
        assertThat(discarded("""
            <matcher name="ann" match="Or"><matcher match="RecipientIs=ann@example.org"/></matcher>
            <mailet notmatch="ann" class="Discard"/>""")).isEqualTo("bob@example.org cy@example.org dee@example.org");
        assertThat(discarded("""
            <matcher name="others" notmatch="RecipientIs=ann@example.org"/>
            <mailet match="others" class="Discard"/>""")).isEqualTo("bob@example.org cy@example.org dee@example.org");
    }

    @Test void aNameMayBeUsedInAnother() {
        assertThat(discarded("""
            <matcher name="ann" match="RecipientIs=ann@example.org"/>
            <matcher name="some" match="Or">
              <matcher match="ann"/><matcher match="RecipientIs=cy@example.org"/>
            </matcher>
            <mailet match="some" class="Discard"/>""")).isEqualTo("ann@example.org cy@example.org");
    }

    @Test void aNameIsGivenOnce() {
        assertThat(workshop.problems(Workshop.file("""
            <processor state="root">
              <matcher name="ann" match="All"/>
              <matcher name="ann" match="All"/>
              <mailet class="Null"/>
            </processor>"""))).containsExactly("processors.xml:4: processor 'root' has a matcher named 'ann' already");
    }

    private String discarded(String steps) {
        var chain = workshop.chain(
            "<processor state=\"root\">" + steps + "<mailet class=\"LocalDelivery\"/></processor>");
        return String.join(" ", told(chain.run("root",
            TestMail.to("ann@example.org", "bob@example.org", "cy@example.org", "dee@example.org"))).stream()
            .filter(line -> line.contains("Discarded")).map(line -> line.substring(0, line.indexOf(' '))).toList());
    }
}
