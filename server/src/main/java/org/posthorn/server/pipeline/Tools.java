package org.posthorn.server.pipeline;

import jakarta.inject.Inject;
import java.time.InstantSource;
import org.posthorn.server.bounce.Delays;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.chain.Chains;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.intake.Awaited;
import org.posthorn.server.spool.Spool;

/**
 * What the pipeline works with.
 *
 * @param identity our name, in mails that mailets send
 * @param awaited recipients whose LMTP client waits to be told
 * @param delays when the sender of what a mailet puts off is told
 */
record Tools(Spool spool, Chains chains, Reporter reporter, PipelineConfig config, ServerIdentity identity,
             Awaited awaited, Delays delays, InstantSource clock) {

    @Inject Tools {
        // Bindings only.
    }
}
