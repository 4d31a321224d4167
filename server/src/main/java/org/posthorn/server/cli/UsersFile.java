package org.posthorn.server.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.DirectoryException;
import org.posthorn.server.users.NewUser;

/**
 * A file of users: one {@code NAME@DOMAIN[:PASSWORD]} a line, UTF-8. Empty lines, and lines that begin with {@code #},
 * count for nothing. Blanks around a line are dropped, so a password neither begins nor ends with one.
 *
 * @param users in the order of the file, each once
 */
public record UsersFile(List<NewUser> users) {

    private static final int MOST_PROBLEMS = 20;

    /** Copies the list. */
    public UsersFile {
        users = List.copyOf(users);
    }

    /**
     * Reads the file.
     *
     * @throws CommandException with all mistakes, one a line, when there are any
     */
    public static UsersFile read(Path file) {
        try {
            return parse(file.toString(), Files.readAllLines(file, StandardCharsets.UTF_8));
        } catch (CharacterCodingException e) {
            throw new CommandException(file + " is not in UTF-8; convert it first", e);
        } catch (IOException e) {
            throw new CommandException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    static UsersFile parse(String file, List<String> lines) {
        var users = new ArrayList<NewUser>();
        var seen = new HashMap<Mailbox, Integer>();
        var problems = new ArrayList<String>();
        for (var i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            try {
                var user = NameAndPassword.of(line).user();
                var before = seen.putIfAbsent(user.address(), i + 1);
                if (before != null) {
                    problems.add(at(file, i) + user.address() + " stands in line " + before + " already; keep one");
                }
                users.add(user);
            } catch (DirectoryException e) {
                problems.add(at(file, i) + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new CommandException(problems.stream().limit(MOST_PROBLEMS).collect(Collectors.joining("\n"))
                + (problems.size() > MOST_PROBLEMS ? "\nand " + (problems.size() - MOST_PROBLEMS) + " more" : ""));
        }
        return new UsersFile(users);
    }

    private static String at(String file, int index) {
        return file + ":" + (index + 1) + ": ";
    }
}
