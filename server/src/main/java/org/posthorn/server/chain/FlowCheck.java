package org.posthorn.server.chain;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.mailet.Mail;
import org.apache.mailet.Matcher;
import org.posthorn.mailets.port.Described;
import org.posthorn.mailets.port.Stage;
import org.posthorn.server.config.Section;

/**
 * Checks where mails can go: to processors that are not there, off the end of one, round in circles, or to an answer at
 * a time when it means nothing.
 */
final class FlowCheck {

    private static final Map<Stage, String> STARTS = new EnumMap<>(Map.of(
        Stage.CONNECT, "connect", Stage.RCPT, "rcpt", Stage.DATA, "data", Stage.ACCEPTED, Mail.DEFAULT));
    private static final List<String> REQUIRED = List.of("rcpt", Mail.DEFAULT, Mail.ERROR);

    private final Section file;
    private final Map<String, WrittenProcessor> processors = new LinkedHashMap<>();
    private final Map<String, Set<Stage>> stages = new HashMap<>();

    FlowCheck(Section file, List<WrittenProcessor> written) {
        this.file = file;
        written.forEach(processor -> processors.putIfAbsent(processor.name(), processor));
    }

    void check() {
        for (var name : REQUIRED) {
            if (!processors.containsKey(name)) {
                file.problem("there is no <processor state='" + name + "'>; " + switch (name) {
                    case "rcpt" -> "it decides at RCPT TO whose mail is taken, and without it strangers could relay";
                    case Mail.ERROR -> "mails whose step failed go there";
                    default -> "every accepted mail begins there";
                });
            }
        }
        reach();
        processors.values().forEach(this::targets);
        processors.values().forEach(this::stages);
        processors.values().stream().filter(this::isAfter).forEach(this::ends);
        circles();
    }

    private boolean isAfter(WrittenProcessor processor) {
        return stages.getOrDefault(processor.name(), Set.of()).contains(Stage.ACCEPTED);
    }

    /** Notes for each processor when it may be run. One that nothing leads to belongs to the time after the 250. */
    private void reach() {
        STARTS.forEach((stage, start) -> reach(stage, start));
        processors.keySet().forEach(name -> {
            if (!stages.containsKey(name)) {
                reach(Stage.ACCEPTED, name);
            }
        });
    }

    private void reach(Stage stage, String start) {
        var open = new ArrayDeque<>(List.of(start));
        while (!open.isEmpty()) {
            var name = open.poll();
            if (processors.containsKey(name)
                && stages.computeIfAbsent(name, _ -> EnumSet.noneOf(Stage.class)).add(stage)) {
                processors.get(name).steps().forEach(step -> open.addAll(next(step, stage)));
            }
        }
    }

    private static Set<String> next(WrittenStep step, Stage stage) {
        var next = new HashSet<>(step.targets());
        step.step().ifPresent(ready -> {
            ready.onMailet().target().ifPresent(next::add);
            ready.onMatch().target().ifPresent(next::add);
        });
        if (stage.isInSession()) {
            next.remove(Mail.ERROR);   // while a client waits an error is its 451; but a mailet may still go there
            next.addAll(step.targets());
        }
        next.remove(Mail.GHOST);
        return next;
    }

    private void targets(WrittenProcessor processor) {
        for (var step : processor.steps()) {
            for (var target : new TreeSet<>(next(step, Stage.ACCEPTED))) {
                if (!processors.containsKey(target) && !target.equals(Mail.ERROR)) {
                    step.section().problem("there is no processor '" + target + "'; there are "
                        + String.join(", ", new TreeSet<>(processors.keySet())));
                }
            }
        }
    }

    private void stages(WrittenProcessor processor) {
        for (var step : processor.steps()) {
            step.manifest().ifPresent(manifest -> {
                var wrong = EnumSet.copyOf(stages.get(processor.name()));
                wrong.removeAll(manifest.stages());
                for (var stage : wrong) {
                    step.section().problem(step.mailet() + (stage == Stage.ACCEPTED
                        ? " answers a waiting client; in processor '" + processor.name()
                            + "', after the 250, there is none"
                        : " has no meaning at " + stage.name().toLowerCase(Locale.ROOT) + ", and processor '"
                            + processor.name() + "' is run there"));
                }
            });
            step.step().ifPresent(made -> stages(processor, step, made.matcher()));
        }
    }

    /** Matchers say as well where they may stand; those inside others too. */
    private void stages(WrittenProcessor processor, WrittenStep step, Matcher matcher) {
        if (matcher instanceof CompositeMatcher composite) {
            composite.children().forEach(child -> stages(processor, step, child.matcher()));
        } else if (matcher instanceof Described described) {
            var wrong = EnumSet.copyOf(stages.get(processor.name()));
            wrong.removeAll(described.manifest().stages());
            for (var stage : wrong) {
                step.section().problem("matcher " + matcher.getClass().getSimpleName() + " cannot be asked at "
                    + stage.name().toLowerCase(Locale.ROOT) + ", where processor '" + processor.name()
                    + "' is run: what it looks at is not known yet");
            }
        }
    }

    private void ends(WrittenProcessor processor) {
        var broken = processor.steps().stream().anyMatch(step -> step.step().isEmpty());
        if (broken || isClosed(processor)) {
            return;   // a step with mistakes might be the one that ends it: first things first
        }
        var place = processor.steps().isEmpty() ? processor.section() : processor.steps().getLast().section();
        place.problem("a mail can come to the end of processor '" + processor.name() + "' with nothing decided; "
            + "let its last step be for all mails and end them, with ToProcessor, RemoteDelivery, Reject, ...");
    }

    /** A processor from which every way leads only to others like it. */
    private void circles() {
        var out = new HashSet<String>();
        var grown = true;
        while (grown) {
            grown = false;
            for (var processor : processors.values()) {
                if (!out.contains(processor.name()) && (!isAfter(processor) || !isClosed(processor)
                    || processor.steps().stream().anyMatch(step -> leadsOut(step, out)))) {
                    grown = out.add(processor.name());
                }
            }
        }
        processors.values().stream().filter(processor -> !out.contains(processor.name())).forEach(processor ->
            processor.section().problem("mails go in circles: no way leads out of processor '" + processor.name()
                + "'"));
    }

    private boolean leadsOut(WrittenStep step, Set<String> out) {
        return step.step().isEmpty() || step.mayEnd()
            || step.targets().stream().anyMatch(target -> !processors.containsKey(target) || out.contains(target));
    }

    private static boolean isClosed(WrittenProcessor processor) {
        return processor.steps().stream().anyMatch(step -> step.forAll() && step.ends());
    }
}
