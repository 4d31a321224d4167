package org.posthorn.server.config;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import org.apache.commons.configuration2.tree.ImmutableNode;
import org.xml.sax.Attributes;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Reads XML into the nodes of Commons Configuration, each with its line in the attribute {@link #LINE}, by a parser
 * that knows no document types and no external entities. May be used again: to make the parser takes longer than most
 * files. Used by one thread.
 */
public final class NodeReader {

    static final String LINE = "posthorn-line";

    private final SAXParser parser = parser();
    private int errorLine;
    private Optional<String> errorText = Optional.empty();

    /** A reader for any number of files, one after another. */
    public NodeReader() {
    }

    int errorLine() {
        return errorLine;
    }

    Optional<String> errorText() {
        return errorText;
    }

    /** The outermost element. Text stands in nodes as it was written, with blanks, but for blanks alone. */
    ImmutableNode read(InputSource source) throws SAXException, IOException {
        var tree = new Tree();
        errorLine = 0;
        errorText = Optional.empty();
        try {
            parser.parse(source, tree);
        } catch (SAXParseException e) {
            errorLine = e.getLineNumber();
            errorText = Optional.ofNullable(e.getMessage()).map(NodeReader::inOurWords);
            throw e;
        }
        return tree.root.orElseThrow(() -> new SAXException("no element"));
    }

    private static String inOurWords(String message) {
        return message.contains("DOCTYPE") ? "a DOCTYPE has no place here; take it out" : message;
    }

    private static SAXParser parser() {
        try {
            var factory = SAXParserFactory.newDefaultInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newSAXParser();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IllegalStateException("the JDK has no XML parser", e);
        }
    }

    /**
     * An element that has not ended.
     *
     * @param text its own, of all places in it
     */
    private record Open(ImmutableNode.Builder node, StringBuilder text) {

        ImmutableNode end() {
            var written = text.toString();
            return (written.isBlank() ? node : node.value(written)).create();
        }
    }

    /** Makes nodes of events. */
    private static final class Tree extends DefaultHandler {
        private final Deque<Open> open = new ArrayDeque<>();
        private Optional<ImmutableNode> root = Optional.empty();
        private Locator locator;

        @Override public void setDocumentLocator(Locator locator) {
            this.locator = locator;
        }

        @Override public void startElement(String uri, String local, String name, Attributes attributes) {
            var node = new ImmutableNode.Builder().name(name).addAttribute(LINE, locator.getLineNumber());
            for (var i = 0; i < attributes.getLength(); i++) {
                node.addAttribute(attributes.getQName(i), attributes.getValue(i));
            }
            open.push(new Open(node, new StringBuilder()));
        }

        @Override public void endElement(String uri, String local, String name) {
            var ended = open.pop().end();
            if (open.isEmpty()) {
                root = Optional.of(ended);
            } else {
                open.peek().node.addChild(ended);
            }
        }

        @Override public void characters(char[] text, int start, int length) {
            open.peek().text.append(text, start, length);
        }

        @Override public void error(SAXParseException e) throws SAXException {
            throw e;
        }
    }
}
