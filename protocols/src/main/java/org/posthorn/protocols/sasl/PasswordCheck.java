package org.posthorn.protocols.sasl;

import org.posthorn.protocols.sasl.Authenticator.Result;
import org.posthorn.protocols.sasl.Mechanism.Step;

/** The end of an exchange that sends the password itself. */
record PasswordCheck(Authenticator authenticator) {

    Step step(String user, String password) {
        return switch (authenticator.password(user, password)) {
            case Result.Granted(var canonical) -> new Step.Success(canonical);
            case Result.Denied() -> Refusals.denied("no such user or wrong password: " + user);
            case Result.Unavailable(var why) -> Refusals.unavailable(why);
        };
    }
}
