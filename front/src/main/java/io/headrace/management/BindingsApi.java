package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Command;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.http.HttpResponse;
import io.headrace.http.Percent;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldTableEncoder;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Bindings: lists from every side, one, bind, unbind. Each queue is bound to the default exchange by its name, which
/// is shown and cannot be changed.
final class BindingsApi {
    private static final int DIGEST_BYTES = 4; // as many as RabbitMQ has

    private final Ground ground;

    BindingsApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        List<Route> routes = new ArrayList<>(List.of(
                new Route("GET", "/api/bindings", Rule.MANAGEMENT, this::list),
                new Route("GET", "/api/bindings/{vhost}", Rule.VHOST, this::list),
                new Route("GET", "/api/exchanges/{vhost}/{exchange}/bindings/source", Rule.VHOST, this::fromExchange),
                new Route(
                        "GET", "/api/exchanges/{vhost}/{exchange}/bindings/destination", Rule.VHOST, this::toExchange),
                new Route("GET", "/api/queues/{vhost}/{queue}/bindings", Rule.VHOST, this::toQueue)));
        for (boolean exchange : new boolean[] {false, true}) {
            var path = "/api/bindings/{vhost}/e/{source}/" + (exchange ? "e" : "q") + "/{destination}";
            routes.add(new Route("GET", path, Rule.VHOST, call -> between(call, exchange)));
            routes.add(new Route("POST", path, Rule.VHOST, call -> bind(call, exchange)));
            routes.add(new Route("GET", path + "/{properties}", Rule.VHOST, call -> one(call, exchange)));
            routes.add(new Route("DELETE", path + "/{properties}", Rule.VHOST, call -> unbind(call, exchange)));
        }
        return routes;
    }

    private record Binding(String vhost, BindingKey key) {
        String name() {
            return key.source() + " " + key.destination() + " " + key.routingKey();
        }
    }

    private static BindingKey implicit(QueueDefinition queue) {
        return new BindingKey("", false, queue.name(), queue.name(), FieldTable.EMPTY);
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        return list(call, call.vhosts(), _ -> true);
    }

    private HttpResponse list(Call call, List<String> vhosts, Predicate<BindingKey> wanted)
            throws Problem, InterruptedException {
        List<Binding> bindings = new ArrayList<>();
        for (String vhost : vhosts) {
            ground.catalog()
                    .queues(vhost)
                    .map(BindingsApi::implicit)
                    .filter(wanted)
                    .sorted(Comparator.comparing(BindingKey::destination))
                    .forEach(key -> bindings.add(new Binding(vhost, key)));
            ground
                    .loop()
                    .ask(() -> ground.catalog().bindings(vhost).filter(wanted).toList())
                    .stream()
                    .sorted(Comparator.comparing(BindingKey::source).thenComparing(BindingKey::destination))
                    .forEach(key -> bindings.add(new Binding(vhost, key)));
        }
        return Listing.list(call, bindings, Binding::name, Listing.each(BindingsApi::render));
    }

    private HttpResponse fromExchange(Call call) throws Problem, InterruptedException {
        var source = exchange(call, "exchange");
        return list(call, List.of(call.vhost()), key -> key.source().equals(source));
    }

    private HttpResponse toExchange(Call call) throws Problem, InterruptedException {
        var destination = exchange(call, "exchange");
        return list(
                call,
                List.of(call.vhost()),
                key -> key.toExchange() && key.destination().equals(destination));
    }

    private HttpResponse toQueue(Call call) throws Problem, InterruptedException {
        var queue = queue(call, "queue");
        return list(
                call,
                List.of(call.vhost()),
                key -> !key.toExchange() && key.destination().equals(queue));
    }

    private HttpResponse between(Call call, boolean toExchange) throws Problem, InterruptedException {
        var source = exchange(call, "source");
        var destination = toExchange ? exchange(call, "destination") : queue(call, "destination");
        return list(call, List.of(call.vhost()), joins(source, toExchange, destination));
    }

    private static Predicate<BindingKey> joins(String source, boolean toExchange, String destination) {
        return key -> key.source().equals(source)
                && key.toExchange() == toExchange
                && key.destination().equals(destination);
    }

    private String exchange(Call call, String variable) throws Problem {
        var name = ExchangesApi.name(call.path(variable));
        if (ground.catalog().exchange(call.vhost(), name).isEmpty()) {
            throw missing(Resource.exchange(name, call.vhost()), call);
        }
        return name;
    }

    private String queue(Call call, String variable) throws Problem {
        var name = call.path(variable);
        if (ground.catalog().queue(call.vhost(), name).isEmpty()) {
            throw missing(Resource.queue(name, call.vhost()), call);
        }
        return name;
    }

    // Who binds is told what is missing.
    private Problem missing(Resource resource, Call call) {
        return call.request().method().equals("POST")
                ? Problem.notFound(
                        ground.words().apply(new Refusal.NotFound(resource)).text())
                : Problem.notFound();
    }

    private BindingKey find(Call call, boolean toExchange) throws Problem, InterruptedException {
        var source = exchange(call, "source");
        var destination = toExchange ? exchange(call, "destination") : queue(call, "destination");
        var wanted = call.path("properties");
        if (source.isEmpty()
                && !toExchange
                && propertiesKey(destination, FieldTable.EMPTY).equals(wanted)) {
            return new BindingKey("", false, destination, destination, FieldTable.EMPTY);
        }
        Catalog catalog = ground.catalog();
        var between = ground.loop()
                .ask(() -> catalog.bindings(call.vhost())
                        .filter(joins(source, toExchange, destination))
                        .toList());
        return named(between, wanted)
                .or(() -> named(between, propertiesKey(wanted, FieldTable.EMPTY))) // the routing key as it is
                .orElseThrow(Problem::notFound);
    }

    private static Optional<BindingKey> named(List<BindingKey> bindings, String propertiesKey) {
        return bindings.stream()
                .filter(key -> propertiesKey(key.routingKey(), key.arguments()).equals(propertiesKey))
                .findFirst();
    }

    private HttpResponse one(Call call, boolean toExchange) throws Problem, InterruptedException {
        return Listing.one(call, render(new Binding(call.vhost(), find(call, toExchange))));
    }

    private HttpResponse bind(Call call, boolean toExchange) throws Problem, InterruptedException {
        var body = call.body();
        var source = exchange(call, "source");
        var destination = toExchange ? exchange(call, "destination") : queue(call, "destination");
        var key =
                new BindingKey(source, toExchange, destination, body.text("routing_key", ""), body.table("arguments"));
        ground.perform(call.caller(), call.vhost(), new Command.Bind(key));
        return HttpResponse.empty(201)
                .with(
                        "location",
                        Percent.encode(destination) + "/"
                                + Percent.encode(propertiesKey(key.routingKey(), key.arguments())));
    }

    private HttpResponse unbind(Call call, boolean toExchange) throws Problem, InterruptedException {
        ground.perform(call.caller(), call.vhost(), new Command.Unbind(find(call, toExchange)));
        return HttpResponse.empty(204);
    }

    private static ObjectNode render(Binding binding) {
        var key = binding.key;
        var json = Json.object()
                .put("source", key.source())
                .put("vhost", binding.vhost)
                .put("destination", key.destination())
                .put("destination_type", key.toExchange() ? "exchange" : "queue")
                .put("routing_key", key.routingKey())
                .put("properties_key", propertiesKey(key.routingKey(), key.arguments()));
        json.set("arguments", Json.of(key.arguments()));
        return json;
    }

    /// What tells bindings between the same two things apart: the routing key, encoded as in a form, and a digest of
    /// the arguments if there are any.
    static String propertiesKey(String routingKey, FieldTable arguments) {
        if (routingKey.isEmpty() && arguments.isEmpty()) {
            return "~";
        }
        var key = URLEncoder.encode(routingKey, StandardCharsets.UTF_8)
                .replace("~", "%7E")
                .replace("*", "%2A");
        return arguments.isEmpty() ? key : key + "~" + digest(arguments);
    }

    private static String digest(FieldTable arguments) {
        var bytes = ByteBuffer.allocate(FieldTableEncoder.sizeBytes(arguments));
        FieldTableEncoder.encode(arguments, bytes, 0);
        try {
            var digest = MessageDigest.getInstance("MD5").digest(bytes.array());
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java lacks MD5", e);
        }
    }
}
