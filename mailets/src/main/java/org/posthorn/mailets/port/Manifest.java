package org.posthorn.mailets.port;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a mailet declares of itself, so that a processors file can be checked before it is used.
 *
 * @param parameters the init parameters that it knows; any other is refused
 * @param stages where it may stand
 * @param ends whether no mail that it served goes on to the next step: such a mailet may be a processor's last step
 */
public record Manifest(Set<String> parameters, Set<Stage> stages, boolean ends) {

    private static final Set<Stage> ANYWHERE = Set.copyOf(EnumSet.allOf(Stage.class));
    private static final Set<Stage> IN_SESSION = Set.of(Stage.CONNECT, Stage.RCPT, Stage.DATA);
    private static final Set<Stage> WITH_RECIPIENTS = Set.of(Stage.RCPT, Stage.DATA, Stage.ACCEPTED);
    private static final Set<Stage> AFTER_ACCEPTANCE = Set.of(Stage.ACCEPTED);

    /** Copies the sets. */
    public Manifest {
        parameters = Set.copyOf(parameters);
        stages = Set.copyOf(stages);
    }

    /** A mailet that ends the mail and may stand in every processor. */
    public static Manifest endingAnywhere(String... parameters) {
        return new Manifest(Set.of(parameters), ANYWHERE, true);
    }

    /** A mailet that ends the mail and may stand where a client waits. */
    public static Manifest endingInSession(String... parameters) {
        return new Manifest(Set.of(parameters), IN_SESSION, true);
    }

    /** A mailet that ends the mail and may stand where there are recipients: everywhere but at connect. */
    public static Manifest endingRecipients(String... parameters) {
        return new Manifest(Set.of(parameters), WITH_RECIPIENTS, true);
    }

    /** A mailet that ends the mail and may stand only after the 250. */
    public static Manifest endingAccepted(String... parameters) {
        return new Manifest(Set.of(parameters), AFTER_ACCEPTANCE, true);
    }

    /** This one, but mails go on behind it. */
    public Manifest passing() {
        return new Manifest(parameters, stages, false);
    }
}
