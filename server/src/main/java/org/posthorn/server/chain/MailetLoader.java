package org.posthorn.server.chain;

import com.google.inject.ConfigurationException;
import com.google.inject.Injector;
import com.google.inject.ProvisionException;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.mailet.Mailet;
import org.apache.mailet.Matcher;

/** Finds the classes that a processors file names, and makes instances with what they ask to have injected. */
public final class MailetLoader {

    private static final List<String> MAILETS = List.of("org.posthorn.mailets.", "org.apache.james.transport.mailets.");
    private static final List<String> MATCHERS =
        List.of("org.posthorn.mailets.matchers.", "org.apache.james.transport.matchers.");

    /** Names that our own had before; files that were written then still mean them. */
    private static final Map<String, String> FORMER = Map.of("RecipientRewrite", "RecipientRewriteTable");
    private static final Kind MAILET = new Kind("mailet", MAILETS, Elsewhere::ofMailet);
    private static final Kind MATCHER = new Kind("matcher", MATCHERS, Elsewhere::ofMatcher);

    private final Injector injector;

    /** Where short names are looked for, and what is said when there is no such class. */
    private record Kind(String name, List<String> packages, Function<String, Optional<String>> elsewhere) {
    }

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
        return make(find(FORMER.getOrDefault(name, name), MAILET, jars), Mailet.class);
    }

    /** A matcher that is not initialised yet. */
    Matcher matcher(String name, ClassLoader jars) throws LoadException {
        return make(find(name, MATCHER, jars), Matcher.class);
    }

    private static Class<?> find(String name, Kind kind, ClassLoader jars) throws LoadException {
        for (var prefix : kind.packages) {
            var found = load(prefix + name, jars);
            if (found.isPresent()) {
                return found.get();
            }
        }
        var found = load(name, jars);
        if (found.isEmpty()) {
            throw new LoadException(missing(name, kind), null);
        }
        refuseTwo(found.get());
        return found.get();
    }

    /** Two versions of one class: chance would choose. */
    private static void refuseTwo(Class<?> type) throws LoadException {
        try {
            if (type.getClassLoader() instanceof MailetJars jars && jars.holding(type.getName()).size() > 1) {
                throw new LoadException("class " + type.getName() + " is in " + String.join(" and in ",
                    jars.holding(type.getName())) + "; keep one of them", null);
            }
        } catch (IOException e) {
            throw new LoadException("the jar of " + type.getName() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static String missing(String name, Kind kind) {
        return kind.elsewhere.apply(name).map(instead -> "James's " + kind.name + " '" + name + "' is not here: "
            + instead + " (docs/from-james.md)").orElseGet(() -> "there is no " + kind.name + " '" + name
            + "': not in " + String.join(", nor in ", kind.packages.stream().map(MailetLoader::bare).toList())
            + ", and as a full class name not in the jars of lib/ext or HOME/lib");
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
            throw new LoadException("class " + name + " cannot be loaded: " + lacking(e), e);
        }
    }

    private <T> T make(Class<?> type, Class<T> kind) throws LoadException {
        if (!kind.isAssignableFrom(type)) {
            throw new LoadException(type.getName() + " is no " + kind.getSimpleName(), null);
        }
        try {
            return kind.cast(injector.getInstance(type));
        } catch (ConfigurationException | ProvisionException | LinkageError e) {
            var instead = Elsewhere.ofMailet(type.getName())
                .filter(_ -> type.getName().startsWith(MAILETS.getLast())).map(text -> ": " + text);
            throw new LoadException(type.getName() + " cannot be made" + instead.orElseGet(() -> ": " + reason(e)), e);
        }
    }

    /** What a class could not find, in words; other errors as they are. */
    static String lacking(Throwable error) {
        if (!(error instanceof NoClassDefFoundError) || error.getMessage() == null) {
            return error.toString();
        }
        var name = error.getMessage().replaceFirst("^(Could not initialize class )?L?", "").replaceFirst(";$", "")
            .replace('/', '.');
        return error.getMessage().startsWith("Could not initialize") ? error.toString()
            : "it needs class " + name + ", which is in no jar of lib/ext or HOME/lib";
    }

    private static String reason(Throwable e) {
        for (var cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof NoClassDefFoundError) {
                return lacking(cause);
            }
        }
        var cause = e.getCause() == null ? e : e.getCause();
        return String.valueOf(cause.getMessage()).lines()
            .filter(line -> !line.isBlank() && !line.startsWith("Guice ") && !line.startsWith("Unable to "))
            .findFirst().orElse(cause.toString()).strip();
    }
}
