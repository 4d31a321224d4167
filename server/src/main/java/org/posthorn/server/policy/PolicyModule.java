package org.posthorn.server.policy;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;

/** The policy that sessions ask: the in-session processors. */
public final class PolicyModule extends AbstractModule {

    @Override protected void configure() {
        bind(Policies.class).in(Singleton.class);
        bind(HeapRoom.class).to(JvmHeap.class);
    }
}
