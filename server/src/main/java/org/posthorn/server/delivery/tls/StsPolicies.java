package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.log.EventLog;

/**
 * The MTA-STS policies of domains (RFC 8461 sections 3.1, 3.3 and 5).
 *
 * <p>A policy is fetched when the domain's text record has an id that we do not know, and again when it is a day old.
 * One that is kept holds until its age is over, whatever becomes of record and server meanwhile: who can take these
 * away from us shall not take the policy away. After a fetch that failed there is none for five minutes. A domain's
 * policy is fetched by one thread at a time, and others wait for it. Thread-safe.
 */
@Singleton
final class StsPolicies {

    private static final EventLog LOG = EventLog.of(StsPolicies.class);
    private static final Duration FRESH = Duration.ofDays(1);
    private static final Duration PAUSE = Duration.ofMinutes(5);
    private static final int MOST = 20_000;     // in memory; then it begins anew, from the files
    private static final int LOCKS = 64;

    private final Dns dns;
    private final PolicyFetch fetch;
    private final StsFiles files;
    private final InstantSource clock;
    private final boolean on;
    private final Map<String, Optional<Kept>> known = new ConcurrentHashMap<>();
    private final Map<String, Failure> failures = new ConcurrentHashMap<>();
    private final List<Lock> locks = Stream.<Lock>generate(ReentrantLock::new).limit(LOCKS).toList();

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
            return now.isBefore(fetched.plus(policy.maxAge()));
        }
    }

    private record Failure(Instant until, Shortcoming why) {
    }

    /**
     * What is known of a domain.
     *
     * @param policy that holds; one of mode {@code none} counts as none
     * @param shortcoming why it could not be fetched lately
     */
    record Found(Optional<StsPolicy> policy, Optional<Shortcoming> shortcoming) {

        static final Found NOTHING = new Found(Optional.empty(), Optional.empty());
    }

    /** The domain's policy; fetches it first, if need be. */
    Found of(String domain) {
        if (!on) {
            return Found.NOTHING;
        }
        var kept = kept(domain);
        var now = clock.instant();
        if (!(dns.txt("_mta-sts." + domain) instanceof DnsAnswer.Found<String>(var records))) {
            return found(kept, Optional.empty());
        }
        var id = StsPolicy.id(records);
        if (id.isEmpty() || kept.filter(one -> isFresh(one, id.get(), now)).isPresent()) {
            return found(kept, Optional.empty());
        }
        var lock = locks.get(Math.floorMod(domain.hashCode(), LOCKS));
        lock.lock();
        try {
            return fetched(domain, id.get());
        } finally {
            lock.unlock();
        }
    }

    private static boolean isFresh(Kept kept, String id, Instant now) {
        return kept.id().equals(id) && now.isBefore(kept.fetched().plus(FRESH));
    }

    private Found fetched(String domain, String id) {
        var now = clock.instant();
        var kept = kept(domain);    // another thread may just have fetched it
        if (kept.filter(one -> isFresh(one, id, now)).isPresent()) {
            return found(kept, Optional.empty());
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
        return new Found(kept.map(Kept::policy).filter(policy -> policy.mode() != StsPolicy.Mode.NONE), shortcoming);
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

    /** Looks at all that are kept: fetches again what is a day old, forgets what holds no more (section 10.2). */
    void refresh() {
        for (var kept : files.all()) {
            if (kept.holds(clock.instant())) {
                of(kept.domain());
            } else {
                known.remove(kept.domain());
                files.remove(kept.domain());
            }
        }
    }
}
