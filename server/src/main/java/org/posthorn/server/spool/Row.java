package org.posthorn.server.spool;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;

/** The parameters of one statement, set in order. */
final class Row {

    private final PreparedStatement statement;
    private int column;

    Row(PreparedStatement statement) {
        this.statement = statement;
    }

    Row add(String text) throws SQLException {
        statement.setString(++column, text);
        return this;
    }

    /** What the column has no room for is left out. */
    Row cut(String text, int length) throws SQLException {
        return add(fitting(text, length));
    }

    Row add(long number) throws SQLException {
        statement.setLong(++column, number);
        return this;
    }

    /** Sends a batch; each of its statements must have changed a row. */
    static void execute(PreparedStatement batch, int rows) throws SQLException {
        if (rows > 0 && Arrays.stream(batch.executeBatch()).anyMatch(count -> count == 0)) {
            throw new SQLException("a row that should have been changed is not there");
        }
    }

    /** As much of a text as a column takes; a character of two halves is not torn. */
    static String fitting(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
    }
}
