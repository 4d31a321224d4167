package org.posthorn.server.powerloss;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.derby.io.StorageRandomAccessFile;

/** A file of Derby's that is open, and whose changes are noted. */
final class RecordedAccess implements StorageRandomAccessFile {

    private final StorageRandomAccessFile real;
    private final Recording recording;
    private final int file;
    private final boolean synced;       // each write is durable when it returns
    private final DataOutputStream data = new DataOutputStream(new Octets());

    RecordedAccess(StorageRandomAccessFile real, Recording recording, int file, boolean synced) {
        this.real = real;
        this.recording = recording;
        this.file = file;
        this.synced = synced;
    }

    /** Where all writes come together. */
    private final class Octets extends OutputStream {
        @Override public void write(int octet) throws IOException {
            write(new byte[] {(byte) octet}, 0, 1);
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            var at = real.getFilePointer();
            if (synced) {
                recording.write(file, at, octets, offset, length);
                var since = recording.now();
                real.write(octets, offset, length);
                recording.forced(file, since);
            } else {
                real.write(octets, offset, length);
                recording.write(file, at, octets, offset, length);
            }
        }
    }

    @Override public void close() throws IOException {
        real.close();
    }

    @Override public long getFilePointer() throws IOException {
        return real.getFilePointer();
    }

    @Override public long length() throws IOException {
        return real.length();
    }

    @Override public void seek(long at) throws IOException {
        real.seek(at);
    }

    @Override public void setLength(long length) throws IOException {
        real.setLength(length);
        recording.cut(file, length);
    }

    @Override public void sync() throws IOException {
        var since = recording.now();
        real.sync();
        recording.forced(file, since);
    }

    @Override public int read(byte[] octets, int offset, int length) throws IOException {
        return real.read(octets, offset, length);
    }

    @Override public StorageRandomAccessFile clone() {
        return new RecordedAccess(real.clone(), recording, file, synced);
    }

    @Override public void write(int octet) throws IOException {
        data.write(octet);
    }

    @Override public void write(byte[] octets) throws IOException {
        data.write(octets);
    }

    @Override public void write(byte[] octets, int offset, int length) throws IOException {
        data.write(octets, offset, length);
    }

    @Override public void writeBoolean(boolean value) throws IOException {
        data.writeBoolean(value);
    }

    @Override public void writeByte(int value) throws IOException {
        data.writeByte(value);
    }

    @Override public void writeShort(int value) throws IOException {
        data.writeShort(value);
    }

    @Override public void writeChar(int value) throws IOException {
        data.writeChar(value);
    }

    @Override public void writeInt(int value) throws IOException {
        data.writeInt(value);
    }

    @Override public void writeLong(long value) throws IOException {
        data.writeLong(value);
    }

    @Override public void writeFloat(float value) throws IOException {
        data.writeFloat(value);
    }

    @Override public void writeDouble(double value) throws IOException {
        data.writeDouble(value);
    }

    @Override public void writeBytes(String text) throws IOException {
        data.writeBytes(text);
    }

    @Override public void writeChars(String text) throws IOException {
        data.writeChars(text);
    }

    @Override public void writeUTF(String text) throws IOException {
        data.writeUTF(text);
    }

    @Override public void readFully(byte[] octets) throws IOException {
        real.readFully(octets);
    }

    @Override public void readFully(byte[] octets, int offset, int length) throws IOException {
        real.readFully(octets, offset, length);
    }

    @Override public int skipBytes(int count) throws IOException {
        return real.skipBytes(count);
    }

    @Override public boolean readBoolean() throws IOException {
        return real.readBoolean();
    }

    @Override public byte readByte() throws IOException {
        return real.readByte();
    }

    @Override public int readUnsignedByte() throws IOException {
        return real.readUnsignedByte();
    }

    @Override public short readShort() throws IOException {
        return real.readShort();
    }

    @Override public int readUnsignedShort() throws IOException {
        return real.readUnsignedShort();
    }

    @Override public char readChar() throws IOException {
        return real.readChar();
    }

    @Override public int readInt() throws IOException {
        return real.readInt();
    }

    @Override public long readLong() throws IOException {
        return real.readLong();
    }

    @Override public float readFloat() throws IOException {
        return real.readFloat();
    }

    @Override public double readDouble() throws IOException {
        return real.readDouble();
    }

    @Override public String readLine() throws IOException {
        return real.readLine();
    }

    @Override public String readUTF() throws IOException {
        return real.readUTF();
    }
}
