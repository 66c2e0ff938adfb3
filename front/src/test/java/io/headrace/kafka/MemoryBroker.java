package io.headrace.kafka;

import io.headrace.broker.Admin;
import io.headrace.broker.Broker;
import io.headrace.broker.Connections;
import io.headrace.broker.Resources;
import io.headrace.broker.SharedSettings;
import io.headrace.broker.TopicSession;
import io.headrace.catalog.Acl;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.catalog.TopicDefinition;
import io.headrace.net.TestLoop;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import io.headrace.stream.Partition;
import io.headrace.stream.StreamConfig;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.group.Groups;
import io.headrace.stream.share.Marks;
import io.headrace.stream.share.ShareLog;
import io.headrace.stream.share.SharePartition;
import io.headrace.stream.share.Shares;
import io.headrace.stream.txn.TransactionSettings;
import io.headrace.stream.txn.TransactionTopics;
import io.headrace.stream.txn.Transactions;
import java.net.InetSocketAddress;
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
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The front's fake of the engine: topics of one vhost in memory, with switches for what is rare in a real one
/// (commits and answers that come late, pressure, refusals).
///
/// Threads: one loop.
final class MemoryBroker implements Broker {
    private final Connections connections = new Connections();
    final SortedMap<String, TopicDefinition> topics = new TreeMap<>();
    final Map<Integer, MemoryPartition> partitions = new HashMap<>();
    final Map<String, SortedMap<String, String>> settings = new HashMap<>();
    final Map<String, String> passwords = new HashMap<>(Map.of("guest", "guest"));
    final MemoryGroups groups = new MemoryGroups();
    final TestLoop loop = new TestLoop(); // of transactions: their clock and timers
    final Transactions transactions = new Transactions(
            new Transactions.Ground(loop, new OfTransactions(), new TransactionSettings(2, 900_000, 3_600_000, 100)));
    final Set<String> tags = new HashSet<>(); // of everybody who logs in from now on
    final Set<String> denied = new HashSet<>(); // `WRITE name`, whatever `rights` say
    final TestRights rights = new TestRights();
    private final List<Runnable> late = new ArrayList<>();
    private final List<Runnable> uncommitted = new ArrayList<>();
    private final List<Runnable> reliefs = new ArrayList<>();
    final Map<TopicSession, Consumer<String>> sessions = new LinkedHashMap<>(); // and who hears of their end
    final List<String> failedLogins = new ArrayList<>();
    private final List<Consumer<String>> settingsListeners = new ArrayList<>();
    long loginDelayMillis;
    private Shares shares; // null until somebody asks
    boolean holdAnswers;
    boolean holdCommits;
    boolean pressure;
    boolean forgetful; // partitions count what is appended and keep nothing
    private int nextPartition = 1;
    private long nextProducer = 1000;

    MemoryBroker() {
        rights.user("guest", tags);
        rights.permission("guest", ".*", ".*", ".*");
    }

    /// Now, or when [#answerHeld] is called.
    void soon(Runnable answer) {
        if (holdAnswers) {
            late.add(answer);
        } else {
            answer.run();
        }
    }

    void answerHeld() {
        var answers = List.copyOf(late);
        late.clear();
        answers.forEach(Runnable::run);
    }

    void appended(Runnable whenCommitted) {
        if (holdCommits) {
            uncommitted.add(whenCommitted);
        } else {
            whenCommitted.run();
        }
    }

    void commit() {
        var committed = List.copyOf(uncommitted);
        uncommitted.clear();
        committed.forEach(Runnable::run);
    }

    void relieve() {
        pressure = false;
        tellReliefs();
    }

    /// Whoever waits may look again.
    void tellReliefs() {
        var tasks = List.copyOf(reliefs);
        reliefs.clear();
        tasks.forEach(Runnable::run);
    }

    TopicDefinition add(String name, int count) {
        var numbers = new ArrayList<Integer>();
        for (int i = 0; i < count; i++) {
            numbers.add(nextPartition);
            partitions.put(nextPartition, new MemoryPartition(this, nextPartition));
            nextPartition++;
        }
        var topic = new TopicDefinition("/", name, new UUID(7, nextPartition), numbers, new TreeMap<>());
        topics.put(name, topic);
        return topic;
    }

    MemoryPartition partition(String topic, int index) {
        return partitions.get(topics.get(topic).partitions().get(index));
    }

    @Override
    public Identity identity() {
        return new Identity("rabbit@test", "rabbit@test", "4.2.0");
    }

    @Override
    public void login(String user, byte[] password, SocketAddress remote, Loop loop, Consumer<Login> answer) {
        answer.accept(
                passwordIs(user, password)
                        ? new Login.Accepted(user(user, remote))
                        : new Login.Refused("wrong password"));
    }

    @Override
    public Login loginTrusted(String user, SocketAddress remote) {
        return passwords.containsKey(user) ? new Login.Accepted(user(user, remote)) : new Login.Refused("no such user");
    }

    private User user(String name, SocketAddress remote) {
        rights.user(name, tags);
        return new User(
                name,
                tags,
                remote instanceof InetSocketAddress address
                        ? address.getAddress().getHostAddress()
                        : "");
    }

    @Override
    public void beforeLogin(String user, SocketAddress remote, Loop loop, Runnable then) {
        if (loginDelayMillis == 0) {
            then.run();
        } else {
            loop.schedule(loginDelayMillis, then);
        }
    }

    @Override
    public void loginFailed(String user, SocketAddress remote) {
        failedLogins.add(user);
    }

    @Override
    public boolean passwordIs(String user, byte[] password) {
        return new String(password, StandardCharsets.UTF_8).equals(passwords.get(user));
    }

    @Override
    public Opening open(User user, String vhost, Loop loop, String connectionName) {
        throw new UnsupportedOperationException("of AMQP");
    }

    @Override
    public TopicsOpening openTopics(User user, String vhost, Loop loop) {
        return new TopicsOpening.Opened(new Topics(user, loop));
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
        return new MemoryAdmin(this);
    }

    @Override
    public SharedSettings settings() {
        return new SharedSettings() {
            @Override
            public SortedMap<String, String> get(String name) {
                return settings.getOrDefault(name, new TreeMap<>());
            }

            @Override
            public SortedMap<String, SortedMap<String, String>> below(String prefix) {
                var found = new TreeMap<String, SortedMap<String, String>>();
                settings.forEach((name, values) -> {
                    if (name.startsWith(prefix) && !values.isEmpty()) {
                        found.put(name.substring(prefix.length()), values);
                    }
                });
                return found;
            }

            @Override
            public void listen(String prefix, Consumer<String> changed) {
                settingsListeners.add(name -> {
                    if (name.startsWith(prefix)) {
                        changed.accept(name);
                    }
                });
            }
        };
    }

    void put(String name, Map<String, String> given) {
        settings.put(name, new TreeMap<>(given));
        settingsListeners.forEach(listener -> listener.accept(name));
    }

    @Override
    public Alarms alarms() {
        throw new UnsupportedOperationException("of AMQP");
    }

    /// On the loop of the wire that the test has.
    Shares shares(Loop loop) {
        if (shares == null) {
            shares = new Shares(
                    loop, new ForgetfulShareLog(), id -> Optional.ofNullable(partitions.get(id)), groups::ofShareGroup);
        }
        return shares;
    }

    private static final class ForgetfulShareLog implements ShareLog {
        @Override
        public void open(SharePartition share) {}

        @Override
        public void close(int share) {}

        @Override
        public void start(int share, long offset) {}

        @Override
        public void mark(int share, Marks marks) {}
    }

    private final class Topics implements TopicSession {
        private final User user;
        private final Loop loop;

        Topics(User user, Loop loop) {
            this.user = user;
            this.loop = loop;
        }

        @Override
        public User user() {
            return user;
        }

        @Override
        public String vhost() {
            return "/";
        }

        @Override
        public void onEnd(Consumer<String> listener) {
            sessions.put(this, listener);
        }

        @Override
        public void close() {
            sessions.remove(this);
            loop.execute(MemoryBroker.this::tellReliefs);
        }

        @Override
        public boolean may(Acl.Operation operation, Acl.ResourceType type, String name) {
            return rights.authorizer.may(user, "/", operation, type, name)
                    && accesses(operation).anyMatch(access -> !denied.contains(access + " " + name));
        }

        private static Stream<Refusal.Access> accesses(Acl.Operation operation) {
            return switch (operation) {
                case READ -> Stream.of(Refusal.Access.READ);
                case WRITE -> Stream.of(Refusal.Access.WRITE);
                case DESCRIBE, DESCRIBE_CONFIGS -> Stream.of(Refusal.Access.values());
                default -> Stream.of(Refusal.Access.CONFIGURE);
            };
        }

        @Override
        public boolean mayAny(Acl.Operation operation, Acl.ResourceType type) {
            return rights.authorizer.mayAny(user, "/", operation, type);
        }

        @Override
        public List<Acl> acls() {
            return rights.catalog.acls().all();
        }

        @Override
        public void addAcls(List<Acl> acls, Consumer<Optional<Refusal>> answer) {
            rights.add(acls);
            soon(() -> answer.accept(Optional.empty()));
        }

        @Override
        public void removeAcls(List<Acl> acls, Runnable done) {
            rights.remove(acls);
            soon(done);
        }

        @Override
        public List<TopicDefinition> topics() {
            return List.copyOf(topics.values());
        }

        @Override
        public Optional<TopicDefinition> topic(String name) {
            return Optional.ofNullable(topics.get(name));
        }

        @Override
        public Optional<TopicDefinition> topic(UUID id) {
            return topics.values().stream()
                    .filter(topic -> topic.id().equals(id))
                    .findFirst();
        }

        @Override
        public Optional<Partition> partition(TopicDefinition topic, int index) {
            return index < 0 || index >= topic.partitions().size()
                    ? Optional.empty()
                    : Optional.ofNullable(partitions.get(topic.partitions().get(index)));
        }

        @Override
        public void create(String name, int count, Map<String, String> given, Consumer<TopicAnswer> answer) {
            if (topics.containsKey(name)) {
                answer.accept(new TopicAnswer.Refused(new Refusal.Exists(Resource.topic(name, "/"))));
            } else {
                add(name, count);
                set(name, given, answer);
            }
        }

        @Override
        public void delete(String name, Consumer<TopicAnswer> answer) {
            var topic = topics.remove(name);
            if (topic == null) {
                soon(() -> answer.accept(new TopicAnswer.Refused(new Refusal.NotFound(Resource.topic(name, "/")))));
                return;
            }
            topic.partitions().forEach(number -> {
                partitions.get(number).gone = true;
                partitions.get(number).moved();
            });
            soon(() -> answer.accept(new TopicAnswer.Done(topic)));
        }

        @Override
        public void grow(String name, int added, Consumer<TopicAnswer> answer) {
            var topic = topics.get(name);
            var numbers = new ArrayList<>(topic.partitions());
            for (int i = 0; i < added; i++) {
                numbers.add(nextPartition);
                partitions.put(nextPartition, new MemoryPartition(MemoryBroker.this, nextPartition));
                nextPartition++;
            }
            var grown = new TopicDefinition("/", name, topic.id(), numbers, topic.settings());
            topics.put(name, grown);
            soon(() -> answer.accept(new TopicAnswer.Done(grown)));
        }

        @Override
        public void set(String name, Map<String, String> given, Consumer<TopicAnswer> answer) {
            var topic = topics.get(name);
            var changed = new TopicDefinition("/", name, topic.id(), topic.partitions(), new TreeMap<>(given));
            topics.put(name, changed);
            soon(() -> answer.accept(new TopicAnswer.Done(changed)));
        }

        @Override
        public SortedMap<String, String> settings(String name) {
            return settings.getOrDefault(name, new TreeMap<>());
        }

        @Override
        public List<String> settingsNames(String prefix) {
            return settings.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith(prefix)
                            && !entry.getValue().isEmpty())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
        }

        @Override
        public DiskSpace disk() {
            return new DiskSpace(1_000_000, 400_000);
        }

        @Override
        public CatalogLog catalogLog() {
            return new CatalogLog(3, 77);
        }

        @Override
        public void putSettings(String name, Map<String, String> given, Runnable done) {
            put(name, given);
            done.run();
        }

        @Override
        public UUID clusterId() {
            return new UUID(1, 2);
        }

        @Override
        public void newProducerId(Consumer<Long> answer) {
            answer.accept(nextProducer++);
        }

        @Override
        public Groups groups() {
            return groups;
        }

        @Override
        public Shares shares() {
            return MemoryBroker.this.shares(loop);
        }

        @Override
        public Transactions transactions() {
            return transactions;
        }

        @Override
        public StreamConfig streamConfig() {
            return StreamConfig.defaults();
        }

        @Override
        public void whenCommitted(Runnable done) {
            appended(done);
        }

        @Override
        public boolean underPressure() {
            return pressure;
        }

        @Override
        public void onRelief(Runnable task) {
            reliefs.add(task);
        }
    }

    /// The real coordinator of transactions stands on the same topics.
    private final class OfTransactions implements TransactionTopics {
        @Override
        public Optional<TopicDefinition> topic(String name) {
            return Optional.ofNullable(topics.get(name));
        }

        @Override
        public Optional<Partition> partition(TopicDefinition topic, int index) {
            return index < topic.partitions().size()
                    ? Optional.ofNullable(partitions.get(topic.partitions().get(index)))
                    : Optional.empty();
        }

        @Override
        public void create(String name, int count, Map<String, String> given, Runnable done) {
            add(name, count);
            soon(done);
        }

        @Override
        public void newProducerId(Consumer<Long> answer) {
            answer.accept(nextProducer++);
        }

        @Override
        public void endOffsets(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed) {
            groups.endTransaction(partition, end, done, failed);
        }
    }
}
