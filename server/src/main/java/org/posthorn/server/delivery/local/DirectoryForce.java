package org.posthorn.server.delivery.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.posthorn.server.spool.Disk;

/**
 * Makes new names in directories durable. Threads that want the same directory forced share: while one force runs the
 * others gather, and the next one serves all of them. One lock guards the map; it is not held during a force.
 */
final class DirectoryForce {

    private final Disk disk;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Gate> gates = new HashMap<>();

    DirectoryForce(Disk disk) {
        this.disk = disk;
    }

    /** One directory that somebody wants forced. Guarded by the lock. */
    private final class Gate {
        private final Condition done = lock.newCondition();
        private long begun;      // forces that were begun
        private long ended;      // forces that were ended with success
        private boolean running;
        private int users;
    }

    /** Returns when a force of the directory that began after this call has ended. */
    void force(Path directory) throws IOException {
        lock.lock();
        var gate = gates.computeIfAbsent(directory, _ -> new Gate());
        gate.users++;
        try {
            var wanted = gate.begun + 1;
            while (gate.ended < wanted) {
                if (gate.running) {
                    gate.done.awaitUninterruptibly();
                } else {
                    run(gate, directory);
                }
            }
        } finally {
            gate.users--;
            if (gate.users == 0) {
                gates.remove(directory);
            }
            lock.unlock();
        }
    }

    /** Called and left with the lock held. */
    private void run(Gate gate, Path directory) throws IOException {
        gate.running = true;
        gate.begun++;
        var number = gate.begun;
        lock.unlock();
        var fine = false;
        try {
            disk.forceDirectory(directory);
            fine = true;
        } finally {
            lock.lock();
            gate.running = false;
            if (fine) {
                gate.ended = number;
            }
            gate.done.signalAll();
        }
    }
}
