package org.posthorn.server.spool;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.posthorn.server.database.Database;

/** A Derby database that counts transactions, and the rows, of tables and of indexes, that its queries look at. */
final class RowsRead implements Database {

    private static final Pattern VISITED = Pattern.compile("Number of rows visited=(\\d+)");

    private final Database database;
    private final AtomicLong rows = new AtomicLong();
    private final AtomicLong transactions = new AtomicLong();
    private volatile boolean watching;      // Derby's statistics take longer than most queries

    RowsRead(Database database) {
        this.database = database;
    }

    /** How many rows are looked at while that is done, by whomever. */
    long rows(Runnable work) {
        rows.set(0);
        watching = true;
        try {
            work.run();
        } finally {
            watching = false;
        }
        return rows.get();
    }

    /** How many transactions there were since the last time. */
    long transactions() {
        return transactions.getAndSet(0);
    }

    @Override public <T> T transaction(Work<T> work) {
        transactions.incrementAndGet();
        return watching ? watched(work) : database.transaction(work);
    }

    private <T> T watched(Work<T> work) {
        return database.transaction(connection -> {
            call(connection, "CALL SYSCS_UTIL.SYSCS_SET_RUNTIMESTATISTICS(1)");
            try {
                return work.run(watched(connection));
            } finally {
                call(connection, "CALL SYSCS_UTIL.SYSCS_SET_RUNTIMESTATISTICS(0)");
            }
        });
    }

    @Override public boolean reclaim(String table) {
        return database.reclaim(table);
    }

    @Override public void start() throws IOException {
        database.start();
    }

    @Override public void stop(Duration grace) {
        database.stop(grace);
    }

    private Connection watched(Connection connection) {
        return watch(Connection.class, connection, Map.of("prepareStatement", made ->
            watch(PreparedStatement.class, (PreparedStatement) made, Map.of("executeQuery", result ->
                watch(ResultSet.class, (ResultSet) result, Map.of("close", _ -> count(connection, 1))),
                "executeBatch", changed -> {
                    count(connection, ((int[]) changed).length);
                    return changed;
                }, "executeUpdate", changed -> {
                    count(connection, 1);
                    return changed;
                }))));
    }

    private interface After {
        Object apply(Object result) throws SQLException;
    }

    private static <T> T watch(Class<T> type, T one, Map<String, After> after) {
        return type.cast(Proxy.newProxyInstance(RowsRead.class.getClassLoader(), new Class<?>[] {type},
            (_, method, arguments) -> {
                try {
                    var result = method.invoke(one, arguments);
                    return after.containsKey(method.getName()) ? after.get(method.getName()).apply(result) : result;
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            }));
    }

    /** Derby tells of the last statement; those of a batch are alike. */
    private Object count(Connection connection, int times) throws SQLException {
        try (var query = connection.createStatement();
             var text = query.executeQuery("VALUES SYSCS_UTIL.SYSCS_GET_RUNTIMESTATISTICS()")) {
            text.next();
            VISITED.matcher(String.valueOf(text.getString(1))).results()
                .forEach(found -> rows.addAndGet(times * Long.parseLong(found.group(1))));
        }
        return rows;
    }

    private static void call(Connection connection, String sql) throws SQLException {
        try (var call = connection.prepareCall(sql)) {
            call.execute();
        }
    }
}
