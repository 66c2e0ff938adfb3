package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.SearchPattern;
import io.headrace.stream.Append;
import io.headrace.stream.TransactionEnd;
import io.headrace.stream.txn.TransactionReport;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.DescribeTransactionsResponse;
import org.apache.kafka.common.requests.ListTransactionsRequest;
import org.apache.kafka.common.requests.ListTransactionsResponse;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;

/// DescribeTransactions 0, ListTransactions 0-2 and WriteTxnMarkers 1-2: what operators see of transactions, and how
/// they end one that nobody ends.
///
/// Threads: the loop of the connection.
final class TransactionsAdminApi implements ApiFamily {
    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.WRITE_TXN_MARKERS, 1, 2, this::mark),
                new Served(ApiKeys.DESCRIBE_TRANSACTIONS, 0, 0, this::describe),
                new Served(ApiKeys.LIST_TRANSACTIONS, 0, 2, this::list));
    }

    private static boolean mayDescribe(TopicSession session, ResourceType type, String name) {
        return Rights.may(session, AclOperation.DESCRIBE, type, name);
    }

    // ---- DescribeTransactions ----

    private void describe(Exchange exchange) {
        var ids = exchange.request(DescribeTransactionsRequest.class).data().transactionalIds();
        TransactionsApi.ask(exchange, () -> {
            var answer = new DescribeTransactionsResponseData();
            ids.forEach(id -> answer.transactionStates().add(describe(exchange.session(), id)));
            exchange.answer(new DescribeTransactionsResponse(answer));
        });
    }

    private static DescribeTransactionsResponseData.TransactionState describe(TopicSession session, String id) {
        var result = new DescribeTransactionsResponseData.TransactionState().setTransactionalId(id);
        if (!mayDescribe(session, ResourceType.TRANSACTIONAL_ID, id)) {
            return result.setErrorCode(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED.code());
        }
        if (id.isEmpty()) {
            return result.setErrorCode(Errors.INVALID_REQUEST.code());
        }
        var found = session.transactions().report(id);
        if (found.isEmpty()) {
            return result.setErrorCode(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
        }
        var report = found.get();
        for (var partition : report.partitions()) {
            if (mayDescribe(session, ResourceType.TOPIC, partition.topic())) {
                var topic = result.topics().find(partition.topic());
                if (topic == null) {
                    topic = new TopicData().setTopic(partition.topic());
                    result.topics().add(topic);
                }
                topic.partitions().add(partition.partition());
            }
        }
        return result.setProducerId(report.producer().id())
                .setProducerEpoch(report.producer().epoch())
                .setTransactionState(report.state().stateName())
                .setTransactionTimeoutMs(report.timeoutMillis())
                .setTransactionStartTimeMs(report.startMillis());
    }

    // ---- ListTransactions ----

    private void list(Exchange exchange) {
        var data = exchange.request(ListTransactionsRequest.class).data();
        var pattern = Optional.ofNullable(data.transactionalIdPattern()).filter(text -> !text.isEmpty());
        if (pattern.flatMap(SearchPattern::refusal).isPresent()) {
            throw Errors.INVALID_REGULAR_EXPRESSION.exception();
        }
        TransactionsApi.ask(
                exchange, () -> exchange.answer(new ListTransactionsResponse(list(exchange, data, pattern))));
    }

    private static ListTransactionsResponseData list(
            Exchange exchange, ListTransactionsRequestData data, Optional<String> pattern) {
        var session = exchange.session();
        var answer = new ListTransactionsResponseData();
        Set<TransactionState> states = new HashSet<>();
        for (var name : data.stateFilters()) {
            TransactionState.fromName(name)
                    .ifPresentOrElse(
                            states::add, () -> answer.unknownStateFilters().add(name));
        }
        var ids = Set.copyOf(data.producerIdFilters());
        long now = exchange.loop().clock().millis();
        Predicate<TransactionReport> wanted =
                report -> (data.stateFilters().isEmpty() || states.contains(report.state()))
                        && (ids.isEmpty() || ids.contains(report.producer().id()))
                        && (data.durationFilter() < 0 || now - report.startMillis() > data.durationFilter());
        Predicate<String> named = pattern.map(text -> SearchPattern.of("^(?:" + text + ")$"))
                .<Predicate<String>>map(search -> search::foundIn)
                .orElse(_ -> true);
        session.transactions().reports().stream()
                .filter(wanted)
                .filter(report -> named.test(report.id()))
                .filter(report -> mayDescribe(session, ResourceType.TRANSACTIONAL_ID, report.id()))
                .forEach(report -> answer.transactionStates()
                        .add(new ListTransactionsResponseData.TransactionState()
                                .setTransactionalId(report.id())
                                .setProducerId(report.producer().id())
                                .setTransactionState(report.state().stateName())));
        return answer;
    }

    // ---- WriteTxnMarkers ----

    private void mark(Exchange exchange) {
        var session = exchange.session();
        if (!Rights.cluster(session, AclOperation.ALTER)) {
            Rights.needCluster(session, AclOperation.CLUSTER_ACTION);
        }
        Map<Long, Map<TopicPartition, Errors>> results = new LinkedHashMap<>();
        var all = new Outstanding(() -> TransactionsApi.whenCommitted(exchange, new WriteTxnMarkersResponse(results)));
        for (var marker : exchange.request(WriteTxnMarkersRequest.class).markers()) {
            var errors = results.computeIfAbsent(marker.producerId(), _ -> new LinkedHashMap<>());
            for (var partition : marker.partitions()) {
                if (partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
                    all.expect();
                    markOffsets(exchange, marker, partition, error -> {
                        errors.put(partition, error);
                        all.done();
                    });
                } else {
                    errors.put(partition, mark(session, marker, partition));
                }
            }
        }
        all.done();
    }

    private static Errors mark(TopicSession session, TxnMarkerEntry marker, TopicPartition name) {
        var partition = session.topic(name.topic()).flatMap(topic -> session.partition(topic, name.partition()));
        if (partition.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        return switch (partition.get().end(end(marker))) {
            case Append.Appended _, Append.Duplicate _ -> Errors.NONE;
            case Append.Rejected rejected -> rejected.error();
        };
    }

    private static void markOffsets(
            Exchange exchange, TxnMarkerEntry marker, TopicPartition partition, Consumer<Errors> answer) {
        var guarded = Coordination.guarded(exchange, answer);
        exchange.session()
                .groups()
                .endTransaction(
                        partition.partition(),
                        end(marker),
                        () -> guarded.accept(Errors.NONE),
                        failure -> guarded.accept(told(Errors.forException(failure))));
    }

    private static Errors told(Errors error) {
        return switch (error) {
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR ->
                Errors.NOT_LEADER_OR_FOLLOWER;
            default -> error;
        };
    }

    private static TransactionEnd end(TxnMarkerEntry marker) {
        return new TransactionEnd(
                marker.producerId(),
                marker.producerEpoch(),
                marker.transactionResult() == TransactionResult.COMMIT,
                marker.coordinatorEpoch(),
                marker.transactionVersion() >= TransactionVersion.TV_2.featureLevel());
    }
}
