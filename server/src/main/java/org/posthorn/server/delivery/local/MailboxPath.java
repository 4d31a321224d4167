package org.posthorn.server.delivery.local;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.posthorn.protocols.address.Mailbox;

/**
 * Where a user's Maildir lies: {@code ROOT/DOMAIN/USER/Maildir}.
 *
 * <p>Letters, digits and {@code + - = @ _} stand for themselves, a dot where it is not the first character. Every other
 * octet of the name's UTF-8 is written {@code %2F}. So no name leads out of its place, and no two names share one.
 */
final class MailboxPath {

    private MailboxPath() {
    }

    static Path of(Path root, Mailbox user) {
        return root.resolve(encoded(user.domain())).resolve(encoded(user.localPart())).resolve("Maildir");
    }

    private static String encoded(String name) {
        var safe = new StringBuilder(name.length());
        for (var octet : name.getBytes(StandardCharsets.UTF_8)) {
            var c = (char) (octet & 0xff);
            if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "+-=@_".indexOf(c) >= 0
                || c == '.' && !safe.isEmpty()) {
                safe.append(c);
            } else {
                safe.append(String.format("%%%02X", (int) c));
            }
        }
        return safe.toString();
    }
}
