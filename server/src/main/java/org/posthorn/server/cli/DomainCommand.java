package org.posthorn.server.cli;

import java.util.Map;
import java.util.Optional;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code posthorn domain add|remove|alias|list}. */
@Command(name = "domain", description = "The domains whose mail is kept here.", synopsisSubcommandLabel = "COMMAND")
final class DomainCommand extends Group {

    DomainCommand(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "add", description = "Host a domain.")
    int add(@Mixin HomeOptions home, @Parameters(paramLabel = "DOMAIN") String domain) {
        return office(home).askDirectory(new Request("POST", "/api/domains", Map.of("domain", domain)));
    }

    @Command(name = "remove", description = "Host a domain no more. It must have no users and no aliases left.")
    int remove(@Mixin HomeOptions home, @Parameters(paramLabel = "DOMAIN") String domain) {
        return office(home).askDirectory(new Request("DELETE", "/api/domains", Map.of("domain", domain)));
    }

    @Command(name = "alias", description = "Let every address in ALIAS be the same address in DOMAIN.")
    int alias(@Mixin HomeOptions home, @Parameters(paramLabel = "ALIAS") String alias,
              @Parameters(paramLabel = "DOMAIN", arity = "0..1", description = "A domain that is hosted.")
              Optional<String> domain,
              @Option(names = "--off", description = "Let ALIAS be no alias any more.") boolean off) {
        if (off == domain.isPresent()) {
            throw misused("expected ALIAS DOMAIN, or ALIAS --off");
        }
        return office(home).askDirectory(domain.map(target -> new Request("POST", "/api/domains/aliases",
            Map.of("alias", alias, "domain", target))).orElseGet(() -> new Request("DELETE", "/api/domains/aliases",
                Map.of("alias", alias))));
    }

    @Command(name = "list", description = "One domain a line, aliases behind their own.")
    int list(@Mixin HomeOptions home) {
        return office(home).askDirectory(new Request("GET", "/api/domains", Map.of()));
    }
}
