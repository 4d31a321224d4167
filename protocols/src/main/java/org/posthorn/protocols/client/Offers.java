package org.posthorn.protocols.client;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.posthorn.protocols.wire.Reply;

/**
 * What a server offered in its answer to EHLO or LHLO (RFC 5321 section 4.1.1.1).
 *
 * @param keywords each service extension in upper case, with its parameters as they stood
 */
record Offers(Map<String, String> keywords) {

    /** A server that was greeted with HELO offers nothing. */
    static final Offers NONE = new Offers(Map.of());

    Offers {
        keywords = Map.copyOf(keywords);
    }

    static Offers of(Reply ehlo) {
        var keywords = new HashMap<String, String>();
        for (var line : ehlo.lines().subList(1, ehlo.lines().size())) {
            var text = line.strip();
            var blank = text.indexOf(' ');
            var keyword = blank < 0 ? text : text.substring(0, blank);
            keywords.putIfAbsent(keyword.toUpperCase(Locale.ROOT), blank < 0 ? "" : text.substring(blank + 1).strip());
        }
        return new Offers(keywords);
    }

    boolean has(String keyword) {
        return keywords.containsKey(keyword);
    }

    /** The shortest time in which it delivers, in seconds (RFC 2852 section 2); 0 when it says none. */
    long shortestTime() {
        var words = keywords.getOrDefault("DELIVERBY", "").split("[, ]", 2)[0];
        return words.matches("[0-9]{1,9}") ? Long.parseLong(words) : 0;
    }

    /** The largest message it takes, in octets; empty when it sets no limit (RFC 1870 section 3). */
    OptionalLong largest() {
        try {
            var size = Long.parseLong(keywords.getOrDefault("SIZE", "0"));
            return size > 0 ? OptionalLong.of(size) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();   // an odd SIZE is taken for one without limit
        }
    }
}
