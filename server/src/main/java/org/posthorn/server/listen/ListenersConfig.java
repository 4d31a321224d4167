package org.posthorn.server.listen;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.posthorn.server.config.Section;

/**
 * Where mail comes in: conf/listeners.xml.
 *
 * @param certificate empty without TLS
 * @param listeners at least one, each with a name of its own
 * @param limits of each of them
 */
public record ListenersConfig(Optional<CertificateFiles> certificate, List<ListenerConfig> listeners,
                              SessionLimits limits) {

    /** Copies the list. */
    public ListenersConfig {
        listeners = List.copyOf(listeners);
    }

    /**
     * Reads the element {@code <listeners>}.
     *
     * @param home what the certificate's paths are relative to
     */
    public static ListenersConfig read(Section section, Path home) {
        var certificate = section.child("tls").map(tls -> CertificateFiles.read(tls, home));
        var common = Spokesmen.read(section);
        var listeners = new ArrayList<ListenerConfig>();
        var names = new HashSet<String>();
        for (var element : section.children("listener")) {
            var listener = ListenerConfig.read(element, certificate.isPresent(), common);
            listeners.stream().filter(listener::isInTheWayOf).findFirst().ifPresent(other -> element.problem("port "
                + listener.port() + " is taken by the listener '" + other.name() + "' already; choose another"));
            listeners.add(listener);
            if (!names.add(listener.name())) {
                element.problem("there is a listener '" + listener.name() + "' already; choose another name");
            }
        }
        if (listeners.isEmpty()) {
            section.problem("<listeners> needs at least one <listener>");
        }
        return new ListenersConfig(certificate, listeners, SessionLimits.read(section.childOrEmpty("limits")));
    }
}
