package org.posthorn.server.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code posthorn user add|remove|password|quota|forward|set|resolve|list}. */
@Command(name = "user", description = "Mailboxes, and who may log in.", synopsisSubcommandLabel = "COMMAND")
final class UserCommand extends Group {

    UserCommand(Terminal terminal) {
        super(terminal);
    }

    @Command(name = "add", description = "Add a user. Without a password: a mailbox that nobody can log in to.")
    int add(@Mixin HomeOptions home,
            @Parameters(paramLabel = "NAME@DOMAIN[:PASSWORD]",
                description = "Other users of this machine see a password given here; better --password-stdin.")
            String user,
            @Option(names = "--password-stdin", description = "Read the password from standard input, one line.")
            boolean fromStandardInput) {
        return office(home).askDirectory(new Request("POST", "/api/users", values(user, fromStandardInput)));
    }

    @Command(name = "password", description = "Give a user another password.")
    int password(@Mixin HomeOptions home,
                 @Parameters(paramLabel = "NAME@DOMAIN[:PASSWORD]",
                     description = "Without :PASSWORD it is read from standard input.") String user,
                 @Option(names = "--password-stdin", description = "Read the password from standard input, one line.")
                 boolean fromStandardInput) {
        var values = values(user, fromStandardInput || NameAndPassword.of(user).password().isEmpty());
        return office(home).askDirectory(new Request("PUT", "/api/users/password", values));
    }

    @Command(name = "quota", description = "How much a user's mailbox may hold; without options: shows it.")
    int quota(@Mixin HomeOptions home, @Parameters(paramLabel = "NAME@DOMAIN") String user,
              @ArgGroup(exclusive = false) QuotaChange change) {
        if (change == null) {
            return office(home).askDirectory(new Request("GET", "/api/users/quota", Map.of("user", user)));
        }
        if (change.ways() != 1) {
            throw misused("expected limits (--octets SIZE, --messages N), --none or --standard: one of the three");
        }
        if (change.standard) {
            return office(home).askDirectory(new Request("DELETE", "/api/users/quota", Map.of("user", user)));
        }
        var values = new HashMap<>(Map.of("user", user));
        if (!change.none) {
            change.octets.ifPresent(octets -> values.put("octets", octets));
            change.messages.ifPresent(messages -> values.put("messages", messages));
        }
        return office(home).askDirectory(new Request("PUT", "/api/users/quota", values));
    }

    /** Limits, of which one that is not given is none; or none at all, or those of all users: one of the three. */
    static final class QuotaChange {
        @Option(names = "--octets", paramLabel = "SIZE", description = "Of all messages, such as 500MiB or 2GiB.")
        private Optional<String> octets = Optional.empty();

        @Option(names = "--messages", paramLabel = "N", description = "How many.")
        private Optional<String> messages = Optional.empty();

        @Option(names = "--none", description = "No limit, whatever users.xml says.")
        private boolean none;

        @Option(names = "--standard", description = "What users.xml says for all.")
        private boolean standard;

        private int ways() {
            return (octets.isPresent() || messages.isPresent() ? 1 : 0) + (none ? 1 : 0) + (standard ? 1 : 0);
        }
    }

    @Command(name = "remove", description = "Remove a user. The mail stays on the disk.")
    int remove(@Mixin HomeOptions home, @Parameters(paramLabel = "NAME@DOMAIN") String user) {
        return office(home).askDirectory(new Request("DELETE", "/api/users", Map.of("user", user)));
    }

    @Command(name = "forward", description = "Let a user's mail go to other addresses. A forward is an alias of the "
        + "user's own name; what it had before is gone.")
    int forward(@Mixin HomeOptions home, @Parameters(paramLabel = "NAME@DOMAIN") String user,
                @Parameters(paramLabel = "TO", arity = "0..*", description = "Where it goes, one or more addresses.")
                List<String> targets,
                @Option(names = "--keep-copy", description = "Keep a copy in the user's mailbox.") boolean keepCopy,
                @Option(names = "--off", description = "Keep all mail here again.") boolean off) {
        var addresses = targets == null ? List.<String>of() : targets;
        if (off != addresses.isEmpty() || off && keepCopy) {
            throw misused("expected NAME@DOMAIN TO... [--keep-copy], or NAME@DOMAIN --off");
        }
        return office(home).askDirectory(off ? new Request("DELETE", "/api/users/forward", Map.of("user", user))
            : new Request("PUT", "/api/users/forward", Map.of("user", user, "to", String.join("\n", addresses),
                "keep-copy", String.valueOf(keepCopy))));
    }

    @Command(name = "set", description = "Give a user a setting of their own.")
    int set(@Mixin HomeOptions home, @Parameters(paramLabel = "NAME@DOMAIN") String user,
            @Option(names = "--delimiter", required = true, paramLabel = "C", description = "What stands between name "
                + "and subaddress: one character, none for no subaddresses, or default for that of all.")
            String delimiter) {
        return office(home).askDirectory(new Request("PUT", "/api/users/delimiter",
            Map.of("user", user, "delimiter", delimiter)));
    }

    @Command(name = "resolve", description = "Whom an address stands for, step by step.")
    int resolve(@Mixin HomeOptions home, @Parameters(paramLabel = "ADDRESS") String address) {
        return office(home).askDirectory(new Request("GET", "/api/resolve", Map.of("address", address)));
    }

    @Command(name = "list", description = "One user a line, with forward and delimiter.")
    int list(@Mixin HomeOptions home,
             @Option(names = "--domain", paramLabel = "DOMAIN", description = "Only this domain's.")
             Optional<String> domain) {
        var values = new HashMap<String, String>();
        domain.ifPresent(name -> values.put("domain", name));
        return office(home).askDirectory(new Request("GET", "/api/users", values));
    }

    private Map<String, String> values(String written, boolean fromStandardInput) {
        var user = NameAndPassword.of(written);
        if (fromStandardInput && user.password().isPresent()) {
            throw misused("give the password after the colon or by --password-stdin, not both");
        }
        var values = new HashMap<>(Map.of("user", user.name()));
        (fromStandardInput ? Optional.of(terminal().password()) : user.password())
            .ifPresent(word -> values.put("password", word));
        return values;
    }
}
