package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.log.EventLog;

/**
 * The MTA-STS policies of domains (RFC 8461 sections 3.1, 3.3 and 5).
 *
 * <p>A policy is fetched when the domain's text record has an id that we do not know, and by {@link #refresh} when it
 * is a day old. One that is kept holds until its age is over, whatever becomes of record and server meanwhile: who can
 * take these away from us shall not take the policy away. Between two fetches there are five minutes at least, whether
 * the first failed, or the policy's age is less, or its id is another for each who asks. A domain's policy is fetched
 * by one thread at a time; others go by the one that is kept, or wait for it where there is none. Thread-safe.
 */
@Singleton
final class StsPolicies {

    private static final EventLog LOG = EventLog.of(StsPolicies.class);
    private static final Duration FRESH = Duration.ofDays(1);
    private static final Duration PAUSE = Duration.ofMinutes(5);
    private static final int AT_ONCE = 8;       // fetches by refresh
    private static final int MOST = 5_000;      // in memory, 25 KiB each at most; then it begins anew, from the files

    private final Dns dns;
    private final PolicyFetch fetch;
    private final StsFiles files;
    private final InstantSource clock;
    private final boolean on;
    private final Map<String, Optional<Kept>> known = new ConcurrentHashMap<>();
    private final Map<String, Failure> failures = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Found>> underWay = new ConcurrentHashMap<>();

    @Inject
    StsPolicies(TlsConfig config, Dns dns, PolicyFetch fetch, StsFiles files, InstantSource clock) {
        this.on = config.sts().on();
        this.dns = dns;
        this.fetch = fetch;
        this.files = files;
        this.clock = clock;
    }

    /**
     * A policy that is kept.
     *
     * @param id of the record by which it was fetched
     * @param fetched when
     */
    record Kept(String domain, String id, Instant fetched, StsPolicy policy) {

        boolean holds(Instant now) {
            return now.isBefore(fetched.plus(policy.maxAge())) || isNew(now);
        }

        /** Too young to be fetched again. */
        boolean isNew(Instant now) {
            return now.isBefore(fetched.plus(PAUSE));
        }
    }

    private record Failure(Instant until, Shortcoming why) {
    }

    /**
     * What is known of a domain.
     *
     * @param policy that holds; one of mode {@code none} counts as none
     * @param shortcoming why it could not be fetched lately
     * @param unknown why it is not known whether there is one, where none is kept
     */
    record Found(Optional<StsPolicy> policy, Optional<Shortcoming> shortcoming, Optional<String> unknown) {

        static final Found NOTHING = new Found(Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The domain's policy; fetches it first, if need be. */
    Found of(String domain) {
        if (!on) {
            return Found.NOTHING;
        }
        return of(domain, kept(domain), false);
    }

    /** @param daily whether one of the same id is fetched again when it is a day old */
    private Found of(String domain, Optional<Kept> kept, boolean daily) {
        return switch (dns.txt("_mta-sts." + domain)) {
            case DnsAnswer.Temporary<String>(var why) -> new Found(found(kept, Optional.empty()).policy(),
                Optional.empty(), kept.isPresent() ? Optional.empty() : Optional.of(why));
            case DnsAnswer.None<String> _ -> found(kept, Optional.empty());
            case DnsAnswer.Found<String>(var records) -> {
                var id = StsPolicy.id(records);
                yield id.isEmpty() || kept.filter(one -> mayStay(one, id.get(), daily)).isPresent()
                    ? found(kept, Optional.empty()) : fetchedOnce(domain, id.get(), kept);
            }
        };
    }

    private boolean mayStay(Kept kept, String id, boolean daily) {
        var now = clock.instant();
        return kept.isNew(now)
            || kept.id().equals(id) && (!daily || now.isBefore(kept.fetched().plus(FRESH)));
    }

    /** By one thread at a time: the fetch has a deadline, and so who waits for it. */
    private Found fetchedOnce(String domain, String id, Optional<Kept> kept) {
        var mine = new CompletableFuture<Found>();
        var others = underWay.putIfAbsent(domain, mine);
        if (others != null) {
            return kept.isPresent() ? found(kept, Optional.empty()) : others.join();
        }
        try {
            mine.complete(fetched(domain, id));
            return mine.join();
        } finally {
            underWay.remove(domain);
            mine.complete(new Found(Optional.empty(), Optional.empty(), Optional.of("the fetch broke off")));
        }
    }

    private Found fetched(String domain, String id) {
        var now = clock.instant();
        var kept = kept(domain);
        if (kept.filter(one -> one.isNew(now)).isPresent()) {
            return found(kept, Optional.empty());   // another thread has just fetched it
        }
        var failure = failures.get(domain);
        if (failure != null && now.isBefore(failure.until())) {
            return found(kept, Optional.of(failure.why()));
        }
        return switch (fetch.fetch(domain)) {
            case PolicyFetch.Fetched.Got(var policy) -> {
                failures.remove(domain);
                var got = new Kept(domain, id, clock.instant(), policy);
                known.put(domain, Optional.of(got));
                files.write(got);
                LOG.info("mta-sts-policy", "domain", domain, "id", id, "mode", policy.mode(), "max-age",
                    policy.maxAge().toSeconds());
                yield found(Optional.of(got), Optional.empty());
            }
            case PolicyFetch.Fetched.Failed(var why) -> {
                if (failures.size() >= MOST) {
                    failures.clear();
                }
                failures.put(domain, new Failure(clock.instant().plus(PAUSE), why));
                LOG.warn("mta-sts-unfetched", "domain", domain, "kept", kept.isPresent(), "why", why.why());
                yield found(kept, Optional.of(why));
            }
        };
    }

    private static Found found(Optional<Kept> kept, Optional<Shortcoming> shortcoming) {
        return new Found(kept.map(Kept::policy).filter(policy -> policy.mode() != StsPolicy.Mode.NONE), shortcoming,
            kept.isPresent() ? Optional.empty() : shortcoming.map(Shortcoming::why));
    }

    /** What is kept and holds still. */
    private Optional<Kept> kept(String domain) {
        var here = known.get(domain);
        if (here == null) {
            if (known.size() >= MOST) {
                known.clear();
            }
            here = files.read(domain);
            known.put(domain, here);
        }
        return here.filter(one -> one.holds(clock.instant()));
    }

    /**
     * Looks at all that are kept: fetches again what is a day old, forgets what holds no more (section 10.2). A few at
     * once, each on a virtual thread of its own, so that a server that keeps silent does not keep all others waiting.
     *
     * @throws InterruptedException when the server stops meanwhile
     */
    void refresh() throws InterruptedException {
        var turns = new Semaphore(AT_ONCE);
        try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mta-sts-", 0).factory())) {
            try {
                for (var kept : files.all()) {
                    if (kept.holds(clock.instant())) {
                        turns.acquire();
                        threads.execute(() -> refresh(kept, turns));
                    } else {
                        known.remove(kept.domain());
                        files.remove(kept.domain());
                    }
                }
            } catch (InterruptedException e) {
                threads.shutdownNow();      // or their end would be waited for
                throw e;
            }
        }
    }

    private void refresh(Kept kept, Semaphore turns) {
        try {
            of(kept.domain(), Optional.of(kept), true);
        } catch (RuntimeException e) {
            LOG.error("mta-sts-refresh-failed", e, "domain", kept.domain());
        } finally {
            turns.release();
        }
    }
}
