package org.posthorn.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

    @ParameterizedTest
    @CsvSource({"first,first,0", "frist,first,1", "firt,first,1", "firrst,first,1", "furst,first,1", "First,first,0",
        "'',first,5", "tls,first,4", "hotsnmae,hostname,2"})
    void lettersToChangeAreCounted(String one, String other, int distance) {
        assertThat(Spelling.distance(one, other)).isEqualTo(distance).isEqualTo(Spelling.distance(other, one));
    }

    @Test void onlyWhatIsNearIsMeant() {
        var known = List.of("port", "bind", "protocol");
        assertThat(Spelling.nearest("prot", known)).contains("port");
        assertThat(Spelling.nearest("protcol", known)).contains("protocol");
        assertThat(Spelling.nearest("name", known)).isEmpty();
        assertThat(Spelling.nearest("x", List.of())).isEmpty();
    }
}
