package io.headrace.ctl;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;

/// Which resources are short.
final class Alarms {
    private Alarms() {}

    /// `memory`, `disk`, as far as they are.
    static List<String> of(Call call) throws Failure {
        var levels = call.get("headrace", "resources");
        List<String> alarms = new ArrayList<>();
        for (String resource : List.of("memory", "disk")) {
            if (levels.path(resource).path("alarm").asBoolean()) {
                alarms.add(resource);
            }
        }
        return alarms;
    }

    /// Like `Memory alarm on node rabbit@host`.
    static List<String> lines(String node, List<String> alarms) {
        return alarms.stream()
                .map(resource -> (resource.equals("memory") ? "Memory" : "Free disk space") + " alarm on node " + node)
                .toList();
    }

    /// As Erlang has them.
    static String terms(String node, List<String> alarms) {
        return "["
                + String.join(
                        ",",
                        alarms.stream()
                                .map(resource -> "{resource_limit," + resource + "," + node + "}")
                                .toList())
                + "]";
    }

    static ArrayNode json(String node, List<String> alarms) {
        var list = Api.JSON.createArrayNode();
        alarms.forEach(resource -> list.addObject().put("node", node).put("resource", resource));
        return list;
    }
}
