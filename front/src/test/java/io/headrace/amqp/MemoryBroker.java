package io.headrace.amqp;

import io.headrace.broker.Admin;
import io.headrace.broker.Broker;
import io.headrace.broker.Connections;
import io.headrace.broker.Resources;
import io.headrace.broker.Session.ConsumerPort;
import io.headrace.broker.SharedSettings;
import io.headrace.catalog.Refusal;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The front's fake of the engine: exchanges and queues of one vhost in memory, with switches for what is
/// rare in a real one (answers that come late, pressure, alarms, failures).
///
/// Threads: one loop, but for the switches.
final class MemoryBroker implements Broker {
    private final Connections connections = new Connections();
    final Map<String, String> exchanges =
            new HashMap<>(Map.of("", "direct", "amq.direct", "direct", "amq.fanout", "fanout"));
    final Map<String, MemoryQueue> queues = new LinkedHashMap<>();
    final Map<String, Set<List<String>>> bindings = new HashMap<>();
    private final List<Runnable> alarmListeners = new ArrayList<>();
    private final List<Runnable> relief = new ArrayList<>();
    private volatile String alarm = "";
    volatile boolean lateAnswers;
    volatile boolean pressure;
    volatile boolean failing;
    volatile boolean holdConfirms;
    volatile boolean full; // queues refuse what is published
    final List<Runnable> heldConfirms = new ArrayList<>();
    int sessions;
    boolean endedWhileDelivering; // a session, inside a queue's deliveries
    int generated;

    @Override
    public Identity identity() {
        return new Identity("rabbit@test", "rabbit@test", "4.2.0");
    }

    @Override
    public void login(String user, byte[] password, SocketAddress remote, Loop loop, Consumer<Login> answer) {
        boolean right = user.equals("guest") && new String(password, StandardCharsets.UTF_8).equals("guest");
        Login login = right ? new Login.Accepted(new User(user, Set.of())) : new Login.Refused("wrong password");
        later(loop, () -> answer.accept(login));
    }

    @Override
    public Login loginTrusted(String user, SocketAddress remote) {
        return new Login.Accepted(new User(user, Set.of()));
    }

    @Override
    public Opening open(User user, String vhost, Loop loop, String connectionName) {
        if (!vhost.equals("/")) {
            return new Opening.Refused(new Refusal.VhostNotFound(vhost));
        }
        sessions++;
        return new Opening.Opened(new MemorySession(this, user, loop));
    }

    @Override
    public void beforeLogin(String user, SocketAddress remote, Loop loop, Runnable then) {
        throw new UnsupportedOperationException("of Kafka");
    }

    @Override
    public void loginFailed(String user, SocketAddress remote) {
        throw new UnsupportedOperationException("of Kafka");
    }

    @Override
    public boolean passwordIs(String user, byte[] password) {
        throw new UnsupportedOperationException("of Kafka");
    }

    @Override
    public SharedSettings settings() {
        throw new UnsupportedOperationException("of Kafka");
    }

    @Override
    public TopicsOpening openTopics(User user, String vhost, Loop loop) {
        throw new UnsupportedOperationException("of Kafka");
    }

    /// A consumer of the queues, in the order they came.
    ConsumerPort consumer(int index) {
        return queues.values().stream()
                .flatMap(queue -> queue.consumers.stream())
                .skip(index)
                .findFirst()
                .orElseThrow();
    }

    void later(Loop loop, Runnable answer) {
        if (lateAnswers) {
            loop.execute(answer);
        } else {
            answer.run();
        }
    }

    boolean bound(String exchange, MemoryQueue queue, String key) {
        return bindings.getOrDefault(exchange, Set.of()).contains(List.of(queue.name, key));
    }

    Set<List<String>> bindingsOf(String exchange) {
        return bindings.computeIfAbsent(exchange, _ -> new HashSet<>());
    }

    List<MemoryQueue> route(String exchange, String key) {
        if (exchange.isEmpty()) {
            return queues.containsKey(key) ? List.of(queues.get(key)) : List.of();
        }
        boolean fanout = exchanges.get(exchange).equals("fanout");
        return queues.values().stream()
                .filter(queue -> bindingsOf(exchange).stream()
                        .anyMatch(binding -> binding.getFirst().equals(queue.name)
                                && (fanout || binding.getLast().equals(key))))
                .toList();
    }

    /// What the last session does when it has to end. On the loop.
    Consumer<String> end = _ -> {};

    /// Why no more channels may be opened.
    Optional<Refusal> channelRefusal = Optional.empty();

    void onRelief(Runnable task) {
        relief.add(task);
    }

    /// On the loop.
    void relieve() {
        pressure = false;
        var tasks = List.copyOf(relief);
        relief.clear();
        tasks.forEach(Runnable::run);
    }

    /// On the loop.
    void alarm(String reason) {
        alarm = reason;
        List.copyOf(alarmListeners).forEach(Runnable::run);
    }

    @Override
    public Resources resources() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Connections connections() {
        return connections;
    }

    @Override
    public Admin admin() {
        throw new UnsupportedOperationException("no operators here");
    }

    @Override
    public Alarms alarms() {
        return new Alarms() {
            @Override
            public String reason() {
                return alarm;
            }

            @Override
            public Listening listen(Loop loop, Runnable listener) {
                alarmListeners.add(listener);
                return () -> alarmListeners.remove(listener);
            }
        };
    }
}
