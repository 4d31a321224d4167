package org.posthorn.server.auth.spf;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.posthorn.server.auth.spf.Parsed.Bad;
import org.posthorn.server.auth.spf.Parsed.Good;
import org.posthorn.server.auth.spf.SpfRecord.Directive;

/** Reads a record whole: a mistake anywhere spoils all of it (RFC 7208 section 4.6). */
final class RecordParser {

    private static final String VERSION = "v=spf1";
    private static final Pattern MODIFIER = Pattern.compile("([A-Za-z][A-Za-z0-9_.-]*)=(.*)");
    private static final Pattern PREFIXES = Pattern.compile("(.*?)(?:/([0-9]+))?(?://([0-9]+))?");
    private static final Pattern NUMBER = Pattern.compile("0|[1-9][0-9]{0,2}");
    private static final Pattern IPV4 = Pattern.compile(
        "(?:(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])(?:\\.(?!$)|$)){4}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*");

    private final List<Directive> directives = new ArrayList<>();
    private Optional<MacroString> redirect = Optional.empty();
    private Optional<MacroString> explanation = Optional.empty();

    private RecordParser() {
    }

    /** Whether a text record is one of SPF's: the version, and then a space or the end (section 4.5). */
    static boolean isRecord(String text) {
        return text.regionMatches(true, 0, VERSION, 0, VERSION.length())
            && (text.length() == VERSION.length() || text.charAt(VERSION.length()) == ' ');
    }

    /** Reads a text that {@link #isRecord}. */
    static Parsed<SpfRecord> parse(String text) {
        var strange = text.chars().filter(c -> c < ' ' || c > '~').findFirst();
        if (strange.isPresent()) {
            return new Bad<>("the record holds a character that is not printable US-ASCII: " + strange.getAsInt());
        }
        var parser = new RecordParser();
        for (var term : List.of(text.substring(VERSION.length()).split(" +"))) {
            if (!term.isEmpty()) {
                var wrong = parser.term(term);
                if (wrong.isPresent()) {
                    return new Bad<>("'" + term + "': " + wrong.get());
                }
            }
        }
        return new Good<>(new SpfRecord(parser.directives, parser.redirect, parser.explanation));
    }

    /** Reads a term; tells what is wrong with it. */
    private Optional<String> term(String term) {
        var modifier = MODIFIER.matcher(term);
        if (modifier.matches()) {
            return modifier(modifier.group(1).toLowerCase(Locale.ROOT), modifier.group(2));
        }
        var qualified = "+-~?".indexOf(term.charAt(0)) >= 0;
        var result = switch (term.charAt(0)) {
            case '-' -> SpfResult.FAIL;
            case '~' -> SpfResult.SOFTFAIL;
            case '?' -> SpfResult.NEUTRAL;
            default -> SpfResult.PASS;
        };
        var text = qualified ? term.substring(1) : term;
        return switch (mechanism(text)) {
            case Bad<Mechanism>(var why) -> Optional.of(why);
            case Good<Mechanism>(var mechanism) -> {
                directives.add(new Directive(result, mechanism, text));
                yield Optional.empty();
            }
        };
    }

    private Optional<String> modifier(String name, String value) {
        var known = name.equals("redirect") || name.equals("exp");
        return switch (known ? MacroParser.domain(value) : MacroParser.unknown(value)) {
            case Bad<MacroString>(var why) -> Optional.of(why);
            case Good<MacroString> _ when name.equals("redirect") && redirect.isPresent()
                || name.equals("exp") && explanation.isPresent() -> Optional.of("it stands there twice");
            case Good<MacroString>(var text) -> {
                redirect = name.equals("redirect") ? Optional.of(text) : redirect;
                explanation = name.equals("exp") ? Optional.of(text) : explanation;
                yield Optional.empty();
            }
        };
    }

    private static Parsed<Mechanism> mechanism(String text) {
        var end = 0;
        while (end < text.length() && text.charAt(end) != ':' && text.charAt(end) != '/') {
            end++;
        }
        var name = text.substring(0, end).toLowerCase(Locale.ROOT);
        var rest = text.substring(end);
        return switch (name) {
            case "all" -> rest.isEmpty() ? new Good<>(new Mechanism.All()) : new Bad<>("'all' stands alone");
            case "include" -> target(rest, Mechanism.Include::new);
            case "exists" -> target(rest, Mechanism.Exists::new);
            case "ptr" -> rest.isEmpty() ? new Good<>(new Mechanism.Ptr(Optional.empty()))
                : target(rest, domain -> new Mechanism.Ptr(Optional.of(domain)));
            case "a", "mx" -> host(name.equals("a"), rest);
            case "ip4", "ip6" -> range(name.equals("ip4"), rest);
            default -> new Bad<>("there is no mechanism '" + name + "'");
        };
    }

    private static Parsed<Mechanism> target(String rest, Function<MacroString, Mechanism> making) {
        if (!rest.startsWith(":")) {
            return new Bad<>("expected ':' and a domain");
        }
        return switch (MacroParser.domain(rest.substring(1))) {
            case Bad<MacroString>(var why) -> new Bad<>(why);
            case Good<MacroString>(var domain) -> new Good<>(making.apply(domain));
        };
    }

    private static Parsed<Mechanism> host(boolean a, String rest) {
        var found = PREFIXES.matcher(rest);
        if (!found.matches()) {
            return new Bad<>("expected ':' and a domain, or a prefix length");
        }
        var four = prefix(Optional.ofNullable(found.group(2)), 32);
        var six = prefix(Optional.ofNullable(found.group(3)), 128);
        if (four < 0 || six < 0) {
            return new Bad<>("a prefix length is wrong");
        }
        var prefixes = new Mechanism.Prefixes(four, six);
        var domain = found.group(1);
        Function<Optional<MacroString>, Mechanism> making =
            name -> a ? new Mechanism.A(name, prefixes) : new Mechanism.Mx(name, prefixes);
        return domain.isEmpty() ? new Good<>(making.apply(Optional.empty()))
            : target(domain, name -> making.apply(Optional.of(name)));
    }

    private static Parsed<Mechanism> range(boolean four, String rest) {
        var slash = rest.indexOf('/');
        var most = four ? 32 : 128;
        var prefix = prefix(slash < 0 ? Optional.empty() : Optional.of(rest.substring(slash + 1)), most);
        if (!rest.startsWith(":") || prefix < 0) {
            return new Bad<>("expected an address, or a range with a prefix length of at most " + most);
        }
        var text = rest.substring(1, slash < 0 ? rest.length() : slash);
        return octets(four, text).<Parsed<Mechanism>>map(octets ->
            new Good<>(new Mechanism.Ip(AddressRange.of(octets, prefix))))
            .orElseGet(() -> new Bad<>("'" + text + "' is no address of this kind"));
    }

    /** The octets of an address: 4 or, also where the JDK sees an IPv4 address in it, 16. */
    private static Optional<byte[]> octets(boolean four, String text) {
        if (!(four ? IPV4 : IPV6).matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            var octets = InetAddress.ofLiteral(text).getAddress();
            if (four || octets.length == 16) {
                return Optional.of(octets);
            }
            var mapped = new byte[16];
            Arrays.fill(mapped, 10, 12, (byte) 0xff);
            System.arraycopy(octets, 0, mapped, 12, 4);
            return Optional.of(mapped);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A prefix length; the most where none is written; -1 where it is wrong. */
    private static int prefix(Optional<String> digits, int most) {
        if (digits.isEmpty()) {
            return most;
        }
        if (!NUMBER.matcher(digits.get()).matches()) {
            return -1;
        }
        var length = Integer.parseInt(digits.get());
        return length <= most ? length : -1;
    }
}
