package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How rows are shown: `--formatter`.
enum Format {
    TABLE("table", true) {
        @Override
        void show(Rows rows, boolean header, PrintStream out) {
            if (header && !rows.values().isEmpty()) {
                out.println(String.join("\t", rows.columns()));
            }
            rows.cells().forEach(row -> out.println(String.join("\t", row)));
        }
    },
    PRETTY_TABLE("pretty_table", true) {
        @Override
        void show(Rows rows, boolean header, PrintStream out) {
            if (!rows.values().isEmpty()) {
                PrettyTable.show(rows.columns(), rows.cells(), out);
            }
        }
    },
    JSON("json", false) {
        @Override
        void show(Rows rows, boolean header, PrintStream out) {
            out.println("[");
            for (int i = 0; i < rows.values().size(); i++) {
                var object = Api.object();
                for (int j = 0; j < rows.columns().size(); j++) {
                    var value = rows.values().get(i).get(j);
                    object.set(
                            rows.columns().get(j),
                            value.isMissingNode() ? Api.JSON.getNodeFactory().textNode("") : ErlangTerm.typed(value));
                }
                out.println((i == 0 ? "" : ",") + object);
            }
            out.println("]");
        }
    },
    CSV("csv", false) {
        @Override
        void show(Rows rows, boolean header, PrintStream out) {
            if (!rows.values().isEmpty()) {
                out.println(line(rows.columns()));
            }
            rows.cells().forEach(row -> out.println(line(row)));
        }

        private static String line(List<String> cells) {
            return String.join(
                    ",",
                    cells.stream()
                            .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                            .toList());
        }
    },
    ERLANG("erlang", true) {
        @Override
        void show(Rows rows, boolean header, PrintStream out) {
            List<String> lists = new ArrayList<>();
            for (List<JsonNode> row : rows.values()) {
                List<String> fields = new ArrayList<>();
                for (int i = 0; i < row.size(); i++) {
                    fields.add("{" + rows.columns().get(i) + "," + ErlangTerm.binaries(row.get(i)) + "}");
                }
                lists.add("[" + String.join(",", fields) + "]");
            }
            out.println("[" + String.join(",", lists) + "]");
        }
    };

    private final String word;
    private final boolean banners;

    Format(String word, boolean banners) {
        this.word = word;
        this.banners = banners;
    }

    static Optional<Format> of(String word) {
        for (Format format : values()) {
            if (format.word.equals(word)) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /// Whether what is being done is told before.
    boolean banners() {
        return banners;
    }

    abstract void show(Rows rows, boolean header, PrintStream out);
}
