package org.posthorn.server.srs;

import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.posthorn.protocols.address.Mailbox;

/** Rewrites senders of forwarded mail, and reads what comes back. Thread-safe. */
public final class Srs {

    private final SrsConfig config;
    private final Supplier<List<byte[]>> secrets;
    private final InstantSource clock;

    /** Rewrites as configured. */
    @Inject
    public Srs(SrsConfig config, SrsSecrets secrets, InstantSource clock) {
        this(config, secrets::all, clock);
    }

    Srs(SrsConfig config, Supplier<List<byte[]>> secrets, InstantSource clock) {
        this.config = config;
        this.secrets = secrets;
        this.clock = clock;
    }

    /** What an address is. */
    public sealed interface Reading {

        /** Not of this form. */
        record Other() implements Reading {
        }

        /**
         * Ours, and still good.
         *
         * @param sender to whom it leads
         */
        record Valid(Mailbox sender) implements Reading {
        }

        /** Ours, but too old. */
        record Expired() implements Reading {
        }

        /** Of this form, but not ours. */
        record Forged() implements Reading {
        }
    }

    /** The domain of the addresses that {@link #forward} makes, in lower case. */
    public String domain() {
        return config.domain();
    }

    /** The address under which mail of that sender is forwarded; empty when it would be longer than RFC 5321 allows. */
    public Optional<Mailbox> forward(Mailbox sender) {
        return config.format().forward(sender, config.domain(), secrets.get().getFirst(), today());
    }

    /** Whether the local part, which may stand in quotes, begins like one of these; most do not. */
    public static boolean mayBe(String localPart) {
        return localPart.startsWith("\"") || localPart.regionMatches(true, 0, "SRS", 0, 3);
    }

    /** Reads the local part of an address in a domain of ours. */
    public Reading read(String localPart) {
        return config.format().read(localPart, secrets, today());
    }

    private long today() {
        return Duration.ofMillis(clock.millis()).toDays();
    }
}
