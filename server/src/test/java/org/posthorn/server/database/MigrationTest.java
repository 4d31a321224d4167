package org.posthorn.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationTest {

    @Test void aScriptIsSplitAtItsSemicolons() {
        assertThat(Migration.split("CREATE TABLE a (b INT);\n\nDROP TABLE c;\n"))
            .containsExactly("CREATE TABLE a (b INT)", "DROP TABLE c");
    }

    @Test void semicolonsAndDashesWithinQuotesAreText() {
        assertThat(Migration.split("INSERT INTO a VALUES ('x;--y''z;');SELECT \"a;b\" FROM c"))
            .isEqualTo(List.of("INSERT INTO a VALUES ('x;--y''z;')", "SELECT \"a;b\" FROM c"));
    }

    @Test void commentsAreLeftOut() {
        assertThat(Migration.split("-- it's a comment; really\nA -- and; more\nB;-- last"))
            .containsExactly("A \nB");
    }

    @Test void anOpenQuoteIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Migration.split("SELECT 'a;"));
    }

    @Test void numbersFollowEachOtherWithoutGapsAndEachResourceIsThere() {
        for (var i = 0; i < Migrations.ALL.size(); i++) {
            assertThat(Migrations.ALL.get(i).number()).isEqualTo(i + 1);
            assertThat(Migrations.ALL.get(i).statements()).isNotEmpty();
        }
    }
}
