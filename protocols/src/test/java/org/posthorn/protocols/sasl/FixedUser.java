package org.posthorn.protocols.sasl;

import java.util.Optional;

/** Knows one user, {@code ann} with the password {@code pencil}, by the salt of the example in RFC 7677 section 3. */
public final class FixedUser implements Authenticator {

    /** Of the password {@code pencil}. */
    public static final Lookup.Verifier VERIFIER = new Lookup.Verifier("ann@example.org", "W22ZaJ0SNY7soEsUEjb6gQ==",
        4096, "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=", "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");

    private Optional<String> unavailable = Optional.empty();

    /** From now on nothing can be checked. */
    public FixedUser breakDown(String why) {
        unavailable = Optional.of(why);
        return this;
    }

    @Override public Result password(String user, String password) {
        if (unavailable.isPresent()) {
            return new Result.Unavailable(unavailable.get());
        }
        return user.startsWith("ann") && password.equals("pencil") ? new Result.Granted("ann@example.org")
            : new Result.Denied();
    }

    @Override public Lookup scram(String user) {
        return unavailable.<Lookup>map(Lookup.Unavailable::new).orElse(VERIFIER);
    }
}
