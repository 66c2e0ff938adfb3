package io.headrace.management;

import io.headrace.broker.ChannelReport;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.Observation;
import io.headrace.broker.ObservedConnection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Connections and channels by the names that people see.
///
/// Threads: any but a loop.
record Observing(Observation observation, OnLoop loop) {
    private static final int AT_ONCE = 500;

    /// A channel and what it belongs to.
    record Channel(ObservedConnection observed, ConnectionReport connection, ChannelReport report) {
        String name() {
            return connection.name() + " (" + report.number() + ")";
        }
    }

    /// The connection in the name of a channel.
    static String connectionOf(String channel) {
        int bracket = channel.lastIndexOf(" (");
        return bracket < 0 ? channel : channel.substring(0, bracket);
    }

    /// @throws Problem there is none of this name
    ObservedConnection connection(String name) throws Problem {
        return observation.connections().open().stream()
                .filter(connection -> connection.name().equals(name))
                .findFirst()
                .orElseThrow(Problem::notFound);
    }

    /// Those that a caller may know of, sorted by name; narrowed to the vhost in the path or header.
    List<ObservedConnection> connections(Call call) {
        var caller = call.caller();
        Stream<ObservedConnection> visible = observation.connections().open().stream()
                .filter(connection -> caller.monitoring() || connection.user().equals(caller.name()));
        if (call.has("vhost")) {
            visible = visible.filter(connection -> connection.vhost().equals(call.vhost()));
        }
        var only = call.request().header("x-vhost");
        if (only.isPresent()) {
            visible = visible.filter(connection -> connection.vhost().equals(only.get()));
        }
        return visible.sorted(Comparator.comparing(ObservedConnection::name)).toList();
    }

    /// Reports of connections, some at a time so that the loop is not held up for long.
    List<ConnectionReport> reports(List<ObservedConnection> connections) throws Problem, InterruptedException {
        List<ConnectionReport> reports = new ArrayList<>(connections.size());
        for (int from = 0; from < connections.size(); from += AT_ONCE) {
            var some = connections.subList(from, Math.min(connections.size(), from + AT_ONCE));
            reports.addAll(
                    loop.ask(() -> some.stream().map(ObservedConnection::report).toList()));
        }
        return reports;
    }

    List<Channel> channels(List<ObservedConnection> connections) throws Problem, InterruptedException {
        List<Channel> channels = new ArrayList<>();
        var reports = reports(connections);
        for (int i = 0; i < reports.size(); i++) {
            var report = reports.get(i);
            var observed = connections.get(i);
            report.channels().stream()
                    .sorted(Comparator.comparingInt(ChannelReport::number))
                    .forEach(channel -> channels.add(new Channel(observed, report, channel)));
        }
        return channels;
    }
}
