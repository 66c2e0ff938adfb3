package io.headrace.management;

import io.headrace.broker.Broker;
import io.headrace.broker.NodeView;
import io.headrace.broker.Observation;
import io.headrace.broker.Shovels;
import io.headrace.catalog.Refusal;
import io.headrace.http.HttpRequest;
import io.headrace.http.HttpResponse;
import io.headrace.http.HttpService;
import io.headrace.security.Permissions;
import io.headrace.security.User;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// RabbitMQ's management API: finds the route, asks its rule, has it handled.
///
/// Threads: [HttpService] says; [#start] and [#load] any.
public final class ManagementApi implements HttpService {
    private static final System.Logger LOG = System.getLogger(ManagementApi.class.getName());
    private static final String REALM = "Basic realm=\"RabbitMQ Management\"";
    private static final String BASIC = "basic ";
    private static final String BEARER = "bearer ";
    private static final String LOOPBACK_ONLY = "can only connect via localhost";

    private final Ground ground;
    private final Observing observing;
    private final DefinitionsImport imports;
    private final Routes routes;

    /// @param words a refusal in the protocol's code and text
    public ManagementApi(
            Broker broker, Observation observation, NodeView node, Function<Refusal, Told> words, Shovels shovels) {
        var loop = new OnLoop(observation.loop());
        var sampler = new Sampler(broker.admin().catalog(), observation);
        this.ground = new Ground(broker, broker.admin(), observation, node, sampler, loop, words);
        this.observing = new Observing(observation, loop);
        var users = new UsersApi(ground);
        this.imports = new DefinitionsImport(ground, users);
        this.routes = new Routes(routes(users, shovels));
    }

    private List<Route> routes(UsersApi users, Shovels shovels) {
        var consumers = new ConsumersApi(ground, observing);
        var pairs = new Pairs(ground, observing);
        List<Route> all = new ArrayList<>();
        all.add(new Route("GET", "/", Rule.OPEN, _ -> hello()));
        all.add(new Route("GET", "/api", Rule.OPEN, _ -> hello()));
        all.add(new Route("GET", "/api/index.html", Rule.OPEN, _ -> hello()));
        all.addAll(new OverviewApi(ground).routes());
        all.addAll(new DefinitionsApi(ground, imports).routes());
        all.addAll(new ConnectionsApi(ground, observing, consumers, pairs).routes());
        all.addAll(consumers.routes());
        all.addAll(new ExchangesApi(ground, pairs).routes());
        all.addAll(new QueuesApi(ground, consumers, pairs).routes());
        all.addAll(new BindingsApi(ground).routes());
        all.addAll(new MessagesApi(ground).routes());
        all.addAll(new VhostsApi(ground).routes());
        all.addAll(users.routes());
        all.addAll(new PermissionsApi(ground).routes());
        all.addAll(new PoliciesApi(ground).routes());
        all.addAll(new ParametersApi(ground).routes());
        all.addAll(new ShovelsApi(ground, shovels).routes());
        all.addAll(new HealthApi(ground).routes());
        all.addAll(new ConsumerGroupsApi(ground).routes());
        all.addAll(new OperatorApi(ground).routes());
        all.addAll(new StreamsApi(ground).routes());
        return all;
    }

    private HttpResponse hello() {
        return HttpResponse.text(200, "Headrace " + ground.node().version() + ": RabbitMQ's HTTP API is at /api\n");
    }

    /// Begins to sample, so that there are rates.
    public void start() {
        ground.sampler().start();
    }

    public void stop() {
        ground.sampler().stop();
    }

    /// Imports definitions.
    ///
    /// @throws IllegalArgumentException they cannot be imported; the message names what is wrong
    public void load(byte[] json) throws InterruptedException {
        try {
            imports.run(Body.parse(json), Optional.empty());
        } catch (Problem problem) {
            throw new IllegalArgumentException(problem.getMessage(), problem);
        }
    }

    Routes table() {
        return routes;
    }

    @Override
    public HttpResponse serve(HttpRequest request) throws InterruptedException {
        HttpResponse response;
        try {
            response = answer(request);
        } catch (Problem problem) {
            response = problem.response();
            if (problem.asksForLogin()) {
                response = response.with("www-authenticate", REALM);
            }
        }
        return response.with("cache-control", "no-cache").with("vary", "accept, accept-encoding, origin");
    }

    private HttpResponse answer(HttpRequest request) throws Problem, InterruptedException {
        var found = routes.find(request.rawPath());
        if (found.isEmpty()) {
            throw Problem.notFound();
        }
        var methods = found.get().methods();
        if (request.method().equals("OPTIONS")) {
            return HttpResponse.empty(200).with("allow", allowed(methods));
        }
        var route = methods.get(request.method().equals("HEAD") ? "GET" : request.method());
        if (route == null) {
            return HttpResponse.empty(405).with("allow", allowed(methods));
        }
        if (route.rule() == Rule.OPEN) {
            return route.handler().handle(new Call(request, null, found.get().variables(), observing));
        }
        var caller = caller(request);
        if (caller.isEmpty()) {
            return HttpResponse.empty(401).with("www-authenticate", REALM);
        }
        var call = new Call(request, caller.get(), found.get().variables(), observing);
        route.rule().check(call);
        return route.handler().handle(call);
    }

    private Optional<Caller> caller(HttpRequest request) throws Problem, InterruptedException {
        var header = request.header("authorization").orElse("");
        if (header.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
            var key = header.substring(BEARER.length()).strip().getBytes(StandardCharsets.US_ASCII);
            if (!ground.node().isOperator(key)) {
                throw Problem.loginRefused("Not_Authorized");
            }
            return Optional.of(new Caller(Permissions.OPERATOR, ground.catalog()));
        }
        var credentials = credentials(request);
        return credentials.isEmpty() ? Optional.empty() : Optional.of(login(request, credentials.get()));
    }

    private static String allowed(Map<String, Route> methods) {
        List<String> allowed = new ArrayList<>();
        if (methods.containsKey("GET")) {
            allowed.add("HEAD");
        }
        allowed.addAll(methods.keySet());
        allowed.add("OPTIONS");
        return String.join(", ", allowed);
    }

    private record Credentials(String user, byte[] password) {}

    /// RFC 7617. The password may have colons in it.
    private static Optional<Credentials> credentials(HttpRequest request) throws Problem {
        var header = request.header("authorization").orElse("");
        if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return Optional.empty();
        }
        byte[] both;
        try {
            both = Base64.getDecoder().decode(header.substring(BASIC.length()).strip());
        } catch (IllegalArgumentException _) {
            throw Problem.loginRefused("Login failed");
        }
        int colon = 0;
        while (colon < both.length && both[colon] != ':') {
            colon++;
        }
        if (colon == both.length) {
            throw Problem.loginRefused("Login failed");
        }
        return Optional.of(new Credentials(
                new String(both, 0, colon, StandardCharsets.UTF_8), Arrays.copyOfRange(both, colon + 1, both.length)));
    }

    private Caller login(HttpRequest request, Credentials credentials) throws Problem, InterruptedException {
        Broker.Login login = ground.loop()
                .now(answer -> ground.broker()
                        .login(
                                credentials.user(),
                                credentials.password(),
                                request.remote(),
                                ground.loop().loop(),
                                answer));
        return switch (login) {
            case Broker.Login.Accepted(User user) -> new Caller(user, ground.catalog());
            case Broker.Login.Refused(String reason) -> {
                LOG.log(System.Logger.Level.WARNING, "http {0}: login refused: {1}", request.remote(), reason);
                throw Problem.loginRefused(
                        reason.endsWith(LOOPBACK_ONLY) ? "User can only log in via localhost" : "Not_Authorized");
            }
        };
    }
}
