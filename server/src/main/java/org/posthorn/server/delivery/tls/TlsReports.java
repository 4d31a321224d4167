package org.posthorn.server.delivery.tls;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.posthorn.server.bounce.BounceConfig;
import org.posthorn.server.dns.Dns;
import org.posthorn.server.dns.DnsAnswer;
import org.posthorn.server.log.EventLog;

/**
 * What came of TLS with other domains: counted by day (UTC), and when the day is over told to those that ask for it
 * (RFC 8460).
 *
 * <p>A report leaves within four hours after midnight, a domain's always at the same time after it (section 4.1). One
 * that cannot be handed in is tried again for a day, then it is dropped. Counts are written down by {@link #save}; a
 * crash loses those since then. One lock guards them; nothing is looked up, sent or written under it. Another one
 * keeps what is written in order.
 */
@Singleton
public final class TlsReports {

    private static final EventLog LOG = EventLog.of(TlsReports.class);
    private static final Duration SPREAD = Duration.ofHours(4);
    private static final Duration GIVE_UP = Duration.ofHours(24);

    private final TlsConfig.Reports config;
    private final BounceConfig ours;
    private final Dns dns;
    private final ReportMail mail;
    private final ReportPost post;
    private final ReportFiles files;
    private final InstantSource clock;
    private final Object lock = new Object();
    private final Object writing = new Object();
    private Optional<Map<LocalDate, ReportTally>> days = Optional.empty();
    private final Set<LocalDate> changed = new HashSet<>();
    /** Who has reports that others of the same domain could not be given. Used by the thread that sends. */
    private final Map<Due, Set<ReportTargets>> handedIn = new HashMap<>();

    @Inject
    TlsReports(TlsConfig config, BounceConfig ours, Dns dns, ReportMail mail, ReportPost post, ReportFiles files,
               InstantSource clock) {
        this.config = config.reports();
        this.ours = ours;
        this.dns = dns;
        this.mail = mail;
        this.post = post;
        this.files = files;
        this.clock = clock;
    }

    private Map<LocalDate, ReportTally> days() {
        var known = days.orElseGet(() -> new TreeMap<>(files.read()));
        days = Optional.of(known);
        return known;
    }

    /** Whether anything is counted. */
    public boolean isOn() {
        return config.on();
    }

    /** Counts a session. */
    public void add(Session session) {
        if (config.on()) {
            synchronized (lock) {
                var today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
                days().computeIfAbsent(today, _ -> new ReportTally()).add(session);
                changed.add(today);
            }
        }
    }

    /** Writes down what was counted since the last time. */
    void save() {
        synchronized (writing) {
            octets().forEach(files::write);
        }
    }

    private Map<LocalDate, byte[]> octets() {
        var octets = new TreeMap<LocalDate, byte[]>();
        synchronized (lock) {
            for (var day : changed) {
                try {
                    octets.put(day, days().getOrDefault(day, new ReportTally()).octets());
                } catch (IOException e) {
                    LOG.error("tls-counts-unwritten", e, "day", day);
                }
            }
            changed.clear();
        }
        return octets;
    }

    /** A report that may leave now. */
    private record Due(LocalDate day, String domain) {
    }

    /** Sends what is due. */
    void sendDue() {
        if (!config.on()) {
            return;
        }
        for (var due : due(clock.instant())) {
            if (send(due)) {
                synchronized (lock) {
                    var tally = days().get(due.day());
                    tally.remove(due.domain());
                    if (tally.domains().isEmpty()) {
                        days().remove(due.day());
                    }
                    changed.add(due.day());
                }
            }
        }
        save();
    }

    private List<Due> due(Instant now) {
        var all = new ArrayList<Due>();
        synchronized (lock) {
            days().forEach((day, tally) -> tally.domains().forEach(domain -> {
                if (!now.isBefore(midnight(day).plus(delay(domain)))) {
                    all.add(new Due(day, domain));
                }
            }));
        }
        return all;
    }

    /** At the end of the day. */
    private static Instant midnight(LocalDate day) {
        return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Duration delay(String domain) {
        return Duration.ofSeconds(Math.floorMod(domain.hashCode() * 31L, SPREAD.toSeconds()));
    }

    /** Whether nothing is left to do: all was handed in, nobody wants it, or it is too late. */
    private boolean send(Due due) {
        var late = clock.instant().isAfter(midnight(due.day()).plus(GIVE_UP));
        var done = switch (dns.txt("_smtp._tls." + due.domain())) {
            case DnsAnswer.None<String> _ -> true;
            case DnsAnswer.Temporary<String>(var why) -> failed(due, why);
            case DnsAnswer.Found<String>(var records) -> sendAll(due, ReportTargets.of(records));
        };
        if (done || late) {
            handedIn.remove(due);
        }
        return done || late;
    }

    /** Those that have it already do not get it again. */
    private boolean sendAll(Due due, List<ReportTargets> targets) {
        var have = handedIn.computeIfAbsent(due, _ -> new HashSet<>());
        for (var target : targets) {
            if (!have.contains(target) && send(due, target)) {
                have.add(target);
            }
        }
        return have.containsAll(targets);
    }

    private boolean send(Due due, ReportTargets target) {
        ReportText report;
        synchronized (lock) {
            var id = due.day() + "." + Integer.toHexString(due.domain().hashCode()) + "@" + ours.hostname();
            report = new ReportText(id, due.domain(), due.day(), days().get(due.day()).of(due.domain()));
        }
        try {
            switch (target) {
                case ReportTargets.ByMail(var to) -> LOG.info("tls-report", "domain", due.domain(), "day", due.day(),
                    "to", to, "as", mail.send(report, to));
                case ReportTargets.ByHttps(var to) -> {
                    post.post(to, report.gzip(config));
                    LOG.info("tls-report", "domain", due.domain(), "day", due.day(), "to", to);
                }
            }
            return true;
        } catch (IOException | RuntimeException e) {    // a stranger wrote the target: it shall stop no other report
            return failed(due, e.toString());
        }
    }

    private static boolean failed(Due due, String why) {
        LOG.warn("tls-report-unsent", "domain", due.domain(), "day", due.day(), "why", why);
        return false;
    }
}
