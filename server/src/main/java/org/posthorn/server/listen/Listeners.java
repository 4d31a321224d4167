package org.posthorn.server.listen;

import com.sun.management.UnixOperatingSystemMXBean;
import jakarta.inject.Inject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.posthorn.protocols.net.ConnectionLimits;
import org.posthorn.protocols.net.DeadlineWatch;
import org.posthorn.protocols.net.Encryption;
import org.posthorn.protocols.net.Listener;
import org.posthorn.protocols.net.ListenerSettings;
import org.posthorn.protocols.net.ServerTls;
import org.posthorn.server.Service;
import org.posthorn.server.log.EventLog;

/** The listeners of conf/listeners.xml: opened together, when all is there that mail needs; closed
 * together, before it goes. */
public final class Listeners implements Service {

    private static final EventLog LOG = EventLog.of(Listeners.class);
    /** Descriptors for deliveries, 400 connections that wait for their next message, bodies and the database. */
    private static final int FOR_ALL_ELSE = 1500;

    private final ListenersConfig config;
    private final Sessions sessions;
    private final DeadlineWatch watch;
    private final InstantSource clock;
    private final List<Open> open = new ArrayList<>();

    /** What is open, with its name. */
    private record Open(String name, Listener listener) {
    }

    /**
     * Where a listener listens.
     *
     * @param name the listener's
     * @param address with the port that it really got
     */
    public record Door(String name, InetSocketAddress address) {
    }

    /** Listens at {@link #start}. */
    @Inject Listeners(ListenersConfig config, Sessions sessions, DeadlineWatch watch, InstantSource clock) {
        this.config = config;
        this.sessions = sessions;
        this.watch = watch;
        this.clock = clock;
    }

    @Override public void start() throws IOException {
        Optional<ServerTls> tls = config.certificate().isPresent()
            ? Optional.of(ServerTls.of(new RenewingTls(config.certificate().get(), clock))) : Optional.empty();
        for (var door : config.listeners()) {
            var settings = new ListenerSettings(door.name(), door.bind().getHostAddress(), door.port(),
                encryption(door, tls), door.spokesmen().proxySet());
            var listener = new Listener(settings,
                new ConnectionLimits(config.limits().sessions(), config.limits().sessionsPerAddress()),
                sessions.of(door), watch, new ListenerLog(door.name(), System::nanoTime));
            listener.start();
            open.add(new Open(door.name(), listener));
        }
        // To ask the JVM takes a while, for which no client need wait.
        Thread.ofVirtual().name("posthorn-descriptors").start(this::warnOfFewDescriptors);
    }

    /** Each session has a descriptor; without one nothing is accepted, submission neither. */
    private void warnOfFewDescriptors() {
        var wanted = (long) config.listeners().size() * config.limits().sessions() + FOR_ALL_ELSE;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            && system.getMaxFileDescriptorCount() < wanted) {
            LOG.warn("few-descriptors", "limit", system.getMaxFileDescriptorCount(), "wanted", wanted, "hint",
                "raise the limit of open files (ulimit -n, LimitNOFILE), or lower max-sessions in listeners.xml");
        }
    }

    private static Encryption encryption(ListenerConfig door, Optional<ServerTls> tls) {
        var asking = door.certificates() == ListenerConfig.ClientCertificates.OFFERED
            ? tls.map(ServerTls::askingForCertificates) : tls;
        return switch (door.tls()) {
            case NONE -> new Encryption.None();
            case STARTTLS -> new Encryption.OnRequest(asking.orElseThrow());
            case IMPLICIT -> new Encryption.FromTheStart(asking.orElseThrow());
        };
    }

    /** What is open now, in the order of the file. */
    public List<Door> doors() {
        return open.stream().map(one -> new Door(one.name(), one.listener().localAddress())).toList();
    }

    /**
     * All at once, the grace is for all of them together; and of that two thirds: a client that is cut off sends again,
     * a delivery that is cut off may happen twice, and deliveries come after.
     */
    @Override public void stop(Duration grace) {
        var most = grace.multipliedBy(2).dividedBy(3);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var one : open) {
                threads.execute(() -> {
                    var forced = one.listener().stop(most);
                    if (forced > 0) {
                        LOG.warn("sessions-cut", "listener", one.name(), "sessions", forced);
                    }
                });
            }
            threads.shutdown();
            threads.awaitTermination(most.plusSeconds(5).toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        open.clear();
    }
}
