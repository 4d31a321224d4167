package org.posthorn.protocols.smtp;

import java.net.InetAddress;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.posthorn.protocols.net.AddressSet;
import org.posthorn.protocols.wire.Limits;

/**
 * How the sessions of one listener behave.
 *
 * @param hostname our name in the banner and the answers to EHLO
 * @param listener the listener's name, such as {@code submission}
 * @param extensions those that may be offered; STARTTLS and AUTH only when they also make sense at that moment
 * @param access who may send
 * @param tolerance what it overlooks
 * @param spokesmen peers that may say by XCLIENT for whom they speak
 * @param terms what may be asked of the queue
 */
public record SessionSettings(String hostname, String listener, Dialect dialect, Set<Extension> extensions,
                              Access access, Tolerance tolerance, Limits limits, AddressSet spokesmen,
                              Terms terms) {

    /** Copies the set. */
    public SessionSettings {
        extensions = Collections.unmodifiableSet(extensions.isEmpty() ? EnumSet.noneOf(Extension.class)
            : EnumSet.copyOf(extensions));
        if (extensions.contains(Extension.BINARYMIME) && !extensions.contains(Extension.CHUNKING)) {
            throw new IllegalArgumentException("BINARYMIME needs CHUNKING (RFC 3030 section 3)");
        }
    }

    /**
     * Who may send.
     *
     * @param requireTls whether MAIL needs TLS first: 530 5.7.0 (RFC 3207 section 4)
     * @param requireAuth whether MAIL needs AUTH first: 530 5.7.0 (RFC 6409 section 4.3)
     * @param authInClear whether AUTH is offered without TLS. Passwords are then seen by all on the way
     */
    public record Access(boolean requireTls, boolean requireAuth, boolean authInClear) {

        /** Everybody may talk; AUTH only under TLS. */
        public static final Access OPEN = new Access(false, false, false);
        /** Message submission: TLS and AUTH first. */
        public static final Access SUBMISSION = new Access(true, true, false);
    }

    /**
     * What a session overlooks.
     *
     * @param strictPipelining whether a client that talks before the banner, or sends on without waiting where it must
     *     wait, is answered 554 5.5.0 and left; such clients are rarely mail servers (RFC 2920 section 3.1)
     * @param unixText whether a message whose every line ends with a bare LF is taken, with CRLF in their place: see
     *     {@link org.posthorn.protocols.wire.UnixText}. One that mixes line ends is always refused
     */
    public record Tolerance(boolean strictPipelining, boolean unixText) {

        /** Strict with who talks out of turn; Unix text is common and, with its end found by CRLF alone, harmless. */
        public static final Tolerance DEFAULT = new Tolerance(true, true);
    }

    /** A listener for mail from other servers, with all extensions that it can have and default limits. */
    public static SessionSettings smtp(String hostname) {
        return new SessionSettings(hostname, "smtp", SmtpDialect.SMTP,
            EnumSet.complementOf(EnumSet.of(Extension.ATRN)), Access.OPEN, Tolerance.DEFAULT, Limits.DEFAULT,
            AddressSet.none(), Terms.DEFAULT);
    }

    /** A listener for mail from our users (RFC 6409). */
    public static SessionSettings submission(String hostname) {
        return smtp(hostname).withListener("submission").withAccess(Access.SUBMISSION);
    }

    /** With another listener name. */
    public SessionSettings withListener(String name) {
        return new SessionSettings(hostname, name, dialect, extensions, access, tolerance, limits, spokesmen, terms);
    }

    /** With another dialect. */
    public SessionSettings withDialect(Dialect other) {
        return new SessionSettings(hostname, listener, other, extensions, access, tolerance, limits, spokesmen, terms);
    }

    /** With other extensions. */
    public SessionSettings withExtensions(Set<Extension> others) {
        return new SessionSettings(hostname, listener, dialect, others, access, tolerance, limits, spokesmen, terms);
    }

    /** Without some extensions. */
    public SessionSettings without(Extension... unwanted) {
        var rest = EnumSet.noneOf(Extension.class);
        rest.addAll(extensions);
        for (var extension : unwanted) {
            rest.remove(extension);
        }
        return withExtensions(rest);
    }

    /** With other access rules. */
    public SessionSettings withAccess(Access other) {
        return new SessionSettings(hostname, listener, dialect, extensions, other, tolerance, limits, spokesmen, terms);
    }

    /** With more, or less, patience for what clients do wrong. */
    public SessionSettings withTolerance(Tolerance other) {
        return new SessionSettings(hostname, listener, dialect, extensions, access, other, limits, spokesmen, terms);
    }

    /** With other limits. */
    public SessionSettings withLimits(Limits others) {
        return new SessionSettings(hostname, listener, dialect, extensions, access, tolerance, others, spokesmen,
            terms);
    }

    /** With other terms. */
    public SessionSettings withTerms(Terms others) {
        return new SessionSettings(hostname, listener, dialect, extensions, access, tolerance, limits, spokesmen,
            others);
    }

    /** What holds for this peer: XCLIENT is for listed ones. */
    SessionSettings offeredTo(InetAddress peer) {
        return !extensions.contains(Extension.XCLIENT) || spokesmen.contains(peer) ? this : without(Extension.XCLIENT);
    }

    /** With peers that may say by XCLIENT for whom they speak. */
    public SessionSettings withSpokesmen(AddressSet peers) {
        return new SessionSettings(hostname, listener, dialect, extensions, access, tolerance, limits, peers, terms);
    }
}
