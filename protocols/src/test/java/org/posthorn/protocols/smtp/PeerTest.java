package org.posthorn.protocols.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.net.TlsFacts;

class PeerTest {

    /** RFC 3848 section 1, RFC 6531 section 4.3. */
    @ParameterizedTest
    @CsvSource({"HELO,SMTP,SMTP,SMTP,SMTP,SMTP", "EHLO,ESMTP,ESMTPS,ESMTPA,ESMTPSA,UTF8SMTPSA",
        "LHLO,LMTP,LMTPS,LMTPA,LMTPSA,UTF8LMTPSA"})
    void theKeywordOfReceivedTellsOfGreetingTlsLoginAndUnicode(Peer.Greeting greeting, String plain, String tls,
                                                               String login, String both, String unicode) {
        assertThat(peer(greeting, false, "").protocol(false)).isEqualTo(plain);
        assertThat(peer(greeting, true, "").protocol(false)).isEqualTo(tls);
        assertThat(peer(greeting, false, "ann@example.org").protocol(false)).isEqualTo(login);
        assertThat(peer(greeting, true, "ann@example.org").protocol(false)).isEqualTo(both);
        assertThat(peer(greeting, true, "ann@example.org").protocol(true)).isEqualTo(unicode);
    }

    private static Peer peer(Peer.Greeting greeting, boolean tls, String user) {
        var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), 25);
        return new Peer("c1", "smtp", here, here, greeting, "client.example",
            tls ? Optional.of(new TlsFacts("TLSv1.3", "TLS_AES_256_GCM_SHA384")) : Optional.empty(), user);
    }
}
