package org.posthorn.server.users;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.WholeFile;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/**
 * Users and passwords as a passwd-file of Dovecot, whose passdb and userdb it can be: {@code
 * ann@example.org:{ARGON2ID}$argon2id$...::::::}. A user without a password has {@code *} in its place, which no
 * password fits.
 *
 * <p>A name that the format cannot hold, with a colon or a control character, is left out, and the log says so. Used
 * under the directory's lock.
 *
 * @param path where it lies
 * @param groupReadable its mode: 0640, else 0600
 */
record DovecotPasswd(Path path, boolean groupReadable) {

    private static final EventLog LOG = EventLog.of(DovecotPasswd.class);

    /**
     * A line.
     *
     * @param name folded
     */
    record Entry(Mailbox name, StoredPassword password) {

        private boolean fits() {
            var text = written();
            return text.charAt(0) != '#' && text.chars().noneMatch(c -> c == ':' || c <= ' ' || c == 127);
        }

        /** Without the quotes that a path would have: Dovecot knows none. */
        private String written() {
            return name.localPart() + "@" + name.domain();
        }

        private String line() {
            return written() + ":" + (password.argon2().isEmpty() ? "*" : "{ARGON2ID}" + password.argon2())
                + "::::::\n";
        }
    }

    /**
     * Puts these users in the place of those that the file had.
     *
     * @throws DatabaseException when it cannot be written; the old one is still there then
     */
    void write(List<Entry> users) {
        var text = new StringBuilder("# Written by Posthorn at each change of its users; see docs/dovecot.md.\n");
        for (var user : users) {
            if (user.fits()) {
                text.append(user.line());
            } else {
                LOG.warn("not-for-dovecot", "user", user.name(), "why", "its passwd-file cannot hold this name");
            }
        }
        try {
            // Dovecot reads it again when its size or the second of its time has changed, so one of them must.
            if (Files.exists(path) && Files.size(path) == octets(text).length) {
                text.append("#\n");
            }
            WholeFile.write(path, octets(text), groupReadable ? "rw-r-----" : "rw-------");
        } catch (IOException e) {
            throw new DatabaseException("the users are as was asked for, but Dovecot's file " + path
                + " cannot be written (" + e + "); that is tried again at the next change and at the next start", e);
        }
    }

    private static byte[] octets(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }
}
