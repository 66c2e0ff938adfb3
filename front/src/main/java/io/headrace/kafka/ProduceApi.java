package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.Append;
import io.headrace.stream.Partition;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;

/// Produce 3-13.
///
/// A request is decided when every partition has appended or refused, and answered when what was appended is committed:
/// what Kafka calls acks=1 is answered no earlier than acks=all, for committed means forced to this disk.
///
/// Threads: the loop of the connection.
final class ProduceApi implements ApiFamily {
    private static final int FIRST_VERSION_WITH_IDS = 13;
    /// Kafka's own admin client may write into topics that are the broker's.
    private static final String ADMIN_CLIENT = "__admin_client";
    private static final short NO_ANSWER = 0;
    private static final long NONE = -1;
    /// With these, Kafka does not say where the log starts.
    private static final Set<Errors> UNPLACED = EnumSet.of(
            Errors.UNKNOWN_TOPIC_OR_PARTITION,
            Errors.MESSAGE_TOO_LARGE,
            Errors.RECORD_LIST_TOO_LARGE,
            Errors.CORRUPT_MESSAGE);

    @Override
    public List<Served> served() {
        return List.of(new Served(ApiKeys.PRODUCE, 3, 13, this::produce));
    }

    private void produce(Exchange exchange) {
        var request = exchange.request(ProduceRequest.class);
        short acks = request.acks();
        var transaction = Optional.<TransactionalProduce>empty();
        if (hasTransactional(request)) {
            transaction = Optional.of(TransactionalProduce.of(exchange, request));
        }
        if (acks < -1 || acks > 1) {
            exchange.fail(Errors.INVALID_REQUIRED_ACKS.exception());
        } else {
            var production = new Production(exchange, request, transaction);
            if (transaction.isPresent()) {
                transaction.get().whenAdmitted(production::begin);
            } else {
                production.begin();
            }
        }
    }

    /// Looks at every batch, and puts none where null is: Kafka's own error answer does not expect null.
    private static boolean hasTransactional(ProduceRequest request) {
        boolean transactional = false;
        for (TopicProduceData topic : request.data().topicData()) {
            for (PartitionProduceData partition : topic.partitionData()) {
                if (partition.records() == null) {
                    partition.setRecords(MemoryRecords.EMPTY);
                }
                transactional |= SentBatch.transactional(sent(partition));
            }
        }
        return transactional;
    }

    static ByteBuffer sent(PartitionProduceData partition) {
        return ((MemoryRecords) partition.records()).buffer();
    }

    private static Optional<TopicDefinition> find(TopicSession session, TopicProduceData sent, boolean byId) {
        return byId ? session.topic(Names.id(sent.topicId())) : session.topic(sent.name());
    }

    private static Errors error(
            TopicSession session, TopicProduceData sent, boolean byId, Optional<TopicDefinition> topic) {
        if (byId && topic.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        if (!Rights.topic(
                session, AclOperation.WRITE, topic.map(TopicDefinition::name).orElse(sent.name()))) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        return topic.isEmpty() ? Errors.UNKNOWN_TOPIC_OR_PARTITION : Errors.NONE;
    }

    /// The topic, if the user may produce to it.
    static Optional<TopicDefinition> writable(Exchange exchange, TopicProduceData sent) {
        boolean byId = exchange.version() >= FIRST_VERSION_WITH_IDS;
        var topic = find(exchange.session(), sent, byId);
        return topic.filter(found -> error(exchange.session(), sent, byId, topic) == Errors.NONE);
    }

    /// One Produce request on its way.
    private static final class Production {
        private final Exchange exchange;
        private final TopicSession session;
        private final ProduceRequest request;
        private final Optional<TransactionalProduce> transaction;
        private final ProduceResponseData answer = new ProduceResponseData();
        private int undecided = 1; // partitions, and one for the request while it is begun
        private boolean appended;
        private boolean refused;
        private boolean done;

        Production(Exchange exchange, ProduceRequest request, Optional<TransactionalProduce> transaction) {
            this.exchange = exchange;
            this.session = exchange.session();
            this.request = request;
            this.transaction = transaction;
        }

        void begin() {
            for (TopicProduceData sent : request.data().topicData()) {
                topic(sent);
            }
            decidedOne();
        }

        private void topic(TopicProduceData sent) {
            var results =
                    new ArrayList<PartitionProduceResponse>(sent.partitionData().size());
            answer.responses()
                    .add(new TopicProduceResponse()
                            .setName(sent.name())
                            .setTopicId(sent.topicId())
                            .setPartitionResponses(results));
            boolean byId = exchange.version() >= FIRST_VERSION_WITH_IDS;
            var topic = find(session, sent, byId);
            var error = error(session, sent, byId, topic);
            for (PartitionProduceData part : sent.partitionData()) {
                var result = new PartitionProduceResponse()
                        .setIndex(part.index())
                        .setBaseOffset(NONE)
                        .setLogAppendTimeMs(NONE)
                        .setLogStartOffset(NONE);
                results.add(result);
                if (error != Errors.NONE) {
                    refuse(result, error);
                } else {
                    partition(topic.orElseThrow(), part, result);
                }
            }
        }

        private void partition(TopicDefinition topic, PartitionProduceData part, PartitionProduceResponse result) {
            var partition = session.partition(topic, part.index());
            if (partition.isEmpty()) {
                refuse(result, Errors.UNKNOWN_TOPIC_OR_PARTITION);
                return;
            }
            ByteBuffer batch;
            try {
                batch = SentBatch.only(sent(part), exchange.version());
            } catch (ApiException unfit) {
                refuse(result, Errors.forException(unfit));
                return;
            }
            if (Topic.isInternal(topic.name()) && !exchange.header().clientId().equals(ADMIN_CLIENT)) {
                refuse(result, Errors.INVALID_TOPIC_EXCEPTION);
                return;
            }
            undecided++;
            int bytes = batch.remaining();
            partition.get().counts().produce();
            if (SentBatch.transactional(batch)) {
                appendToTransaction(new TopicPartition(topic.name(), part.index()), partition.get(), batch, result);
            } else {
                partition.get().append(batch, append -> {
                    count(append, partition.get(), bytes);
                    appended(append, partition.get(), result);
                    decidedOne();
                });
            }
        }

        private static void count(Append append, Partition partition, int bytes) {
            if (append instanceof Append.Rejected rejected) {
                partition.counts().rejected(rejected.error(), bytes);
            }
        }

        private void appendToTransaction(
                TopicPartition name, Partition partition, ByteBuffer batch, PartitionProduceResponse result) {
            var refusal = transaction.orElseThrow().refusal();
            int bytes = batch.remaining();
            if (refusal != Errors.NONE) {
                partition.counts().rejected(refusal, bytes);
                refuse(result, refusal);
                decidedOne();
                return;
            }
            var gate = transaction.orElseThrow().gate(name);
            partition.append(batch, gate, append -> {
                count(append, partition, bytes);
                appended(append, partition, result);
                // Kafka asks the coordinator before it looks at the log
                if (gate.refused() || result.errorCode() == Errors.INVALID_PRODUCER_EPOCH.code()) {
                    result.setLogStartOffset(NONE);
                }
                decidedOne();
            });
        }

        private void refuse(PartitionProduceResponse result, Errors error) {
            refused = true;
            result.setErrorCode(error.code());
        }

        private void appended(Append append, Partition partition, PartitionProduceResponse result) {
            switch (append) {
                case Append.Appended(long base, long last, long timeMillis) ->
                    placed(result, base, timeMillis, partition);
                case Append.Duplicate(long base, long last, long timeMillis) ->
                    placed(result, base, timeMillis, partition);
                case Append.Rejected(Errors error, String message, List<Append.BadRecord> records) -> {
                    refuse(result, error);
                    result.setErrorMessage(message.isEmpty() ? null : message);
                    if (!records.isEmpty() || !UNPLACED.contains(error)) {
                        result.setLogStartOffset(partition.startOffset());
                        records.forEach(record -> result.recordErrors()
                                .add(new BatchIndexAndErrorMessage()
                                        .setBatchIndex(record.index())
                                        .setBatchIndexErrorMessage(record.message())));
                    }
                }
            }
        }

        private void placed(PartitionProduceResponse result, long base, long timeMillis, Partition partition) {
            appended = true;
            result.setBaseOffset(base).setLogAppendTimeMs(timeMillis).setLogStartOffset(partition.startOffset());
        }

        private void decidedOne() {
            if (--undecided > 0) {
                return;
            }
            if (request.acks() == NO_ANSWER) {
                if (refused) {
                    exchange.close("a Produce request that wants no answer failed: " + answer.responses());
                } else {
                    exchange.answerNothing();
                }
            } else if (appended) {
                exchange.deadline(request.timeout(), this::timedOut);
                session.whenCommitted(this::answer);
                exchange.decided();
            } else {
                answer();
            }
        }

        private void answer() {
            if (!done) {
                done = true;
                exchange.answer(new ProduceResponse(answer));
            }
        }

        /// What was appended may yet be committed; the producer sends it again, and a good one is recognised.
        private void timedOut() {
            if (!done) {
                answer.responses()
                        .forEach(topic -> topic.partitionResponses().stream()
                                .filter(result -> result.errorCode() == Errors.NONE.code())
                                .forEach(result -> result.setErrorCode(Errors.REQUEST_TIMED_OUT.code())
                                        .setBaseOffset(NONE)
                                        .setLogAppendTimeMs(NONE)
                                        .setLogStartOffset(NONE)));
                answer();
            }
        }
    }
}
