package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Command;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.ExchangeType;
import io.headrace.http.HttpResponse;
import io.headrace.management.Measured.Wanted;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Exchanges: lists, one, declare, delete.
final class ExchangesApi {
    private static final String DEFAULT_EXCHANGE = "amq.default";

    private final Ground ground;
    private final Pairs pairs;

    ExchangesApi(Ground ground, Pairs pairs) {
        this.pairs = pairs;
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/exchanges", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/exchanges/{vhost}", Rule.VHOST, this::list),
                new Route("GET", "/api/exchanges/{vhost}/{exchange}", Rule.VHOST, this::one),
                new Route("PUT", "/api/exchanges/{vhost}/{exchange}", Rule.VHOST, this::declare),
                new Route("DELETE", "/api/exchanges/{vhost}/{exchange}", Rule.VHOST, this::delete));
    }

    /// The name in a path, where the default exchange cannot stand with its own.
    static String name(String inPath) {
        return inPath.equals(DEFAULT_EXCHANGE) ? "" : inPath;
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        List<ExchangeDefinition> exchanges = new ArrayList<>();
        for (String vhost : call.vhosts()) {
            ground.catalog()
                    .exchanges(vhost)
                    .sorted(Comparator.comparing(ExchangeDefinition::name))
                    .forEach(exchanges::add);
        }
        boolean stats = !call.query().flag("disable_stats");
        var wanted = Wanted.of(call.query(), "msg_rates");
        return Listing.list(call, exchanges, ExchangeDefinition::name, rows -> render(rows, stats, wanted));
    }

    private HttpResponse one(Call call) throws Problem, InterruptedException {
        var exchange = find(call);
        var json = render(List.of(exchange), true, Wanted.of(call.query(), "msg_rates"))
                .getFirst();
        json.set("incoming", pairs.incoming(exchange));
        json.set("outgoing", pairs.outgoing(exchange));
        return Listing.one(call, json);
    }

    private ExchangeDefinition find(Call call) throws Problem {
        return ground.catalog()
                .exchange(call.vhost(), name(call.path("exchange")))
                .orElseThrow(Problem::notFound);
    }

    private List<ObjectNode> render(List<ExchangeDefinition> exchanges, boolean stats, Wanted wanted)
            throws Problem, InterruptedException {
        var looks = ground.loop()
                .ask(() -> exchanges.stream()
                        .map(exchange -> look(exchange, wanted))
                        .toList());
        return looks.stream().map(look -> render(look, stats, wanted)).toList();
    }

    /// An exchange as it was on the loop.
    private record Look(ExchangeDefinition exchange, Measured measured, long delayed) {}

    private Look look(ExchangeDefinition exchange, Wanted wanted) {
        return new Look(
                exchange,
                ground.sampler().exchange(exchange, wanted.ageMillis()),
                ground.observation().delayed(exchange));
    }

    private ObjectNode render(Look look, boolean stats, Wanted wanted) {
        var exchange = look.exchange;
        var measured = look.measured;
        var json = Json.object()
                .put("name", exchange.name())
                .put("vhost", exchange.vhost())
                .put("type", exchange.type().wireName())
                .put("durable", exchange.durable())
                .put("auto_delete", exchange.autoDelete())
                .put("internal", exchange.internal())
                .put("user_who_performed_action", "rmq-internal");
        json.set("arguments", Json.of(exchange.arguments()));
        ground.catalog().policyOf(exchange).ifPresent(policy -> json.put("policy", policy.name()));
        if (exchange.type() == ExchangeType.DELAYED) {
            json.put("messages_delayed", look.delayed);
        }
        if (stats && measured.current()[0] > 0) {
            var counts = json.putObject("message_stats");
            measured.put(counts, "publish_in", 0, wanted);
            measured.put(counts, "publish_out", 1, wanted);
        }
        return json;
    }

    private HttpResponse declare(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var name = name(call.path("exchange"));
        boolean there = ground.catalog().exchange(call.vhost(), name).isPresent();
        ground.perform(
                call.caller(),
                call.vhost(),
                new Command.DeclareExchange(
                        name,
                        body.text("type", "direct"),
                        false,
                        body.flag("durable", false),
                        body.flag("auto_delete", false),
                        body.flag("internal", false),
                        body.table("arguments")));
        return HttpResponse.empty(there ? 204 : 201);
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        var exchange = find(call);
        ground.perform(
                call.caller(),
                call.vhost(),
                new Command.DeleteExchange(exchange.name(), call.query().flag("if-unused")));
        return HttpResponse.empty(204);
    }
}
