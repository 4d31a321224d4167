package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.mailet.Mail;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;
import org.posthorn.server.log.EventLog;

/**
 * Makes a {@link Chain} of a processors file in James's form, or tells everything that is wrong with it.
 *
 * <p>The root element is {@code <processors>}, or James's {@code <mailetcontainer>} around it: see {@link JamesFrame}.
 */
public final class ChainCompiler {

    private static final EventLog LOG = EventLog.of(ChainCompiler.class);
    private static final String RCPT = "rcpt";

    private final MailetLoader loader;
    private final PosthornMailetContext context;

    /** A compiler. */
    @Inject
    public ChainCompiler(MailetLoader loader, PosthornMailetContext context) {
        this.loader = loader;
        this.context = context;
    }

    /**
     * Compiles.
     *
     * @param root the file's root element
     * @param jars where the classes of users are
     * @param problems those of the section: whatever is wrong is added
     * @return empty when anything is wrong; no mailet is left initialised then
     */
    public Optional<Chain> compile(Section root, ClassLoader jars, Problems problems) {
        var before = problems.all().size();
        var made = new StepReader.Instances();
        var written = read(processors(root), jars, made);
        if (isJames(root) && written.stream().noneMatch(processor -> processor.name().equals(RCPT))) {
            written.addAll(read(defaultRcpt(problems), jars, made));
        }
        new FlowCheck(root, written).check();
        var ready = written.stream().flatMap(processor -> processor.steps().stream())
            .allMatch(step -> step.step().isPresent());   // one without a class was told when the file was read
        if (!ready || problems.all().size() > before) {
            destroy(made);
            return Optional.empty();
        }
        var processors = written.stream().map(processor -> new Processor(processor.name(),
            processor.steps().stream().map(step -> step.step().orElseThrow()).toList())).toList();
        return Optional.of(new Chain(processors, context, Chain.Limits.DEFAULT, () -> destroy(made)));
    }

    private static boolean isJames(Section root) {
        return root.name().equals("mailetcontainer");
    }

    private Section processors(Section root) {
        if (!isJames(root)) {
            return root;
        }
        new JamesFrame(context.identity()).check(root);
        return root.child("processors").orElse(root);
    }

    /** James decides at RCPT TO by its smtpserver.xml: a file of James's without a processor for it gets this one. */
    private static Section defaultRcpt(Problems problems) {
        try (var in = ChainCompiler.class.getResourceAsStream("default-rcpt.xml")) {
            return ConfigFile.read("default-rcpt.xml", in, "processors", problems).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<WrittenProcessor> read(Section processors, ClassLoader jars, StepReader.Instances made) {
        var written = new ArrayList<WrittenProcessor>();
        for (var section : isJames(processors) ? List.<Section>of() : processors.children("processor")) {
            var name = section.required("state");
            if (name.equals(Mail.GHOST)) {
                section.problem("'ghost' is the end of a mail; a processor cannot have that name");
            }
            if (written.stream().anyMatch(other -> other.name().equals(name))) {
                section.problem("there is a processor '" + name + "' already; put the steps of both into one");
            }
            written.add(new WrittenProcessor(section, name,
                steps(section, new StepReader(loader, jars, context, made, name))));
        }
        return written;
    }

    private static List<WrittenStep> steps(Section processor, StepReader reader) {
        var steps = new ArrayList<WrittenStep>();
        processor.children("matcher").forEach(reader::readNamed);
        for (var child : processor.children()) {
            if (child.name().equals("mailet")) {
                steps.add(reader.read(child, steps.size() + 1));
            }
        }
        return steps;
    }

    private static void destroy(StepReader.Instances made) {
        made.mailets().forEach(mailet -> destroy(mailet, mailet::destroy));
        made.matchers().forEach(matcher -> destroy(matcher, matcher::destroy));
    }

    /** One that cannot end well must not keep the others from it. */
    private static void destroy(Object instance, Runnable end) {
        try {
            end.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("destroy-failed", e, "class", instance.getClass().getName());
        }
    }
}
