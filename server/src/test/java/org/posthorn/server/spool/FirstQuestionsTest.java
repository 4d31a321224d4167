package org.posthorn.server.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.posthorn.server.database.DatabaseConfig;
import org.posthorn.server.database.DerbyDatabase;

class FirstQuestionsTest {

    @TempDir private Path home;

    /** Derby finds a question again by its text alone. */
    @Test void justTheseAreAskedAtAStart() throws IOException {
        var database = new DerbyDatabase(DatabaseConfig.of(home), Instant::now);
        database.start();
        try {
            var spool = new DerbySpool(SpoolConfig.of(home), database, Disk.real(), Instant::now);
            spool.start();
            spool.stop(Duration.ZERO);
            assertThat(compiled(database)).containsAll(FirstQuestions.ALL);
        } finally {
            database.stop(Duration.ZERO);
        }
    }

    private static List<String> compiled(DerbyDatabase database) {
        return database.transaction(connection -> {
            try (var query = connection.prepareStatement("SELECT sql_text FROM SYSCS_DIAG.STATEMENT_CACHE");
                 var rows = query.executeQuery()) {
                var all = new ArrayList<String>();
                while (rows.next()) {
                    all.add(rows.getString(1));
                }
                return all;
            }
        });
    }
}
