package io.headrace.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.ExchangeType;
import io.headrace.http.HttpResponse;
import io.headrace.management.Measured.Wanted;
import java.util.List;

/// The whole and its node.
final class OverviewApi {
    private static final int WRAP_MILLIS_BITS = 32;
    private static final String ERLANG = "27.3";

    private final Ground ground;

    OverviewApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/overview", Rule.MANAGEMENT, this::overview),
                new Route("GET", "/api/cluster-name", Rule.MANAGEMENT, this::clusterName),
                new Route("PUT", "/api/cluster-name", Rule.ADMINISTRATOR, this::setClusterName),
                new Route("GET", "/api/nodes", Rule.MONITORING, this::nodes),
                new Route("GET", "/api/nodes/{node}", Rule.MONITORING, this::node),
                new Route("GET", "/api/nodes/{node}/memory", Rule.MONITORING, call -> memory(call, false)),
                new Route("GET", "/api/nodes/{node}/memory/relative", Rule.MONITORING, call -> memory(call, true)),
                new Route("GET", "/api/version", Rule.MANAGEMENT, call -> version()),
                new Route("DELETE", "/api/reset", Rule.ADMINISTRATOR, call -> HttpResponse.empty(204)),
                new Route("DELETE", "/api/reset/{node}", Rule.ADMINISTRATOR, call -> HttpResponse.empty(204)));
    }

    private HttpResponse version() {
        return HttpResponse.text(200, ground.broker().identity().version());
    }

    private HttpResponse clusterName(Call call) {
        return Listing.json(Json.object().put("name", ground.broker().identity().clusterName()));
    }

    private HttpResponse setClusterName(Call call) throws Problem, InterruptedException {
        ground.perform(
                call.caller(), new AdminCommand.SetClusterName(call.body().requiredText("name")));
        return HttpResponse.empty(204);
    }

    // ---- overview ----

    private HttpResponse overview(Call call) throws Problem, InterruptedException {
        var lengths = Wanted.of(call.query(), "lengths");
        var rates = Wanted.of(call.query(), "msg_rates");
        var identity = ground.broker().identity();
        var caller = call.caller();
        var json = Json.object()
                .put("management_version", identity.version())
                .put("rates_mode", "detailed")
                .put("rabbitmq_version", identity.version())
                .put("product_name", "Headrace")
                .put("product_version", ground.node().version())
                .put("cluster_name", identity.clusterName())
                .put("node", identity.nodeName())
                .put("erlang_version", ERLANG)
                .put("erlang_full_version", "Java " + Runtime.version())
                .put("crypto_lib_version", "Java " + Runtime.version().feature())
                .put("default_queue_type", "classic")
                .put("disable_stats", false)
                .put("enable_queue_totals", false)
                .put("is_op_policy_updating_enabled", true)
                .put("statistics_db_event_queue", 0)
                .put("release_series_support_status", "supported");
        json.putObject("cluster_tags");
        json.putObject("node_tags");
        var retention = json.putObject("sample_retention_policies");
        retention.putArray("global").add(3600);
        retention.putArray("basic").add(60);
        retention.putArray("detailed").add(60);
        json.set("exchange_types", exchangeTypes());
        if (caller.monitoring()) {
            statistics(json, lengths, rates);
        } else {
            statistics(json, call, lengths);
        }
        json.set("object_totals", objectTotals(call));
        json.set("listeners", caller.monitoring() ? listeners() : Json.array());
        json.set("contexts", caller.monitoring() ? contexts(true) : Json.array());
        return Listing.one(call, json);
    }

    private void statistics(ObjectNode json, Wanted lengths, Wanted rates) throws Problem, InterruptedException {
        long age = Math.max(lengths.ageMillis(), rates.ageMillis());
        var all = ground.loop().ask(() -> ground.sampler().all(age));
        json.set("message_stats", MessageStats.of(all, Sampler.LENGTHS, rates));
        queueTotals(json, all, lengths);
        var churn = json.putObject("churn_rates");
        for (int i = 0; i < Sampler.CHURN_NAMES.length; i++) {
            all.put(churn, Sampler.CHURN_NAMES[i], Sampler.LENGTHS + Sampler.KINDS + i, rates);
        }
    }

    /// Of the vhosts that the caller sees.
    private void statistics(ObjectNode json, Call call, Wanted lengths) throws Problem, InterruptedException {
        var vhosts = call.caller().vhosts();
        var sum = ground.loop().ask(() -> {
            var total = new long[Sampler.LENGTHS];
            for (String vhost : vhosts) {
                ground.catalog().queues(vhost).forEach(queue -> {
                    var report = ground.observation().lengths(queue);
                    total[0] += report.messages();
                    total[1] += report.ready();
                    total[2] += report.unacked();
                });
            }
            return total;
        });
        json.putObject("message_stats");
        queueTotals(json, Measured.only(sum), lengths);
        json.putObject("churn_rates");
    }

    private static void queueTotals(ObjectNode json, Measured measured, Wanted wanted) {
        var totals = json.putObject("queue_totals");
        measured.put(totals, "messages", 0, wanted);
        measured.put(totals, "messages_ready", 1, wanted);
        measured.put(totals, "messages_unacknowledged", 2, wanted);
    }

    private ObjectNode objectTotals(Call call) throws Problem, InterruptedException {
        var caller = call.caller();
        var vhosts = caller.vhosts();
        var catalog = ground.catalog();
        var connections = ground.observation().connections().open().stream()
                .filter(connection -> caller.monitoring() || connection.user().equals(caller.name()))
                .toList();
        var counts = ground.loop().ask(() -> {
            long channels = 0;
            long consumers = 0;
            for (var connection : connections) {
                var report = connection.report();
                channels += report.channels().size();
                for (var channel : report.channels()) {
                    consumers += channel.consumers().size();
                }
            }
            return new long[] {channels, consumers};
        });
        return Json.object()
                .put("channels", counts[0])
                .put("connections", connections.size())
                .put("consumers", counts[1])
                .put(
                        "exchanges",
                        vhosts.stream()
                                .mapToLong(vhost -> catalog.exchanges(vhost).count())
                                .sum())
                .put(
                        "queues",
                        vhosts.stream()
                                .mapToLong(vhost -> catalog.queues(vhost).count())
                                .sum());
    }

    private static ArrayNode exchangeTypes() {
        var types = Json.array();
        for (ExchangeType type : ExchangeType.values()) {
            types.addObject()
                    .put("name", type.wireName())
                    .put("description", "AMQP " + type.wireName() + " exchange")
                    .put("enabled", true);
        }
        return types;
    }

    private ArrayNode listeners() {
        var listeners = Json.array();
        for (var door : ground.node().doors()) {
            listeners
                    .addObject()
                    .put("node", ground.nodeName())
                    .put("protocol", door.protocol())
                    .put("ip_address", door.host().equals("0.0.0.0") ? "::" : door.host())
                    .put("port", door.port())
                    .put("tls", door.tls())
                    .putObject("socket_opts")
                    .put("backlog", 4096)
                    .put("nodelay", true);
        }
        return listeners;
    }

    private ArrayNode contexts(boolean withNode) {
        var contexts = Json.array();
        for (var door : ground.node().doors()) {
            if (door.protocol().startsWith("http")) {
                var context = contexts.addObject()
                        .put(
                                "description",
                                door.protocol().endsWith("/prometheus") ? "RabbitMQ Prometheus" : "RabbitMQ Management")
                        .put("path", "/")
                        .put("ip", door.host())
                        .put("port", Integer.toString(door.port()));
                if (door.tls()) {
                    context.put("ssl", "true"); // a text, as RabbitMQ has it
                }
                if (withNode) {
                    context.put("node", ground.nodeName());
                }
            }
        }
        return contexts;
    }

    // ---- node ----

    private HttpResponse nodes(Call call) throws Problem, InterruptedException {
        return Listing.list(call, List.of(ground.nodeName()), name -> name, rows -> List.of(nodeJson()));
    }

    private HttpResponse node(Call call) throws Problem, InterruptedException {
        known(call);
        return Listing.one(call, nodeJson());
    }

    private void known(Call call) throws Problem {
        if (!call.path("node").equals(ground.nodeName())) {
            throw Problem.notFound();
        }
    }

    private ObjectNode nodeJson() {
        var node = ground.node();
        var levels = ground.broker().resources().levels();
        int processors = Runtime.getRuntime().availableProcessors();
        long uptime = System.currentTimeMillis() - node.startedMillis() & (1L << WRAP_MILLIS_BITS) - 1;
        var json = Json.object()
                .put("name", ground.nodeName())
                .put("type", "disc")
                .put("running", true)
                .put("uptime", uptime)
                .put("run_queue", 0)
                .put("processors", processors)
                .put("os_pid", Long.toString(ProcessHandle.current().pid()))
                .put("fd_total", node.openFilesMax().orElse(0))
                .put("fd_used", node.openFiles().orElse(0))
                .put("sockets_total", node.openFilesMax().orElse(0))
                .put("sockets_used", ground.observation().connections().open().size())
                .put("proc_total", 1_048_576)
                .put("proc_used", node.threads().orElse(0))
                .put("mem_limit", levels.memoryLimitBytes())
                .put("mem_used", levels.memoryUsedBytes())
                .put("mem_alarm", levels.memoryAlarm())
                .put("mem_calculation_strategy", "allocated")
                .put("disk_free_limit", levels.diskLimitBytes())
                .put("disk_free", levels.diskFreeBytes())
                .put("disk_free_alarm", levels.diskAlarm())
                .put("rates_mode", "detailed")
                .put("net_ticktime", 60)
                .put("being_drained", node.maintenance().drained())
                .put("db_dir", node.dataDirectory())
                .put("rabbitmq_version", ground.broker().identity().version())
                .put("erlang_version", ERLANG)
                .put("gc_num", 0)
                .put("gc_bytes_reclaimed", 0)
                .put("context_switches", 0);
        var plugins = json.putArray("enabled_plugins");
        if (ground.broker().events().enabled()) {
            plugins.add("rabbitmq_event_exchange");
        }
        plugins.add("rabbitmq_management").add("rabbitmq_prometheus");
        json.putArray("applications")
                .addObject()
                .put("name", "rabbit")
                .put("description", "Headrace " + node.version())
                .put("version", ground.broker().identity().version());
        var mechanisms = json.putArray("auth_mechanisms");
        for (String mechanism : List.of("PLAIN", "AMQPLAIN", "EXTERNAL")) {
            mechanisms
                    .addObject()
                    .put("name", mechanism)
                    .put("description", "SASL " + mechanism + " authentication mechanism")
                    .put("enabled", true);
        }
        json.set("exchange_types", exchangeTypes());
        json.set("contexts", contexts(false));
        json.putArray("log_files").add("<stdout>");
        json.putArray("config_files");
        json.putArray("partitions");
        json.putArray("cluster_links");
        json.putObject("metrics_gc_queue_length");
        return json;
    }

    private HttpResponse memory(Call call, boolean relative) throws Problem {
        known(call);
        var runtime = Runtime.getRuntime();
        long heap = runtime.totalMemory() - runtime.freeMemory();
        long resident = ground.node().residentBytes().orElse(runtime.totalMemory());
        var memory = Json.object();
        long other = Math.max(0, resident - runtime.totalMemory());
        for (String part : List.of(
                "connection_readers",
                "connection_writers",
                "connection_channels",
                "connection_other",
                "queue_procs",
                "quorum_queue_procs",
                "stream_queue_procs",
                "plugins",
                "metadata_store",
                "metrics",
                "mgmt_db",
                "mnesia",
                "quorum_ets",
                "other_ets",
                "binary",
                "msg_index",
                "code",
                "atom")) {
            memory.put(part, 0);
        }
        long unused = runtime.totalMemory() - heap;
        memory.put("other_proc", relative ? percent(heap, resident) : heap)
                .put("other_system", relative ? percent(other, resident) : other)
                .put("allocated_unused", relative ? percent(unused, resident) : unused)
                .put("reserved_unallocated", 0);
        if (relative) {
            memory.put("total", 100);
        } else {
            memory.put("strategy", "rss");
            memory.putObject("total")
                    .put("rss", resident)
                    .put("allocated", runtime.totalMemory())
                    .put("erlang", heap);
        }
        var json = Json.object();
        json.set("memory", memory);
        return Listing.json(json);
    }

    private static long percent(long part, long whole) {
        return whole == 0 ? 0 : Math.round(100.0 * part / whole);
    }
}
