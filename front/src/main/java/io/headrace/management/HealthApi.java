package io.headrace.management;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.headrace.broker.NodeView;
import io.headrace.http.HttpResponse;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;

/// Health checks, and other things that tools ask before they do anything.
final class HealthApi {
    /// What plugins and people call the protocols.
    private static final Map<String, String> PROTOCOLS = Map.of(
            "amqp091",
            "amqp",
            "amqp0.9.1",
            "amqp",
            "amqp-0-9-1",
            "amqp",
            "amqps",
            "amqp/ssl",
            "prometheus",
            "http/prometheus");

    private final Ground ground;

    HealthApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                check("/alarms", this::alarms),
                check("/local-alarms", this::alarms),
                check("/virtual-hosts", _ -> ok()),
                check("/node-is-mirror-sync-critical", _ -> ok()),
                check("/node-is-quorum-critical", _ -> ok()),
                check("/port-listener/{port}", this::port),
                check("/protocol-listener/{protocol}", this::protocol),
                check("/certificate-expiration/{within}/{unit}", this::certificates),
                check("/is-in-service", _ -> serving()),
                check("/ready-to-serve-clients", _ -> serving()),
                check("/reached-target-cluster-size", _ -> ok()),
                check("/below-node-connection-limit", _ -> belowLimit()),
                check("/metadata-store/initialized", _ -> ok()),
                check("/metadata-store/initialized/with-data", _ -> ok()),
                check("/quorum-queues-without-elected-leaders/all-vhosts", _ -> ok()),
                check("/quorum-queues-without-elected-leaders/all-vhosts/pattern/{pattern}", _ -> ok()),
                check("/quorum-queues-without-elected-leaders/vhost/{vhost}", _ -> ok()),
                check("/quorum-queues-without-elected-leaders/vhost/{vhost}/pattern/{pattern}", _ -> ok()),
                new Route("GET", "/api/healthchecks/node", Rule.MANAGEMENT, this::alarms),
                new Route("GET", "/api/healthchecks/node/{node}", Rule.MANAGEMENT, this::alarms),
                new Route("GET", "/api/extensions", Rule.MANAGEMENT, _ -> Listing.json(Json.array())),
                new Route("GET", "/api/feature-flags", Rule.ADMINISTRATOR, this::flags),
                new Route("PUT", "/api/feature-flags/{flag}/enable", Rule.ADMINISTRATOR, this::enable),
                new Route("GET", "/api/deprecated-features", Rule.MANAGEMENT, _ -> Listing.json(Json.array())),
                new Route("GET", "/api/deprecated-features/used", Rule.MANAGEMENT, _ -> Listing.json(Json.array())),
                new Route("GET", "/api/federation-links", Rule.MONITORING, _ -> Listing.json(Json.array())),
                new Route("GET", "/api/federation-links/{vhost}", Rule.MONITORING, _ -> Listing.json(Json.array())),
                new Route("GET", "/api/auth", Rule.OPEN, _ -> auth()),
                new Route("GET", "/api/auth/attempts/{node}", Rule.MONITORING, this::attempts));
    }

    private static Route check(String path, Route.Handler handler) {
        return new Route("GET", "/api/health/checks" + path, Rule.MANAGEMENT, handler);
    }

    private static HttpResponse ok() {
        return Listing.json(Json.object().put("status", "ok"));
    }

    private static HttpResponse failed(com.fasterxml.jackson.databind.node.ObjectNode json, String reason) {
        return HttpResponse.of(
                503, HttpResponse.JSON, Json.bytes(json.put("status", "failed").put("reason", reason)));
    }

    private HttpResponse alarms(Call call) {
        var alarm = ground.broker().alarms().reason();
        if (alarm.isEmpty()) {
            return ok();
        }
        var json = Json.object();
        var list = json.putArray("alarms");
        for (String resource : List.of("memory", "disk")) {
            if (alarm.contains(resource)) {
                list.addObject().put("node", ground.nodeName()).put("resource", resource);
            }
        }
        return failed(json, "There are alarms in effect");
    }

    private HttpResponse serving() {
        return ground.node().maintenance().drained()
                ? failed(Json.object(), "the rabbit node is not currently available to serve")
                : ok();
    }

    private HttpResponse belowLimit() {
        if (ground.node().maintenance().drained()) {
            return serving();
        }
        if (ground.node().doors().stream().noneMatch(door -> door.protocol().startsWith("amqp"))) {
            return failed(Json.object(), "no active listeners for AMQP/AMQPS");
        }
        var limit = ground.node().connectionLimit();
        return limit.reached()
                ? failed(Json.object().put("connections", limit.open()), "node connection limit is reached")
                : ok();
    }

    private HttpResponse port(Call call) throws Problem {
        int port;
        try {
            port = Integer.parseInt(call.path("port"));
        } catch (NumberFormatException _) {
            throw Problem.badRequest("Invalid port");
        }
        if (ground.node().doors().stream().anyMatch(door -> door.port() == port)) {
            return Listing.json(Json.object().put("status", "ok").put("port", port));
        }
        var json = Json.object().put("missing", port);
        ArrayNode ports = json.putArray("ports");
        ground.node().doors().forEach(door -> ports.add(door.port()));
        return failed(json, "No active listener");
    }

    private HttpResponse protocol(Call call) {
        for (String asked : call.path("protocol").split(",")) {
            var protocol = PROTOCOLS.getOrDefault(asked.strip(), asked.strip());
            if (ground.node().doors().stream().noneMatch(door -> door.protocol().equals(protocol))) {
                var json = Json.object().put("missing", asked.strip());
                json.set(
                        "protocols",
                        Json.strings(ground.node().doors().stream()
                                .map(NodeView.Door::protocol)
                                .distinct()
                                .toList()));
                return failed(json, "No active listener");
            }
        }
        var first = call.path("protocol").split(",")[0].strip();
        return Listing.json(Json.object().put("status", "ok").put("protocol", PROTOCOLS.getOrDefault(first, first)));
    }

    private HttpResponse certificates(Call call) throws Problem {
        int within;
        try {
            within = Integer.parseInt(call.path("within"));
        } catch (NumberFormatException _) {
            throw Problem.badRequest("Invalid expiration value.");
        }
        var now = LocalDateTime.now(ZoneOffset.UTC);
        var last = switch (call.path("unit")) {
            case "days" -> now.plusDays(within);
            case "weeks" -> now.plusWeeks(within);
            case "months" -> now.plusMonths(within);
            case "years" -> now.plusYears(within);
            default -> throw Problem.badRequest("Time unit not recognised. Use: days, weeks, months, years.");
        };
        var end = ground.node().certificateEndMillis();
        boolean ends = end.isPresent()
                && end.getAsLong() <= last.toInstant(ZoneOffset.UTC).toEpochMilli();
        return ends ? failed(Json.object(), "Certificates expiring") : ok();
    }

    private HttpResponse flags(Call call) throws Problem, InterruptedException {
        var flags = List.of(
                "classic_mirrored_queue_version",
                "classic_queue_type_delivery_support",
                "direct_exchange_routing_v2",
                "drop_unroutable_metric",
                "empty_basic_get_metric",
                "feature_flags_v2",
                "implicit_default_bindings",
                "listener_records_in_ets",
                "maintenance_mode_status",
                "quorum_queue",
                "stream_queue",
                "stream_single_active_consumer",
                "tracking_records_in_ets",
                "user_limits",
                "virtual_host_metadata");
        return Listing.list(
                call,
                flags,
                name -> name,
                Listing.each(name -> Json.object()
                        .put("name", name)
                        .put("state", "enabled")
                        .put("stability", "required")
                        .put("provided_by", "rabbit")
                        .put("desc", "")
                        .put("doc_url", "")));
    }

    /// All that there is is enabled.
    private HttpResponse enable(Call call) {
        return HttpResponse.empty(204);
    }

    private HttpResponse auth() {
        return Listing.json(Json.object().put("oauth_enabled", false));
    }

    private HttpResponse attempts(Call call) throws Problem {
        if (!call.path("node").equals(ground.nodeName())) {
            throw Problem.notFound();
        }
        var churn = ground.observation().connections().churn();
        var list = Json.array();
        list.addObject()
                .put("protocol", "all")
                .put("auth_attempts", churn.loginsAccepted() + churn.loginsRefused())
                .put("auth_attempts_failed", churn.loginsRefused())
                .put("auth_attempts_succeeded", churn.loginsAccepted());
        return Listing.json(list);
    }
}
