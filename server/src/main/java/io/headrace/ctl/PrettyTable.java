package io.headrace.ctl;

import java.io.PrintStream;
import java.util.List;

/// A table in a frame, drawn with the line characters of a VT100 as RabbitMQ does.
final class PrettyTable {
    private static final String LINES_ON = "\u001b(0";
    private static final String LINES_OFF = "\u001b(B";
    private static final String BAR = LINES_ON + "x" + LINES_OFF;

    private PrettyTable() {}

    static void show(List<String> columns, List<List<String>> rows, PrintStream out) {
        var widths = new int[columns.size()];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = columns.get(i).length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        out.println(rule('l', 'w', 'k', widths));
        out.println(line(columns, widths, true));
        for (List<String> row : rows) {
            out.println(rule('t', 'n', 'u', widths));
            out.println(line(row, widths, false));
        }
        out.println(rule('m', 'v', 'j', widths));
    }

    private static String rule(char left, char crossing, char right, int[] widths) {
        var text = new StringBuilder(LINES_ON).append(left);
        for (int i = 0; i < widths.length; i++) {
            text.append(i == 0 ? "" : crossing).append("q".repeat(widths[i] + 2));
        }
        return text.append(right).append(LINES_OFF).toString();
    }

    private static String line(List<String> cells, int[] widths, boolean bold) {
        var text = new StringBuilder(BAR);
        for (int i = 0; i < widths.length; i++) {
            var cell = cells.get(i);
            text.append(' ')
                    .append(bold ? Terminal.bold(cell) : cell)
                    .append(" ".repeat(widths[i] - cell.length() + 1))
                    .append(BAR);
        }
        return text.toString();
    }
}
