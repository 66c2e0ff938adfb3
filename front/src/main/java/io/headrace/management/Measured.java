package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.http.Query;

/// Counters at a moment, their rates, and older samples of them, newest first.
///
/// Threads: immutable.
record Measured(long[] current, double[] rates, long[] times, long[][] samples) {
    private static final double MILLIS = 1000;

    static Measured only(long[] current) {
        return new Measured(current, new double[current.length], new long[0], new long[0][]);
    }

    /// How far back samples are wanted, and how far apart.
    ///
    /// @param ageMillis 0 if none are wanted
    record Wanted(long ageMillis, long stepMillis) {
        static final Wanted NONE = new Wanted(0, 0);

        /// @param kind `lengths`, `msg_rates`, `data_rates`, `node_stats`
        static Wanted of(Query query, String kind) throws Problem {
            try {
                long age = query.text(kind + "_age").map(Long::parseLong).orElse(0L);
                long step = query.text(kind + "_incr").map(Long::parseLong).orElse(5L);
                return age <= 0 ? NONE : new Wanted(Math.min(age, 86_400) * 1000, Math.max(1, step) * 1000);
            } catch (NumberFormatException _) {
                throw Problem.badRequest("invalid value for " + kind + "_age or " + kind + "_incr");
            }
        }
    }

    /// Puts counter `index` under `name`, and its rate and samples under `name_details`.
    void put(ObjectNode to, String name, int index, Wanted wanted) {
        to.put(name, current[index]);
        details(to, name, index, wanted);
    }

    void details(ObjectNode to, String name, int index, Wanted wanted) {
        var details = to.putObject(name + "_details").put("rate", rates[index]);
        if (wanted.ageMillis() == 0 || times.length == 0) {
            return;
        }
        var array = details.putArray("samples");
        double sum = 0;
        int shown = 0;
        int oldest = 0;
        long due = Long.MAX_VALUE;
        for (int i = 0; i < times.length && times[0] - times[i] <= wanted.ageMillis(); i++) {
            if (times[i] <= due) {
                array.addObject().put("sample", samples[i][index]).put("timestamp", times[i]);
                sum += samples[i][index];
                shown++;
                oldest = i;
                due = times[i] - wanted.stepMillis() + wanted.stepMillis() / 10;
            }
        }
        details.put("avg", sum / shown);
        double seconds = (times[0] - times[oldest]) / MILLIS;
        details.put("avg_rate", seconds == 0 ? 0.0 : (samples[0][index] - samples[oldest][index]) / seconds);
    }
}
