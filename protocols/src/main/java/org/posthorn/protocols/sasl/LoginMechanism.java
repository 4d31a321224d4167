package org.posthorn.protocols.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * LOGIN: asks for the name, then for the password. No standard, but many clients know nothing else. The name may come
 * as initial response.
 */
final class LoginMechanism implements Mechanism {

    private final PasswordCheck check;
    private Optional<String> user = Optional.empty();
    private boolean asked;

    LoginMechanism(Authenticator authenticator) {
        this.check = new PasswordCheck(authenticator);
    }

    @Override public boolean clientFirst() {
        return false;
    }

    @Override public Step step(byte[] response) {
        if (!asked && response.length == 0) {
            asked = true;
            return challenge("Username:");
        }
        var text = Utf8.decode(response);
        if (text.isEmpty() || text.get().isEmpty() || text.get().indexOf('\0') >= 0) {
            return Refusals.malformed("LOGIN: expected a name, then a password, in UTF-8");
        }
        if (user.isEmpty()) {
            asked = true;
            user = text;
            return challenge("Password:");
        }
        return check.step(user.get(), text.get());
    }

    private static Step challenge(String text) {
        return new Step.Challenge(text.getBytes(StandardCharsets.US_ASCII));
    }
}
