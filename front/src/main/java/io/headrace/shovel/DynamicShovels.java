package io.headrace.shovel;

import io.headrace.broker.AdminCommand;
import io.headrace.broker.Broker;
import io.headrace.broker.Shovels;
import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.Parameter;
import io.headrace.catalog.Refusal;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/// The shovels that parameters describe: one begins, changes and ends with its parameter, and begins again with
/// the broker.
///
/// Threads: any; the catalog tells on the loop.
public final class DynamicShovels implements Shovels, AutoCloseable {
    private static final long GOODBYE_MILLIS = 10_000;
    private static final Comparator<Status> ORDER =
            Comparator.comparing(Status::vhost).thenComparing(Status::name);

    private record Key(String vhost, String name) {}

    private final Broker broker;
    private final Function<Refusal, String> words;
    private final ExecutorService callbacks = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("shovel-callbacks").factory());
    private final Map<Key, Shovel> shovels = new HashMap<>(); // under the lock, as the next
    private boolean running;

    private DynamicShovels(Broker broker, Function<Refusal, String> words) {
        this.broker = broker;
        this.words = words;
    }

    /// Shovels can be set from now on; they begin with [#start].
    ///
    /// @param words a refusal in the protocol's text
    public static DynamicShovels open(Broker broker, Function<Refusal, String> words) {
        var shovels = new DynamicShovels(broker, words);
        var ready = new CompletableFuture<Void>();
        broker.admin().loop().execute(() -> {
            var catalog = broker.admin().catalog();
            catalog.rules().accept(COMPONENT, new ShovelRules(catalog));
            catalog.addListener(new CatalogListener() {
                @Override
                public void parameterPut(Parameter parameter) {
                    if (parameter.component().equals(COMPONENT)) {
                        shovels.begin(parameter);
                    }
                }

                @Override
                public void vhostDeleted(String vhost) {
                    shovels.each(shovel -> shovel.vhostDeleted(vhost));
                }

                @Override
                public void userDeleted(String user) {
                    shovels.each(shovel -> shovel.userDeleted(user));
                }

                @Override
                public void parameterRemoved(Parameter parameter) {
                    if (parameter.component().equals(COMPONENT)) {
                        shovels.end(parameter);
                    }
                }
            });
            ready.complete(null);
        });
        ready.join();
        return shovels;
    }

    private synchronized void each(Consumer<Shovel> told) {
        shovels.values().forEach(told);
    }

    /// All that are set begin.
    public void start() {
        var ready = new CompletableFuture<Void>();
        broker.admin().loop().execute(() -> {
            beginAll();
            ready.complete(null);
        });
        ready.join();
    }

    private synchronized void beginAll() {
        running = true;
        broker.admin().catalog().parameters().stream()
                .filter(parameter -> parameter.component().equals(COMPONENT))
                .forEach(this::begin);
    }

    private synchronized void begin(Parameter parameter) {
        if (running) {
            begin(ShovelDefinition.of(parameter));
        }
    }

    private void begin(ShovelDefinition definition) {
        var key = new Key(definition.vhost(), definition.name());
        var before = shovels.get(key);
        if (before != null) {
            before.stop();
        }
        var itself = new Shovel[1];
        itself[0] = new Shovel(definition, broker, words, callbacks, () -> done(key, itself[0]), before);
        shovels.put(key, itself[0]);
        itself[0].start();
    }

    private synchronized void end(Parameter parameter) {
        var gone = shovels.remove(new Key(parameter.vhost(), parameter.name()));
        if (gone != null) {
            gone.removed();
        }
    }

    /// A shovel that has carried all goes with its parameter, unless another one has its name by now.
    private void done(Key key, Shovel shovel) {
        broker.admin().loop().execute(() -> {
            if (isCurrent(key, shovel)) {
                broker.admin().perform(new AdminCommand.DeleteParameter(COMPONENT, key.vhost(), key.name()), _ -> {});
            }
        });
    }

    private synchronized boolean isCurrent(Key key, Shovel shovel) {
        return running && shovels.get(key) == shovel;
    }

    @Override
    public synchronized List<Status> statuses() {
        return shovels.values().stream().map(Shovel::status).sorted(ORDER).toList();
    }

    @Override
    public synchronized Optional<Status> status(String vhost, String name) {
        return Optional.ofNullable(shovels.get(new Key(vhost, name))).map(Shovel::status);
    }

    @Override
    public synchronized boolean restart(String vhost, String name) {
        var parameter = broker.admin().catalog().parameter(COMPONENT, vhost, name);
        if (!running || parameter.isEmpty() || !shovels.containsKey(new Key(vhost, name))) {
            return false;
        }
        begin(ShovelDefinition.of(parameter.get()));
        return true;
    }

    /// Ends all, and waits for them a while.
    @Override
    public void close() {
        List<Shovel> all;
        synchronized (this) {
            running = false;
            all = List.copyOf(shovels.values());
            shovels.clear();
        }
        all.forEach(Shovel::stop);
        long until = System.nanoTime() + GOODBYE_MILLIS * 1_000_000;
        try {
            for (Shovel shovel : all) {
                shovel.join(Math.max(1, (until - System.nanoTime()) / 1_000_000));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        callbacks.shutdown();
    }
}
