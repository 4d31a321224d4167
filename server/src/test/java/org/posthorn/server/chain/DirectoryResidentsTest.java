package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.apache.james.core.MailAddress;
import org.junit.jupiter.api.Test;
import org.posthorn.mailets.port.Residents;
import org.posthorn.server.users.MemoryDirectory;

class DirectoryResidentsTest {

    private final MemoryDirectory directory = new MemoryDirectory();
    private final DirectoryResidents residents = new DirectoryResidents(directory,
        new ServerIdentity("mx.host.example", TestMail.box("postmaster@mx.host.example")));

    private static MailAddress address(String text) {
        return Addresses.james(TestMail.box(text)).orElseThrow();
    }

    @Test void theServersOwnPostmasterIsThatOfTheFirstDomain() {
        directory.addDomain("example.org");
        directory.addUser(TestMail.box("ann@example.org"), Optional.empty());
        assertThat(residents.isHosted("MX.host.example")).isTrue();
        assertThat(residents.standing(address("Postmaster@mx.host.example")))
            .isEqualTo(new Residents.Standing.Alias(List.of(address("postmaster@example.org"))));
        assertThat(residents.standing(address("mailer-daemon@mx.host.example")))
            .isInstanceOf(Residents.Standing.Alias.class);
        assertThat(residents.standing(address("ann@mx.host.example")))
            .isInstanceOf(Residents.Standing.Unknown.class);
        assertThat(residents.standing(address("ann@other.host.example")))
            .isInstanceOf(Residents.Standing.Foreign.class);
    }

    @Test void aHostedServerNameIsADomainLikeAnyOther() {
        directory.addDomain("mx.host.example");
        directory.addUser(TestMail.box("ann@mx.host.example"), Optional.empty());
        assertThat(residents.standing(address("ann@mx.host.example")))
            .isInstanceOf(Residents.Standing.Resident.class);
    }
}
