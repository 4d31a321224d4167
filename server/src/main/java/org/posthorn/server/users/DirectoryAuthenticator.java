package org.posthorn.server.users;

import jakarta.inject.Inject;
import java.util.Optional;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.protocols.sasl.Authenticator;
import org.posthorn.server.database.DatabaseException;
import org.posthorn.server.log.EventLog;

/**
 * Checks logins against the directory. A user logs in with the whole address, {@code ann@example.org}, or with the same
 * in a domain that is an alias of it; either way it is the user's own name that is granted. For a name that
 * is not there, and for a user without a password, the same work is done with a decoy. Thread-safe.
 */
public final class DirectoryAuthenticator implements Authenticator {

    private final PasswordStore store;
    private final PasswordVerifiers verifiers;
    private final EventLog log = EventLog.of(DirectoryAuthenticator.class);

    /** Makes it. */
    @Inject public DirectoryAuthenticator(PasswordStore store, PasswordVerifiers verifiers) {
        this.store = store;
        this.verifiers = verifiers;
    }

    @Override public Result password(String user, String password) {
        try {
            var name = canonical(user);
            var known = name.address().flatMap(store::find);
            // The decoy is made for known users too, so that both ways take as long.
            var decoy = verifiers.decoy(store.decoySecret(), name.text());
            return switch (verifiers.check(password, known.orElse(decoy))) {
                case DIFFERS -> new Result.Denied();
                case BUSY -> new Result.Unavailable("too many passwords are being checked");
                case FITS -> known.<Result>map(stored -> {
                    renew(name, stored, password);
                    return new Result.Granted(name.text());
                }).orElseGet(Result.Denied::new);
            };
        } catch (DatabaseException e) {
            return new Result.Unavailable("the directory cannot be read: " + e.getMessage());
        }
    }

    @Override public Lookup scram(String user) {
        try {
            var name = canonical(user);
            var decoy = verifiers.decoy(store.decoySecret(), name.text());
            var known = name.address().flatMap(store::find).flatMap(stored -> ScramVerifier.parse(stored.scram()));
            return known.or(() -> ScramVerifier.parse(decoy.scram()))
                .<Lookup>map(verifier -> new Lookup.Verifier(name.text(), verifier.salt(), verifier.iterations(),
                    verifier.storedKey(), verifier.serverKey()))
                .orElseGet(() -> new Lookup.Unavailable("the verifier cannot be read"));
        } catch (DatabaseException e) {
            return new Lookup.Unavailable("the directory cannot be read: " + e.getMessage());
        }
    }

    /** A failure to renew must not keep the user out: the old verifiers still fit. */
    private void renew(Name name, StoredPassword stored, String password) {
        if (!verifiers.isOutdated(stored)) {
            return;
        }
        try {
            var renewed = verifiers.store(password);
            name.address().ifPresent(address -> store.renew(address, stored, renewed));
            log.info("password-renewed", "user", name.text());
        } catch (DatabaseException | DirectoryException e) {
            log.warn("password-not-renewed", "user", name.text(), "why", e.getMessage());
        }
    }

    private Name canonical(String user) {
        try {
            var address = store.ownName(Names.folded(Names.mailbox(user)));
            return new Name(address.toString(), Optional.of(address));
        } catch (DirectoryException e) {
            return new Name(Names.folded(user), Optional.empty());
        }
    }

    /**
     * Who wants in.
     *
     * @param address empty when it cannot be a user's
     */
    private record Name(String text, Optional<Mailbox> address) {
    }
}
