package org.posthorn.server.chain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;

/** What a report of ours is about, as attributes of it, for mailets on its way and for ourselves when it fails. */
public final class ReportNotes {

    /** {@code failed}, {@code delayed}...: the actions that it tells of; {@link #DOUBLE_BOUNCE} for a postmaster's. */
    public static final String REPORT = "org.posthorn.report";
    /** The queue id of the message that it is about. */
    public static final String ABOUT = "org.posthorn.report.about";
    /** The kinds of the failures, as {@code no-mailbox}, with a comma between them. */
    public static final String KIND = "org.posthorn.bounce.kind";
    /** Whether they are {@code hard}, {@code soft}...: the first one's. */
    public static final String NATURE = "org.posthorn.bounce.nature";
    /** The recipients that failed, with a comma between them. */
    public static final String RECIPIENT = "org.posthorn.bounce.recipient";
    /** The value of {@link #REPORT} of what tells a postmaster that a report failed. */
    public static final String DOUBLE_BOUNCE = "double-bounce";

    static final AttributeName NAME = AttributeName.of(REPORT);

    private ReportNotes() {
    }

    /** Such notes as the spool keeps them. */
    public static String text(Map<String, String> notes) {
        var attributes = new ArrayList<Attribute>();
        notes.forEach((name, value) -> attributes.add(new Attribute(AttributeName.of(name), AttributeValue.of(value))));
        return AttributesText.write(attributes);
    }

    /** Whether a message with these attributes tells a postmaster that a report failed. */
    public static boolean isDoubleBounce(String attributes) {
        return attributes.contains(DOUBLE_BOUNCE) && read(attributes).stream().anyMatch(ReportNotes::isDoubleBounce);
    }

    static boolean isDoubleBounce(Attribute note) {
        return note.getName().equals(NAME) && DOUBLE_BOUNCE.equals(note.getValue().value());
    }

    private static List<Attribute> read(String attributes) {
        try {
            return AttributesText.read(attributes);
        } catch (IOException e) {
            throw new IllegalArgumentException("the attributes cannot be read", e);
        }
    }
}
