package org.posthorn.server.chain;

import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.posthorn.server.Service;
import org.posthorn.server.config.ConfigException;
import org.posthorn.server.config.ConfigFile;
import org.posthorn.server.config.Problems;
import org.posthorn.server.config.Section;

/**
 * The chain in use. A new one takes its place only when it is good; mails in the old one finish there, and its mailets
 * are destroyed after the last. Thread-safe: one lock guards which chain is in use and how many mails are in each.
 */
public final class Chains implements Service {

    private final ChainConfig config;
    private final ChainCompiler compiler;
    private final ClassSource classes;
    private final Object lock = new Object();
    private Optional<Loaded> current = Optional.empty();

    /** Reads nothing yet. */
    @Inject
    public Chains(ChainConfig config, ChainCompiler compiler) {
        this(config, compiler, () -> MailetJars.open(config.jarFolders(), Chains.class.getClassLoader()));
    }

    /** Chains whose classes come from elsewhere. */
    Chains(ChainConfig config, ChainCompiler compiler, ClassSource classes) {
        this.config = config;
        this.compiler = compiler;
        this.classes = classes;
    }

    /** Where the classes of a chain come from. */
    interface ClassSource {
        URLClassLoader open() throws IOException;
    }

    /** A chain, its classes, and the mails in it. */
    private static final class Loaded {
        private final Chain chain;
        private final URLClassLoader jars;
        private int users;
        private boolean retired;

        Loaded(Chain chain, URLClassLoader jars) {
            this.chain = chain;
            this.jars = jars;
        }
    }

    /**
     * Reads the processors file and puts the chain in use when nothing is wrong.
     *
     * @param problems gets all that is wrong
     * @return whether the new chain is in use
     */
    public boolean load(Problems problems) {
        var before = problems.all().size();
        URLClassLoader jars;
        try {
            JarCheck.check(config.jarFolders(), problems);
            jars = classes.open();
        } catch (IOException e) {
            problems.add("lib", 0, "the jars of mailets cannot be read: " + e.getMessage());
            return false;
        }
        var chain = read(problems).flatMap(root -> compiler.compile(root, jars, problems));
        if (problems.all().size() > before) {   // also what was told before the compiler began
            chain.ifPresent(Chain::destroy);
            close(jars);
            return false;
        }
        swap(chain.map(good -> new Loaded(good, jars)));
        return true;
    }

    private Optional<Section> read(Problems problems) {
        return ConfigFile.read(config.processors(), "processors", "mailetcontainer", problems);   // James wraps them
    }

    /**
     * Uses the chain; it is not destroyed before this returns.
     *
     * @throws ChainException when there is none
     */
    public <T> T with(Function<Chain, T> work) {
        Loaded loaded;
        synchronized (lock) {
            loaded = current.orElseThrow(() -> new ChainException("no processors file is loaded"));
            loaded.users++;
        }
        try {
            return work.apply(loaded.chain);
        } finally {
            leave(loaded);
        }
    }

    private void leave(Loaded loaded) {
        boolean last;
        synchronized (lock) {
            loaded.users--;
            last = loaded.retired && loaded.users == 0;
        }
        if (last) {
            end(loaded);
        }
    }

    private void swap(Optional<Loaded> next) {
        Optional<Loaded> idle;
        synchronized (lock) {
            idle = current.filter(old -> old.users == 0);
            current.ifPresent(old -> old.retired = true);
            current = next;
        }
        idle.ifPresent(Chains::end);
    }

    private static void end(Loaded loaded) {
        loaded.chain.destroy();
        close(loaded.jars);
    }

    private static void close(URLClassLoader jars) {
        try {
            jars.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads the file unless that was done already. */
    @Override public void start() {
        synchronized (lock) {
            if (current.isPresent()) {
                return;
            }
        }
        var problems = new Problems();
        if (!load(problems)) {
            throw new ConfigException(problems.all());
        }
    }

    @Override public void stop(Duration grace) {
        swap(Optional.empty());
    }
}
