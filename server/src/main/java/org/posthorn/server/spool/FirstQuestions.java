package org.posthorn.server.spool;

import java.util.List;
import org.posthorn.server.database.Database;

/**
 * What a spool asks at its start. Derby compiles a question when it hears it first, and keeps it for all connections:
 * these take a tenth of a start, which can be had before there is a spool.
 */
public final class FirstQuestions {

    static final List<String> ALL = List.of(SpoolTables.some(SpoolTables.BLOCKS), Journal.ROWS,
        SpoolTables.some(SpoolPages.NEWEST), SpoolTables.some(SpoolPages.UNSETTLED));

    private FirstQuestions() {
    }

    /** Has them compiled. They are not asked. */
    public static void prepare(Database database) {
        database.transaction(connection -> {
            for (var question : ALL) {
                connection.prepareStatement(question).close();
            }
            return ALL;
        });
    }
}
