package org.posthorn.server.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code posthorn alias add|remove|list}. */
@Command(name = "alias", description = "Addresses that go on to others.", synopsisSubcommandLabel = "COMMAND")
final class AliasCommand extends Group {

    AliasCommand(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "add", description = "Let mail to FROM go to TO, too. *@DOMAIN takes what nobody else takes.")
    int add(@Mixin HomeOptions home, @Parameters(paramLabel = "FROM=TO") String alias) {
        return office(home).askDirectory(new Request("POST", "/api/aliases", values(alias)));
    }

    @Command(name = "remove", description = "Let mail to FROM go to TO no more.")
    int remove(@Mixin HomeOptions home, @Parameters(paramLabel = "FROM=TO") String alias) {
        return office(home).askDirectory(new Request("DELETE", "/api/aliases", values(alias)));
    }

    @Command(name = "list", description = "One FROM=TO a line.")
    int list(@Mixin HomeOptions home,
             @Option(names = "--domain", paramLabel = "DOMAIN", description = "Only this domain's.")
             Optional<String> domain) {
        var values = new HashMap<String, String>();
        domain.ifPresent(name -> values.put("domain", name));
        return office(home).askDirectory(new Request("GET", "/api/aliases", values));
    }

    private Map<String, String> values(String written) {
        var alias = FromTo.of(written).orElseThrow(() -> misused(
            "expected FROM=TO, such as info@example.org=ann@example.org, found '" + written + "'"));
        return Map.of("from", alias.from(), "to", alias.to());
    }
}
