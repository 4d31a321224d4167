package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.posthorn.server.chain.Workshop.told;

import org.junit.jupiter.api.Test;

class ChainTest {

    private final Workshop workshop = new Workshop();

    @Test void eachRecipientEndsWhereItsStepSays() {
        var chain = workshop.chain("""
            <processor state="root">
              <mailet match="RecipientIsLocal" class="LocalDelivery"/>
              <mailet match="All" class="RemoteDelivery"/>
            </processor>""");
        assertThat(told(chain.run("root", Mail.to("ann@example.org", "zoe@far.example", "bob@example.org"))))
            .containsExactly("ann@example.org Routed root#1", "bob@example.org Routed root#1",
                "zoe@far.example Routed root#2");
    }
}
