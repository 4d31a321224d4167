package org.posthorn.server.delivery.tls;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * A day's report to one domain (RFC 8460 section 4.4).
 *
 * @param id of the report
 * @param domain to whom
 * @param day from midnight to midnight, UTC
 * @param counts what was counted, by policy
 */
record ReportText(String id, String domain, LocalDate day, Map<ReportTally.Policy, ReportTally.Count> counts) {

    private static final ObjectMapper JSON = new ObjectMapper();

    ReportText {
        counts = Map.copyOf(counts);
    }

    /** In JSON. */
    String json(TlsConfig.Reports from) {
        var report = new LinkedHashMap<String, Object>();
        report.put("organization-name", from.organization());
        report.put("date-range", Map.of("start-datetime", day + "T00:00:00Z", "end-datetime", day + "T23:59:59Z"));
        report.put("contact-info", from.contact());
        report.put("report-id", id);
        report.put("policies", counts.entrySet().stream().map(one -> policy(one.getKey(), one.getValue())).toList());
        try {
            return JSON.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are JSON", e);
        }
    }

    private static Map<String, Object> policy(ReportTally.Policy policy, ReportTally.Count count) {
        var described = new LinkedHashMap<String, Object>();
        described.put("policy-type", policy.type().word());
        if (!policy.lines().isEmpty()) {
            described.put("policy-string", policy.lines());
        }
        described.put("policy-domain", policy.domain());
        if (!policy.patterns().isEmpty()) {
            described.put("mx-host", policy.patterns());
        }
        var one = new LinkedHashMap<String, Object>();
        one.put("policy", described);
        one.put("summary", Map.of("total-successful-session-count", count.good(), "total-failure-session-count",
            count.bad()));
        var failures = new ArrayList<Map<String, Object>>();
        count.failures().forEach((failure, times) -> failures.add(failure(failure, times)));
        if (!failures.isEmpty()) {
            one.put("failure-details", failures);
        }
        return one;
    }

    private static Map<String, Object> failure(ReportTally.Failure failure, long times) {
        var one = new LinkedHashMap<String, Object>();
        one.put("result-type", failure.type().word());
        putIfThere(one, "sending-mta-ip", failure.ours());
        putIfThere(one, "receiving-mx-hostname", failure.host());
        putIfThere(one, "receiving-ip", failure.address());
        one.put("failed-session-count", times);
        putIfThere(one, "failure-reason-code", failure.why());
        return one;
    }

    private static void putIfThere(Map<String, Object> one, String key, String value) {
        if (!value.isEmpty()) {
            one.put(key, value);
        }
    }

    /** The same, compressed. */
    byte[] gzip(TlsConfig.Reports from) throws IOException {
        var octets = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(octets)) {
            zip.write(json(from).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return octets.toByteArray();
    }

    /** As RFC 8460 section 5.1 names the file. */
    String fileName(String submitter) {
        var start = day.atStartOfDay(ZoneOffset.UTC).toEpochSecond();
        return submitter + "!" + domain + "!" + start + "!" + (start + 86_399) + "!" + id.substring(0, id.indexOf('@'))
            + ".json.gz";
    }
}
