package org.posthorn.server.chain;

import java.util.Optional;
import java.util.Set;
import org.posthorn.mailets.port.Manifest;
import org.posthorn.server.config.Section;

/**
 * A {@code <mailet>} of the file while it is checked.
 *
 * @param section where it stands
 * @param mailet its class as written
 * @param step ready to run; empty when it has mistakes
 * @param forAll whether every recipient comes to it
 * @param manifest what the mailet declares; empty when it declares nothing
 * @param ends whether no mail that it served goes on
 * @param mayEnd whether it could end a mail, as far as we know
 * @param targets processors that its mailet sends mails to
 */
record WrittenStep(Section section, String mailet, Optional<Step> step, boolean forAll, Optional<Manifest> manifest,
                   boolean ends, boolean mayEnd, Set<String> targets) {

    WrittenStep {
        targets = Set.copyOf(targets);
    }
}
