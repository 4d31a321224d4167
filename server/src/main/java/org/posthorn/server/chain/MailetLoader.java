package org.posthorn.server.chain;

import com.google.inject.ConfigurationException;
import com.google.inject.Injector;
import com.google.inject.ProvisionException;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import org.apache.mailet.Mailet;
import org.apache.mailet.Matcher;

/** Finds the classes that a processors file names, and makes instances with what they ask to have injected. */
public final class MailetLoader {

    private static final List<String> MAILETS = List.of("org.posthorn.mailets.", "org.apache.james.transport.mailets.");
    private static final List<String> MATCHERS =
        List.of("org.posthorn.mailets.matchers.", "org.apache.james.transport.matchers.");

    private final Injector injector;

    /** A loader that injects what this injector can make. */
    @Inject
    public MailetLoader(Injector injector) {
        this.injector = injector;
    }

    /** It cannot be loaded; the message says why and what to do. */
    static final class LoadException extends Exception {

        private static final long serialVersionUID = 1L;

        LoadException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** A mailet that is not initialised yet. */
    Mailet mailet(String name, ClassLoader jars) throws LoadException {
        return make(find(name, MAILETS, jars, "mailet"), Mailet.class);
    }

    /** A matcher that is not initialised yet. */
    Matcher matcher(String name, ClassLoader jars) throws LoadException {
        return make(find(name, MATCHERS, jars, "matcher"), Matcher.class);
    }

    private static Class<?> find(String name, List<String> packages, ClassLoader jars, String kind)
        throws LoadException {
        for (var prefix : packages) {
            var found = load(prefix + name, jars);
            if (found.isPresent()) {
                return found.get();
            }
        }
        return load(name, jars).orElseThrow(() -> new LoadException("there is no " + kind + " '" + name
            + "': not in " + String.join(", nor in ", packages.stream().map(MailetLoader::bare).toList())
            + ", and as a full class name not in the jars of lib/ext or HOME/lib", null));
    }

    private static String bare(String prefix) {
        return prefix.substring(0, prefix.length() - 1);
    }

    private static Optional<Class<?>> load(String name, ClassLoader jars) throws LoadException {
        try {
            return Optional.of(Class.forName(name, false, jars));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        } catch (LinkageError e) {
            throw new LoadException("class " + name + " cannot be loaded: " + e, e);
        }
    }

    private <T> T make(Class<?> type, Class<T> kind) throws LoadException {
        if (!kind.isAssignableFrom(type)) {
            throw new LoadException(type.getName() + " is no " + kind.getSimpleName(), null);
        }
        try {
            return kind.cast(injector.getInstance(type));
        } catch (ConfigurationException | ProvisionException | LinkageError e) {
            throw new LoadException(type.getName() + " cannot be made: " + firstLine(e), e);
        }
    }

    private static String firstLine(Throwable e) {
        var cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines()
            .filter(line -> !line.isBlank() && !line.startsWith("Guice ") && !line.startsWith("Unable to "))
            .findFirst().orElse(cause.toString()).strip();
    }
}
