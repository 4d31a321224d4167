package org.posthorn.server.chain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;

/**
 * Attributes of a mail as text, and back: one JSON object, by name, each value in the Mailet API's own form. What that
 * cannot write down (an exception, an object of a mailet's own) lasts for the run only.
 */
public final class AttributesText {

    private static final ObjectMapper JSON = new ObjectMapper();

    private AttributesText() {
    }

    /** The attributes as text; empty when there is nothing to write. Names are sorted. */
    public static String write(Collection<Attribute> attributes) {
        if (attributes.isEmpty()) {
            return "";
        }
        return PlainAttributes.write(attributes).orElseGet(() -> json(attributes));
    }

    private static String json(Collection<Attribute> attributes) {
        var values = new TreeMap<String, JsonNode>();
        for (var attribute : attributes) {
            attribute.getValue().toJson().ifPresent(json -> values.put(attribute.getName().asString(), json));
        }
        if (values.isEmpty()) {
            return "";
        }
        try {
            return JSON.writeValueAsString(values);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("attributes cannot be written", e);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IOException when it is something else
     */
    public static List<Attribute> read(String text) throws IOException {
        var plain = PlainAttributes.read(text);
        if (plain.isPresent()) {
            return plain.get();
        }
        var attributes = new ArrayList<Attribute>();
        if (!text.isEmpty()) {
            for (var entry : JSON.readTree(text).properties()) {
                var value = AttributeValue.fromJson(entry.getValue());
                attributes.add(new Attribute(AttributeName.of(entry.getKey()), value));
            }
        }
        return attributes;
    }
}
