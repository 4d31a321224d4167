package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SliceTest {

    @Test void aLocationIsReadBackAsItWasWritten() {
        var slices = List.of(
            Slice.all(new Slice.Body(new Slice.File(Slice.Kind.SEGMENT, 1), 20, 100, -1)),
            new Slice(new Slice.Body(new Slice.File(Slice.Kind.FILE, 77), 0, 1L << 40, 7), 9, (1L << 40) - 9));
        assertThat(Slice.slices(Slice.location(slices))).isEqualTo(slices);
        assertThat(Slice.slices("")).isEmpty();
    }

    @Test void theLongestLocationFitsItsColumn() {
        var longest = new Slice(new Slice.Body(new Slice.File(Slice.Kind.SEGMENT, 1L << 40), 1L << 40, 1L << 41, -1),
            1L << 40, 1L << 40);
        assertThat(Slice.location(Collections.nCopies(24, longest))).hasSizeLessThanOrEqualTo(2000);
    }

    @ParameterizedTest @ValueSource(strings = {"x", "s", "s1", "s1.2.3.4.5", "q1.2.3.4.0.3", "s1.0.2.0.1.9", ",",
        "s1.0.a.0.0.a,", "s1.0.a.0.-1.a", "s1.0.a.0.0.a.0"})
    void whatIsNoLocationIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Slice.slices(text));
    }

    @Test void anyTextIsReadOrRefused() {
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (var i = random.nextInt(16); i > 0; i--) {
                text.append("sf.,0129az-".charAt(random.nextInt(11)));
            }
            try {
                assertThat(Slice.location(Slice.slices(text.toString()))).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }
}
