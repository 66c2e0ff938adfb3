package io.headrace.server;

import io.headrace.config.Settings;
import io.headrace.log.HostName;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Who this broker is, and who may come in from where.
///
/// @param name as clients and tools see it, like `rabbit@host`; empty for `rabbit@` and this machine's name
/// @param clusterName empty for the node's name
/// @param loopbackUsers who may log in from this machine only
public record NodeConfig(String name, String clusterName, Set<String> loopbackUsers) {
    static NodeConfig read(Settings settings) {
        return new NodeConfig(
                settings.text("name", "", "Name of this broker; empty for rabbit@ and the name of the machine."),
                settings.text("cluster-name", "", "Name that clients are told; empty for the broker's name."),
                Arrays.stream(settings.text(
                                        "loopback-users",
                                        "guest",
                                        "Users, with commas between, who may log in from this machine only.")
                                .split(","))
                        .map(String::strip)
                        .filter(user -> !user.isEmpty())
                        .collect(Collectors.toUnmodifiableSet()));
    }

    String nodeName() {
        return name.isEmpty() ? "rabbit@" + HostName.own() : name;
    }

    String clusterNameOrOwn() {
        return clusterName.isEmpty() ? nodeName() : clusterName;
    }
}
