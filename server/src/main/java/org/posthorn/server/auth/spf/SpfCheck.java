package org.posthorn.server.auth.spf;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.posthorn.server.auth.spf.SpfRecord.Directive;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.Dns.MxRecord;
import org.posthorn.server.dns.DnsAnswer;

/**
 * One check, {@code check_host()} of RFC 7208 section 4: a domain's record, and those that it leads to. Used by one
 * thread.
 */
final class SpfCheck {

    private static final String DEFAULT = "default";
    private static final Match YES = new Match.Yes();
    private static final Match NO = new Match.No();

    private final SpfQuestion question;
    private final Lookups lookups;
    private final Macros macros;
    private final SpfSteps steps;

    SpfCheck(SpfQuestion question, Lookups lookups, Macros macros, SpfSteps steps) {
        this.question = question;
        this.lookups = lookups;
        this.macros = macros;
        this.steps = steps;
    }

    /**
     * What a domain's record came to.
     *
     * @param domain whose record decided
     * @param mechanism the term that decided
     * @param explanation where that record keeps its explanation
     */
    private record Outcome(SpfResult result, String domain, String mechanism, String problem,
                           Optional<MacroString> explanation) {

        static Outcome without(SpfResult result, String domain, String problem) {
            return new Outcome(result, domain, "", problem, Optional.empty());
        }
    }

    SpfVerdict run() {
        var outcome = check(question.domain(), 0);
        var explanation = outcome.result == SpfResult.FAIL ? explanation(outcome) : "";
        return new SpfVerdict(question, outcome.result, outcome.mechanism, outcome.problem, explanation);
    }

    private Outcome check(String domain, int depth) {
        if (!isDomain(domain)) {
            return ended(depth, Outcome.without(SpfResult.NONE, domain, "'" + domain + "' is no domain"));
        }
        return switch (lookups.txt(domain)) {
            case DnsAnswer.Temporary<String>(var why) ->
                ended(depth, Outcome.without(SpfResult.TEMPERROR, domain, why));
            case DnsAnswer.None<String>(var exists) -> ended(depth, Outcome.without(SpfResult.NONE, domain, domain
                + (exists ? " has no SPF record" : " does not exist")));
            case DnsAnswer.Found<String>(var texts) -> selected(domain,
                texts.stream().filter(RecordParser::isRecord).toList(), depth);
        };
    }

    private Outcome selected(String domain, List<String> records, int depth) {
        records.forEach(record -> steps.step(depth, domain + " TXT \"" + record + "\""));
        if (records.isEmpty()) {
            return ended(depth, Outcome.without(SpfResult.NONE, domain, domain + " has no SPF record"));
        }
        if (records.size() > 1) {
            return ended(depth, Outcome.without(SpfResult.PERMERROR, domain,
                domain + " has " + records.size() + " SPF records"));
        }
        return switch (RecordParser.parse(records.getFirst())) {
            case Parsed.Bad<SpfRecord>(var why) ->
                ended(depth, Outcome.without(SpfResult.PERMERROR, domain, "the record of " + domain + ": " + why));
            case Parsed.Good<SpfRecord>(var record) -> ended(depth, evaluated(domain, record, depth));
        };
    }

    private Outcome ended(int depth, Outcome outcome) {
        steps.step(depth, "= " + outcome.result.text() + (outcome.problem.isEmpty() ? "" : ": " + outcome.problem)
            + (outcome.mechanism.isEmpty() ? "" : " (" + outcome.mechanism + ")"));
        return outcome;
    }

    private Outcome evaluated(String domain, SpfRecord record, int depth) {
        for (var directive : record.directives()) {
            switch (match(directive, domain, depth)) {
                case Match.Yes _ -> {
                    steps.step(depth, directive.text() + ": match");
                    return new Outcome(directive.result(), domain, directive.text(), "", record.explanation());
                }
                case Match.No _ -> steps.step(depth, directive.text() + ": no match");
                case Match.Over(var result, var problem) -> {
                    steps.step(depth, directive.text() + ": " + problem);
                    return new Outcome(result, domain, directive.text(), problem, Optional.empty());
                }
            }
        }
        return record.redirect().map(target -> redirected(domain, target, depth)).orElseGet(() ->
            new Outcome(SpfResult.NEUTRAL, domain, DEFAULT, "", Optional.empty()));
    }

    /** The other record counts as if it were this one's, its explanation too (section 6.1). */
    private Outcome redirected(String domain, MacroString target, int depth) {
        var term = "redirect=" + target;
        var tooMany = tooMany(target);
        if (tooMany.isPresent()) {
            return new Outcome(SpfResult.PERMERROR, domain, term, tooMany.get(), Optional.empty());
        }
        var name = macros.name(target, domain);
        if (name.isEmpty()) {
            return new Outcome(SpfResult.NEUTRAL, domain, DEFAULT, "", Optional.empty());
        }
        steps.step(depth, term + ": to " + name.get());
        var there = check(name.get(), depth + 1);
        return there.result == SpfResult.NONE
            ? new Outcome(SpfResult.PERMERROR, domain, term, "redirected to nothing: " + there.problem,
                Optional.empty()) : there;
    }

    private Match match(Directive directive, String domain, int depth) {
        return switch (directive.mechanism()) {
            case Mechanism.All() -> YES;
            case Mechanism.Ip(var range) -> when(range.contains(question.client()));
            case Mechanism.Include(var target) -> asking(Optional.of(target), domain, depth,
                name -> included(name, depth));
            case Mechanism.A(var target, var prefixes) -> asking(target, domain, depth,
                name -> among(addresses(name, depth),
                    address -> AddressRange.around(address, prefixes).contains(question.client())));
            case Mechanism.Exists(var target) -> asking(Optional.of(target), domain, depth,
                name -> among(told(depth, name + " A", lookups.ipv4Addresses(name), InetAddress::getHostAddress),
                    _ -> true));
            case Mechanism.Mx(var target, var prefixes) -> asking(target, domain, depth,
                name -> exchanger(name, prefixes, depth));
            case Mechanism.Ptr(var target) -> asking(target, domain, depth,
                name -> named(name, depth));
        };
    }

    private static Match when(boolean matches) {
        return matches ? YES : NO;
    }

    private interface Test {
        Match of(String name);
    }

    /** Counts the lookup, works the name out, and asks. */
    private Match asking(Optional<MacroString> target, String domain, int depth, Test test) {
        var tooMany = target.map(this::tooMany).orElseGet(lookups::term);
        if (tooMany.isPresent()) {
            return new Match.Over(SpfResult.PERMERROR, tooMany.get());
        }
        var name = target.isEmpty() ? Optional.of(domain) : macros.name(target.get(), domain);
        target.filter(written -> !written.toString().equals(name.orElse("")))
            .ifPresent(written -> steps.step(depth, written + " is "
                + name.orElse("nothing, as the local part is not ASCII")));
        return name.map(test::of).orElse(NO);
    }

    /** Counts a term; one with {@code %{p}} in it asks for the client's names besides (section 4.6.4). */
    private Optional<String> tooMany(MacroString target) {
        var term = lookups.term();
        return term.isEmpty() && target.uses('p') ? lookups.term() : term;
    }

    /** Section 5.2: the table there. */
    private Match included(String name, int depth) {
        var there = check(name, depth + 1);
        return switch (there.result) {
            case PASS -> YES;
            case FAIL, SOFTFAIL, NEUTRAL -> NO;
            case TEMPERROR -> new Match.Over(SpfResult.TEMPERROR, there.problem);
            case PERMERROR -> new Match.Over(SpfResult.PERMERROR, there.problem);
            case NONE -> new Match.Over(SpfResult.PERMERROR, "included is nothing: " + there.problem);
        };
    }

    private Match among(DnsAnswer<InetAddress> answer, Predicate<InetAddress> test) {
        return switch (answer) {
            case DnsAnswer.Found<InetAddress>(var found) -> when(found.stream().anyMatch(test));
            case DnsAnswer.None<InetAddress> _ -> nothing();
            case DnsAnswer.Temporary<InetAddress>(var why) -> new Match.Over(SpfResult.TEMPERROR, why);
        };
    }

    /** Addresses of the client's family. */
    private DnsAnswer<InetAddress> addresses(String host, int depth) {
        var type = Dns.Family.of(question.client()) == Dns.Family.IPV4 ? " A" : " AAAA";
        return told(depth, host + type, lookups.addresses(host, question.client()), Macros::readable);
    }

    /** Tells what the DNS answered, and hands it on. */
    private <T> DnsAnswer<T> told(int depth, String asked, DnsAnswer<T> answer, Function<T, String> text) {
        steps.step(depth, asked + " " + switch (answer) {
            case DnsAnswer.Found<T>(var found) -> found.stream().map(text).collect(Collectors.joining(", "));
            case DnsAnswer.None<T>(var exists) -> exists ? "none" : "none, there is no such name";
            case DnsAnswer.Temporary<T>(var why) -> "unknown: " + why;
        });
        return answer;
    }

    private Match nothing() {
        return lookups.nothing().<Match>map(why -> new Match.Over(SpfResult.PERMERROR, why)).orElse(NO);
    }

    /** Section 5.4; the exchangers' own lookups make no more than one void one together. */
    private Match exchanger(String name, Mechanism.Prefixes prefixes, int depth) {
        return switch (told(depth, name + " MX", lookups.mx(name), MxRecord::host)) {
            case DnsAnswer.None<MxRecord> _ -> nothing();
            case DnsAnswer.Temporary<MxRecord>(var why) -> new Match.Over(SpfResult.TEMPERROR, why);
            case DnsAnswer.Found<MxRecord>(var records) when records.size() > Lookups.MOST_NAMES ->
                new Match.Over(SpfResult.PERMERROR, name + " has more than " + Lookups.MOST_NAMES + " exchangers");
            case DnsAnswer.Found<MxRecord>(var records) -> exchanger(records, prefixes, depth);
        };
    }

    private Match exchanger(List<MxRecord> records, Mechanism.Prefixes prefixes, int depth) {
        var any = false;
        for (var record : records) {
            switch (record.host().isEmpty() ? new DnsAnswer.None<InetAddress>(false)
                : addresses(record.host(), depth)) {
                case DnsAnswer.None<InetAddress> _ -> { }
                case DnsAnswer.Temporary<InetAddress>(var why) -> {
                    return new Match.Over(SpfResult.TEMPERROR, why);
                }
                case DnsAnswer.Found<InetAddress>(var found) -> {
                    any = true;
                    if (found.stream().map(one -> AddressRange.around(one, prefixes))
                            .anyMatch(range -> range.contains(question.client()))) {
                        return YES;
                    }
                }
            }
        }
        return any ? NO : nothing();
    }

    /** Section 5.5: a name of the client within the domain that leads back to the client. */
    private Match named(String domain, int depth) {
        var names = lookups.names(question.client());
        steps.step(depth, Macros.readable(question.client()) + " PTR " + (names.isEmpty() ? "none"
            : String.join(", ", names)));
        if (names.isEmpty()) {
            return nothing();
        }
        return when(names.stream().filter(name -> Macros.isWithin(name, domain))
            .anyMatch(name -> leadsBack(name, depth)));
    }

    private boolean leadsBack(String name, int depth) {
        var valid = lookups.isValid(name, question.client());
        steps.step(depth, name + (valid ? " leads back to it" : " does not lead back to it"));
        return valid;
    }

    /** Section 6.2: whatever is wrong with it, it is as if there were none. */
    private String explanation(Outcome outcome) {
        var name = outcome.explanation.flatMap(target -> macros.name(target, outcome.domain));
        if (name.isEmpty() || !(lookups.txt(name.get()) instanceof DnsAnswer.Found<String>(var texts))
            || texts.size() != 1) {
            return "";
        }
        steps.step(0, name.get() + " TXT \"" + texts.getFirst() + "\"");
        return switch (MacroParser.explanation(texts.getFirst())) {
            case Parsed.Bad<MacroString>(var why) -> {
                steps.step(0, "no explanation: " + why);
                yield "";
            }
            case Parsed.Good<MacroString>(var text) -> macros.expand(text, outcome.domain)
                .filter(written -> written.chars().allMatch(c -> c >= ' ' && c <= '~')).orElse("");
        };
    }

    /** Section 4.3: at least two labels, none of them empty or longer than 63 characters. */
    private static boolean isDomain(String text) {
        var plain = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (plain.length() > 253 || plain.startsWith("[") || plain.indexOf('.') < 0) {
            return false;
        }
        return List.of(plain.split("\\.", -1)).stream().allMatch(label -> !label.isEmpty() && label.length() <= 63);
    }
}
