package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Counted;
import io.headrace.management.Measured.Wanted;
import java.util.EnumSet;
import java.util.Set;

/// `message_stats`: what was counted of messages, with rates. What never happened is left out.
final class MessageStats {
    private static final Counted[] KINDS = Counted.values();

    private MessageStats() {}

    /// @param at where the counters begin in `measured`
    /// @return empty if nothing ever happened
    static ObjectNode of(Measured measured, int at, Wanted wanted) {
        return of(measured, at, wanted, EnumSet.complementOf(EnumSet.of(Counted.PUBLISH_CONFIRM)));
    }

    /// Those of what was delivered.
    static ObjectNode ofDeliveries(Measured measured) {
        return of(
                measured,
                0,
                Wanted.NONE,
                EnumSet.of(
                        Counted.DELIVER,
                        Counted.DELIVER_NO_ACK,
                        Counted.GET,
                        Counted.GET_NO_ACK,
                        Counted.GET_EMPTY,
                        Counted.REDELIVER,
                        Counted.ACK));
    }

    private static ObjectNode of(Measured measured, int at, Wanted wanted, Set<Counted> shown) {
        var stats = Json.object();
        long delivered = 0;
        double deliveredRate = 0;
        boolean any = false;
        for (Counted kind : KINDS) {
            int index = at + kind.ordinal();
            long value = measured.current()[index];
            any |= value != 0;
            boolean goesOut = switch (kind) {
                case DELIVER, DELIVER_NO_ACK, GET, GET_NO_ACK -> true;
                case PUBLISH, PUBLISH_CONFIRM, CONFIRM, RETURN_UNROUTABLE, DROP_UNROUTABLE, GET_EMPTY, REDELIVER, ACK ->
                    false;
            };
            if (goesOut) {
                delivered += value;
                deliveredRate += measured.rates()[index];
            }
            if (shown.contains(kind)) {
                measured.put(stats, kind.rabbitName(), index, wanted);
            }
        }
        if (!any) {
            return Json.object();
        }
        stats.put("deliver_get", delivered);
        stats.putObject("deliver_get_details").put("rate", deliveredRate);
        return stats;
    }
}
