package org.posthorn.server.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.file.Path;
import org.posthorn.server.admin.AdminFiles;
import org.posthorn.server.admin.DirectoryApi;
import org.posthorn.server.admin.Request;

/**
 * Brings a request to whoever can answer it, prints the answer, and returns the exit code: the server when it runs, the
 * database itself when the request is about domains, users or aliases and the server does not run.
 */
final class Office {

    private final Terminal terminal;
    private final HomeOptions options;

    Office(Terminal terminal, HomeOptions options) {
        this.terminal = terminal;
        this.options = options;
    }

    /** A request that only a running server can answer. */
    int ask(Request request) {
        var home = options.home();
        try {
            var address = new AdminFiles(home.resolve("data")).address();
            if (address.isEmpty()) {
                throw notRunning(home);
            }
            return print(server(home, address.get()).send(request, options.json()));
        } catch (ConnectException e) {
            throw notRunning(home);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** A request about domains, users or aliases. */
    int askDirectory(Request request) {
        var home = options.home();
        try {
            var address = new AdminFiles(home.resolve("data")).address();
            if (address.isPresent()) {
                return print(server(home, address.get()).send(request, options.json()));
            }
        } catch (ConnectException e) {
            // A server that was killed leaves its address behind. Should it live after all, its database is locked.
            return print(offline(home, request));
        } catch (IOException e) {
            throw failed(e);
        }
        return print(offline(home, request));
    }

    private static ServerClient server(Path home, String address) throws IOException {
        var files = new AdminFiles(home.resolve("data"));
        return new ServerClient(address, files.token().orElseThrow(() -> new CommandException(files.tokenFile()
            + " is missing; restart the server, which makes a new one")));
    }

    private ServerClient.Printed offline(Path home, Request request) {
        return OfflineDirectory.open(home, directory -> {
            var answer = DirectoryApi.answer(directory, request);
            return new ServerClient.Printed(answer.isOk(), options.json() ? answer.json().toString() : answer.text());
        });
    }

    private int print(ServerClient.Printed printed) {
        var text = printed.text().endsWith("\n") || printed.text().isEmpty() ? printed.text() : printed.text() + "\n";
        var to = printed.isOk() ? terminal.out() : terminal.err();
        to.print(printed.isOk() || options.json() ? text : "posthorn: " + text);
        to.flush();
        return printed.isOk() ? 0 : 1;
    }

    private static CommandException notRunning(Path home) {
        return new CommandException("the server of " + home + " is not running; start it: posthorn run --home " + home);
    }

    private static CommandException failed(IOException e) {
        return new CommandException("the server cannot be asked: " + e.getMessage() + "; is this your home, and does "
            + "posthorn run run as the same user?", e);
    }
}
