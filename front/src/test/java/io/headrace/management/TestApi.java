package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.headrace.amqp.AmqpConfig;
import io.headrace.amqp.AmqpProtocol;
import io.headrace.broker.Broker.Identity;
import io.headrace.broker.Engine;
import io.headrace.broker.Maintenance;
import io.headrace.broker.NodeView;
import io.headrace.http.HttpLimits;
import io.headrace.http.HttpListener;
import io.headrace.log.FileStorage;
import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.OnCorruption;
import io.headrace.log.PageArena;
import io.headrace.net.EventLoops;
import io.headrace.net.Listener;
import io.headrace.net.ListenerConfig;
import io.headrace.shovel.DynamicShovels;
import io.headrace.time.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// The management API and the AMQP front on real ports, before a real engine on a real log.
final class TestApi implements AutoCloseable {
    static final JsonMapper JSON = new JsonMapper();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService files = Executors.newFixedThreadPool(1);
    private final EventLoops loops = new EventLoops(1, Clock.system());
    private final HeadraceLog log;
    private final Engine engine;
    private final HttpListener http;
    private final Listener amqp;
    private final DynamicShovels shovels;
    final ManagementApi api;
    private int names;
    private String user = "guest:guest";
    private String key = ""; // takes the user's place
    String logLevel = "";
    private final Maintenance maintenance = new Flag();
    private NodeView.ConnectionLimit limit = new NodeView.ConnectionLimit(0, 0);

    /// An answer.
    record Answer(int status, String text, HttpResponse<String> raw) {
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new IllegalStateException("not JSON: " + text, e);
            }
        }

        String reason() {
            return json().path("reason").asText();
        }
    }

    TestApi(Path data) throws IOException {
        var config = LogConfig.defaults();
        var storage = FileStorage.open(data);
        var arena = new PageArena(config.memoryBytes());
        log = HeadraceLog.open(storage, config, Clock.system(), arena, OnCorruption.REFUSE);
        engine = Engine.recover(
                new Identity("rabbit@test", "rabbit@test", "4.2.0"),
                new Engine.Ground(
                        log,
                        config,
                        storage,
                        arena,
                        loops.engine(),
                        files,
                        () -> "%022d".formatted(++names),
                        Set.of("guest"),
                        trouble -> {
                            throw new IllegalStateException(trouble);
                        }));
        log.start();
        var ready = new CompletableFuture<Void>();
        engine.start(() -> ready.complete(null));
        ready.join();
        amqp = Listener.open(
                ListenerConfig.of("amqp", "127.0.0.1", 0),
                loops,
                List.of(new AmqpProtocol(engine, AmqpConfig.defaults())),
                Optional.empty());
        shovels = DynamicShovels.open(engine, AmqpProtocol::words);
        shovels.start();
        api = new ManagementApi(
                engine,
                engine.observation(),
                new Node(),
                refusal -> new Told(AmqpProtocol.code(refusal), AmqpProtocol.words(refusal)),
                shovels);
        http = HttpListener.open(ListenerConfig.of("http", "127.0.0.1", 0), HttpLimits.defaults(), loops, api);
    }

    /// Without a port to close.
    private static final class Flag implements Maintenance {
        private boolean drained;

        @Override
        public boolean drained() {
            return drained;
        }

        @Override
        public void drain() {
            drained = true;
        }

        @Override
        public void revive() {
            drained = false;
        }
    }

    /// The broker has so many AMQP connections, and may have so many.
    void connections(int open, int most) {
        limit = new NodeView.ConnectionLimit(open, most);
    }

    /// What the house would know.
    private final class Node implements NodeView {
        @Override
        public List<Door> doors() {
            return List.of(new Door("amqp", "127.0.0.1", amqp.port(), false));
        }

        @Override
        public String version() {
            return "test";
        }

        @Override
        public long startedMillis() {
            return 1;
        }

        @Override
        public String dataDirectory() {
            return "/data";
        }

        @Override
        public OptionalLong residentBytes() {
            return OptionalLong.of(100 << 20);
        }

        @Override
        public OptionalLong threads() {
            return OptionalLong.of(10);
        }

        @Override
        public OptionalLong certificateEndMillis() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong openFiles() {
            return OptionalLong.of(10);
        }

        @Override
        public OptionalLong openFilesMax() {
            return OptionalLong.empty();
        }

        @Override
        public ConnectionLimit connectionLimit() {
            return limit;
        }

        @Override
        public Maintenance maintenance() {
            return maintenance;
        }

        @Override
        public boolean isOperator(byte[] given) {
            return new String(given, StandardCharsets.US_ASCII).equals("the key");
        }

        @Override
        public boolean logFrom(String level) {
            logLevel = level;
            return !level.equals("nonsense");
        }
    }

    /// Of a topic in the default vhost.
    String setting(String topic, String name) {
        return engine.admin()
                .catalog()
                .topic("/", topic)
                .orElseThrow()
                .settings()
                .get(name);
    }

    /// Asked with a key instead of a password.
    void asHolderOf(String operatorKey) {
        key = operatorKey;
    }

    int amqpPort() {
        return amqp.port();
    }

    int httpPort() {
        return http.listener().port();
    }

    /// The same API, asked by somebody else.
    void as(String credentials) {
        user = credentials;
    }

    Answer get(String path) {
        return send("GET", path, "");
    }

    Answer put(String path, String body) {
        return send("PUT", path, body);
    }

    Answer post(String path, String body) {
        return send("POST", path, body);
    }

    Answer delete(String path) {
        return send("DELETE", path, "");
    }

    Answer send(String method, String path, String body, String... headers) {
        try {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort() + "/api" + path))
                    .method(method, BodyPublishers.ofString(body));
            if (!key.isEmpty()) {
                request.header("Authorization", "Bearer " + key);
            } else if (!user.isEmpty()) {
                var encoded = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
                request.header("Authorization", "Basic " + encoded);
            }
            if (headers.length > 0) {
                request.headers(headers);
            }
            var answer = client.send(request.build(), BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body(), answer);
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(method + " " + path, e);
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
        shovels.close();
        client.close();
        amqp.close();
        var stopped = new CompletableFuture<Void>();
        engine.stop(() -> stopped.complete(null));
        stopped.join();
        loops.close();
        files.shutdown();
        engine.close();
        log.close();
    }
}
