package org.posthorn.server.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code posthorn}. Exit codes: 0 done; 1 refused or failed, with one line on standard error; 2 not understood.
 */
@Command(name = "posthorn", description = "A mail server whose whole policy a person can read.",
    synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true, scope = CommandLine.ScopeType.INHERIT,
    versionProvider = PosthornCommand.Version.class, usageHelpAutoWidth = true)
public final class PosthornCommand implements Runnable {

    private static final Map<String, Function<Terminal, Object>> COMMANDS = commands();   // in the order of the help

    @Spec private CommandSpec spec;

    /**
     * The command line for these words: with the command that they name, or with all when they name none. Picocli reads
     * a command's options from its class, and for all of them that is a tenth of a start.
     */
    public static CommandLine commandLine(Terminal terminal, List<String> words) {
        var line = new CommandLine(new PosthornCommand());
        var named = COMMANDS.get(words.isEmpty() ? "" : words.getFirst());
        (named == null ? COMMANDS.values() : List.of(named)).forEach(
            command -> line.addSubcommand(command.apply(terminal)));
        line.addSubcommand(new HelpCommand());
        // These are handed on to the subcommands that are there: last.
        return line.setOut(terminal.out()).setErr(terminal.err())
            .setExecutionExceptionHandler((e, _, _) -> failed(e, terminal));
    }

    private static Map<String, Function<Terminal, Object>> commands() {
        var commands = new LinkedHashMap<String, Function<Terminal, Object>>();
        commands.put("init", InitCommand::new);
        commands.put("check", CheckCommand::new);
        commands.put("run", RunCommand::new);
        commands.put("demo", DemoCommand::new);
        commands.put("bench", BenchCommand::new);
        commands.put("prepare", PrepareCommand::new);
        commands.put("domain", DomainCommand::new);
        commands.put("user", UserCommand::new);
        commands.put("alias", AliasCommand::new);
        commands.put("queue", QueueCommand::new);
        commands.put("trace", TraceCommand::new);
        commands.put("bounces", BouncesCommand::new);
        commands.put("etrn", AskForQueue::new);
        commands.put("atrn", FetchCommand::new);
        commands.put("spf", SpfCommand::new);
        return commands;
    }

    private static int failed(Exception failure, Terminal terminal) throws Exception {
        if (failure instanceof CommandException refused) {
            return refused.told(terminal);
        }
        throw failure;
    }

    /** As the jar's manifest says. */
    static final class Version implements IVersionProvider {
        @Override public String[] getVersion() {
            return new String[] {"Posthorn " + Optional.ofNullable(PosthornCommand.class.getPackage()
                .getImplementationVersion()).orElse("(development build)")};
        }
    }

    @Override public void run() {
        throw new ParameterException(spec.commandLine(), "Missing command");
    }
}
