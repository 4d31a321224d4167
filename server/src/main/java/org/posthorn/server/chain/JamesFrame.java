package org.posthorn.server.chain;

import java.util.ArrayList;
import java.util.List;
import org.posthorn.server.config.Section;

/**
 * What stands around the processors in a file of James's. A setting that says what holds here anyway may stay; any
 * other is refused with the place where it is made here, so that none is read and then not followed.
 */
final class JamesFrame {

    private static final String JMX = "enableJmx";

    private final ServerIdentity identity;

    JamesFrame(ServerIdentity identity) {
        this.identity = identity;
    }

    /** Notes what has another place here. */
    void check(Section container) {
        jmx(container);
        container.child("context").ifPresent(this::context);
        container.child("spooler").ifPresent(JamesFrame::spooler);
    }

    /** One complaint for all of them. */
    private static void jmx(Section container) {
        var switched = new ArrayList<Section>();
        switchedOn(container, switched);
        container.child("processors").ifPresent(processors -> {
            switchedOn(processors, switched);
            processors.children("processor").forEach(processor -> switchedOn(processor, switched));
        });
        if (!switched.isEmpty()) {
            switched.getFirst().problem("there is no JMX here, the admin console tells the numbers (admin.xml): remove "
                + JMX + (switched.size() == 1 ? "" : ", here and at " + (switched.size() - 1) + " other elements"));
        }
    }

    private static void switchedOn(Section section, List<Section> switched) {
        if (section.string(JMX, "false").equals("true")) {
            switched.add(section);
        }
    }

    private void context(Section context) {
        context.child("postmaster").ifPresent(postmaster -> {
            var written = postmaster.text();
            var ours = identity.postmaster().toString();
            if (!written.equalsIgnoreCase("postmaster") && !written.equalsIgnoreCase(ours)) {
                postmaster.problem("the postmaster is " + ours + ", as server.xml says; write " + written
                    + " there, or remove <postmaster> here");
            }
        });
    }

    private static void spooler(Section spooler) {
        for (var setting : spooler.children()) {
            setting.problem("<" + setting.name() + "> is not set here: " + switch (setting.name()) {
                case "threads" -> "pipeline.xml <workers> says how many mails are processed at once";
                case "errorRepository" -> "a mail that meets faults of ours too often is held as 'faulty', see "
                    + "pipeline.xml <faults>";
                default -> "pipeline.xml says how mails are processed";
            } + "; remove it");
        }
    }
}
