package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/// Erlang's process ids, of which there are none here: a number that is made of a connection's, channel's or queue's
/// name, so that it stays the same for as long as the thing lives and `close_connection` finds it again.
final class Pids {
    private Pids() {}

    static String of(JsonNode thing, String name) {
        return of(thing.path("node").asText(), name);
    }

    static String of(String node, String name) {
        var sum = new CRC32();
        sum.update(name.getBytes(StandardCharsets.UTF_8));
        return "<" + node + ".1." + sum.getValue() + ".0>";
    }

    static boolean isOne(String text) {
        return text.matches("<[^<>]+\\.[0-9]+\\.[0-9]+\\.[0-9]+>");
    }
}
