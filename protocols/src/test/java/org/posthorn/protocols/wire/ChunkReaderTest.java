package org.posthorn.protocols.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ChunkReaderTest {

    @Test void exactlyTheAnnouncedOctetsAreRead() throws IOException {
        var in = new Segments("ab", "c\r\n.\r\nNEXT");
        assertThat(new ChunkReader(in, 8).readAllBytes()).asString().isEqualTo("abc\r\n.\r\n");
        assertThat(in.readAllBytes()).asString().isEqualTo("NEXT");
    }

    @Test void aChunkOfNothingReadsNothing() throws IOException {
        var in = new Segments("NEXT");
        assertThat(new ChunkReader(in, 0).read()).isEqualTo(-1);
        assertThat(in.readAllBytes()).asString().isEqualTo("NEXT");
    }

    @Test void aChunkThatEndsTooSoonIsNone() {
        assertThatThrownBy(() -> new ChunkReader(new Segments("abc"), 4).readAllBytes())
            .isInstanceOf(EOFException.class);
    }
}
