package org.posthorn.server.database;

import java.sql.SQLException;
import java.util.List;
import java.util.function.Predicate;

/** What Derby's errors mean, by SQLState and severity. Its errors come in chains: each is looked at. */
final class DerbyErrors {

    private static final int DATABASE_SEVERITY = 45_000;
    private static final int SESSION_SEVERITY = 40_000;
    private static final List<String> IN_USE = List.of("XSDB6", "XSDBA");
    private static final List<String> LOG_UNKNOWN = List.of("XSLAM", "XSLAC", "XSLA3");
    private static final List<String> LOST_RACE = List.of("40001", "40XL1", "40XL2");
    /** Shut down, not there, no current connection: what others see when one of them met the end of the database. */
    private static final List<String> GONE = List.of("08006", "XJ004", "XJ040", "XJ041");
    /** A page or a log with another checksum than it should have, and what we say ourselves. */
    private static final List<String> DAMAGED = List.of("XSDG2", "XSLA3", "XSLAO");
    /** A fault within Derby, such as one of a cache that is no more; a page or the log that cannot be used. */
    private static final List<String> BROKEN = List.of("XJ001", "08000", "08003", "XSTB0");

    private DerbyErrors() {
    }

    /** What Derby told its log alone. */
    static SQLException broken() {
        return new SQLException("Derby could not write, and stopped the database", "XSDG1", DATABASE_SEVERITY);
    }

    /** What it did not say as it should, as if it had. */
    static SQLException stumbled(RuntimeException failure) {
        return new SQLException("Derby stumbled over its files: " + failure, "XSLAO", DATABASE_SEVERITY, failure);
    }

    /** Derby has given the database up. */
    static boolean endsDatabase(SQLException failure) {
        return any(failure, e -> e.getErrorCode() >= DATABASE_SEVERITY || GONE.contains(state(e)));
    }

    /** It may be that nothing works any more: worth a look. */
    static boolean looksBroken(SQLException failure) {
        return any(failure, e -> e.getErrorCode() >= SESSION_SEVERITY || BROKEN.contains(state(e))
            || state(e).startsWith("XS"));
    }

    static boolean lostRace(SQLException failure) {
        return LOST_RACE.contains(state(failure));
    }

    static boolean isInUse(SQLException failure) {
        return any(failure, e -> IN_USE.contains(state(e)));
    }

    /** The database was not opened, because a log file's header is not one. */
    static boolean cannotReadItsLog(SQLException failure) {
        return any(failure, e -> LOG_UNKNOWN.contains(state(e)));
    }

    /** How Derby says that a database was closed as wished. */
    static boolean isShutDown(SQLException failure) {
        return "08006".equals(state(failure));
    }

    /** There is no such database in this process, or on the disk. */
    static boolean isNotThere(SQLException failure) {
        return "XJ004".equals(state(failure));
    }

    /** Derby opens a database whose log it cannot write for reading alone. */
    static boolean isReadOnly(Throwable failure) {
        return failure instanceof SQLException sql && any(sql, e -> List.of("25502", "25503", "40XD1")
            .contains(state(e)));
    }

    /** All of Derby is being shut down, and nothing can be opened. */
    static boolean isEngineDown(SQLException failure) {
        return any(failure, e -> "XJ015".equals(state(e)));
    }

    private static String state(SQLException failure) {
        return String.valueOf(failure.getSQLState());
    }

    private static boolean any(SQLException failure, Predicate<SQLException> what) {
        for (var e = failure; e != null; e = e.getNextException()) {
            if (what.test(e)) {
                return true;
            }
        }
        return false;
    }

    /** Without the octets of the page, which Derby puts behind it. */
    private static String line(SQLException failure) {
        var text = String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
        var dump = text.indexOf(", page dump");
        return dump < 0 ? text : text.substring(0, dump);
    }

    /** What it was that could not be done, and what a person can do about it. */
    static String explained(SQLException failure) {
        var root = failure;
        while (root.getNextException() != null) {
            root = root.getNextException();
        }
        // That it failed to start it, and by which class loader, helps nobody.
        var text = failure.getNextException() == null || "XJ040".equals(state(failure)) ? line(root)
            : line(failure) + " (" + line(root) + ")";
        if (DatabaseException.saysFull(failure)) {
            return text + "; the disk is full: make room";
        }
        if (any(failure, e -> DAMAGED.contains(state(e)))) {
            text += "; its files are damaged";
        }
        return any(failure, e -> state(e).startsWith("XS") || state(e).startsWith("XBM") || "XJ040".equals(state(e)))
            ? text + "; nothing was changed: see 'When the disk is full, or broken' in docs/administration.md" : text;
    }
}
