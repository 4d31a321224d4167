package org.posthorn.server.chain;

import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.james.transport.mailets.Null;
import org.apache.james.transport.mailets.OnlyText;
import org.apache.james.transport.mailets.ToProcessor;
import org.apache.james.transport.matchers.All;
import org.apache.mailet.Mailet;
import org.apache.mailet.Matcher;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.server.config.Section;

/** Reads the steps of one processor, makes their mailets and matchers, and notes what is wrong with them. */
final class StepReader {

    private static final Set<String> OURS =
        Set.of("class", "match", "notmatch", "onMailetException", "onMatchException");
    private static final String STOCK = "org.apache.james.transport.mailets.";

    private final MailetLoader loader;
    private final ClassLoader jars;
    private final PosthornMailetContext context;
    private final Instances made;
    private final String processor;
    private final Map<String, Matcher> named = new HashMap<>();

    StepReader(MailetLoader loader, ClassLoader jars, PosthornMailetContext context, Instances made,
               String processor) {
        this.loader = loader;
        this.jars = jars;
        this.context = context;
        this.made = made;
        this.processor = processor;
    }

    /** All mailets and matchers that were initialised, to be destroyed with the chain, each once. */
    record Instances(List<Matcher> matchers, List<Mailet> mailets) {

        Instances() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** A matcher and which of its answers count. */
    private record Match(Matcher matcher, boolean inverted, String written) {
    }

    /** Reads a {@code <matcher>} that stands in the processor itself. */
    void readNamed(Section section) {
        section.required("name");
        child(section);
    }

    private Optional<CompositeMatcher.Child> child(Section section) {
        var match = match(section);
        var name = section.string("name", "");
        if (match.isEmpty()) {
            return Optional.empty();
        }
        var child = new CompositeMatcher.Child(match.get().matcher, match.get().inverted);
        if (!name.isEmpty()) {
            var whole = child.inverted()
                ? new CompositeMatcher(CompositeMatcher.Combination.NOT,
                    List.of(new CompositeMatcher.Child(child.matcher(), false)), Condition.parse(name, context))
                : child.matcher();
            if (named.putIfAbsent(name, whole) != null) {
                section.problem("processor '" + processor + "' has a matcher named '" + name + "' already");
            }
        }
        return Optional.of(child);
    }

    /** What {@code match} or {@code notmatch} of an element names; empty when that is wrong. */
    private Optional<Match> match(Section section) {
        var match = section.string("match", "");
        var notMatch = section.string("notmatch", "");
        if (!match.isEmpty() && !notMatch.isEmpty()) {
            section.problem("match and notmatch stand together; keep one of them");
            return Optional.empty();
        }
        var inverted = !notMatch.isEmpty();
        var written = inverted ? notMatch : match.isEmpty() ? "All" : match;
        return matcher(section, written).map(matcher -> new Match(matcher, inverted, written));
    }

    private Optional<Matcher> matcher(Section section, String written) {
        var byName = Optional.ofNullable(named.get(written));
        if (byName.isPresent()) {
            return byName;
        }
        var condition = Condition.parse(written, context);
        var combination = CompositeMatcher.Combination.named(condition.name());
        if (combination.isPresent()) {
            var children = new ArrayList<CompositeMatcher.Child>();
            section.children("matcher").forEach(child -> child(child).ifPresent(children::add));
            if (section.children("matcher").isEmpty()) {
                section.problem(condition.name() + " needs <matcher> elements in it");
            }
            return Optional.of(new CompositeMatcher(combination.get(), children, condition));
        }
        try {
            var matcher = loader.matcher(condition.name(), jars);
            matcher.init(condition);
            made.matchers().add(matcher);
            return Optional.of(matcher);
        } catch (MailetLoader.LoadException e) {
            section.problem(e.getMessage());
        } catch (MessagingException | RuntimeException | LinkageError e) {
            section.problem("matcher " + written + " cannot start: " + reason(e));
        }
        return Optional.empty();
    }

    /**
     * Reads a {@code <mailet>}.
     *
     * @param number its place in the processor, from 1
     */
    WrittenStep read(Section section, int number) {
        var name = section.required("class");
        var match = match(section);
        var onMailet = exception(section, "onMailetException");
        var onMatch = exception(section, "onMatchException");
        var mailet = name.isEmpty() ? Optional.<Mailet>empty() : mailet(section, name);
        var manifest = mailet.filter(Described.class::isInstance).map(made -> ((Described) made).manifest());
        var step = match.isPresent() && mailet.isPresent()
            ? Optional.of(new Step(match.get().matcher, match.get().inverted, mailet.get(),
                OnException.ofMatch(onMatch), OnException.ofMailet(onMailet),
                rule(section, number, match.get(), name)))
            : Optional.<Step>empty();
        var forAll = match.filter(m -> m.matcher instanceof All && !m.inverted).isPresent();
        var ends = manifest.map(Manifest::ends).orElseGet(() -> mailet.filter(StepReader::endsOfStock).isPresent())
            && !onMailet.equals("ignore");
        var mayEnd = mailet.filter(made -> !(made instanceof ToProcessor) && (endsOfStock(made)
            || !made.getClass().getName().startsWith(STOCK))).isPresent() && manifest.map(Manifest::ends).orElse(true);
        return new WrittenStep(section, name, step, forAll, manifest, ends, mayEnd, targets(mailet));
    }

    private static boolean endsOfStock(Mailet mailet) {
        return mailet instanceof ToProcessor || mailet instanceof Null;
    }

    private static Set<String> targets(Optional<Mailet> mailet) {
        var targets = new HashSet<String>();
        mailet.ifPresent(made -> made.requiredProcessingState().forEach(state -> targets.add(state.getValue())));
        // That one sends mails away too, but does not say so.
        mailet.filter(OnlyText.class::isInstance).map(OnlyText.class::cast)
            .map(text -> text.getInitParameter("NoTextProcessor")).ifPresent(targets::add);
        return Set.copyOf(targets);
    }

    private String rule(Section section, int number, Match match, String mailet) {
        return processor + "#" + number + " " + (match.inverted ? "not " : "") + match.written + " " + mailet
            + " (" + section.file() + ":" + section.line() + ")";
    }

    private static String exception(Section section, String key) {
        var written = section.string(key, "error");
        return written.isEmpty() ? "error" : written;
    }

    private Optional<Mailet> mailet(Section section, String name) {
        try {
            var mailet = loader.mailet(name, jars);
            var parameters = new InitParameters(name, parameters(section, mailet instanceof Described described
                ? Optional.of(described.manifest()) : Optional.empty()), context);
            mailet.init(parameters);
            made.mailets().add(mailet);
            if (mailet.getClass().getName().startsWith(STOCK)) {
                refuseIgnored(section, name, parameters);
            }
            return Optional.of(mailet);
        } catch (MailetLoader.LoadException e) {
            section.problem(e.getMessage());
        } catch (MessagingException | RuntimeException | LinkageError e) {
            section.problem("mailet " + name + " cannot start: " + reason(e));
        }
        return Optional.empty();
    }

    /** Child elements, and attributes that are not ours. A repeated one is joined with commas, as James does. */
    private static Map<String, String> parameters(Section section, Optional<Manifest> manifest) {
        var parameters = new LinkedHashMap<String, String>();
        section.attributes().forEach((key, value) -> {
            if (!OURS.contains(key)) {
                check(section, key, section, manifest);
                parameters.put(key, value);
            }
        });
        for (var child : section.children()) {
            if (!OURS.contains(child.name()) && !child.name().equals("matcher")) {
                check(section, child.name(), child, manifest);
                if (!child.children().isEmpty() || !child.attributes().isEmpty()) {
                    child.problem("the parameter <" + child.name() + "> holds text only");
                }
                parameters.merge(child.name(), child.text(), (one, other) -> one + "," + other);
            }
        }
        return parameters;
    }

    private static void check(Section mailet, String key, Section place, Optional<Manifest> manifest) {
        if (manifest.isPresent() && !manifest.get().parameters().contains(key)) {
            var known = manifest.get().parameters().stream().sorted().collect(Collectors.joining(", "));
            var name = mailet.string("class", "");
            var instead = Elsewhere.ofParameter(name, key).map(text -> ": " + text).orElse("");
            place.problem(name + " has no parameter '" + key + "'" + instead
                + (known.isEmpty() ? "; it takes none" : "; it knows " + known));
        }
    }

    /** James's own mailets do not declare their parameters, but they look at all of them in init. */
    private static void refuseIgnored(Section mailet, String name, InitParameters parameters) {
        for (var ignored : parameters.ignored()) {
            var place = mailet.children().stream().filter(child -> child.name().equals(ignored)).findFirst();
            place.orElse(mailet).problem(name + " does not look at a parameter '" + ignored + "'"
                + (parameters.asked().isEmpty() ? "; it takes none"
                : "; it looks at " + String.join(", ", parameters.asked())));
        }
    }

    private static String reason(Throwable e) {
        if (e instanceof LinkageError) {
            return MailetLoader.lacking(e);
        }
        var text = e.getMessage() == null ? e.toString() : e.getMessage();
        return e.getCause() == null || e.getCause().getMessage() == null
            || text.contains(e.getCause().getMessage()) ? text : text + ": " + e.getCause().getMessage();
    }
}
