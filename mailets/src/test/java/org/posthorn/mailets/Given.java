package org.posthorn.mailets;

import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.apache.james.core.MaybeSender;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeName;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetConfig;
import org.apache.mailet.MailetContext;
import org.apache.mailet.MatcherConfig;
import org.apache.mailet.PerRecipientHeaders;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.AuthFacts;
import org.posthorn.mailets.port.Disposition;

/** What a mailet is given in a test: parameters, a mail with the few things that ours look at, and a note pad. */
public final class Given {

    /** Nothing is known of any sender. */
    public static final AuthFacts NO_FACTS = facts(AuthFacts.Spf.NOT_CHECKED);

    private Given() {
    }

    /** This is known of every sender. */
    public static AuthFacts facts(AuthFacts.Spf spf) {
        return new AuthFacts() {
            @Override public Spf spf(Mail mail) {
                return spf;
            }

            @Override public void writeResults(Mail mail) {
                mail.setAttribute(new Attribute(AttributeName.of("written"), AttributeValue.of(spf.result().text())));
            }
        };
    }

    /** Parameters of a mailet: name, value, name, value... */
    public static MailetConfig parameters(String... pairs) {
        Map<String, String> all = new HashMap<>();
        for (var i = 0; i < pairs.length; i += 2) {
            all.put(pairs[i], pairs[i + 1]);
        }
        return new MailetConfig() {
            @Override public String getInitParameter(String name) {
                return all.get(name);
            }

            @Override public Iterator<String> getInitParameterNames() {
                return all.keySet().iterator();
            }

            @Override public MailetContext getMailetContext() {
                throw new UnsupportedOperationException();
            }

            @Override public String getMailetName() {
                return "test";
            }
        };
    }

    /** The condition of a matcher. */
    public static MatcherConfig condition(Optional<String> condition) {
        return new MatcherConfig() {
            @Override public String getCondition() {
                return condition.orElse(null);
            }

            @Override public MailetContext getMailetContext() {
                throw new UnsupportedOperationException();
            }

            @Override public String getMatcherName() {
                return "test";
            }
        };
    }

    /** An address. */
    public static MailAddress address(String text) {
        try {
            return new MailAddress(text);
        } catch (jakarta.mail.internet.AddressException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Addresses. */
    public static List<MailAddress> addresses(String... texts) {
        return Arrays.stream(texts).map(Given::address).toList();
    }

    /** A mail from a client, of a user where that is not empty. */
    public static Mail mail(String remote, String user, String... recipients) {
        return mail(MaybeSender.nullSender(), remote, user, new MimeMessage((Session) null), recipients);
    }

    /** A mail of nobody's with this message. */
    public static Mail mail(MimeMessage message, String... recipients) {
        return mail(MaybeSender.nullSender(), "192.0.2.1", "", message, recipients);
    }

    /** A mail from a sender, or from nobody where that is empty. */
    public static Mail mailFrom(String sender, String remote, String... recipients) {
        return mail(sender.isEmpty() ? MaybeSender.nullSender() : MaybeSender.of(address(sender)), remote, "",
            new MimeMessage((Session) null), recipients);
    }

    private static Mail mail(MaybeSender sender, String remote, String user, MimeMessage message,
                             String... recipients) {
        var state = new HashMap<AttributeName, Attribute>();
        if (!user.isEmpty()) {
            state.put(Mail.SMTP_AUTH_USER, new Attribute(Mail.SMTP_AUTH_USER, AttributeValue.of(user)));
        }
        var now = new ArrayList<>(addresses(recipients));
        var headers = new PerRecipientHeaders();
        return (Mail) Proxy.newProxyInstance(Given.class.getClassLoader(), new Class<?>[] {Mail.class},
            (_, method, arguments) -> switch (method.getName()) {
                case "getRemoteAddr" -> remote;
                case "getMaybeSender" -> sender;
                case "getMessageSize" -> 0L;
                case "getRecipients" -> List.copyOf(now);
                case "setRecipients" -> {
                    now.clear();
                    for (var one : (Collection<?>) arguments[0]) {
                        now.add((MailAddress) one);
                    }
                    yield null;
                }
                case "getAttribute" -> Optional.ofNullable(state.get(arguments[0]));
                case "setAttribute" -> Optional.ofNullable(
                    state.put(((Attribute) arguments[0]).getName(), (Attribute) arguments[0]));
                case "getMessage" -> message;
                case "getPerRecipientSpecificHeaders" -> headers;
                case "addSpecificHeaderForRecipient" -> {
                    headers.addHeaderForRecipient((PerRecipientHeaders.Header) arguments[0],
                        (MailAddress) arguments[1]);
                    yield null;
                }
                default -> throw new UnsupportedOperationException(method.getName());
            });
    }

    /** Writes down what mailets say. */
    public static final class NotePad implements Disposition {
        /** One line each. */
        public final List<String> said = new ArrayList<>();

        @Override public void answer(Mail mail, Answer answer) {
            said.add(answer.toString());
        }

        @Override public void answer(Mail mail, Collection<MailAddress> recipients, Answer answer) {
            said.add(recipients + " " + answer);
        }

        @Override public void keepCopy(Mail mail, String name) {
            said.add("copy kept as " + name);
        }

        @Override public void rewrite(Mail mail, Map<MailAddress, List<MailAddress>> instead) {
            said.add(instead.toString());
            var all = new ArrayList<MailAddress>();
            mail.getRecipients().forEach(one -> all.addAll(instead.getOrDefault(one, List.of(one))));
            mail.setRecipients(all);
        }

        @Override public void sendAs(Mail mail, Collection<MailAddress> recipients, MailAddress sender) {
            said.add(recipients + " as " + sender.asString());
        }

        @Override public void note(Mail mail, MailAddress recipient, String word, String detail) {
            said.add(recipient.asString() + " " + word + " " + detail);
        }
    }
}
