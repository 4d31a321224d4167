package org.posthorn.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.Writer;
import org.apache.commons.configuration2.BaseHierarchicalConfiguration;
import org.apache.commons.configuration2.ex.ConfigurationException;
import org.apache.commons.configuration2.io.FileBased;
import org.apache.commons.configuration2.io.InputStreamSupport;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * A file of conf/ as Commons Configuration has it. Its own {@code XMLConfiguration} builds each document three times,
 * once by an XSLT processor, and needs a parser that leaves out external entities and keeps lines all the same.
 */
final class WrittenConfiguration extends BaseHierarchicalConfiguration implements FileBased, InputStreamSupport {

    private final NodeReader reader;

    WrittenConfiguration(NodeReader reader) {
        this.reader = reader;
    }

    @Override public void read(InputStream in) throws ConfigurationException {
        read(new InputSource(in));
    }

    @Override public void read(Reader in) throws ConfigurationException {
        read(new InputSource(in));
    }

    private void read(InputSource in) throws ConfigurationException {
        try {
            getNodeModel().setRootNode(reader.read(in));
        } catch (SAXException | IOException e) {
            throw new ConfigurationException(String.valueOf(e.getMessage()), e);
        }
    }

    @Override public void write(Writer out) throws ConfigurationException {
        throw new ConfigurationException("conf/ is written by people");
    }
}
