package io.headrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Broker.Identity;
import io.headrace.broker.Engine;
import io.headrace.broker.Maintenance;
import io.headrace.broker.NodeView;
import io.headrace.http.HttpLimits;
import io.headrace.http.HttpRequest;
import io.headrace.http.HttpResponse;
import io.headrace.log.FileStorage;
import io.headrace.log.HeadraceLog;
import io.headrace.log.LogConfig;
import io.headrace.log.OnCorruption;
import io.headrace.log.PageArena;
import io.headrace.net.EventLoops;
import io.headrace.shard.Loop;
import io.headrace.time.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/// A real engine on a disk, and its metrics, asked without a socket.
final class MetricsWorld {
    private MetricsWorld() {}

    interface Work {
        void with(Engine engine, Loop loop, MetricsApi api) throws Exception;
    }

    static void with(Path data, Work work) throws Exception {
        var config = LogConfig.defaults();
        var storage = FileStorage.open(data);
        var arena = new PageArena(config.memoryBytes());
        var loops = new EventLoops(1, Clock.system());
        try (var files = Executors.newFixedThreadPool(1);
                var log = HeadraceLog.open(storage, config, Clock.system(), arena, OnCorruption.REFUSE)) {
            var engine = Engine.recover(
                    new Identity("rabbit@test", "rabbit@test", "4.2.0"),
                    new Engine.Ground(
                            log,
                            config,
                            storage,
                            arena,
                            loops.engine(),
                            files,
                            () -> "0123456789012345678901",
                            Set.of(),
                            trouble -> {
                                throw new IllegalStateException(trouble);
                            }));
            log.start();
            await(done -> engine.start(() -> done.complete(null)));
            var metrics = new MetricsConfig(Optional.empty(), Optional.empty(), HttpLimits.defaults(), false);
            work.with(engine, loops.engine(), new MetricsApi(engine, engine.observation(), new Machine(), metrics));
            await(done -> engine.stop(() -> done.complete(null)));
            loops.close();
            engine.close();
        }
    }

    static String text(MetricsApi api, String target) throws InterruptedException {
        HttpResponse answer =
                api.serve(new HttpRequest("GET", target, Map.of(), new byte[0], new InetSocketAddress("127.0.0.1", 1)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.contentType()).startsWith("text/plain; version=0.0.4");
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    static void wellFormed(String text) {
        var declared = new ArrayList<String>();
        for (String line : text.lines().toList()) {
            if (line.startsWith("# TYPE ")) {
                declared.add(line.split(" ")[2]);
            } else if (!line.startsWith("#")) {
                assertThat(line).startsWith(declared.getLast());
            }
        }
        assertThat(declared).doesNotHaveDuplicates();
    }

    interface Step {
        void begin(CompletableFuture<Void> done) throws IOException;
    }

    static void await(Step step) throws IOException {
        var done = new CompletableFuture<Void>();
        step.begin(done);
        done.join();
    }

    /// A machine of which little is known.
    private static final class Machine implements NodeView {
        @Override
        public List<Door> doors() {
            return List.of();
        }

        @Override
        public ConnectionLimit connectionLimit() {
            return new ConnectionLimit(0, 0);
        }

        @Override
        public Maintenance maintenance() {
            throw new AssertionError("metrics do not tell of it");
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
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong threads() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong certificateEndMillis() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong openFiles() {
            return OptionalLong.empty();
        }

        @Override
        public OptionalLong openFilesMax() {
            return OptionalLong.empty();
        }
    }
}
