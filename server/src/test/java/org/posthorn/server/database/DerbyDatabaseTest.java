package org.posthorn.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.derby.iapi.services.monitor.Monitor;
import org.apache.derby.impl.services.jmxnone.NoManagementService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DerbyDatabaseTest {

    private static final int HEADER = 24;   // of a log file of Derby's

    @TempDir private static Path home;      // one for all: making a database takes a second or more
    private DerbyDatabase database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);

    @AfterEach void close() throws IOException {
        database.stop(Duration.ZERO);
        open();
        database.transaction(connection -> update(connection, "DELETE FROM id_block"));
        database.stop(Duration.ZERO);
    }

    @Test void theSchemaIsThereOnceStartedAndIsMadeOnlyOnce() throws IOException {
        open();
        database.transaction(connection -> update(connection, "INSERT INTO id_block VALUES ('a', 7)"));
        database.stop(Duration.ZERO);
        open();
        assertThat(reserved()).isEqualTo(7);
    }

    @Test void derbyMakesNoBeansForJmx() throws Exception {
        open();
        assertThat(Monitor.findSystemModule("org.apache.derby.iapi.services.jmx.ManagementService"))
            .isInstanceOf(NoManagementService.class);
    }

    /** Its header is cut, or some of its parts did not reach the disk. */
    @Test void aLogFileThatTheLastPowerLossLeftUnfinishedIsRemoved() throws IOException {
        open();
        database.transaction(connection -> update(connection, "INSERT INTO id_block VALUES ('a', 7)"));
        database.stop(Duration.ZERO);
        var logs = DatabaseConfig.of(home).directory().resolve("log");
        for (var cut : List.of(2, 8, 16, 20, HEADER)) {
            var last = last(logs);
            var header = Arrays.copyOf(Files.readAllBytes(logs.resolve("log" + last + ".dat")), HEADER);
            Arrays.fill(header, HEADER / 3, HEADER, (byte) 0);
            ByteBuffer.wrap(header).putLong(HEADER / 3, cut == HEADER ? 0 : last + 1);
            Files.write(logs.resolve("log" + (last + 1) + ".dat"), Arrays.copyOf(header, cut));
            open();
            assertThat(reserved()).isEqualTo(7);
            database.stop(Duration.ZERO);
        }
    }

    private static int last(Path logs) throws IOException {
        try (var files = Files.list(logs)) {
            return files.map(file -> String.valueOf(file.getFileName())).filter(name -> name.endsWith(".dat"))
                .mapToInt(name -> Integer.parseInt(name.substring(3, name.length() - 4))).max().orElseThrow();
        }
    }

    @Test void workThatThrowsIsRolledBack() throws IOException {
        open();
        database.transaction(connection -> update(connection, "INSERT INTO id_block VALUES ('a', 7)"));
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> database.transaction(connection -> {
            update(connection, "UPDATE id_block SET reserved = 8");
            throw new IllegalStateException("on purpose");
        }));
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(() -> database.transaction(connection -> {
            update(connection, "UPDATE id_block SET reserved = 9");
            return update(connection, "INSERT INTO id_block VALUES ('a', 10)");
        }));
        assertThat(reserved()).isEqualTo(7);
    }

    @Test void aSchemaNewerThanThisBuildIsRefused() throws IOException {
        open();
        database.transaction(connection -> update(connection, "INSERT INTO schema_version VALUES (9999, 'later', 0)"));
        database.stop(Duration.ZERO);
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(this::open)
            .withMessageContaining("schema version 9999").withMessageContaining("newer Posthorn");
        database = new DerbyDatabase(DatabaseConfig.of(home), upTo(9999));
        database.start();
        database.transaction(connection -> update(connection, "DELETE FROM schema_version WHERE version = 9999"));
    }

    @Test void aMigrationThatFailsLeavesNothing() {
        database = new DerbyDatabase(DatabaseConfig.of(home), upTo(9999));
        assertThatIOException().isThrownBy(database::start).withMessageContaining("cannot be opened");
        database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        assertThat(startedWithout("half_made")).isTrue();
    }

    @Test void derbyLeavesNoLogFileOfItsOwn() throws IOException {
        open();
        assertThat(Path.of("derby.log")).doesNotExist();
        assertThat(home.resolve("data")).isDirectoryNotContaining(file -> file.endsWith("derby.log"));
    }

    @Test void aDatabaseOfAnotherProcessIsRefusedInOneLine() throws Exception {
        open();
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        database.stop(Duration.ZERO);
        var other = new ProcessBuilder(java, "-cp", System.getProperty("java.class.path"),
            DerbyDatabaseTest.class.getName(), home.toString()).redirectErrorStream(true).start();
        try (var lines = other.inputReader()) {
            for (var line = lines.readLine(); line != null && !line.equals("open"); line = lines.readLine()) {
                assertThat(line).doesNotContain("Exception");
            }
            assertThatIOException().isThrownBy(this::open).withMessageContaining("in use by another process")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
            other.getOutputStream().close();
        } finally {
            other.waitFor();
        }
        open();
    }

    @Test void reclaimingKeepsTheRows() throws IOException {
        open();
        database.transaction(connection -> update(connection, "INSERT INTO id_block VALUES ('a', 7)"));
        assertThat(database.reclaim("id_block")).as("nothing to win").isFalse();
        assertThat(reserved()).isEqualTo(7);
    }

    @Test void aStoppedDatabaseSaysSo() throws IOException {
        open();
        database.stop(Duration.ZERO);
        database.stop(Duration.ZERO);
        assertThatExceptionOfType(DatabaseException.class).isThrownBy(this::reserved)
            .withMessageContaining("not running");
    }

    /** The other process: opens the database and holds it until its input ends. */
    static void main(String[] arguments) throws IOException {
        var database = new DerbyDatabase(DatabaseConfig.of(Path.of(arguments[0])), Instant::now);
        database.start();
        IO.println("open");
        while (System.in.read() >= 0) {
            continue;
        }
        database.stop(Duration.ZERO);
    }

    private void open() throws IOException {
        database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        database.start();
        assertThat(Files.isDirectory(home.resolve("data").resolve("database"))).isTrue();
    }

    private static Migrations upTo(int number) {
        var all = new ArrayList<>(Migrations.ALL);
        all.add(new Migration(number, "broken"));
        return new Migrations(all, Instant::now);
    }

    private boolean startedWithout(String table) {
        try {
            database.start();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return database.transaction(connection -> {
            try (var tables = connection.getMetaData().getTables(null, null, table.toUpperCase(Locale.ROOT), null)) {
                return !tables.next();
            }
        });
    }

    private long reserved() {
        return database.transaction(connection -> {
            try (var statement = connection.createStatement();
                 var rows = statement.executeQuery("SELECT reserved FROM id_block WHERE name = 'a'")) {
                rows.next();
                return rows.getLong(1);
            }
        });
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }
}
