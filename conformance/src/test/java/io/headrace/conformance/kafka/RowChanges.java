package io.headrace.conformance.kafka;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Changes the rows of a table, and knows which changes were committed: what must come out of a topic, for each row in
/// this order.
///
/// Each insert and update writes a number of its own into the row, so a change is told by its kind and that number; a
/// delete by the number of the row that it removed.
///
/// Threads: one changes rows; any sees what came.
final class RowChanges {
    private static final String TABLE = "CREATE TABLE orders (id int PRIMARY KEY, change bigint NOT NULL, note text);"
            + "ALTER TABLE orders REPLICA IDENTITY FULL"; // so that a delete tells which number it removed
    private static final int ROWS = 500;
    private static final int IN_A_TRANSACTION_MAX = 40;

    private final Random random;
    private final Map<Integer, Long> rows = new HashMap<>(); // to the number in them
    private final Map<Integer, List<String>> committed = new HashMap<>(); // by row
    private final Map<Integer, Set<String>> seen = new HashMap<>(); // in the order of the first time
    private final Set<String> rolledBack = new HashSet<>();
    private long lastChange;
    private int committedCount;
    private int seenCount;
    private int duplicates;

    private record Change(int row, String what) {}

    RowChanges(Random random) {
        this.random = random;
    }

    static void createTable(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
    }

    /// Inserts all rows there can be, in one transaction.
    void fill(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        var changes = new ArrayList<Change>();
        for (int row = 0; row < ROWS; row++) {
            changes.add(insert(connection, row));
        }
        committed(changes);
        connection.commit();
    }

    /// Commits `count` changes at least, in transactions of several; some others are rolled back.
    void change(Connection connection, int count) throws SQLException {
        connection.setAutoCommit(false);
        int end = committedCount() + count;
        while (committedCount() < end) {
            var before = new HashMap<>(rows);
            var changes = new ArrayList<Change>();
            for (int i = random.nextInt(IN_A_TRANSACTION_MAX); i >= 0; i--) {
                changes.add(changeOne(connection));
            }
            if (random.nextInt(20) == 0) {
                connection.rollback();
                rows.clear();
                rows.putAll(before);
                rolledBack(changes);
            } else {
                committed(changes); // before it is, or the topic might have it before us
                connection.commit();
            }
        }
    }

    private Change changeOne(Connection connection) throws SQLException {
        int row = random.nextInt(ROWS);
        var number = rows.get(row);
        if (number == null) {
            return insert(connection, row);
        }
        if (random.nextInt(10) == 0) {
            rows.remove(row);
            execute(connection, "DELETE FROM orders WHERE id = ?", row);
            return new Change(row, "delete " + number);
        }
        rows.put(row, ++lastChange);
        execute(connection, "UPDATE orders SET change = ? WHERE id = ?", lastChange, row);
        return new Change(row, "update " + lastChange);
    }

    private Change insert(Connection connection, int row) throws SQLException {
        rows.put(row, ++lastChange);
        execute(connection, "INSERT INTO orders VALUES (?, ?, repeat('n', 100))", row, lastChange);
        return new Change(row, "insert " + lastChange);
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private synchronized void committed(List<Change> changes) {
        changes.forEach(each ->
                committed.computeIfAbsent(each.row, row -> new ArrayList<>()).add(each.what));
        committedCount += changes.size();
    }

    private synchronized void rolledBack(List<Change> changes) {
        changes.forEach(each -> rolledBack.add(each.what));
    }

    /// A change came out, perhaps not for the first time.
    synchronized void saw(int row, String change) {
        if (seen.computeIfAbsent(row, any -> new LinkedHashSet<>()).add(change)) {
            seenCount++;
        } else {
            duplicates++;
        }
    }

    synchronized int committedCount() {
        return committedCount;
    }

    /// Each counted once.
    synchronized int seenCount() {
        return seenCount;
    }

    synchronized int duplicates() {
        return duplicates;
    }

    /// What is missing, made up, of a transaction that was rolled back, or out of its row's order.
    synchronized List<String> wrong() {
        var wrong = new ArrayList<String>();
        committed.forEach((row, changes) -> {
            var came = new ArrayList<>(seen.getOrDefault(row, Set.of()));
            if (!came.equals(changes)) {
                var lost = new ArrayList<>(changes);
                lost.removeAll(came);
                var more = new ArrayList<>(came);
                more.removeAll(changes);
                wrong.add("row %d: lost %s, more %s, of these rolled back %s%s"
                        .formatted(
                                row,
                                lost,
                                more,
                                more.stream().filter(rolledBack::contains).toList(),
                                lost.isEmpty() && more.isEmpty() ? ", another order" : ""));
            }
        });
        return wrong;
    }
}
