package org.posthorn.protocols.smtp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.protocols.net.TlsFacts;

/**
 * What XCLIENT says of the client for whom a listed peer speaks (Postfix, {@code XCLIENT_README}).
 *
 * @param attributes as they were given, decoded and checked; an empty value is one that the peer does not know either
 */
public record GivenClient(Map<ClientAttribute, String> attributes) {

    /** In no network that anybody would list: an address that nobody knows must not be the proxy's. */
    private static final InetAddress NOWHERE = InetAddress.ofLiteral("0.0.0.0");
    private static final Pattern XTEXT = Pattern.compile("(?:[!-*,-<>-~]|\\+[0-9A-Fa-f]{2})+");

    /** Copies the map. */
    public GivenClient {
        attributes = attributes.isEmpty() ? Map.of() : Collections.unmodifiableMap(new EnumMap<>(attributes));
    }

    /** What came of reading the command's argument. */
    sealed interface Result {
    }

    /** It can be used. */
    record Good(GivenClient client) implements Result {
    }

    /** 501: what is wrong with it. */
    record Fault(String why) implements Result {
    }

    /** Reads {@code ADDR=192.0.2.1 NAME=[UNAVAILABLE]}; the values are xtext (RFC 3461 section 4). */
    static Result read(String argument) {
        var attributes = new EnumMap<ClientAttribute, String>(ClientAttribute.class);
        for (var word : argument.split(" +", -1)) {
            var equals = word.indexOf('=');
            var attribute = ClientAttribute.of(word.substring(0, Math.max(equals, 0)));
            if (attribute.isEmpty()) {
                return new Fault("expected XCLIENT and attributes such as ADDR=192.0.2.1, of "
                    + ClientAttribute.offer());
            }
            var value = value(attribute.get(), word.substring(equals + 1));
            if (value.isEmpty()) {
                return new Fault("this cannot be the value of " + attribute.get());
            }
            if (attributes.put(attribute.get(), value.get()) != null) {
                return new Fault(attribute.get() + " is given twice");
            }
        }
        return new Good(new GivenClient(attributes));
    }

    private static Optional<String> value(ClientAttribute attribute, String written) {
        if (written.equalsIgnoreCase("[UNAVAILABLE]") || written.equalsIgnoreCase("[TEMPUNAVAIL]")) {
            return Optional.of("");
        }
        return Optional.of(written).filter(text -> XTEXT.matcher(text).matches()).map(Xtext::decoded)
            .filter(attribute::fits);
    }

    /**
     * The client as it is known now. An address that is given is another client's: of the one before nothing is kept.
     * Without an address the client stays, and more is said of it. Its greeting counts only where it is given now.
     *
     * @param peer who is known so far
     * @param by the listed peer
     */
    Peer of(Peer peer, InetSocketAddress by, Dialect dialect) {
        var other = attributes.containsKey(ClientAttribute.ADDR);
        var greeting = greeting(dialect);
        return new Peer(peer.connection(), peer.listener(),
            end(ClientAttribute.DESTADDR, ClientAttribute.DESTPORT, peer.local()),
            end(ClientAttribute.ADDR, ClientAttribute.PORT, peer.remote()),
            greeting, greeting == Peer.Greeting.NONE ? "" : get(ClientAttribute.HELO, ""),
            peer.tls().map(TlsFacts::withoutCertificate),
            get(ClientAttribute.LOGIN, other ? "" : peer.user()),
            new Peer.Introduction(Optional.of(by), get(ClientAttribute.NAME, other ? "" : peer.introduction().name()),
                false));
    }

    private String get(ClientAttribute attribute, String otherwise) {
        return attributes.getOrDefault(attribute, otherwise);
    }

    private InetSocketAddress end(ClientAttribute address, ClientAttribute port, InetSocketAddress before) {
        var given = attributes.containsKey(address);
        var number = get(port, given ? "" : String.valueOf(before.getPort()));
        return new InetSocketAddress(
            given ? ClientAttribute.address(get(address, "")).orElse(NOWHERE) : before.getAddress(),
            number.isEmpty() ? 0 : Integer.parseInt(number));
    }

    /** Who has greeted the peer need not greet us again. */
    private Peer.Greeting greeting(Dialect dialect) {
        if (get(ClientAttribute.HELO, "").isEmpty()) {
            return Peer.Greeting.NONE;
        }
        if (dialect.greetsWith(Peer.Greeting.LHLO)) {
            return Peer.Greeting.LHLO;
        }
        return get(ClientAttribute.PROTO, "").toUpperCase(Locale.ROOT).equals("ESMTP")
            ? Peer.Greeting.EHLO : Peer.Greeting.HELO;
    }
}
