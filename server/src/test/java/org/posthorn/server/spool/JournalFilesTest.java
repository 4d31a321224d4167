package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalFilesTest {

    private static final int SIZE = 256;

    @TempDir private Path directory;
    private final TestDisk disk = new TestDisk();
    private JournalFiles files;

    @BeforeEach void open() throws IOException {
        assertThat(reopened(0)).isEmpty();
    }

    private static PackedOutput octets(String text) {
        return new PackedOutput().text(text);
    }

    private void commit(long number, String text) throws IOException {
        files.prepare(number, octets(text));
        files.append(number, octets(text));
    }

    /** As a new process finds them. */
    private List<String> reopened(long after) throws IOException {
        files = new JournalFiles(disk, directory, SIZE);
        return files.start(after).stream().map(commit -> new PackedInput(commit).text()).toList();
    }

    private List<Path> paths() throws IOException {
        try (var all = Files.list(directory)) {
            return all.sorted().toList();
        }
    }

    @Test void commitsComeBackInTheirOrderFromHoweverManyFiles() throws IOException {
        var all = new ArrayList<String>();
        for (var number = 1; number <= 40; number++) {
            all.add("commit " + number + "x".repeat(number * 9));      // the last ones are larger than a file
            commit(number, all.getLast());
        }
        assertThat(paths()).hasSizeGreaterThan(10);
        assertThat(reopened(0)).isEqualTo(all);
        assertThat(reopened(25)).isEqualTo(all.subList(25, 40));
        assertThat(reopened(40)).isEmpty();
    }

    @Test void aStartGoesOnInANewFile() throws IOException {
        commit(1, "one");
        assertThat(reopened(0)).isEqualTo(List.of("one"));
        commit(2, "two");
        assertThat(paths()).hasSize(2);
        assertThat(reopened(0)).isEqualTo(List.of("one", "two"));
    }

    @Test void theTablesNumbersMayLieBetween() throws IOException {
        commit(1, "one");
        commit(2, "two");
        commit(5, "five");      // 3 and 4 are rows, which say that 2 is known
        assertThat(reopened(4)).isEqualTo(List.of("five"));
        assertThatIOException().isThrownBy(() -> reopened(0)).withMessageContaining("commits 3 to 4 are missing");
    }

    @Test void whatTheTablesKnowGoes() throws IOException {
        for (var number = 1; number <= 40; number++) {
            commit(number, "commit " + number);
        }
        var before = paths();
        files.forget(30);
        assertThat(paths()).hasSizeLessThan(before.size());
        assertThat(reopened(30)).hasSize(10);
        files.forget(40);
        assertThat(paths()).isEmpty();
        commit(41, "on");
        assertThat(paths()).doesNotContainAnyElementsOf(before);
    }

    @Test void aTornEndNeverHappened() throws IOException {
        commit(1, "first");
        commit(2, "second, and a little longer");
        var path = paths().getFirst();
        var whole = Files.readAllBytes(path);
        var end = JournalRecord.HEADER + JournalRecord.commit(1, octets("first")).length;
        var length = JournalRecord.commit(2, octets("second, and a little longer")).length;
        for (var kept = 0; kept < length; kept++) {
            var torn = whole.clone();
            Arrays.fill(torn, end + kept, torn.length, (byte) 0);
            Files.write(path, torn);
            assertThat(reopened(0)).as("%d octets kept", kept).isEqualTo(List.of("first"));
            Files.write(path, Arrays.copyOf(whole, end + kept));
            assertThat(reopened(0)).as("cut after %d octets", kept).isEqualTo(List.of("first"));
        }
        commit(2, "another");
        Files.write(path, whole);
        assertThat(reopened(0)).as("even should it come back").isEqualTo(List.of("first", "another"));
    }

    @Test void aChangedOctetBeforeTheEndIsTold() throws IOException {
        commit(1, "first");
        commit(2, "second");
        commit(3, "third");
        var path = paths().getFirst();
        var whole = Files.readAllBytes(path);
        var last = JournalRecord.HEADER + JournalRecord.commit(1, octets("first")).length
            + JournalRecord.commit(2, octets("second")).length;
        for (var at = 0; at < last; at++) {
            var changed = whole.clone();
            changed[at] ^= 0x10;
            Files.write(path, changed);
            assertThatIOException().as("octet %d", at).isThrownBy(() -> reopened(0))
                .withMessageContaining(path + " is damaged");
        }
    }

    @Test void aFileThatIsMissingIsTold() throws IOException {
        for (var number = 1; number <= 40; number++) {
            commit(number, "commit " + number);
        }
        for (var path : paths().subList(0, 3)) {
            var octets = Files.readAllBytes(path);
            Files.delete(path);
            assertThatIOException().isThrownBy(() -> reopened(0)).withMessageContaining("are missing before");
            Files.write(path, octets);
        }
        assertThat(reopened(0)).hasSize(40);
    }

    @Test void aFileThatWasMadeAndNeverBegunIsNone() throws IOException {
        commit(1, "one");
        var later = directory.resolve("0000000009.journal");
        for (var length : List.of(0, 5, SIZE)) {
            Files.write(later, new byte[length]);
            assertThat(reopened(0)).isEqualTo(List.of("one"));
            assertThat(later).doesNotExist();
        }
        Files.write(later, Arrays.copyOf(JournalRecord.first(2), 11));
        assertThat(reopened(0)).isEqualTo(List.of("one"));
    }

    @Test void whatWasTakenBackIsGone() throws IOException {
        commit(1, "one");
        disk.hideFlushes();
        assertThatIOException().isThrownBy(() -> commit(2, "told that it failed"));
        assertThatIOException().isThrownBy(() -> files.takeBack(2));
        disk.mend();
        files.takeBack(2);
        assertThat(reopened(0)).isEqualTo(List.of("one"));
        commit(2, "two");
        assertThat(reopened(0)).isEqualTo(List.of("one", "two"));
    }

    @Test void aFullDiskLeavesNoFile() throws IOException {
        commit(1, "one");
        var before = paths();
        disk.fail("No space left on device");
        assertThatIOException().isThrownBy(() -> files.prepare(2, octets("x".repeat(SIZE))));
        assertThat(paths()).isEqualTo(before);
        disk.mend();
        commit(2, "two");
        assertThat(reopened(0)).isEqualTo(List.of("one", "two"));
    }

    @Test void whatLooksLikeARecordWithinATornOneIsNone() throws IOException {
        commit(1, "one");
        var forged = new String(JournalRecord.commit(1000, octets("x")), StandardCharsets.ISO_8859_1);
        files.prepare(2, octets(forged));
        var path = paths().getFirst();
        var length = Files.size(path);
        files.append(2, octets(forged));
        var torn = Files.readAllBytes(path);
        var at = JournalRecord.HEADER + JournalRecord.commit(1, octets("one")).length;
        torn[at] = 0;
        Files.write(path, torn);
        assertThat(length).isEqualTo(SIZE);
        assertThat(reopened(0)).isEqualTo(List.of("one"));
    }

    @Test void nothingIsReadThatIsNotOurs() throws IOException {
        Files.writeString(directory.resolve("notes.txt"), "not ours");
        commit(1, "one");
        assertThat(reopened(0)).isEqualTo(List.of("one"));
        assertThat(directory.resolve("notes.txt")).exists();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
            Files.createDirectory(directory.resolve("0000000099.journal"));
            reopened(0);
        });
    }
}
