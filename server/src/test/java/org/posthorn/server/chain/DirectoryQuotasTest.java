package org.posthorn.server.chain;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.users.MemoryDirectory;

class DirectoryQuotasTest {

    /** A way that mail takes is looked along to its end: RecipientRewriteTable follows 20. */
    @ParameterizedTest @CsvSource({"0, true", "1, true", "11, true", "20, true", "21, false"})
    void aliasesAreFollowedAsFarAsMailIs(int aliases, boolean full) {
        var users = new MemoryDirectory().user("a" + aliases + "@example.net");
        for (var i = 0; i < aliases; i++) {
            users.alias("a" + i + "@example.net", "a" + (i + 1) + "@example.net");
        }
        assertThat(new DirectoryQuotas(users, (_, _) -> true).isOver(TestMail.address("a0@example.net"), 1))
            .isEqualTo(full);
    }
}
