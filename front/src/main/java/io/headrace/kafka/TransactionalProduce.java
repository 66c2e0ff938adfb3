package io.headrace.kafka;

import io.headrace.stream.txn.Producer;
import io.headrace.stream.txn.Transactions;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.server.common.TransactionVersion;

/// What a Produce request with batches of a transaction needs besides others: the right to the transactional id, one
/// producer for all, and, from version 12 on, all its partitions added to the transaction before the first batch is
/// appended.
///
/// If the producer's last transaction still ends, the request waits a little: a client that hears of that waits longer.
///
/// Threads: the loop of the connection.
final class TransactionalProduce {
    /// `add.partitions.to.txn.retry.backoff.max.ms`.
    static final int SETTLE_MILLIS_MAX = 100;

    private final Exchange exchange;
    private final Transactions transactions;
    private final String id;
    private final Producer producer;
    private final Set<TopicPartition> partitions;
    private Errors refusal = Errors.NONE;

    private TransactionalProduce(Exchange exchange, String id, Producer producer, Set<TopicPartition> partitions) {
        this.exchange = exchange;
        this.transactions = exchange.session().transactions();
        this.id = id;
        this.producer = producer;
        this.partitions = partitions;
    }

    /// @throws org.apache.kafka.common.errors.ApiException the whole request is refused
    static TransactionalProduce of(Exchange exchange, ProduceRequest request) {
        var id = request.transactionalId();
        if (id == null || !TransactionsApi.mayWrite(exchange, id)) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        var producer = Optional.<Producer>empty();
        Set<TopicPartition> partitions = new HashSet<>();
        for (TopicProduceData topic : request.data().topicData()) {
            var found = ProduceApi.writable(exchange, topic);
            for (var part : topic.partitionData()) {
                var sent = ProduceApi.sent(part);
                if (!SentBatch.transactional(sent)) {
                    continue;
                }
                var next = SentBatch.producer(sent);
                if (producer.isPresent() && !producer.get().equals(next)) {
                    throw Errors.INVALID_PRODUCER_ID_MAPPING.exception(
                            "Transactional records contained more than one producer ID");
                }
                producer = Optional.of(next);
                found.filter(there -> exchange.session()
                                .partition(there, part.index())
                                .isPresent())
                        .ifPresent(there -> partitions.add(new TopicPartition(there.name(), part.index())));
            }
        }
        return new TransactionalProduce(exchange, id, producer.orElseThrow(), partitions);
    }

    /// Runs `then` when it is settled whether the batches may be appended.
    void whenAdmitted(Runnable then) {
        transactions.ask(() -> admit(then), error -> {
            refusal = error;
            then.run();
        });
    }

    private void admit(Runnable then) {
        if (!ProduceGate.adds(exchange.version()) || partitions.isEmpty()) {
            then.run(); // each batch is looked at by its gate
            return;
        }
        refusal = add();
        if (refusal == Errors.CONCURRENT_TRANSACTIONS) {
            whenSettled(() -> {
                refusal = add();
                then.run();
            });
        } else {
            then.run();
        }
    }

    private Errors add() {
        return transactions.add(id, producer, partitions, TransactionVersion.TV_2);
    }

    private void whenSettled(Runnable then) {
        var guarded = Coordination.<Errors>guarded(exchange, _ -> then.run());
        var over = new boolean[1];
        Runnable once = () -> {
            if (!over[0]) {
                over[0] = true;
                guarded.accept(Errors.NONE);
            }
        };
        var patience = exchange.loop().schedule(SETTLE_MILLIS_MAX, once);
        transactions.whenSettled(id, () -> {
            patience.cancel();
            once.run();
        });
    }

    /// With what every batch of the transaction is refused; [Errors#NONE] if they may be appended.
    Errors refusal() {
        return ProduceGate.told(refusal, exchange.version());
    }

    ProduceGate gate(TopicPartition partition) {
        return new ProduceGate(transactions, id, partition, exchange.version());
    }
}
