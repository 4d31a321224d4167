package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.posthorn.mailets.port.Residents;
import org.posthorn.server.config.Problems;

/** A chain in use, from a file of its own, for tests of those who run it. */
public final class Fixture {

    /** Its directory and relay rules. */
    public final Workshop workshop = new Workshop();
    private final Path file;
    private final Chains chains;

    /** A chain whose file lies in that folder. */
    public Fixture(Path folder) {
        this.file = folder.resolve("processors.xml");
        // Mailets of tests are no mailets of users: they see what tests see.
        this.chains = new Chains(new ChainConfig(file, List.of()), workshop.compiler(),
            () -> new URLClassLoader(new URL[0], Fixture.class.getClassLoader()));
    }

    /** The chain in use from now on. */
    public Fixture policy(String processors) {
        return file(Workshop.file(processors));
    }

    /** The chain in use from now on, a whole file. */
    public Fixture file(String text) {
        var problems = new Problems();
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        chains.load(problems);
        assertThat(problems.all()).isEmpty();
        return this;
    }

    /** The chain in use. */
    public Chains chains() {
        return chains;
    }

    /** Who is hosted. */
    public Residents residents() {
        return workshop.residents();
    }
}
