package org.posthorn.server.cli;

import java.util.Optional;
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

    @Spec private CommandSpec spec;

    /** The command line with all commands. */
    public static CommandLine commandLine(Terminal terminal) {
        var line = new CommandLine(new PosthornCommand());
        line.addSubcommand(new InitCommand(terminal));
        line.addSubcommand(new CheckCommand(terminal));
        line.addSubcommand(new RunCommand(terminal));
        line.addSubcommand(new DemoCommand(terminal));
        line.addSubcommand(new PrepareCommand(terminal));
        line.addSubcommand(new RehearseCommand());
        line.addSubcommand(new DomainCommand(terminal));
        line.addSubcommand(new UserCommand(terminal));
        line.addSubcommand(new AliasCommand(terminal));
        line.addSubcommand(new QueueCommand(terminal));
        line.addSubcommand(new TraceCommand(terminal));
        line.addSubcommand(new AskForQueue(terminal));
        line.addSubcommand(new SpfCommand(terminal));
        line.addSubcommand(new HelpCommand());
        // These are handed on to the subcommands that are there: last.
        return line.setOut(terminal.out()).setErr(terminal.err())
            .setExecutionExceptionHandler((e, _, _) -> failed(e, terminal));
    }

    private static int failed(Exception failure, Terminal terminal) throws Exception {
        if (failure instanceof CommandException) {
            terminal.err().println("posthorn: " + failure.getMessage());
            terminal.err().flush();
            return 1;
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
