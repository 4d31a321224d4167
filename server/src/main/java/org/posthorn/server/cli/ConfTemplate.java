package org.posthorn.server.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A default configuration file into which {@code init} writes values, with its comments kept.
 *
 * <p>An XML library would read the file and write it anew, and what explains it to people would be gone.
 */
final class ConfTemplate {

    private String text;

    ConfTemplate(String text) {
        this.text = text;
    }

    /** Replaces the text of the only element of that name. */
    ConfTemplate element(String name, String value) {
        return replace("<" + name + ">[^<]*</" + name + ">", "<" + name + ">" + escaped(value) + "</" + name + ">");
    }

    /** Replaces an attribute of the element that has {@code name="id"}. */
    ConfTemplate attribute(String element, String id, String attribute, String value) {
        var tag = "(<" + element + " name=\"" + id + "\"[^>]*? " + attribute + "=\")[^\"]*(\")";
        var found = Pattern.compile(tag).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("the default file has no " + tag);
        }
        text = found.replaceFirst("$1" + Matcher.quoteReplacement(escaped(value)) + "$2");
        return this;
    }

    /** Puts a line of XML before the end of the root element. */
    ConfTemplate append(String line) {
        var end = text.lastIndexOf("</");
        text = text.substring(0, end) + "  " + line + "\n" + text.substring(end);
        return this;
    }

    /** Puts other lines in the place of some that stand in the file once. */
    ConfTemplate instead(String lines, String others) {
        var at = text.indexOf(lines);
        if (at < 0 || at != text.lastIndexOf(lines)) {
            throw new IllegalStateException("the default file does not have once: " + lines);
        }
        text = text.substring(0, at) + others + text.substring(at + lines.length());
        return this;
    }

    /** Makes the comment that holds the words a step: its text is XML with blanks around it. */
    ConfTemplate uncomment(String words) {
        var at = text.indexOf(words);
        var start = text.lastIndexOf("<!--", at);
        var end = text.indexOf("-->", at);
        if (at < 0 || start < 0 || end < 0 || text.lastIndexOf("-->", at) > start) {
            throw new IllegalStateException("the default file has no comment with " + words);
        }
        text = text.substring(0, start) + text.substring(start + 4, end).strip() + text.substring(end + 3);
        return this;
    }

    /** Makes an element that stands there once a comment. */
    ConfTemplate comment(String element) {
        if (!text.contains(element)) {
            throw new IllegalStateException("the default file has no " + element);
        }
        text = text.replace(element, "<!-- " + element + " -->");
        return this;
    }

    /** A value as it stands in XML text and in attributes. */
    static String escaped(String value) {
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }

    private ConfTemplate replace(String pattern, String replacement) {
        var found = Pattern.compile(pattern).matcher(text);
        if (!found.find()) {
            throw new IllegalStateException("the default file has nothing like " + pattern);
        }
        text = found.replaceFirst(Matcher.quoteReplacement(replacement));
        return this;
    }

    @Override public String toString() {
        return text;
    }
}
