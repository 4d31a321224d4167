package com.example.greylisting;

import jakarta.mail.internet.AddressException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
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
import org.apache.mailet.Mail;
import org.apache.mailet.MailetConfig;
import org.apache.mailet.MailetContext;
import org.apache.mailet.MatcherConfig;
import org.posthorn.mailets.port.Answer;
import org.posthorn.mailets.port.Disposition;

/** What the server gives a mailet, for tests: copy this file. */
final class Fakes {

    private Fakes() {
    }

    /** Writes down what mailets say. */
    static final class Notes implements Disposition {
        final List<Answer> said = new ArrayList<>();

        @Override public void answer(Mail mail, Answer answer) {
            said.add(answer);
        }

        @Override public void answer(Mail mail, Collection<MailAddress> recipients, Answer answer) {
            said.add(answer);
        }

        @Override public void keepCopy(Mail mail, String name) {
            said.add(new Answer.Hold(name));
        }

        @Override public void rewrite(Mail mail, Map<MailAddress, List<MailAddress>> instead) {
            throw new UnsupportedOperationException();
        }

        @Override public void sendAs(Mail mail, Collection<MailAddress> recipients, MailAddress sender) {
            throw new UnsupportedOperationException();
        }

        @Override public void note(Mail mail, MailAddress recipient, String word, String detail) {
            throw new UnsupportedOperationException();
        }
    }

    static MailetConfig parameters(String name, String value) {
        return new MailetConfig() {
            @Override public String getInitParameter(String key) {
                return key.equals(name) ? value : null;
            }

            @Override public Iterator<String> getInitParameterNames() {
                return List.of(name).iterator();
            }

            @Override public MailetContext getMailetContext() {
                throw new UnsupportedOperationException();
            }

            @Override public String getMailetName() {
                return "test";
            }
        };
    }

    static MatcherConfig condition(String condition) {
        return new MatcherConfig() {
            @Override public String getCondition() {
                return condition;
            }

            @Override public MailetContext getMailetContext() {
                throw new UnsupportedOperationException();
            }

            @Override public String getMatcherName() {
                return "test";
            }
        };
    }

    /** A mail as it is at rcpt: client, sender, recipient, attributes; whatever else is asked for is a mistake. */
    static Mail mail(String client, String sender, String recipient) {
        var attributes = new HashMap<AttributeName, Attribute>();
        return (Mail) Proxy.newProxyInstance(Fakes.class.getClassLoader(), new Class<?>[] {Mail.class},
            (self, method, arguments) -> switch (method.getName()) {
                case "getRemoteAddr" -> client;
                case "getMaybeSender" -> MaybeSender.of(address(sender));
                case "getRecipients" -> List.of(address(recipient));
                case "getAttribute" -> Optional.ofNullable(attributes.get(arguments[0]));
                case "setAttribute" -> Optional.ofNullable(
                    attributes.put(((Attribute) arguments[0]).getName(), (Attribute) arguments[0]));
                default -> throw new UnsupportedOperationException(method.getName());
            });
    }

    static MailAddress address(String text) {
        try {
            return new MailAddress(text);
        } catch (AddressException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
