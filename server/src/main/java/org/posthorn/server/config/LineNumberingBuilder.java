package org.posthorn.server.config;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.parsers.SAXParser;
import javax.xml.parsers.SAXParserFactory;
import org.w3c.dom.DOMImplementation;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.Attributes;
import org.xml.sax.EntityResolver;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.Locator;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;
import org.xml.sax.helpers.DefaultHandler;

/**
 * Builds a DOM whose elements carry their line in the attribute {@link #LINE}, by a parser that knows no document
 * types and no external entities. Commons Configuration's own reader has neither. May be used again: to make the parser
 * takes longer than most files.
 */
final class LineNumberingBuilder extends DocumentBuilder {

    static final String LINE = "posthorn-line";

    private final DocumentBuilder documents = documents();
    private final SAXParser parser = parser();
    private int errorLine;
    private Optional<String> errorText = Optional.empty();

    int errorLine() {
        return errorLine;
    }

    Optional<String> errorText() {
        return errorText;
    }

    @Override public Document parse(InputSource source) throws SAXException, IOException {
        var document = newDocument();
        try {
            parser.parse(source, new Builder(document));
        } catch (SAXParseException e) {
            errorLine = e.getLineNumber();
            errorText = Optional.ofNullable(e.getMessage()).map(LineNumberingBuilder::inOurWords);
            throw e;
        }
        return document;
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

    private static DocumentBuilder documents() {
        try {
            return DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        } catch (ParserConfigurationException e) {
            throw new IllegalStateException("the JDK has no XML parser", e);
        }
    }

    @Override public boolean isNamespaceAware() {
        return false;
    }

    @Override public boolean isValidating() {
        return false;
    }

    @Override public void setEntityResolver(EntityResolver resolver) {
        // There are no external entities to resolve.
    }

    @Override public void setErrorHandler(ErrorHandler handler) {
        // Errors are kept for errorLine and errorText.
    }

    @Override public Document newDocument() {
        return documents.newDocument();
    }

    @Override public DOMImplementation getDOMImplementation() {
        return documents.getDOMImplementation();
    }

    /** Copies SAX events into the document. */
    private static final class Builder extends DefaultHandler {
        private final Document document;
        private final Deque<Node> open = new ArrayDeque<>();
        private Locator locator;

        Builder(Document document) {
            this.document = document;
            open.push(document);
        }

        @Override public void setDocumentLocator(Locator locator) {
            this.locator = locator;
        }

        @Override public void startElement(String uri, String local, String name, Attributes attributes) {
            var element = document.createElement(name);
            for (var i = 0; i < attributes.getLength(); i++) {
                element.setAttribute(attributes.getQName(i), attributes.getValue(i));
            }
            element.setAttribute(LINE, String.valueOf(locator.getLineNumber()));
            open.peek().appendChild(element);
            open.push(element);
        }

        @Override public void endElement(String uri, String local, String name) {
            open.pop();
        }

        @Override public void characters(char[] text, int start, int length) {
            open.peek().appendChild(document.createTextNode(new String(text, start, length)));
        }

        @Override public void error(SAXParseException e) throws SAXException {
            throw e;
        }
    }
}
