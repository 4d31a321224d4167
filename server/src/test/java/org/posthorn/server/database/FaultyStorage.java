package org.posthorn.server.database;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.derby.impl.io.DirStorageFactory;
import org.apache.derby.io.StorageFactory;
import org.apache.derby.io.StorageFile;
import org.apache.derby.io.StorageRandomAccessFile;
import org.apache.derby.io.WritableStorageFactory;

/**
 * Files for Derby that fail when a test says so, known to it as {@code faulty}. What changes a file is counted; from a
 * chosen call on, or at that one alone, it fails as the disk would.
 */
public final class FaultyStorage implements WritableStorageFactory {

    private static final Set<String> CHANGES = Set.of("write", "writeInt", "writeLong", "writeByte", "setLength",
        "sync");
    private static final AtomicReference<Disk> DISK = new AtomicReference<>(new Disk(Long.MAX_VALUE, false, "", 0));

    private final DirStorageFactory real = new DirStorageFactory();

    /**
     * How the disk is.
     *
     * @param from the first call that fails, from 0
     * @param once whether later ones work again
     * @param calls made so far
     */
    private record Disk(long from, boolean once, String message, long calls) {
        boolean fails() {
            return once ? calls == from : calls >= from;
        }
    }

    /**
     * Makes the name known to Derby, which looks for it only when its engine boots, and makes it change its log file
     * and write its pages more often than every few megabytes.
     */
    public static void register() {
        System.setProperty("derby.stream.error.method", DerbyDatabase.class.getName() + ".log");
        System.setProperty("derby.subSubProtocol.faulty", FaultyStorage.class.getName());
        System.setProperty("derby.storage.logSwitchInterval", "100000");
        System.setProperty("derby.storage.checkpointInterval", "100000");
        endEngine();
    }

    /** For whoever uses Derby next in this process. */
    public static void unregister() {
        mend();
        System.clearProperty("derby.storage.logSwitchInterval");
        System.clearProperty("derby.storage.checkpointInterval");
        endEngine();
    }

    private static void endEngine() {
        try {
            DriverManager.getConnection("jdbc:derby:;shutdown=true;deregister=false").close();
        } catch (SQLException e) {
            // That is how it says that it did.
        }
    }

    /** A database on such files. */
    public static DerbyDatabase database(DatabaseConfig config) {
        return new DerbyDatabase(config, new Migrations(Migrations.ALL, Instant::now), "faulty");
    }

    /** From the call after so many on, all calls fail. */
    public static void failFrom(long calls, String message) {
        DISK.set(new Disk(calls, false, message, 0));
    }

    /** The call after so many fails, and no other. */
    public static void failOnce(long calls, String message) {
        DISK.set(new Disk(calls, true, message, 0));
    }

    /** From now on everything works; how many calls there were since the last change. */
    public static long mend() {
        return DISK.getAndSet(new Disk(Long.MAX_VALUE, false, "", 0)).calls();
    }

    /** A call of another kind that changes a file is to be made. */
    public static void change() throws IOException {
        var before = DISK.getAndUpdate(disk -> new Disk(disk.from, disk.once, disk.message, disk.calls + 1));
        if (before.fails()) {
            throw new IOException(before.message);
        }
    }

    private static StorageFile file(StorageFile file) {
        return file == null ? null : (StorageFile) Proxy.newProxyInstance(FaultyStorage.class.getClassLoader(),
            new Class<?>[] {StorageFile.class, Inner.class}, (proxy, method, arguments) -> {
                if (method.getDeclaringClass() == Inner.class) {
                    return file;
                }
                if (method.getName().equals("equals")) {
                    return arguments[0] instanceof Inner other && file.equals(other.inner());
                }
                var result = call(method, file, arguments);
                return switch (result) {
                    case StorageFile parent -> file(parent);
                    case StorageRandomAccessFile open -> open(open);
                    case OutputStream out -> new Out(out);
                    case null, default -> result;
                };
            });
    }

    /** How a proxy tells what it stands for. */
    private interface Inner {
        StorageFile inner();
    }

    private static StorageFile inner(StorageFile file) {
        return file instanceof Inner proxy ? proxy.inner() : file;
    }

    private static StorageRandomAccessFile open(StorageRandomAccessFile open) {
        return (StorageRandomAccessFile) Proxy.newProxyInstance(FaultyStorage.class.getClassLoader(),
            new Class<?>[] {StorageRandomAccessFile.class}, (_, method, arguments) -> {
                if (CHANGES.contains(method.getName())) {
                    change();
                }
                var result = call(method, open, arguments);
                return result instanceof StorageRandomAccessFile other ? open(other) : result;
            });
    }

    private static Object call(Method method, Object target, Object... arguments) throws Throwable {
        try {
            if (arguments != null && method.getName().equals("renameTo")) {
                return method.invoke(target, inner((StorageFile) arguments[0]));
            }
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static final class Out extends FilterOutputStream {
        Out(OutputStream out) {
            super(out);
        }

        OutputStream inner() {
            return out;
        }

        @Override public void write(byte[] octets, int offset, int length) throws IOException {
            change();
            out.write(octets, offset, length);
        }

        @Override public void write(int octet) throws IOException {
            change();
            out.write(octet);
        }
    }

    @Override public void sync(OutputStream stream, boolean metaData) throws IOException {
        change();
        real.sync(stream instanceof Out wrapped ? wrapped.inner() : stream, metaData);
    }

    @Override public boolean supportsWriteSync() {
        return real.supportsWriteSync();
    }

    @Override public void init(String home, String database, String temporary, String unique) throws IOException {
        real.init(home, database, temporary, unique);
    }

    @Override public void shutdown() {
        real.shutdown();
    }

    @Override public String getCanonicalName() throws IOException {
        return real.getCanonicalName();
    }

    @Override public void setCanonicalName(String name) {
        real.setCanonicalName(name);
    }

    @Override public StorageFile newStorageFile(String path) {
        return file(real.newStorageFile(path));
    }

    @Override public StorageFile newStorageFile(String directory, String name) {
        return file(real.newStorageFile(directory, name));
    }

    @Override public StorageFile newStorageFile(StorageFile directory, String name) {
        return file(real.newStorageFile(inner(directory), name));
    }

    @Override public char getSeparator() {
        return File.separatorChar;
    }

    @Override public StorageFile getTempDir() {
        return file(real.getTempDir());
    }

    @Override public boolean isFast() {
        return real.isFast();
    }

    @Override public boolean isReadOnlyDatabase() {
        return real.isReadOnlyDatabase();
    }

    @Override public boolean supportsRandomAccess() {
        return real.supportsRandomAccess();
    }

    @Override public int getStorageFactoryVersion() {
        return StorageFactory.VERSION_NUMBER;
    }

    @Override public StorageFile createTemporaryFile(String prefix, String suffix) throws IOException {
        return file(real.createTemporaryFile(prefix, suffix));
    }
}
