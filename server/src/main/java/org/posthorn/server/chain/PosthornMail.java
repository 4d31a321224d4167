package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.InvalidObjectException;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.PerRecipientHeaders;
import org.posthorn.mailets.port.Answer;
import org.posthorn.protocols.address.ReversePath;
import org.posthorn.protocols.smtp.Recipient;

/**
 * A mail, or the part of one that some of its recipients get, on its way through the processors. The one implementation
 * of James's {@code Mail}. Used by one thread.
 */
@SuppressWarnings({"deprecation", "JavaUtilDate"})   // the API speaks in Dates, and mailets still call its old half
public final class PosthornMail implements Mail {

    private static final long serialVersionUID = 1L;

    private final transient MailFacts facts;
    private final transient Map<MailAddress, Recipient> envelope;   // as it began; never changed
    private final transient Optional<MailMessage> message;
    private final transient Map<AttributeName, Attribute> attributes = new LinkedHashMap<>();
    private transient Set<MailAddress> originals;   // of the envelope, and not in another part; never changed
    private transient Optional<Doings> doings = Optional.empty();
    private transient MaybeSender sender;
    private transient String name;
    private transient List<MailAddress> recipients;
    private transient Optional<Answer> answer = Optional.empty();
    private transient Optional<String> errorMessage = Optional.empty();
    private transient String state = Mail.DEFAULT;
    private transient Optional<Date> lastUpdated = Optional.empty();
    private transient int hops;

    /**
     * A mail that begins its way.
     *
     * @param envelope its recipients, in order, with their DSN parameters
     * @param message empty while the client has not sent it yet
     */
    public PosthornMail(MailFacts facts, Map<MailAddress, Recipient> envelope, Optional<MailMessage> message,
                        Collection<Attribute> attributes) {
        this.facts = facts;
        this.name = facts.name();
        this.sender = facts.sender();
        this.envelope = envelope;
        this.recipients = List.copyOf(envelope.keySet());
        this.originals = envelope.keySet();
        this.message = message;
        for (var attribute : attributes) {
            this.attributes.put(attribute.getName(), attribute);
        }
    }

    /**
     * What mailets did with the mail. Three mails are made for each message, two of them only to be asked about, and
     * with most nothing of this happens: not to make it at once saves 40,000 cycles a message.
     */
    private static final class Doings {
        private final Map<MailAddress, Set<Recipient>> derived = new LinkedHashMap<>();
        private final Set<MailAddress> accompanied = new LinkedHashSet<>();
        private final Map<MailAddress, ReversePath> senders = new LinkedHashMap<>();
        private final List<Note> notes = new ArrayList<>();
        private final List<Departure> departed = new ArrayList<>();
        private final List<SentMail> sent = new ArrayList<>();
        private final List<BounceRequest> bounces = new ArrayList<>();
        private final PerRecipientHeaders headers = new PerRecipientHeaders();
    }

    private Doings doings() {
        if (doings.isEmpty()) {
            doings = Optional.of(new Doings());
        }
        return doings.get();
    }

    /** A recipient that left the mail, and why. */
    record Departure(MailAddress recipient, Answer answer, Optional<Fate> fate) {
    }

    /**
     * A mailet asked to report the mail as failed.
     *
     * @param recipients of the mail then
     * @param text why
     */
    public record BounceRequest(List<MailAddress> recipients, String text) {
        /** Copies the list. */
        public BounceRequest {
            recipients = List.copyOf(recipients);
        }
    }

    /**
     * A line for the history.
     *
     * @param word what happened
     */
    public record Note(MailAddress recipient, String word, String detail) {
    }

    /** What does not change. */
    public MailFacts facts() {
        return facts;
    }

    /** The message and what became of it; empty while the client has not sent it yet. */
    public Optional<MailMessage> content() {
        return message;
    }

    /** The recipients that came to this address in the place of others: as many as there are different parameters. */
    public List<Recipient> derived(MailAddress recipient) {
        return doings.isEmpty() ? List.of() : List.copyOf(doings.get().derived.getOrDefault(recipient, Set.of()));
    }

    /** Whether the address is one of the envelope's, and is looked after by this part. */
    public boolean isOriginal(MailAddress recipient) {
        return originals.contains(recipient);
    }

    /** The reverse path that this recipient's copy goes out with; empty for the mail's own. */
    public Optional<ReversePath> senderFor(MailAddress recipient) {
        return doings.isEmpty() ? Optional.empty() : Optional.ofNullable(doings.get().senders.get(recipient));
    }

    /** What mailets want in the history. */
    public List<Note> notes() {
        return doings.isEmpty() ? List.of() : List.copyOf(doings.get().notes);
    }

    /** A recipient, as often as it was named, old or new, with its DSN parameters. */
    public List<Recipient> parameters(MailAddress recipient) {
        var all = new ArrayList<Recipient>();
        if (isOriginal(recipient)) {
            all.add(envelope.get(recipient));
        }
        all.addAll(derived(recipient));
        return all.isEmpty() ? List.of(Recipient.of(Addresses.mailbox(recipient))) : all;
    }

    /** Mails that mailets sent while they served this one. */
    public List<SentMail> sent() {
        return doings.isEmpty() ? List.of() : List.copyOf(doings.get().sent);
    }

    /** Reports that mailets asked for while they served this one. */
    public List<BounceRequest> bounces() {
        return doings.isEmpty() ? List.of() : List.copyOf(doings.get().bounces);
    }

    /** The attributes as the spool keeps them; what the message's origin tells is left out. */
    public String attributesText() {
        var kept = new ArrayList<Attribute>();
        for (var attribute : attributes.values()) {
            if (!MailFacts.isOfOrigin(attribute.getName())) {
                kept.add(attribute);
            }
        }
        return AttributesText.write(kept);
    }

    /** The header fields that only this recipient gets. */
    public List<PerRecipientHeaders.Header> headersFor(MailAddress recipient) {
        return doings.isEmpty() ? List.of()
            : List.copyOf(doings.get().headers.getHeadersForRecipient(recipient));
    }

    /** Puts what is noted of the sender on top of the message, once. */
    public void writeResults() throws MessagingException {
        var fields = AuthNotes.fields(attributes.values());
        if (message.isPresent() && !fields.isEmpty() && !attributes.containsKey(AuthNotes.WRITTEN)) {
            message.get().prepend(fields);
            setAttribute(AuthNotes.written());
        }
    }

    /** Closes what was opened to read the message. The mail is of no use to mailets then. */
    public void release() {
        message.ifPresent(MailMessage::release);
    }

    /** The same part with fewer recipients: attributes and message are copied deeply, what was sent stays here. */
    PosthornMail part(Collection<MailAddress> some) throws MessagingException {
        var copied = message.isPresent() ? Optional.of(message.get().copy()) : Optional.<MailMessage>empty();
        var part = new PosthornMail(facts, envelope, copied, List.of());
        part.recipients = List.copyOf(some);
        attributes.values().forEach(attribute -> part.attributes.put(attribute.getName(), attribute.duplicate()));
        part.originals = new HashSet<>(part.recipients);
        part.originals.retainAll(originals);
        if (doings.isPresent()) {
            var ours = doings.get();
            var theirs = part.doings();
            ours.derived.forEach((address, all) -> theirs.derived.put(address, new LinkedHashSet<>(all)));
            theirs.accompanied.addAll(ours.accompanied);
            theirs.senders.putAll(ours.senders);
            theirs.headers.addAll(ours.headers);
        }
        part.sender = sender;
        part.name = name;
        part.errorMessage = errorMessage;
        part.state = state;
        part.lastUpdated = lastUpdated;
        part.hops = hops;
        return part;
    }

    /** Leaves recipients to another part. */
    void without(Collection<MailAddress> some) {
        recipients = rest(some);
        originals = new HashSet<>(originals);
        some.forEach(originals::remove);
    }

    void answer(Answer given) {
        answer = Optional.of(given);
    }

    Optional<Answer> answer() {
        return answer;
    }

    /** Takes the recipients out of the mail with an answer of their own. */
    void depart(Collection<MailAddress> some, Answer given) {
        some.forEach(recipient -> doings().departed.add(new Departure(recipient, given, Optional.empty())));
        recipients = rest(some);
    }

    private List<MailAddress> rest(Collection<MailAddress> some) {
        var left = new ArrayList<>(recipients);
        left.removeAll(some.size() < 2 ? some : new HashSet<>(some));
        return List.copyOf(left);
    }

    /** Notes that a recipient left and who has come in its place. */
    void replaced(MailAddress recipient, Collection<MailAddress> by) {
        var fate = new Fate.Replaced(by.stream().map(Addresses::mailbox).toList());
        doings().departed.add(new Departure(recipient, new Answer.Discard(), Optional.of(fate)));
    }

    /** Notes that a recipient stays, and others get the mail for it too. */
    void accompanied(MailAddress recipient) {
        doings().accompanied.add(recipient);
    }

    /** Whether others get the mail for this recipient too, who stayed one: an alias or a forward that keeps a copy. */
    public boolean isAccompanied(MailAddress recipient) {
        return doings.isPresent() && doings.get().accompanied.contains(recipient);
    }

    /** Notes recipients that came in the place of others, with the DSN parameters they inherit. */
    void derive(Map<MailAddress, List<Recipient>> added) {
        added.forEach((address, all) ->
            doings().derived.computeIfAbsent(address, _ -> new LinkedHashSet<>()).addAll(all));
    }

    void sendAs(Collection<MailAddress> some, ReversePath path) {
        some.forEach(recipient -> doings().senders.put(recipient, path));
    }

    void note(Note line) {
        doings().notes.add(line);
    }

    /** Whether the recipients are these still, the very list, and nobody departed. */
    @SuppressWarnings("ReferenceEquality")   // each change makes a new list; equal ones are for the caller to compare
    boolean hasOnly(List<MailAddress> before) {
        return recipients == before && (doings.isEmpty() || doings.get().departed.isEmpty());
    }

    List<Departure> takeDepartures() {
        var all = List.copyOf(doings().departed);
        doings().departed.clear();
        return all;
    }

    void send(SentMail mail) {
        doings().sent.add(mail);
    }

    void bounce(String text) {
        doings().bounces.add(new BounceRequest(recipients, text));
    }

    /** One more change of processor. */
    int hop() {
        return ++hops;
    }

    @Override public String getName() {
        return name;
    }

    @Override public void setName(String name) {
        this.name = name;
    }

    @Override public MimeMessage getMessage() throws MessagingException {
        return message.orElseThrow(() -> new MessagingException(
            "there is no message yet: this step needs one, so it cannot stand in 'connect' or 'rcpt'")).mime();
    }

    @Override public void setMessage(MimeMessage replacement) throws MessagingException {
        message.orElseThrow(() -> new MessagingException("there is no message yet")).replace(replacement);
    }

    @Override public Collection<MailAddress> getRecipients() {
        return recipients;
    }

    @Override public void setRecipients(Collection<MailAddress> recipients) {
        this.recipients = List.copyOf(new LinkedHashSet<>(recipients));
    }

    @Override public MailAddress getSender() {
        return sender.asOptional().orElseGet(MailAddress::nullSender);
    }

    @Override public MaybeSender getMaybeSender() {
        return sender;
    }

    @Override public Mail duplicate() throws MessagingException {
        return part(recipients);
    }

    @Override public String getState() {
        return state;
    }

    @Override public void setState(String state) {
        this.state = state;
    }

    @Override public String getRemoteHost() {
        return facts.remoteAddress();
    }

    @Override public String getRemoteAddr() {
        return facts.remoteAddress();
    }

    @Override public String getErrorMessage() {
        return errorMessage.orElse(null);   // as the Mailet API wants it
    }

    @Override public void setErrorMessage(String text) {
        errorMessage = Optional.ofNullable(text);
    }

    /** The attributes as they are now. */
    public List<Attribute> noted() {
        return List.copyOf(attributes.values());
    }

    @Override public Stream<Attribute> attributes() {
        return List.copyOf(attributes.values()).stream();
    }

    @Override public Serializable getAttribute(String key) {
        return getAttribute(AttributeName.of(key)).map(PosthornMail::serializable).orElse(null);
    }

    @Override public Optional<Attribute> getAttribute(AttributeName key) {
        return Optional.ofNullable(attributes.get(key));
    }

    @Override public Iterator<String> getAttributeNames() {
        return attributeNames().map(AttributeName::asString).iterator();
    }

    @Override public Stream<AttributeName> attributeNames() {
        return List.copyOf(attributes.keySet()).stream();
    }

    @Override public boolean hasAttributes() {
        return !attributes.isEmpty();
    }

    @Override public Serializable removeAttribute(String key) {
        return removeAttribute(AttributeName.of(key)).map(PosthornMail::serializable).orElse(null);
    }

    @Override public Optional<Attribute> removeAttribute(AttributeName key) {
        return Optional.ofNullable(attributes.remove(key));
    }

    @Override public void removeAllAttributes() {
        attributes.clear();
    }

    @Override public Serializable setAttribute(String key, Serializable value) {
        return setAttribute(new Attribute(AttributeName.of(key), AttributeValue.ofAny(value)))
            .map(PosthornMail::serializable).orElse(null);
    }

    @Override public Optional<Attribute> setAttribute(Attribute attribute) {
        return Optional.ofNullable(attributes.put(attribute.getName(), attribute));
    }

    @Override public void addSpecificHeaderForRecipient(PerRecipientHeaders.Header header, MailAddress recipient) {
        doings().headers.addHeaderForRecipient(header, recipient);
    }

    @Override public PerRecipientHeaders getPerRecipientSpecificHeaders() {
        return doings().headers;
    }

    @Override public long getMessageSize() throws MessagingException {
        return message.isPresent() ? message.get().octets() : 0;
    }

    @Override public Date getLastUpdated() {
        if (lastUpdated.isEmpty()) {
            lastUpdated = Optional.of(new Date());
        }
        return new Date(lastUpdated.get().getTime());
    }

    @Override public void setLastUpdated(Date date) {
        lastUpdated = Optional.of(new Date(date.getTime()));
    }

    @Override public String toString() {
        return "mail " + name + " to " + recipients;
    }

    private static Serializable serializable(Attribute attribute) {
        return attribute.getValue().value() instanceof Serializable value ? value : null;
    }

    /** The API makes a Mail serializable; ours never is: mails are kept in the spool. */
    private void writeObject(ObjectOutputStream out) throws NotSerializableException {
        throw new NotSerializableException(getClass().getName());
    }

    private void readObject(ObjectInputStream in) throws InvalidObjectException {
        throw new InvalidObjectException(getClass().getName());
    }
}
