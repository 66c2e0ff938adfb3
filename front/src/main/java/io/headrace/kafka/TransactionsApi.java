package io.headrace.kafka;

import io.headrace.stream.txn.Outcome;
import io.headrace.stream.txn.Producer;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddOffsetsToTxnResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.common.TransactionVersion;

/// InitProducerId 0-5, AddPartitionsToTxn 0-5, AddOffsetsToTxn 0-4 and EndTxn 0-5: what a producer asks the coordinator
/// of its transactions. What is answered is committed by then.
///
/// Threads: the loop of the connection.
final class TransactionsApi implements ApiFamily {
    /// From here on PRODUCER_FENCED is told as that, in InitProducerId and in the others.
    private static final short FIRST_INIT_WITH_FENCED = 4;

    private static final short FIRST_WITH_FENCED = 2;
    /// From here on AddPartitionsToTxn is between brokers, of several transactions.
    private static final short FIRST_BETWEEN_BROKERS = 4;

    private static final long NO_ID = -1;
    private static final short NO_EPOCH = -1;

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.INIT_PRODUCER_ID, 0, 5, this::begin),
                new Served(ApiKeys.ADD_PARTITIONS_TO_TXN, 0, 5, this::addPartitions),
                new Served(ApiKeys.ADD_OFFSETS_TO_TXN, 0, 4, this::addOffsets),
                new Served(ApiKeys.END_TXN, 0, 5, this::end));
    }

    /// Answers when everything that was decided so far is committed; the next request may begin before.
    static void whenCommitted(Exchange exchange, AbstractResponse response) {
        exchange.session().whenCommitted(() -> exchange.answer(response));
        exchange.decided();
    }

    /// Runs `go` when all transactions are known.
    static void ask(Exchange exchange, Runnable go) {
        var guarded = Coordination.<Errors>guarded(exchange, _ -> go.run());
        exchange.session()
                .transactions()
                .ask(() -> guarded.accept(Errors.NONE), error -> exchange.fail(error.exception()));
    }

    static boolean mayWrite(Exchange exchange, String transactionalId) {
        return Rights.may(exchange.session(), AclOperation.WRITE, ResourceType.TRANSACTIONAL_ID, transactionalId);
    }

    private static Errors told(Errors error, short version, short firstWithFenced) {
        return error == Errors.PRODUCER_FENCED && version < firstWithFenced ? Errors.INVALID_PRODUCER_EPOCH : error;
    }

    // ---- InitProducerId ----

    private void begin(Exchange exchange) {
        var data = exchange.request(InitProducerIdRequest.class).data();
        if (data.transactionalId() == null) {
            if (!Rights.produceIdempotently(exchange.session())) {
                throw Errors.CLUSTER_AUTHORIZATION_FAILED.exception();
            }
            exchange.session()
                    .newProducerId(id -> exchange.answer(new InitProducerIdResponse(
                            new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0))));
            return;
        }
        if (!mayWrite(exchange, data.transactionalId())) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        if ((data.producerId() == NO_ID) != (data.producerEpoch() == NO_EPOCH)) {
            throw Errors.INVALID_REQUEST.exception();
        }
        exchange.session()
                .transactions()
                .begin(
                        data.transactionalId(),
                        data.transactionTimeoutMs(),
                        expected(data),
                        Coordination.guarded(exchange, outcome -> begun(exchange, outcome)));
    }

    private static Optional<Producer> expected(InitProducerIdRequestData data) {
        return data.producerId() == NO_ID
                ? Optional.empty()
                : Optional.of(new Producer(data.producerId(), data.producerEpoch()));
    }

    private static void begun(Exchange exchange, Outcome outcome) {
        whenCommitted(
                exchange,
                new InitProducerIdResponse(new InitProducerIdResponseData()
                        .setErrorCode(told(outcome.error(), exchange.version(), FIRST_INIT_WITH_FENCED)
                                .code())
                        .setProducerId(outcome.producer().id())
                        .setProducerEpoch(outcome.producer().epoch())));
    }

    // ---- AddPartitionsToTxn ----

    private void addPartitions(Exchange exchange) {
        if (exchange.version() >= FIRST_BETWEEN_BROKERS) {
            Rights.needCluster(exchange.session(), AclOperation.CLUSTER_ACTION);
        }
        var sent = exchange.request(AddPartitionsToTxnRequest.class);
        var request = exchange.version() < FIRST_BETWEEN_BROKERS ? sent.normalizeRequest() : sent;
        var partitions = request.partitionsByTransaction();
        ask(exchange, () -> {
            var answer = new AddPartitionsToTxnResponseData();
            for (var transaction : request.data().transactions()) {
                var named = partitions.get(transaction.transactionalId());
                put(answer, exchange, addPartitions(exchange, transaction, named));
            }
            whenCommitted(exchange, new AddPartitionsToTxnResponse(answer));
        });
    }

    private static void put(AddPartitionsToTxnResponseData answer, Exchange exchange, AddPartitionsToTxnResult result) {
        if (exchange.version() < FIRST_BETWEEN_BROKERS) {
            answer.setResultsByTopicV3AndBelow(result.topicResults());
        } else {
            answer.resultsByTransaction().add(result);
        }
    }

    private static AddPartitionsToTxnResult addPartitions(
            Exchange exchange, AddPartitionsToTxnTransaction transaction, List<TopicPartition> partitions) {
        var id = transaction.transactionalId();
        boolean fromClient = exchange.version() < FIRST_BETWEEN_BROKERS;
        if (fromClient && !mayWrite(exchange, id)) {
            return all(id, partitions, Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
        var producer = new Producer(transaction.producerId(), transaction.producerEpoch());
        var transactions = exchange.session().transactions();
        Map<TopicPartition, Errors> results = new LinkedHashMap<>();
        if (transaction.verifyOnly()) {
            partitions.forEach(partition -> results.put(partition, transactions.verify(id, producer, partition)));
            return AddPartitionsToTxnResponse.resultForTransaction(id, results);
        }
        Set<TopicPartition> sound = new HashSet<>();
        for (var partition : partitions) {
            var error = error(exchange, partition, fromClient);
            if (error == Errors.NONE) {
                sound.add(partition);
            } else {
                results.put(partition, error);
            }
        }
        if (!results.isEmpty()) { // all or none
            sound.forEach(partition -> results.put(partition, Errors.OPERATION_NOT_ATTEMPTED));
            return AddPartitionsToTxnResponse.resultForTransaction(id, results);
        }
        var version = TransactionVersion.transactionVersionForAddPartitionsToTxn(
                (AddPartitionsToTxnRequest) exchange.request());
        var error = transactions.add(id, producer, sound, version);
        return all(id, partitions, told(error, exchange.version(), FIRST_WITH_FENCED));
    }

    private static AddPartitionsToTxnResult all(String id, List<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> results = new LinkedHashMap<>();
        partitions.forEach(partition -> results.put(partition, error));
        return AddPartitionsToTxnResponse.resultForTransaction(id, results);
    }

    private static Errors error(Exchange exchange, TopicPartition partition, boolean fromClient) {
        var session = exchange.session();
        boolean may = Rights.topic(session, AclOperation.WRITE, partition.topic());
        if (fromClient && (Topic.isInternal(partition.topic()) || !may)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        boolean there = session.topic(partition.topic())
                .flatMap(topic -> session.partition(topic, partition.partition()))
                .isPresent();
        return there ? Errors.NONE : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    // ---- AddOffsetsToTxn ----

    private void addOffsets(Exchange exchange) {
        var data = exchange.request(AddOffsetsToTxnRequest.class).data();
        var id = data.transactionalId();
        if (!mayWrite(exchange, id)) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        if (!Rights.group(exchange.session(), AclOperation.READ, data.groupId())) {
            throw Errors.GROUP_AUTHORIZATION_FAILED.exception();
        }
        var producer = new Producer(data.producerId(), data.producerEpoch());
        var transactions = exchange.session().transactions();
        Coordination.ask(
                exchange,
                coordinator -> CompletableFuture.completedFuture(coordinator.partitionFor(data.groupId())),
                index -> ask(exchange, () -> {
                    var partition = new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, index);
                    var error = transactions.add(id, producer, Set.of(partition), TransactionVersion.TV_0);
                    whenCommitted(
                            exchange,
                            new AddOffsetsToTxnResponse(new AddOffsetsToTxnResponseData()
                                    .setErrorCode(told(error, exchange.version(), FIRST_WITH_FENCED)
                                            .code())));
                }));
    }

    // ---- EndTxn ----

    private void end(Exchange exchange) {
        var request = exchange.request(EndTxnRequest.class);
        var data = request.data();
        if (!mayWrite(exchange, data.transactionalId())) {
            throw Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.exception();
        }
        ask(
                exchange,
                () -> exchange.session()
                        .transactions()
                        .end(
                                data.transactionalId(),
                                new Producer(data.producerId(), data.producerEpoch()),
                                data.committed(),
                                TransactionVersion.transactionVersionForEndTxn(request),
                                outcome -> ended(exchange, outcome)));
    }

    private static void ended(Exchange exchange, Outcome outcome) {
        whenCommitted(
                exchange,
                new EndTxnResponse(new EndTxnResponseData()
                        .setErrorCode(told(outcome.error(), exchange.version(), FIRST_WITH_FENCED)
                                .code())
                        .setProducerId(outcome.producer().id())
                        .setProducerEpoch(outcome.producer().epoch())));
    }
}
