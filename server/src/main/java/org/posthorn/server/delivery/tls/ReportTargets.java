package org.posthorn.server.delivery.tls;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.Mailbox;

/** Who wants reports of a domain: the {@code rua} of its text record (RFC 8460 section 3). */
sealed interface ReportTargets {

    int MOST = 5;   // of one domain; nobody needs more

    /** By mail. */
    record ByMail(Mailbox to) implements ReportTargets {
    }

    /** By POST. */
    record ByHttps(URI to) implements ReportTargets {
    }

    /** Those of the text records of {@code _smtp._tls.DOMAIN}; none unless exactly one record is a good one. */
    static List<ReportTargets> of(List<String> records) {
        var ours = records.stream().filter(record -> Pattern.matches("v=TLSRPTv1[ \\t]*(;.*)?", record)).toList();
        var targets = new ArrayList<ReportTargets>();
        if (ours.size() != 1) {
            return targets;
        }
        for (var field : ours.getFirst().split(";", -1)) {
            var equals = field.indexOf('=');
            if (equals > 0 && field.substring(0, equals).strip().equalsIgnoreCase("rua")) {
                for (var uri : field.substring(equals + 1).split(",", -1)) {
                    of(uri.strip()).filter(_ -> targets.size() < MOST).ifPresent(targets::add);
                }
            }
        }
        return targets;
    }

    private static Optional<ReportTargets> of(String uri) {
        try {
            var lower = uri.toLowerCase(Locale.ROOT);
            if (lower.startsWith("mailto:")) {
                var address = uri.substring("mailto:".length()).split("\\?", 2)[0];
                return AddressParser.ascii().mailbox(decoded(address)).toOptional().map(ByMail::new);
            }
            if (lower.startsWith("https://")) {
                var to = URI.create(uri);
                return to.getHost().isEmpty() || to.getPort() == 0 || to.getPort() > 65_535 ? Optional.empty()
                    : Optional.of(new ByHttps(to));
            }
        } catch (IllegalArgumentException | NullPointerException e) {
            return Optional.empty();    // no URI
        }
        return Optional.empty();
    }

    private static String decoded(String text) {
        return java.net.URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.US_ASCII);
    }
}
