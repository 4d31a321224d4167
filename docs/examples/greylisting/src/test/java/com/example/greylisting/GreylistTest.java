package com.example.greylisting;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import jakarta.mail.MessagingException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.mailet.Mail;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.RelayClient;
import org.posthorn.mailets.port.RelayRules;

class GreylistTest {

    private static final RelayRules RELAY = new RelayRules() {
        @Override public Optional<String> rule(RelayClient client, String domain) {
            return Optional.empty();
        }

        @Override public boolean isTrusted(String address) {
            return address.startsWith("10.");
        }

        @Override public boolean isRelayDomain(String domain) {
            return false;
        }
    };

    private final Fakes.Notes notes = new Fakes.Notes();
    private Instant now = Instant.parse("2026-03-01T12:00:00Z");

    private Greylist greylist(String wait) throws MessagingException {
        var greylist = new Greylist(notes, RELAY, () -> now);
        greylist.init(Fakes.parameters("wait", wait));
        return greylist;
    }

    @Test void theFirstTryWaitsAndALaterOneDoesNot() throws MessagingException {
        var greylist = greylist("60");
        greylist.service(Fakes.mail("192.0.2.1", "ann@far.example", "bob@example.org"));
        now = now.plusSeconds(59);
        greylist.service(Fakes.mail("192.0.2.1", "ann@far.example", "bob@example.org"));
        assertEquals(2, notes.said.size());
        now = now.plusSeconds(1);
        Mail mail = Fakes.mail("192.0.2.1", "ann@far.example", "bob@example.org");
        greylist.service(mail);
        assertEquals(2, notes.said.size());
        var matcher = new HasWaited();
        matcher.init(Fakes.condition("60"));
        assertEquals(1, matcher.match(mail).size());
        matcher.init(Fakes.condition("61"));
        assertEquals(List.of(), matcher.match(mail));
    }

    @Test void trustedNetworksNeverWait() throws MessagingException {
        greylist("60").service(Fakes.mail("10.0.0.1", "ann@far.example", "bob@example.org"));
        assertEquals(List.of(), notes.said);
    }

    @Test void mistakesAreTold() {
        assertThrows(MessagingException.class, () -> greylist("soon"));
    }
}
