package org.posthorn.mailets.port;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BounceKindTest {

    /** Replies as servers of many makes give them. */
    @ParameterizedTest
    @CsvSource(delimiterString = " | ", textBlock = """
        550 5.1.1 <bob@example.net>: Recipient address rejected: User unknown in local table | no-mailbox | hard
        550-5.1.1 The email account that you tried to reach does not exist | no-mailbox | hard
        550 No such user here | no-mailbox | hard
        550 Requested action not taken: mailbox unavailable | no-mailbox | hard
        554 delivery error: dd This user doesn't have an account: user not found | no-mailbox | hard
        550 5.1.2 Host unknown | no-domain | hard
        556 5.1.10 The domain takes no mail | no-domain | hard
        550 5.2.1 The email account that you tried to reach is inactive | disabled | hard
        550 Host 2.4.7.12 has no such user | no-mailbox | hard
        550 192.5.4.7 said: no such user | no-mailbox | hard
        550 no such user, says 10.4.4.7 | no-mailbox | hard
        550 Exim 4.9.6 says: mailbox full | full | soft
        550 #5.1.1 Address rejected | no-mailbox | hard
        said: 550 5.1.1 Rejected | no-mailbox | hard
        5.1.1 | no-mailbox | hard
        550 Rejected 5.1.1 | no-mailbox | hard
        550 Account suspended | disabled | hard
        554 5.4.6 Too many hops | loop | hard
        552 5.2.2 Mailbox full | full | soft
        552 User has exceeded quota | full | soft
        452 4.2.2 The recipient's inbox is out of storage space | full | soft
        450 4.2.0 Greylisted, try again later | throttled | soft
        421 4.7.28 Unusual rate of unsolicited mail | throttled | soft
        451 4.7.1 Too many messages from your IP, rate limited | throttled | soft
        451 4.4.1 while connecting: refused | unreachable | soft
        451 4.4.7 Not delivered within 5 days; last answer: 451 4.4.1 refused | expired | soft
        421 4.3.2 The server is stopping | out-of-order | soft
        421 Service not available | out-of-order | soft
        554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org | spam | policy
        550 5.7.1 Message rejected as spam | spam | policy
        550 5.7.23 SPF check failed | authentication | policy
        550 5.7.26 This mail has been blocked because the sender is unauthenticated | authentication | policy
        550 5.7.1 Email rejected per DMARC policy of example.org | authentication | policy
        550 5.7.1 Relaying denied | policy | policy
        554 5.7.1 Access denied | policy | policy
        552 5.3.4 Message size exceeds fixed limit | too-large | message
        552 Message size exceeds fixed maximum message size | too-large | message
        554 5.6.3 The message has 8-bit text | content | message
        554 5.0.0 Transaction failed | other | other
        ''  | other | other
        """)
    void theKindIsFoundInStatusWordsAndCode(String reply, String kind, String nature) {
        assertThat(BounceKind.of(reply).word()).isEqualTo(kind);
        assertThat(BounceKind.of(reply).nature().word()).isEqualTo(nature);
    }

    @Test void aWordIsReadAgain() {
        for (var kind : BounceKind.values()) {
            assertThat(BounceKind.read(kind.word())).isEqualTo(kind);
        }
        assertThat(BounceKind.read("nonsense")).isEqualTo(BounceKind.OTHER);
    }

    @Test void aLongReplyTakesNoLongTime() {
        assertThat(BounceKind.of("550 " + "user ".repeat(100_000))).isEqualTo(BounceKind.OTHER);
    }
}
