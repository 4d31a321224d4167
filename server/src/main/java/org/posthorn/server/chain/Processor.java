package org.posthorn.server.chain;

import java.util.List;

/**
 * The steps that a mail goes through, in order.
 *
 * @param name its {@code state}
 */
record Processor(String name, List<Step> steps) {

    Processor {
        steps = List.copyOf(steps);
    }
}
