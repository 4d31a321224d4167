package org.posthorn.server.intake;

import com.google.inject.AbstractModule;

/** Intake. Wants {@code Spool} and {@code InstantSource} bound elsewhere. */
public final class IntakeModule extends AbstractModule {

    private final IntakeConfig config;

    /** For an intake as configured. */
    public IntakeModule(IntakeConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(IntakeConfig.class).toInstance(config);
        bind(Intake.class);
    }
}
