package org.posthorn.server.chain;

import java.util.Iterator;
import java.util.Map;
import org.apache.mailet.MailetConfig;
import org.apache.mailet.MailetContext;

/**
 * The parameters of one {@code <mailet>}, as James gives them to a mailet.
 *
 * @param name of the mailet's class, as written
 * @param parameters texts of the child elements, and attributes other than match, notmatch and class
 */
record InitParameters(String name, Map<String, String> parameters, MailetContext context) implements MailetConfig {

    InitParameters {
        parameters = Map.copyOf(parameters);
    }

    @Override public String getInitParameter(String key) {
        return parameters.get(key);   // null when it is not there, as the Mailet API wants it
    }

    @Override public Iterator<String> getInitParameterNames() {
        return parameters.keySet().iterator();
    }

    @Override public MailetContext getMailetContext() {
        return context;
    }

    @Override public String getMailetName() {
        return name;
    }
}
