package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class SectionTest {

    private final Problems problems = new Problems();

    private Section read(String xml) {
        return ConfigFile.read("x.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "x", problems)
            .orElseThrow();
    }

    private List<String> told() {
        return problems.all().stream().map(Problem::toString).toList();
    }

    private enum Colour { RED, DARK_BLUE }

    @Test void valuesAreAttributesOrElements() {
        var x = read("<x size='64 KiB'><wait>5 m</wait><n>7</n><on>true</on><colour>dark-blue</colour></x>");
        assertEquals(65536, x.octets("size", 1));
        assertEquals(Duration.ofMinutes(5), x.duration("wait", Duration.ZERO));
        assertEquals(7, x.integer("n", 1, 0, 7));
        assertThat(x.flag("on", false)).isTrue();
        assertEquals(Colour.DARK_BLUE, x.choice("colour", Colour.RED));
        assertEquals("none", x.string("absent", "none"));
        assertThat(told()).isEmpty();
    }

    @Test void allMistakesAreToldTogetherWithTheirLines() {
        var x = read("""
            <x n="8">
              <wait>5</wait>
              <on>yes</on>
              <colour>pink</colour>
              <name/>
            </x>
            """);
        x.integer("n", 1, 0, 7);
        x.duration("wait", Duration.ZERO);
        x.flag("on", false);
        x.choice("colour", Colour.RED);
        x.required("name");
        assertThat(told()).containsExactly(
            "x.xml:1: n: expected a number from 0 to 7, found '8'",
            "x.xml:2: wait: expected a time with unit ms, s, m, h or d, such as '30 s', found '5'",
            "x.xml:3: on: expected true or false, found 'yes'",
            "x.xml:4: colour: expected one of red, dark-blue, found 'pink'",
            "x.xml:5: name: must not be empty");
    }

    @Test void whatWasFoundIsToldOnce() {
        var x = read("<x><from>here</from><n>7</n></x>");
        x.values("from", text -> {
            throw new IllegalArgumentException("expected a network, found '" + text + "'");
        });
        x.value("n", "", text -> {
            throw new IllegalArgumentException("expected a letter");
        });
        assertThat(told()).containsExactly("x.xml:1: from: expected a network, found 'here'",
            "x.xml:1: n: expected a letter, found '7'");
    }

    @Test void whatIsNotXmlIsToldWithItsLine() {
        assertThat(ConfigFile.read("x.xml", new ByteArrayInputStream("<x>\n<y>\n</x>".getBytes(StandardCharsets.UTF_8)),
            "x", problems)).isEmpty();
        assertThat(told()).hasSize(1);
        assertThat(told().getFirst()).startsWith("x.xml:3: ").contains("y");
    }

    @Test void anotherRootIsRefused() {
        assertThat(ConfigFile.read("x.xml", new ByteArrayInputStream("<y/>".getBytes(StandardCharsets.UTF_8)), "x",
            problems)).isEmpty();
        assertThat(told()).containsExactly("x.xml:1: expected the root element <x>, found <y>");
    }

    @Test void externalEntitiesAreNotRead() {
        var xml = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><x><v>&e;</v></x>";
        assertThat(ConfigFile.read("x.xml", new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)), "x",
            problems)).isEmpty();
        assertThat(told().getFirst()).contains("DOCTYPE");
    }

    @Test void variablesAreNotExpanded() {
        assertEquals("${env:PATH}", read("<x><v>${env:PATH}</v></x>").string("v", ""));
    }

    @Test void repeatedElementsKeepTheirOrder() {
        assertEquals(List.of("b", "a", "c"), read("<x><v>b</v><v>a</v><w/><v>c</v></x>").strings("v"));
    }
}
