package org.posthorn.server.spool;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A real disk that counts its flushes, and fails, fills up or is slow when a test says so. */
final class TestDisk implements Disk {

    private final Disk real = Disk.real();
    private final AtomicInteger forces = new AtomicInteger();
    private volatile Optional<IOException> trouble = Optional.empty();
    private volatile Optional<CountDownLatch> gate = Optional.empty();
    private volatile CountDownLatch reached = new CountDownLatch(0);
    private volatile boolean silent;
    private volatile long usable = Long.MAX_VALUE;

    /** How often a file was forced. */
    int forces() {
        return forces.get();
    }

    /** From now on writes fail so. */
    void fail(String message) {
        trouble = Optional.of(new IOException(message));
    }

    /** From now on flushes succeed and say that they failed. */
    void hideFlushes() {
        silent = true;
    }

    /** From now on writes work. */
    void mend() {
        trouble = Optional.empty();
        silent = false;
    }

    /** From now on so many octets are free. */
    void usable(long octets) {
        usable = octets;
    }

    /** From now on flushes wait for {@link #release}. */
    void hold() {
        reached = new CountDownLatch(1);
        gate = Optional.of(new CountDownLatch(1));
    }

    /** Returns when a flush waits. */
    void awaitHeld() throws InterruptedException {
        reached.await();
    }

    /** Lets all flushes go. */
    void release() {
        gate.ifPresent(CountDownLatch::countDown);
        gate = Optional.empty();
    }

    @Override public Output create(Path file) throws IOException {
        check();
        return watched(real.create(file));
    }

    @Override public Output createZeroed(Path file, int octets) throws IOException {
        check();
        return watched(real.createZeroed(file, octets));
    }

    @Override public Output replace(Path file) throws IOException {
        check();
        return watched(real.replace(file));
    }

    @Override public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        real.createDirectory(directory, attributes);
    }

    @Override public void move(Path file, Path to) throws IOException {
        check();
        real.move(file, to);
    }

    @Override public void delete(Path file) throws IOException {
        real.delete(file);
    }

    private Output watched(Output output) {
        return new Output() {
            @Override public void write(byte[] octets, int offset, int length) throws IOException {
                if (trouble.isPresent()) {
                    output.write(octets, offset, length / 2);       // as a full disk does
                }
                check();
                output.write(octets, offset, length);
            }

            @Override public void force() throws IOException {
                reached.countDown();
                var held = gate;
                try {
                    if (held.isPresent()) {
                        held.get().await();
                    }
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                check();
                forces.incrementAndGet();
                output.force();
                if (silent) {
                    throw new IOException("Input/output error");
                }
            }

            @Override public void close() throws IOException {
                output.close();
            }
        };
    }

    private void check() throws IOException {
        if (trouble.isPresent()) {
            throw new IOException(trouble.get().getMessage());
        }
    }

    @Override public void forceDirectory(Path directory) throws IOException {
        check();
        real.forceDirectory(directory);
    }

    @Override public Optional<Volume> volume(Path directory) {
        return Optional.empty();
    }

    @Override public long usable(Path directory) {
        return usable;
    }
}
