package org.posthorn.server.policy;

import jakarta.inject.Inject;
import java.time.InstantSource;
import org.posthorn.mailets.port.RelayRules;
import org.posthorn.mailets.port.Residents;
import org.posthorn.server.chain.Chains;
import org.posthorn.server.spool.Spool;

/** Makes the policy of each session. Thread-safe. */
public final class Policies {

    private final Tools tools;

    /** Policies that ask the chain in use. */
    @Inject
    public Policies(Chains chains, Spool spool, Residents residents, RelayRules relay, HeapRoom heap,
                    InstantSource clock) {
        this.tools = new Tools(chains, spool, residents, relay, heap, clock);
    }

    /** What a session's policy works with. */
    record Tools(Chains chains, Spool spool, Residents residents, RelayRules relay, HeapRoom heap,
                 InstantSource clock) {
    }

    /** A policy for one session. */
    public SessionPolicy open() {
        return new ProcessorPolicy(tools);
    }
}
