package org.posthorn.server.bounce;

import com.google.inject.AbstractModule;

/**
 * Reports to senders. Needs a bound {@code Spool}, {@code InstantSource} and {@code RandomGenerator}; that one must be
 * safe for many threads.
 */
public final class BounceModule extends AbstractModule {

    private final BounceConfig config;

    /** The configuration was read before the injector is made. */
    public BounceModule(BounceConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(BounceConfig.class).toInstance(config);
        bind(Reporter.class).to(DsnReporter.class);
    }
}
