package org.posthorn.server.pipeline;

import jakarta.inject.Inject;
import java.time.InstantSource;
import org.posthorn.server.bounce.Reporter;
import org.posthorn.server.chain.Chains;
import org.posthorn.server.chain.ServerIdentity;
import org.posthorn.server.spool.Spool;

/**
 * What the pipeline works with.
 *
 * @param identity our name, in mails that mailets send
 */
record Tools(Spool spool, Chains chains, Reporter reporter, PipelineConfig config, ServerIdentity identity,
             InstantSource clock) {

    @Inject Tools {
        // Bindings only.
    }
}
