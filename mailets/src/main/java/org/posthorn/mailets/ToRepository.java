package org.posthorn.mailets;

import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.mailet.Mail;
import org.apache.mailet.base.GenericMailet;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Disposition;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.mailets.port.Stage;

/**
 * Keeps the mail under a name until an operator releases or removes it: James's name for what {@link Hold} does, but a
 * released mail that comes here again is kept again. After the 250 only.
 *
 * <p>Parameter {@code repositoryPath}: James's URL of a repository, whose path is the name: {@code
 * file://var/mail/address-error/} is {@code address-error}. Parameter {@code passThrough}: true keeps a copy, and the
 * mail goes on; default false.
 */
public final class ToRepository extends GenericMailet implements Described {

    private final Disposition disposition;
    private String name = "";
    private boolean passThrough;

    @Inject
    ToRepository(Disposition disposition) {
        this.disposition = disposition;
    }

    @Override public Manifest manifest() {
        return new Manifest(Set.of("repositoryPath", "passThrough"), Set.of(Stage.ACCEPTED), !passThrough);
    }

    @Override public void init() throws MessagingException {
        var path = Optional.ofNullable(getInitParameter("repositoryPath")).orElseThrow(() -> new MessagingException(
            "ToRepository needs <repositoryPath>, such as file://var/mail/error/"));
        name = path.strip().replaceFirst("^[A-Za-z0-9+.-]+:/*", "").replaceFirst("^/*var/mail/", "")
            .replaceFirst("^/+", "").replaceFirst("/+$", "").replace('/', '-');
        if (!name.matches("[A-Za-z0-9-]{1,40}")) {
            throw new MessagingException("ToRepository: its path is the name that mail is held under;"
                + " it must be 1 to 40 letters, digits and dashes, found '" + path + "'");
        }
        var written = getInitParameter("passThrough", "false").strip().toLowerCase(Locale.ROOT);
        if (!written.equals("true") && !written.equals("false")) {
            throw new MessagingException("ToRepository: <passThrough> must be true or false, found '" + written + "'");
        }
        passThrough = written.equals("true");
    }

    @Override public void service(Mail mail) throws MessagingException {
        if (passThrough) {
            disposition.keepCopy(mail, name);
        } else {
            disposition.answer(mail, new Answer.Store(name));
        }
    }

    @Override public String getMailetInfo() {
        return "ToRepository";
    }
}
