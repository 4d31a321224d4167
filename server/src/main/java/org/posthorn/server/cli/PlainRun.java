package org.posthorn.server.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code run} as a service's start says it, understood without picocli, which takes a tenth of a start: its classes are
 * too old for the archive, and it asks the command's class by reflection. All other words are left to it.
 */
final class PlainRun {

    private PlainRun() {
    }

    /**
     * The home that is meant by {@code run}, {@code run --home HOME} or {@code run --home=HOME}.
     *
     * @return empty when other words are there, or ones that picocli could read in another way
     */
    static Optional<Path> home(List<String> words, Map<String, String> environment) {
        if (words.isEmpty() || !words.getFirst().equals("run")) {
            return Optional.empty();
        }
        return switch (words.size()) {
            case 1 -> plain(environment.getOrDefault("POSTHORN_HOME", "posthorn-home"));
            case 2 -> words.get(1).startsWith("--home=") ? plain(words.get(1).substring("--home=".length()))
                : Optional.empty();
            case 3 -> words.get(1).equals("--home") ? plain(words.get(2)) : Optional.empty();
            default -> Optional.empty();
        };
    }

    private static Optional<Path> plain(String home) {
        return home.isEmpty() || "-@\"'$".indexOf(home.charAt(0)) >= 0 ? Optional.empty() : Optional.of(Path.of(home));
    }
}
