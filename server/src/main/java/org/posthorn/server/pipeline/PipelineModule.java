package org.posthorn.server.pipeline;

import com.google.inject.AbstractModule;
import com.google.inject.Singleton;
import com.google.inject.multibindings.Multibinder;
import org.posthorn.server.Service;

/** The workers that lead accepted mail through the processors. */
public final class PipelineModule extends AbstractModule {

    private final PipelineConfig config;

    /** The pipeline of this configuration. */
    public PipelineModule(PipelineConfig config) {
        this.config = config;
    }

    @Override protected void configure() {
        bind(PipelineConfig.class).toInstance(config);
        bind(Pipeline.class).in(Singleton.class);
        Multibinder.newSetBinder(binder(), Service.class).addBinding().to(Pipeline.class);
    }
}
