package org.posthorn.server.spool;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A record in a file of the {@linkplain JournalFiles journal}: a header of {@value #HEADER} octets (magic, length,
 * CRC-32C of number and octets, number; all big endian), and the octets.
 */
final class JournalRecord {

    static final int HEADER = 20;
    private static final int COMMIT = 0x50484A43;   // "PHJC"
    private static final int FIRST = 0x50484A46;    // "PHJF"
    private static final int NUMBER = 12;           // where it stands

    private final long number;
    private final byte[] octets;

    private JournalRecord(long number, byte[] octets) {
        this.number = number;
        this.octets = octets;
    }

    /** The commit's; of the record at the beginning of a file, that of the first commit that may follow. */
    long number() {
        return number;
    }

    /** What was committed. */
    byte[] octets() {
        return octets;
    }

    /** A commit as it stands in a file. */
    static byte[] commit(long number, PackedOutput octets) {
        return record(COMMIT, number, octets);
    }

    /** The beginning of a file. */
    static byte[] first(long number) {
        return record(FIRST, number, new PackedOutput());
    }

    private static byte[] record(int magic, long number, PackedOutput octets) {
        var record = new byte[HEADER + octets.size()];
        octets.copy(record, HEADER);
        var header = ByteBuffer.wrap(record).putInt(0, magic).putInt(Integer.BYTES, octets.size())
            .putLong(NUMBER, number);
        header.putInt(2 * Integer.BYTES, crc(record, 0, octets.size()));
        return record;
    }

    private static int crc(byte[] file, int at, int length) {
        var crc = new CRC32C();
        crc.update(file, at + NUMBER, Long.BYTES + length);
        return (int) crc.getValue();
    }

    /** The commit at that place; empty when there is none, or not a whole one. */
    static Optional<JournalRecord> commitAt(byte[] file, int at) {
        return at(COMMIT, file, at);
    }

    /** What stands at the beginning of a file; empty when it was not begun, or is damaged. */
    static Optional<JournalRecord> firstOf(byte[] file) {
        return at(FIRST, file, 0);
    }

    private static Optional<JournalRecord> at(int magic, byte[] file, int at) {
        if (file.length - at < HEADER) {
            return Optional.empty();
        }
        var header = ByteBuffer.wrap(file, at, HEADER).slice();
        var length = header.getInt(Integer.BYTES);
        if (header.getInt(0) != magic || length < 0 || length > file.length - at - HEADER
            || header.getInt(2 * Integer.BYTES) != crc(file, at, length)) {
            return Optional.empty();
        }
        return Optional.of(new JournalRecord(header.getLong(NUMBER),
            Arrays.copyOfRange(file, at + HEADER, at + HEADER + length)));
    }
}
