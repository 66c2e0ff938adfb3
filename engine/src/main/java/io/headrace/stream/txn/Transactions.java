package io.headrace.stream.txn;

import io.headrace.catalog.CatalogListener;
import io.headrace.catalog.TopicDefinition;
import io.headrace.shard.Loop;
import io.headrace.stream.group.OffsetTransactions;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;

/// The transactions of one vhost: Kafka's coordinator of them, on the loop that owns the partitions.
///
/// A change of a transactional id is a record of `__transaction_state`, encoded in the turn that decides it, before
/// what follows from it. So the order of the log is the order of decisions, and a crash leaves a beginning of it. What
/// is answered must wait for the commit; see decision 0021.
///
/// Threads: the loop; answers come on it.
public final class Transactions {
    private static final System.Logger LOG = System.getLogger(Transactions.class.getName());

    /// Questions that wait for what is loaded; past this they are told to come again.
    private static final int WAITING_MAX = 10_000;
    /// Forgotten in one turn; further ones a second later.
    private static final int EXPIRED_MAX = 1_000;
    private static final long EXPIRY_GO_ON_MILLIS = 1_000;

    /// What the broker itself decides is of the version that it offers.
    private static final TransactionVersion OWN_VERSION = TransactionVersion.TV_2;

    private static final long NO_ID = -1;

    private enum Phase {
        /// There never was a transaction.
        IDLE,
        /// The topic is made, or what it holds is read; questions wait.
        OPENING,
        OPEN,
        STOPPED
    }

    /// What transactions stand on.
    public record Ground(Loop loop, TransactionTopics topics, TransactionSettings settings) {}

    private record Waiting(Runnable go, Consumer<Errors> failed) {}

    private final Loop loop;
    private final TransactionTopics topics;
    private final TransactionSettings settings;
    private final StateTopic states;
    private final Endings endings;
    private final Map<String, TransactionalId> ids = new LinkedHashMap<>();
    private final Map<Long, TransactionalId> open = new LinkedHashMap<>(); // whose transactions are, by producer
    private final Map<String, Boolean> coming = new LinkedHashMap<>(); // ids that wait for their first producer's id
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private Phase phase = Phase.IDLE;
    private boolean watching; // timeouts and expiry

    public Transactions(Ground ground) {
        this.loop = ground.loop();
        this.topics = ground.topics();
        this.settings = ground.settings();
        this.states = new StateTopic(topics);
        this.endings = new Endings(loop, topics, this::complete);
    }

    public TransactionSettings settings() {
        return settings;
    }

    // ---- from the start to the stop ----

    /// To be added to the catalog.
    public CatalogListener listener() {
        return new CatalogListener() {
            @Override
            public void topicDeleted(TopicDefinition topic) {
                if (phase != Phase.IDLE && topic.name().equals(StateTopic.NAME)) {
                    forgetAll();
                }
            }
        };
    }

    /// Takes up the transactions that were open when the broker stopped, if there ever were any: they go on timing out,
    /// and those whose end was decided are ended.
    public void start() {
        if (states.used()) {
            open();
        }
    }

    /// Makes the topic if there is none, for producers that will come.
    public void open() {
        if (phase != Phase.IDLE) {
            return;
        }
        phase = Phase.OPENING;
        if (states.open()) {
            load();
        } else {
            topics.create(StateTopic.NAME, settings.partitions(), StateTopic.SETTINGS, this::load);
        }
    }

    private void load() {
        if (phase != Phase.OPENING) {
            return;
        }
        if (!states.open()) {
            phase = Phase.IDLE;
            failWaiting();
            return;
        }
        new StateLoader(loop, states.all(), this::loaded).begin();
    }

    private void loaded(List<Map<String, TransactionMetadata>> found) {
        if (phase != Phase.OPENING) {
            return;
        }
        phase = Phase.OPEN;
        states.settle(found, now()).forEach((id, state) -> ids.put(id, new TransactionalId(state)));
        for (var known : ids.values()) {
            if (known.open()) {
                open.put(known.state().producerId(), known);
            }
        }
        List.copyOf(ids.values()).stream().filter(TransactionalId::ending).forEach(this::carryOut);
        if (!watching) {
            watching = true;
            loop.schedule(TransactionSettings.TIMEOUT_CHECK_MILLIS, this::checkTimeouts);
            loop.schedule(TransactionSettings.EXPIRY_CHECK_MILLIS, this::checkExpiry);
        }
        while (!waiting.isEmpty()) {
            waiting.removeFirst().go.run();
        }
    }

    /// Nothing is decided any more; what is decided and not carried out is so after the next start.
    public void stop() {
        phase = Phase.STOPPED;
        endings.stop();
        failWaiting();
    }

    // whoever comes is unknown, as after the loss of that topic in Kafka
    private void forgetAll() {
        phase = phase == Phase.STOPPED ? Phase.STOPPED : Phase.IDLE;
        var gone = List.copyOf(ids.values());
        ids.clear();
        open.clear();
        coming.clear();
        failWaiting();
        gone.forEach(TransactionalId::tell);
        if (!gone.isEmpty()) {
            LOG.log(System.Logger.Level.WARNING, "{0} was deleted, with {1} ids.", StateTopic.NAME, gone.size());
        }
    }

    private void failWaiting() {
        while (!waiting.isEmpty()) {
            waiting.removeFirst().failed.accept(Errors.COORDINATOR_NOT_AVAILABLE);
        }
    }

    /// Runs `go` when all transactions are known, which they mostly are: at once. Everything below may be asked then.
    ///
    /// @param failed takes an error after which one may come again
    public void ask(Runnable go, Consumer<Errors> failed) {
        switch (phase) {
            case IDLE, OPEN -> go.run();
            case OPENING -> {
                if (waiting.size() == WAITING_MAX) {
                    failed.accept(Errors.COORDINATOR_LOAD_IN_PROGRESS);
                } else {
                    waiting.addLast(new Waiting(go, failed));
                }
            }
            case STOPPED -> failed.accept(Errors.COORDINATOR_NOT_AVAILABLE);
        }
    }

    // ---- what producers ask ----

    /// Gives the producer with this transactional id its next epoch, which fences all before.
    ///
    /// @param expected who the producer says it was (KIP-360)
    public void begin(String id, int timeoutMillis, Optional<Producer> expected, Consumer<Outcome> answer) {
        if (id.isEmpty()) {
            answer.accept(Outcome.refused(Errors.INVALID_REQUEST));
            return;
        }
        if (timeoutMillis <= 0 || timeoutMillis > settings.timeoutMillisMax()) {
            answer.accept(Outcome.refused(Errors.INVALID_TRANSACTION_TIMEOUT));
            return;
        }
        open();
        ask(
                () -> {
                    var known = ids.get(id);
                    if (known == null) {
                        beginFirst(id, timeoutMillis, answer);
                    } else {
                        begin(known, timeoutMillis, expected, answer);
                    }
                },
                error -> answer.accept(Outcome.refused(error)));
    }

    private void beginFirst(String id, int timeoutMillis, Consumer<Outcome> answer) {
        if (coming.containsKey(id)) {
            answer.accept(Outcome.refused(Errors.CONCURRENT_TRANSACTIONS));
            return;
        }
        if (ids.size() + coming.size() >= settings.idsMax()) {
            answer.accept(Outcome.refused(Errors.POLICY_VIOLATION));
            return;
        }
        coming.put(id, true);
        topics.newProducerId(producerId -> {
            if (phase != Phase.OPEN || coming.remove(id) == null) {
                answer.accept(Outcome.refused(Errors.COORDINATOR_NOT_AVAILABLE));
                return;
            }
            var known = new TransactionalId(new TransactionMetadata(
                    id,
                    producerId,
                    NO_ID,
                    NO_ID,
                    Beginning.NO_EPOCH,
                    Beginning.NO_EPOCH,
                    timeoutMillis,
                    TransactionState.EMPTY,
                    Set.of(),
                    NO_ID,
                    now(),
                    TransactionVersion.TV_0));
            ids.put(id, known);
            nextEpoch(known, timeoutMillis, Optional.empty(), answer);
        });
    }

    private void begin(
            TransactionalId known, int timeoutMillis, Optional<Producer> expected, Consumer<Outcome> answer) {
        if (known.busy()) {
            answer.accept(Outcome.refused(Errors.CONCURRENT_TRANSACTIONS));
            return;
        }
        switch (Beginning.of(known.state(), expected)) {
            case Beginning.Refused(Errors error) -> answer.accept(Outcome.refused(error));
            case Beginning.NextEpoch() -> nextEpoch(known, timeoutMillis, expected, answer);
            case Beginning.NextId() ->
                withNewProducerId(
                        known,
                        answer,
                        producerId -> become(
                                known,
                                known.state()
                                        .prepareProducerIdRotation(
                                                producerId, timeoutMillis, now(), expected.isPresent())));
            case Beginning.Fence() -> abort(known, _ -> answer.accept(Outcome.refused(Errors.CONCURRENT_TRANSACTIONS)));
        }
    }

    private void nextEpoch(
            TransactionalId known, int timeoutMillis, Optional<Producer> expected, Consumer<Outcome> answer) {
        become(known, known.state().prepareIncrementProducerEpoch(timeoutMillis, expected.map(Producer::epoch), now()));
        answer.accept(Outcome.done(known.producer()));
    }

    /// Adds partitions to the transaction of a producer, which begins with them if none is open.
    ///
    /// @param version of the producer that asks
    public Errors add(String id, Producer producer, Set<TopicPartition> partitions, TransactionVersion version) {
        if (id.isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        var known = ids.get(id);
        var error = judge(known, producer);
        if (error != Errors.NONE) {
            return error;
        }
        if (known.open() && known.state().topicPartitions().containsAll(partitions)) {
            return Errors.NONE;
        }
        if (known.busy()) {
            return Errors.CONCURRENT_TRANSACTIONS;
        }
        var next = known.state().prepareAddPartitions(partitions, now(), version);
        byte[] value = StateTopic.value(next);
        if (value.length > StateTopic.RECORD_BYTES_MAX) {
            known.state().pendingState(Optional.empty()); // as it was
            return Errors.UNKNOWN_SERVER_ERROR;
        }
        become(known, next, value);
        open.put(producer.id(), known);
        return Errors.NONE;
    }

    /// Whether a partition is part of the producer's open transaction. [Errors#TRANSACTION_ABORTABLE] if it is not.
    public Errors verify(String id, Producer producer, TopicPartition partition) {
        if (id.isEmpty()) {
            return Errors.INVALID_REQUEST;
        }
        var known = ids.get(id);
        var error = judge(known, producer);
        if (error != Errors.NONE) {
            return error;
        }
        return known.state().topicPartitions().contains(partition) ? Errors.NONE : Errors.TRANSACTION_ABORTABLE;
    }

    private static Errors judge(TransactionalId known, Producer producer) {
        if (known == null || known.state().producerId() != producer.id()) {
            return Errors.INVALID_PRODUCER_ID_MAPPING;
        }
        if (known.state().producerEpoch() != producer.epoch()) {
            return Errors.PRODUCER_FENCED;
        }
        return known.ending() ? Errors.CONCURRENT_TRANSACTIONS : Errors.NONE;
    }

    /// Runs `then` when the id can be asked again after [Errors#CONCURRENT_TRANSACTIONS]: at once, if it can.
    public void whenSettled(String id, Runnable then) {
        var known = ids.get(id);
        if (known == null || !known.ending() && !known.busy()) {
            then.run();
        } else {
            known.whenSettled(then);
        }
    }

    /// Ends the transaction of a producer. What was decided is carried out at once, but for offsets, which may take a
    /// few turns longer: till then the id answers [Errors#CONCURRENT_TRANSACTIONS].
    public void end(
            String id, Producer producer, boolean commit, TransactionVersion version, Consumer<Outcome> answer) {
        if (id.isEmpty()) {
            answer.accept(Outcome.refused(Errors.INVALID_REQUEST));
            return;
        }
        var known = ids.get(id);
        if (known == null) {
            answer.accept(Outcome.refused(Errors.INVALID_PRODUCER_ID_MAPPING));
            return;
        }
        var ending = version.supportsEpochBump()
                ? Ending.second(known.state(), producer, commit)
                : Ending.first(known.state(), producer, commit);
        switch (ending) {
            case Ending.Refused(Errors error) -> answer.accept(Outcome.refused(error));
            case Ending.Heard(Producer next) -> answer.accept(Outcome.done(next));
            case Ending.Decided _ when known.busy() -> answer.accept(Outcome.refused(Errors.CONCURRENT_TRANSACTIONS));
            case Ending.Decided decided -> decide(known, decided, version, answer);
        }
    }

    private void abort(TransactionalId known, Consumer<Outcome> answer) {
        decide(known, new Ending.Decided(false, false), OWN_VERSION, answer);
    }

    private void decide(
            TransactionalId known, Ending.Decided decided, TransactionVersion version, Consumer<Outcome> answer) {
        if (version.supportsEpochBump() && known.state().isProducerEpochExhausted()) {
            withNewProducerId(known, answer, producerId -> decide(known, decided, version, producerId));
        } else {
            answer.accept(Outcome.done(decide(known, decided, version, NO_ID)));
        }
    }

    /// @return who goes on
    private Producer decide(
            TransactionalId known, Ending.Decided decided, TransactionVersion version, long nextProducerId) {
        long before = known.state().producerId();
        become(
                known,
                known.state().prepareAbortOrCommit(decided.next(), version, nextProducerId, now(), decided.empty()));
        open.remove(before);
        Producer next = nextProducerId == NO_ID ? known.producer() : new Producer(nextProducerId, (short) 0);
        carryOut(known);
        return version.supportsEpochBump() ? next : Producer.NONE;
    }

    private void carryOut(TransactionalId known) {
        endings.carryOut(known, states.coordinatorEpoch(known.name()));
    }

    private void complete(TransactionalId known) {
        if (ids.get(known.name()) == known) {
            become(known, known.state().prepareComplete(now()));
        }
    }

    // meanwhile nobody else changes the id
    private void withNewProducerId(TransactionalId known, Consumer<Outcome> answer, Consumer<Long> then) {
        known.fetching(true);
        topics.newProducerId(producerId -> {
            if (phase == Phase.OPEN && ids.get(known.name()) == known) {
                then.accept(producerId);
                known.fetching(false);
                answer.accept(Outcome.done(new Producer(producerId, (short) 0)));
            } else {
                answer.accept(Outcome.refused(Errors.COORDINATOR_NOT_AVAILABLE));
            }
        });
    }

    private void become(TransactionalId known, TxnTransitMetadata next) {
        become(known, next, StateTopic.value(next));
    }

    private void become(TransactionalId known, TxnTransitMetadata next, byte[] value) {
        states.put(known.name(), value, now());
        known.become(next);
    }

    // ---- time ----

    private void checkTimeouts() {
        if (phase == Phase.STOPPED) {
            return;
        }
        for (var known : List.copyOf(open.values())) {
            var state = known.state();
            if (!known.busy() && known.open() && state.txnStartTimestamp() + state.txnTimeoutMs() < now()) {
                abort(
                        known,
                        _ -> LOG.log(
                                System.Logger.Level.INFO,
                                "The transaction of transactional id {0} took longer than {1} ms and was aborted.",
                                known.name(),
                                Integer.toString(state.txnTimeoutMs())));
            }
        }
        loop.schedule(TransactionSettings.TIMEOUT_CHECK_MILLIS, this::checkTimeouts);
    }

    private void checkExpiry() {
        if (phase == Phase.STOPPED) {
            return;
        }
        long before = now() - settings.idExpiryMillis();
        var expired = ids.values().stream()
                .filter(known -> known.state().state().isExpirationAllowed() && !known.busy())
                .filter(known -> known.state().txnLastUpdateTimestamp() <= before)
                .limit(EXPIRED_MAX)
                .toList();
        expired.forEach(known -> {
            states.remove(known.name(), now());
            ids.remove(known.name());
        });
        loop.schedule(
                expired.size() == EXPIRED_MAX ? EXPIRY_GO_ON_MILLIS : TransactionSettings.EXPIRY_CHECK_MILLIS,
                this::checkExpiry);
    }

    private long now() {
        return loop.clock().millis();
    }

    // ---- who looks ----

    public Optional<TransactionReport> report(String id) {
        return Optional.ofNullable(ids.get(id)).map(TransactionReport::of);
    }

    /// In the order in which the ids were met.
    public List<TransactionReport> reports() {
        return ids.values().stream().map(TransactionReport::of).toList();
    }

    /// For the coordinator of groups, whose records are part of transactions as well.
    public OffsetTransactions offsets() {
        return new AdmittedOffsets(this);
    }

    /// Whether everything is known, or there is nothing to know.
    boolean awake() {
        return phase == Phase.IDLE || phase == Phase.OPEN;
    }

    Optional<TransactionalId> openOf(long producerId) {
        return Optional.ofNullable(open.get(producerId));
    }
}
