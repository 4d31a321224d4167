package org.posthorn.server.chain;

import com.google.inject.AbstractModule;
import java.time.Clock;
import org.apache.mailet.base.AutomaticallySentMailDetector;

/** What stock mailets and matchers of James ask to have injected. */
final class StockModule extends AbstractModule {

    @Override protected void configure() {
        bind(Clock.class).toInstance(Clock.systemUTC());
        bind(AutomaticallySentMailDetector.class).toInstance(new AutomaticMail());
    }
}
