package org.posthorn.server.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.chain.TestMail;
import org.posthorn.server.policy.Talk;

/** The same step in rcpt, in data and in root: twice an SMTP reply, then a report. */
class OneRuleThreePlacesTest {

    private static final String RULE = """
        <mailet match="RecipientIs=ann@example.org" class="Reject"><reply>550 5.7.1 Not to Ann</reply></mailet>""";

    @TempDir Path folder;

    private static String in(String place) {
        return "<processor state=\"rcpt\">" + (place.equals("rcpt") ? RULE : "") + "</processor>"
            + "<processor state=\"data\">" + (place.equals("data") ? RULE : "") + "</processor>"
            + "<processor state=\"root\">" + (place.equals("root") ? RULE : "")
            + "<mailet match=\"All\" class=\"LocalDelivery\"/></processor>";
    }

    @Test void inRcptTheClientHearsItBeforeTheMessage() {
        var talk = new Talk(folder).policy(in("rcpt"));
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("550 5.7.1 Not to Ann");
        assertThat(talk.rcpt("bob@example.org")).isEqualTo("ok");
    }

    @Test void inDataTheClientHearsItAfterTheDot() {
        var talk = new Talk(folder).policy(in("data"));
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo("550 5.7.1 Not to Ann");
    }

    @Test void inRootTheSenderGetsAReport() throws Exception {
        var talk = new Talk(folder).policy(in("root"));
        assertThat(talk.rcpt("ann@example.org")).isEqualTo("ok");
        assertThat(Talk.text(talk.data(TestMail.MESSAGE))).isEqualTo("ann@example.org Pending");
        var bench = new Bench(folder).policy(in("root"));
        var id = bench.mail("ann@example.org");
        bench.run();
        assertThat(bench.told(id)).containsExactly("ann@example.org Bounced");
        assertThat(bench.reporter.told).containsExactly("ann@example.org 550 5.7.1 Not to Ann");
    }
}
