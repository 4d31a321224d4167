package org.posthorn.server.fetch;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import org.posthorn.server.config.Section;

/** The servers that keep mail for this site: conf/fetch.xml. By default there is none. */
public record FetchConfig(List<Upstream> upstreams) {

    /** Copies the list. */
    public FetchConfig {
        upstreams = List.copyOf(upstreams);
    }

    /** Reads the element {@code <fetch>}. */
    public static FetchConfig read(Section fetch, Path home) {
        var names = new HashSet<String>();
        var upstreams = new ArrayList<Upstream>();
        for (var way : Errand.Way.values()) {
            for (var element : fetch.children(way.name().toLowerCase(Locale.ROOT))) {
                var upstream = Upstream.read(element, way, home);
                if (!names.add(upstream.name())) {
                    element.problem("there is a second " + upstream.name() + "; give it another id");
                }
                upstreams.add(upstream);
            }
        }
        return new FetchConfig(upstreams);
    }
}
