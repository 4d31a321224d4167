package org.posthorn.server.chain;

import java.util.Iterator;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.mailet.MailetConfig;
import org.apache.mailet.MailetContext;

/** The parameters of one {@code <mailet>}, as James gives them to a mailet, and which of them it looked at. */
final class InitParameters implements MailetConfig {

    private final String name;
    private final Map<String, String> parameters;
    private final MailetContext context;
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    /**
     * The parameters of a mailet.
     *
     * @param name of the mailet's class, as written
     * @param parameters texts of the child elements, and attributes other than match, notmatch and class
     */
    InitParameters(String name, Map<String, String> parameters, MailetContext context) {
        this.name = name;
        this.parameters = Map.copyOf(parameters);
        this.context = context;
    }

    /** The parameters that the mailet never looked at. */
    Set<String> ignored() {
        var ignored = new TreeSet<>(parameters.keySet());
        ignored.removeAll(asked);
        return ignored;
    }

    /** The names that the mailet looked for. */
    Set<String> asked() {
        return new TreeSet<>(asked);
    }

    @Override public String getInitParameter(String key) {
        asked.add(key);
        return parameters.get(key);   // null when it is not there, as the Mailet API wants it
    }

    @Override public Iterator<String> getInitParameterNames() {
        asked.addAll(parameters.keySet());
        return parameters.keySet().iterator();
    }

    @Override public MailetContext getMailetContext() {
        return context;
    }

    @Override public String getMailetName() {
        return name;
    }
}
