package org.posthorn.server.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.posthorn.server.admin.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code posthorn trace ID}. */
@Command(name = "trace", description = "The history of a message, oldest first.")
final class TraceCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin private HomeOptions home;

    @Parameters(paramLabel = "ID", description = "As in the server's 250, in Received, in the log and in bounces.")
    private String id;

    TraceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override public Integer call() {
        if (!id.matches("[0-9A-Za-z]{1,20}")) {
            throw new CommandException("'" + id + "' is no message id; expected one as 'posthorn queue list' shows it");
        }
        return new Office(terminal, home).ask(new Request("GET", "/api/messages/" + id + "/trace", Map.of()));
    }
}
