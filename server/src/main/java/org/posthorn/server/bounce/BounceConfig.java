package org.posthorn.server.bounce;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.posthorn.protocols.address.AddressParser;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.auth.spf.SpfResult;
import org.posthorn.server.config.Section;

/**
 * How reports are written, and who gets none: {@code conf/bounce.xml}.
 *
 * @param hostname our name, as Reporting-MTA and behind {@code MAILER-DAEMON@}
 * @param largestReturned messages up to this many octets come back whole when the sender asked for that by RET=FULL;
 *     of larger ones the header only, and no more of it than this, or 8 KiB; default 64 KiB
 * @param processor where a report begins its way through the pipeline; default {@code root}
 * @param postmaster who hears of reports that failed; default {@code postmaster} at our name
 * @param rules who gets no report
 */
public record BounceConfig(String hostname, long largestReturned, String processor, Mailbox postmaster, Rules rules) {

    private static final int MOST = 1_000_000;

    /** What is done with a report that a rule keeps from its addressee. */
    public enum Instead {
        /** It is sent all the same. */
        REPORT,
        /** It is spooled, but held until an operator decides. */
        HOLD,
        /** It is not written; log, history and counts tell. */
        DROP
    }

    /** What is done with the failure of a message that has no sender, which as a rule is a report. */
    public enum DoubleBounce {
        /** The postmaster gets it. When that fails nobody is told any more. */
        POSTMASTER,
        /** That is written, but held until an operator decides. */
        HOLD,
        /** Log, history and counts tell. */
        DROP
    }

    /**
     * Who gets no report.
     *
     * @param doubleBounce for messages without a sender; default the postmaster (RFC 3461 section 5.2)
     * @param forged for senders that somebody else wrote, as SPF or DMARC say; default drop: who is named there did not
     *     write the message
     * @param forgedBy the results of SPF that say so; default fail
     * @param mostReports for one address in a period; 0 for no limit; default 100
     * @param period how long that is; default an hour
     * @param beyond for those beyond that; default hold
     */
    public record Rules(DoubleBounce doubleBounce, Instead forged, Set<SpfResult> forgedBy, int mostReports,
                        Duration period, Instead beyond) {

        static final Rules DEFAULT = new Rules(DoubleBounce.POSTMASTER, Instead.DROP, Set.of(SpfResult.FAIL), 100,
            Duration.ofHours(1), Instead.HOLD);

        /** Copies the set. */
        public Rules {
            forgedBy = Set.copyOf(forgedBy);
        }

        private static Rules read(Section section) {
            var forged = section.childOrEmpty("forged-sender");
            var storm = section.childOrEmpty("storm");
            var by = EnumSet.copyOf(DEFAULT.forgedBy);
            if (forged.flag("softfail", false)) {
                by.add(SpfResult.SOFTFAIL);
            }
            return new Rules(section.choice("double-bounce", DEFAULT.doubleBounce),
                forged.choice("then", DEFAULT.forged), by,
                storm.integer("most", DEFAULT.mostReports, 0, MOST), storm.duration("period", DEFAULT.period),
                storm.choice("then", DEFAULT.beyond));
        }
    }

    /** With the usual rules. */
    public BounceConfig(String hostname, long largestReturned, String processor) {
        this(hostname, largestReturned, processor, new Mailbox("postmaster", hostname), Rules.DEFAULT);
    }

    /** The defaults for a host. */
    public static BounceConfig of(String hostname) {
        return new BounceConfig(hostname, 64 << 10, "root");
    }

    /** With other rules. */
    public BounceConfig with(Rules others) {
        return new BounceConfig(hostname, largestReturned, processor, postmaster, others);
    }

    /**
     * Reads {@code <bounce>}.
     *
     * @param hostname the server's name, which stands elsewhere
     */
    public static BounceConfig read(Section section, String hostname) {
        var defaults = of(hostname);
        return new BounceConfig(hostname, section.octets("largest-returned", defaults.largestReturned),
            section.string("processor", defaults.processor),
            section.value("postmaster", defaults.postmaster, text -> AddressParser.ascii().mailbox(text).toOptional()
                .orElseThrow(() -> new IllegalArgumentException("expected an address such as ann@example.org"))),
            Rules.read(section));
    }
}
