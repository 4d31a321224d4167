package org.posthorn.server.chain;

import jakarta.inject.Inject;
import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.james.core.Domain;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeUtils;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.HostAddress;
import org.apache.mailet.LookupException;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.apache.mailet.TemporaryLookupException;
import org.posthorn.mailets.port.Residents;
import org.posthorn.protocols.smtp.Recipient;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server as mailets see it. What they send is noted on the mail in hand and enters the spool when that is settled;
 * so it works only in a processor after the 250. Thread-safe.
 */
@SuppressWarnings("deprecation")   // half of the interface is deprecated, and mailets still call it
public final class PosthornMailetContext implements MailetContext {

    private static final Logger LOGGER = LoggerFactory.getLogger("org.posthorn.mailet");

    private static final AttributeName GENERATION = AttributeName.of("org.posthorn.generation");
    private static final int LAST_GENERATION = 20;

    private final ServerIdentity identity;
    private final Residents residents;
    private final Dns dns;
    private final MailAddress postmaster;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final ScopedValue<PosthornMail> inHand = ScopedValue.newInstance();

    /** A context for all mailets. */
    @Inject
    public PosthornMailetContext(ServerIdentity identity, Residents residents, Dns dns) {
        this.identity = identity;
        this.residents = residents;
        this.dns = dns;
        this.postmaster = Addresses.james(identity.postmaster())
            .orElseThrow(() -> new IllegalArgumentException("no mailet can handle " + identity.postmaster()));
    }

    /**
     * Runs mailets and matchers with this mail in hand. Which it is is asked only where it must be: who asked
     * holds a cache from then on, 144 octets for each idle session.
     */
    <T, X extends Throwable> T with(PosthornMail mail, ScopedValue.CallableOp<T, X> work) throws X {
        return ScopedValue.where(inHand, mail).call(work);
    }

    @Override public int getMajorVersion() {
        return 3;   // of the Mailet API
    }

    @Override public int getMinorVersion() {
        return 9;
    }

    @Override public String getServerInfo() {
        return "Posthorn";
    }

    @Override public Iterator<String> getAttributeNames() {
        return attributes.keySet().iterator();
    }

    @Override public Object getAttribute(String key) {
        return attributes.get(key);
    }

    @Override public void setAttribute(String key, Object value) {
        attributes.put(key, value);
    }

    @Override public void removeAttribute(String key) {
        attributes.remove(key);
    }

    @Override public void log(String text) {
        LOGGER.info(text);
    }

    @Override public void log(String text, Throwable cause) {
        LOGGER.info(text, cause);
    }

    @Override public void log(LogLevel level, String text) {
        LOGGER.atLevel(level(level)).log(text);
    }

    @Override public void log(LogLevel level, String text, Throwable cause) {
        LOGGER.atLevel(level(level)).setCause(cause).log(text);
    }

    private static org.slf4j.event.Level level(LogLevel level) {
        return switch (level) {
            case DEBUG -> org.slf4j.event.Level.DEBUG;
            case INFO -> org.slf4j.event.Level.INFO;
            case WARN -> org.slf4j.event.Level.WARN;
            case ERROR -> org.slf4j.event.Level.ERROR;
        };
    }

    @Override public Logger getLogger() {
        return LOGGER;
    }

    @Override public MailAddress getPostmaster() {
        return postmaster;
    }

    @Override public boolean isLocalServer(Domain domain) {
        return residents.isHosted(domain.asString());
    }

    @Override public boolean isLocalUser(String name) {
        try {
            return isLocalEmail(new MailAddress(
                name.contains("@") ? name : name + "@" + postmaster.getDomain().asString()));
        } catch (AddressException e) {
            return false;   // what is no address is nobody's
        }
    }

    /** Whether a copy stays in a mailbox here: a user's, or that of an alias which lists itself. */
    @Override public boolean isLocalEmail(MailAddress address) {
        return switch (residents.standing(address)) {
            case Residents.Standing.Resident _ -> true;
            case Residents.Standing.Alias(var targets) -> targets.contains(address);
            case Residents.Standing.Unknown _, Residents.Standing.Foreign _ -> false;
        };
    }

    @Override public Collection<String> getMailServers(Domain domain) {
        return switch (dns.mx(domain.asString())) {
            case DnsAnswer.Found<Dns.MxRecord>(var records) -> records.stream()
                .sorted(Comparator.comparingInt(Dns.MxRecord::preference)).map(Dns.MxRecord::host)
                .filter(host -> !host.isEmpty()).toList();
            case DnsAnswer.None<Dns.MxRecord> _ -> List.of();
            case DnsAnswer.Temporary<Dns.MxRecord>(var why) ->
                throw new ChainException("the mail servers of " + domain.asString() + " are not known now: " + why);
        };
    }

    @Override public Iterator<HostAddress> getSMTPHostAddresses(Domain domain) {
        var found = new ArrayList<HostAddress>();
        for (var host : getMailServers(domain)) {
            if (dns.addresses(host) instanceof DnsAnswer.Found<InetAddress>(var addresses)) {
                addresses.forEach(address -> found.add(new HostAddress(host, "smtp://" + address.getHostAddress())));
            }
        }
        return found.iterator();
    }

    @Override public List<String> dnsLookup(String name, RecordType type) throws LookupException {
        return switch (type) {
            case A -> addresses(name, 4);
            case AAAA -> addresses(name, 16);
            case MX -> found(dns.mx(name)).stream().map(Dns.MxRecord::host).toList();
            case TXT, SPF -> found(dns.txt(name));
            case PTR -> found(dns.ptr(literal(name)));
        };
    }

    private List<String> addresses(String name, int octets) throws LookupException {
        return found(dns.addresses(name)).stream().filter(address -> address.getAddress().length == octets)
            .map(InetAddress::getHostAddress).toList();
    }

    private static InetAddress literal(String text) throws LookupException {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            var wrong = new LookupException("expected an IP address, found '" + text + "'");
            wrong.initCause(e);
            throw wrong;
        }
    }

    private static <T> List<T> found(DnsAnswer<T> answer) throws LookupException {
        return switch (answer) {
            case DnsAnswer.Found<T>(var records) -> records;
            case DnsAnswer.None<T> _ -> List.of();
            case DnsAnswer.Temporary<T>(var why) -> throw new TemporaryLookupException(why);
        };
    }

    @Override public void sendMail(MimeMessage message) throws MessagingException {
        var from = message.getFrom();
        var to = message.getRecipients(Message.RecipientType.TO);
        var cc = message.getRecipients(Message.RecipientType.CC);
        var recipients = new ArrayList<MailAddress>();
        for (var list : new Address[][] {to, cc}) {
            for (var address : list == null ? new Address[0] : list) {
                if (address instanceof InternetAddress internet) {
                    recipients.add(new MailAddress(internet));
                }
            }
        }
        var sender = from != null && from.length > 0 && from[0] instanceof InternetAddress internet
            ? new MailAddress(internet) : MailAddress.nullSender();
        sendMail(sender, recipients, message);
    }

    @Override public void sendMail(MailAddress sender, Collection<MailAddress> recipients, MimeMessage message)
        throws MessagingException {
        sendMail(sender, recipients, message, Mail.DEFAULT);
    }

    @Override public void sendMail(MailAddress sender, Collection<MailAddress> recipients, MimeMessage message,
                                   String state) throws MessagingException {
        send(MaybeSender.of(sender), recipients, MailMessage.of(message), List.of(), begin(state, Duration.ZERO));
    }

    @Override public void sendMail(Mail mail) throws MessagingException {
        sendMail(mail, mail.getState());
    }

    @Override public void sendMail(Mail mail, long delay, TimeUnit unit) throws MessagingException {
        sendMail(mail, mail.getState(), delay, unit);
    }

    @Override public void sendMail(Mail mail, String state) throws MessagingException {
        sendMail(mail, state, 0, TimeUnit.SECONDS);
    }

    @Override public void sendMail(Mail mail, String state, long delay, TimeUnit unit) throws MessagingException {
        var message = mail instanceof PosthornMail ours && ours.content().isPresent()
            ? ours.content().get().copy() : MailMessage.of(mail.getMessage());
        send(mail.getMaybeSender(), mail.getRecipients(), message, mail.attributes().toList(),
            begin(state, Duration.of(delay, unit.toChronoUnit())));
    }

    private static SentMail.Start begin(String processor, Duration delay) {
        return new SentMail.Start(processor, delay, Optional.empty());
    }

    private void send(MaybeSender sender, Collection<MailAddress> recipients, MailMessage message,
                      List<Attribute> notes, SentMail.Start later) throws MessagingException {
        var current = mailInHand("send mail");
        if (recipients.isEmpty()) {
            throw new MessagingException("a mail needs recipients to be sent");
        }
        var generation = AttributeUtils.getValueAndCastFromMail(current, GENERATION, Integer.class).orElse(0) + 1;
        if (generation > LAST_GENERATION) {
            throw new MessagingException("mails that mailets send make mailets send mails, " + generation + " deep");
        }
        var all = new LinkedHashMap<String, Attribute>();
        notes.forEach(note -> all.put(note.getName().asString(), note));
        inherited(current, sender).forEach(note -> all.put(note.getName().asString(), note));
        all.put(Mail.SENT_BY_MAILET_ATTRIBUTE.getName().asString(), Mail.SENT_BY_MAILET_ATTRIBUTE);
        all.put(GENERATION.asString(), new Attribute(GENERATION, AttributeValue.of(generation)));
        current.send(new SentMail(Addresses.path(sender),
            recipients.stream().distinct().map(Addresses::mailbox).map(Recipient::of).toList(), message,
            AttributesText.write(all.values()), later));
    }

    /**
     * That it comes of a postmaster's copy of a report: nobody is told when it fails, or it would go round without end.
     * And what is known of the sender, where it has the same.
     */
    private static List<Attribute> inherited(PosthornMail current, MaybeSender sender) {
        var notes = new ArrayList<Attribute>();
        current.getAttribute(ReportNotes.NAME).filter(ReportNotes::isDoubleBounce).ifPresent(notes::add);
        if (sender.equals(current.getMaybeSender())) {
            current.getAttribute(AuthNotes.SPF).ifPresent(notes::add);
            current.getAttribute(Forgery.DMARC).ifPresent(notes::add);
        }
        return notes;
    }

    @Override public void bounce(Mail mail, String text) throws MessagingException {
        if (mailInHand("bounce") != mail) {
            throw new MessagingException("only the mail in hand can be bounced");
        }
        if (!mail.getMaybeSender().isNullSender()) {
            mailInHand("bounce").bounce(text);
        }
    }

    @Override public void bounce(Mail mail, String text, MailAddress bouncer) throws MessagingException {
        bounce(mail, text);
    }

    private PosthornMail mailInHand(String what) throws MessagingException {
        var current = Optional.ofNullable(inHand.isBound() ? inHand.get() : null).orElseThrow(
            () -> new MessagingException("a mailet can " + what + " only on the thread that serves it a mail"));
        if (current.facts().stage().isInSession()) {
            throw new MessagingException("a mailet can " + what + " only in a processor after the 250");
        }
        return current;
    }

    /** Who we are. */
    public ServerIdentity identity() {
        return identity;
    }
}
