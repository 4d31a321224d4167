package org.posthorn.server.srs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SrsTest {

    @ParameterizedTest @ValueSource(strings = {"SRS0=a=b=c=d", "srs1=a=b==c", "Srs", "\"SRS0=a=b=c=d\"", "\"s\\rs0\""})
    void whatMayBeOneIsReadThrough(String localPart) {
        assertThat(Srs.mayBe(localPart)).isTrue();
    }

    @ParameterizedTest @ValueSource(strings = {"ann", "s", "sr", "sara", "xsrs0=a=b=c=d"})
    void whatBeginsOtherwiseIsNone(String localPart) {
        assertThat(Srs.mayBe(localPart)).isFalse();
    }
}
