package org.posthorn.server.chain;

import java.util.List;
import org.posthorn.server.config.Section;

/**
 * A {@code <processor>} of the file while it is checked.
 *
 * @param section where it stands
 * @param name its {@code state}
 * @param steps in order, those with mistakes included
 */
record WrittenProcessor(Section section, String name, List<WrittenStep> steps) {

    WrittenProcessor {
        steps = List.copyOf(steps);
    }
}
