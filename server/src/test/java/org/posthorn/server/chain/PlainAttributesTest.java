package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.junit.jupiter.api.Test;

class PlainAttributesTest {

    private static final List<String> WORDS = List.of("", "plain", "a\"b\\c\nd\re\tf", "{\"value\":", "}", "-1", "\\",
        "\\\\\"", "mx.example.org\n192.0.2.1");

    private static Attribute attribute(String name, AttributeValue<?> value) {
        return new Attribute(AttributeName.of(name), value);
    }

    private static String json(List<Attribute> attributes) throws Exception {
        var tree = new TreeMap<String, JsonNode>();
        for (var attribute : attributes) {
            tree.put(attribute.getName().asString(), attribute.getValue().toJson().orElseThrow());
        }
        return new ObjectMapper().writeValueAsString(tree);
    }

    @Test void writesWhatTheLibraryWritesAndReadsItBack() throws Exception {
        for (var words : WORDS) {
            var attributes = List.of(attribute("b." + words.length(), AttributeValue.of(words)),
                attribute("a \"quoted\" name", AttributeValue.of(true)), attribute("c", AttributeValue.of(false)),
                attribute("d", AttributeValue.of(Integer.MIN_VALUE)), attribute("e", AttributeValue.of(0)));
            var text = PlainAttributes.write(attributes);
            assertThat(text).as(words).contains(json(attributes));
            assertThat(PlainAttributes.read(text.get()).orElseThrow()).containsExactlyInAnyOrderElementsOf(attributes);
        }
    }

    @Test void leavesEverythingElseToTheLibrary() throws Exception {
        for (var value : List.of(AttributeValue.of(7L), AttributeValue.of(List.of(AttributeValue.of("x"))),
            AttributeValue.of("\u0001"), AttributeValue.of("ä"), AttributeValue.ofUnserializable("x"),
            AttributeValue.ofUnserializable(new Object()))) {
            var attributes = List.of(attribute("a", AttributeValue.of("x")), attribute("b", value));
            assertThat(PlainAttributes.write(attributes)).as(value.toString()).isEmpty();
        }
        for (var text : List.of("", "{}", "{", "[]", "null",
            " {\"a\":{\"serializer\":\"StringSerializer\",\"value\":\"\"}}",
            "{\"a\":{\"serializer\":\"StringSerializer\",\"value\":\"\\u0001\"}}",
            "{\"a\":{\"serializer\":\"LongSerializer\",\"value\":7}}",
            "{\"a\":{\"serializer\":\"IntSerializer\",\"value\":7.5}}",
            "{\"a\":{\"serializer\":\"IntSerializer\",\"value\":}}",
            "{\"a\":{\"serializer\":\"BooleanSerializer\",\"value\":1}}")) {
            assertThat(PlainAttributes.read(text)).as(text).isEmpty();
        }
    }

    @Test void readsNoTextThatIsCutOff() throws Exception {
        var text = json(List.of(attribute("a", AttributeValue.of("x\ny")), attribute("b", AttributeValue.of(true)),
            attribute("c", AttributeValue.of(12))));
        for (var end = 0; end < text.length(); end++) {
            assertThat(PlainAttributes.read(text.substring(0, end))).isEmpty();
        }
        assertThat(PlainAttributes.read(text + " ")).isEmpty();
        assertThat(PlainAttributes.read(text)).isPresent();
    }

    @Test void whatItReadsTheLibraryReadsAlike() throws Exception {
        var random = new Random(4);
        var text = json(List.of(attribute("a", AttributeValue.of("x\ny")), attribute("b", AttributeValue.of(1))));
        for (var round = 0; round < 5_000; round++) {
            var changed = new StringBuilder(text);
            changed.setCharAt(random.nextInt(text.length()), "\"{}:,\\n1 ax".charAt(random.nextInt(11)));
            var read = PlainAttributes.read(changed.toString());
            if (read.isPresent() && read.get().stream().map(Attribute::getName).distinct().count() == 2) {
                for (var attribute : read.get()) {
                    var node = new ObjectMapper().readTree(changed.toString()).get(attribute.getName().asString());
                    assertThat(AttributeValue.fromJson(node)).as(changed.toString()).isEqualTo(attribute.getValue());
                }
            }
        }
    }
}
