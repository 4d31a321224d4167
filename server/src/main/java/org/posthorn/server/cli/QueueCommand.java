package org.posthorn.server.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code posthorn queue list|show|retry|hold|release|remove}. */
@Command(name = "queue", description = "Mail that waits.", synopsisSubcommandLabel = "COMMAND")
final class QueueCommand extends Group {

    QueueCommand(Terminal terminal) {
        super(terminal);
    }

    /** Which messages. */
    static final class Filters {
        @Option(names = "--recipient", paramLabel = "ADDRESS", description = "Only to this address.")
        private Optional<String> recipient = Optional.empty();

        @Option(names = "--sender", paramLabel = "ADDRESS", description = "Only from this address; <> for reports.")
        private Optional<String> sender = Optional.empty();

        @Option(names = "--domain", paramLabel = "DOMAIN", description = "Only to this domain.")
        private Optional<String> domain = Optional.empty();

        @Option(names = "--state", paramLabel = "STATE",
            description = "Only pending, routed, held, failed or unreported.")
        private Optional<String> state = Optional.empty();

        @Option(names = "--held", paramLabel = "NAME", description = "Only what is held under this name.")
        private Optional<String> held = Optional.empty();

        @Option(names = "--limit", paramLabel = "N", description = "At most so many messages, 1 to 1000. Default: 50.")
        private Optional<String> limit = Optional.empty();

        @Option(names = "--after", paramLabel = "ID", description = "Only messages behind this one.")
        private Optional<String> after = Optional.empty();

        Map<String, String> values() {
            var values = new HashMap<String, String>();
            recipient.ifPresent(value -> values.put("recipient", value));
            sender.ifPresent(value -> values.put("sender", value));
            domain.ifPresent(value -> values.put("domain", value));
            state.ifPresent(value -> values.put("state", value));
            held.ifPresent(value -> values.put("held", value));
            limit.ifPresent(value -> values.put("limit", value));
            after.ifPresent(value -> values.put("after", value));
            return values;
        }
    }

    /** One message, all, or those to a domain. */
    static final class Which {
        @Parameters(paramLabel = "ID", description = "One message.")
        private Optional<String> id = Optional.empty();

        @Option(names = "--all", description = "All messages.")
        private boolean all;

        @Option(names = "--domain", paramLabel = "DOMAIN", description = "All mail to this domain.")
        private Optional<String> domain = Optional.empty();

        Request request() {
            var values = domain.map(name -> Map.of("domain", name)).orElse(Map.of());
            return new Request("POST", (all ? "/api/queue" : id.map(QueueCommand::path).orElse("/api/queue"))
                + "/retry", values);
        }
    }

    /** One held message, or all that are held under a name. */
    static final class Held {
        @Parameters(paramLabel = "ID", description = "One message.")
        private Optional<String> id = Optional.empty();

        @Option(names = "--held", paramLabel = "NAME", description = "All that is held under this name.")
        private Optional<String> held = Optional.empty();

        Request request() {
            var values = held.map(name -> Map.of("held", name)).orElse(Map.of());
            return new Request("POST", id.map(QueueCommand::path).orElse("/api/queue") + "/release", values);
        }
    }

    @Command(name = "list", description = "What waits, oldest first.")
    int list(@Mixin HomeOptions home, @Mixin Filters filters) {
        return office(home).ask(new Request("GET", "/api/queue", filters.values()));
    }

    @Command(name = "show", description = "One message and where its recipients stand.")
    int show(@Mixin HomeOptions home, @Parameters(paramLabel = "ID") String id) {
        return office(home).ask(new Request("GET", path(id), Map.of()));
    }

    @Command(name = "retry", description = "Try now, not when it is due. Held ones stay held.")
    int retry(@Mixin HomeOptions home, @ArgGroup(exclusive = true, multiplicity = "1") Which which) {
        return office(home).ask(which.request());
    }

    @Command(name = "hold", description = "Keep a message until it is released.")
    int hold(@Mixin HomeOptions home, @Parameters(paramLabel = "ID") String id) {
        return office(home).ask(new Request("POST", path(id) + "/hold", Map.of()));
    }

    @Command(name = "release", description = "Let held mail go on; it passes every Hold from now on.")
    int release(@Mixin HomeOptions home, @ArgGroup(exclusive = true, multiplicity = "1") Held which) {
        return office(home).ask(which.request());
    }

    @Command(name = "remove", description = "Discard a message. Its sender is not told.")
    int remove(@Mixin HomeOptions home, @Parameters(paramLabel = "ID") String id) {
        return office(home).ask(new Request("DELETE", path(id), Map.of()));
    }

    /** What cannot be an id must not become another path. */
    private static String path(String id) {
        if (!id.matches("[0-9A-Za-z]{1,20}")) {
            throw new CommandException("'" + id + "' is no message id; expected one as 'posthorn queue list' shows it");
        }
        return "/api/queue/" + id;
    }
}
