package org.posthorn.server.cli;

import java.util.Map;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code posthorn domain add|remove|list}. */
@Command(name = "domain", description = "The domains whose mail is kept here.", synopsisSubcommandLabel = "COMMAND")
final class DomainCommand extends Group {

    DomainCommand(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "add", description = "Host a domain.")
    int add(@Mixin HomeOptions home, @Parameters(paramLabel = "DOMAIN") String domain) {
        return office(home).askDirectory(new Request("POST", "/api/domains", Map.of("domain", domain)));
    }

    @Command(name = "remove", description = "Host a domain no more. It must have no users and no aliases.")
    int remove(@Mixin HomeOptions home, @Parameters(paramLabel = "DOMAIN") String domain) {
        return office(home).askDirectory(new Request("DELETE", "/api/domains", Map.of("domain", domain)));
    }

    @Command(name = "list", description = "One domain a line.")
    int list(@Mixin HomeOptions home) {
        return office(home).askDirectory(new Request("GET", "/api/domains", Map.of()));
    }
}
