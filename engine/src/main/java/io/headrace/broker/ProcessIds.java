package io.headrace.broker;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// Erlang's process ids, of which there are none here: made of a node and of the name of a connection or channel, as
/// `rabbitmqctl` makes them, so that one thing has one id for as long as it lives.
final class ProcessIds {
    private ProcessIds() {}

    static String of(String node, String name) {
        var sum = new CRC32();
        sum.update(name.getBytes(StandardCharsets.UTF_8));
        return "<" + node + ".1." + sum.getValue() + ".0>";
    }
}
