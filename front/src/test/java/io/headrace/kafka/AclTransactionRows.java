package io.headrace.kafka;

import static io.headrace.kafka.AclRow.row;
import static org.apache.kafka.common.acl.AclOperation.ALTER;
import static org.apache.kafka.common.acl.AclOperation.CLUSTER_ACTION;
import static org.apache.kafka.common.acl.AclOperation.DESCRIBE;
import static org.apache.kafka.common.acl.AclOperation.READ;
import static org.apache.kafka.common.acl.AclOperation.WRITE;
import static org.apache.kafka.common.protocol.Errors.COORDINATOR_NOT_AVAILABLE;
import static org.apache.kafka.common.protocol.Errors.INVALID_PRODUCER_ID_MAPPING;
import static org.apache.kafka.common.protocol.Errors.TRANSACTIONAL_ID_NOT_FOUND;

import io.headrace.kafka.AclRow.Need;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// The rows of [AclRows] about transactions. Transactional id `id` is unknown, and who has the right hears so.
final class AclTransactionRows {
    private static final Need ID = Need.transactionalId(WRITE);

    private AclTransactionRows() {}

    static List<AclRow> all() {
        return List.of(
                row(
                        ApiKeys.INIT_PRODUCER_ID,
                        5,
                        ID,
                        _ -> new InitProducerIdRequestData()
                                .setTransactionalId("id")
                                .setTransactionTimeoutMs(1_000)),
                row(ApiKeys.PRODUCE, 12, ID, _ -> produce())
                        .with(Need.topic(WRITE))
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, ID, _ -> addPartitions())
                        .with(Need.topic(WRITE))
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.ADD_PARTITIONS_TO_TXN, 3, Need.topic(WRITE), _ -> addPartitions())
                        .with(ID)
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.ADD_PARTITIONS_TO_TXN, 5, Need.cluster(CLUSTER_ACTION), _ -> verifyPartitions())
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.ADD_OFFSETS_TO_TXN, 4, ID, _ -> addOffsets())
                        .with(Need.group(READ))
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.ADD_OFFSETS_TO_TXN, 4, Need.group(READ), _ -> addOffsets())
                        .with(ID)
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.END_TXN, 5, ID, _ -> new EndTxnRequestData().setTransactionalId("id"))
                        .served(INVALID_PRODUCER_ID_MAPPING),
                row(ApiKeys.TXN_OFFSET_COMMIT, 5, ID, _ -> commitOffsets())
                        .with(Need.group(READ))
                        .with(Need.topic(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.TXN_OFFSET_COMMIT, 5, Need.group(READ), _ -> commitOffsets())
                        .with(ID)
                        .with(Need.topic(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(ApiKeys.TXN_OFFSET_COMMIT, 5, Need.topic(READ), _ -> commitOffsets())
                        .with(ID)
                        .with(Need.group(READ))
                        .served(COORDINATOR_NOT_AVAILABLE),
                row(
                        ApiKeys.WRITE_TXN_MARKERS,
                        2,
                        Need.cluster(ALTER, CLUSTER_ACTION).anyOfThem(),
                        _ -> markers()),
                row(
                                ApiKeys.DESCRIBE_TRANSACTIONS,
                                0,
                                Need.transactionalId(DESCRIBE),
                                _ -> new DescribeTransactionsRequestData().setTransactionalIds(List.of("id")))
                        .served(TRANSACTIONAL_ID_NOT_FOUND),
                row(ApiKeys.DESCRIBE_PRODUCERS, 0, Need.topic(READ), _ -> describeProducers()),
                row(ApiKeys.LIST_TRANSACTIONS, 2, Need.transactionalId(DESCRIBE), broker -> list(broker))
                        .leftOut(response -> !((ListTransactionsResponseData) response.data())
                                .transactionStates()
                                .isEmpty()));
    }

    private static ProduceRequestData produce() {
        var topic = new ProduceRequestData.TopicProduceData().setName("t");
        topic.partitionData()
                .add(new ProduceRequestData.PartitionProduceData()
                        .setRecords(MemoryRecords.withTransactionalRecords(
                                Compression.NONE, 1, (short) 0, 0, new SimpleRecord("a".getBytes()))));
        var request = new ProduceRequestData()
                .setTransactionalId("id")
                .setAcks((short) -1)
                .setTimeoutMs(1_000);
        request.topicData().add(topic);
        return request;
    }

    private static AddPartitionsToTxnTopicCollection topics() {
        var topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName("t").setPartitions(List.of(0)));
        return topics;
    }

    private static AddPartitionsToTxnRequestData addPartitions() {
        return new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId("id")
                .setV3AndBelowTopics(topics());
    }

    private static AddPartitionsToTxnRequestData verifyPartitions() {
        var request = new AddPartitionsToTxnRequestData();
        request.transactions()
                .add(new AddPartitionsToTxnTransaction()
                        .setTransactionalId("id")
                        .setVerifyOnly(true)
                        .setTopics(topics()));
        return request;
    }

    private static AddOffsetsToTxnRequestData addOffsets() {
        return new AddOffsetsToTxnRequestData().setTransactionalId("id").setGroupId("g");
    }

    private static TxnOffsetCommitRequestData commitOffsets() {
        return new TxnOffsetCommitRequestData()
                .setTransactionalId("id")
                .setGroupId("g")
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName("t")
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition()))));
    }

    private static WriteTxnMarkersRequestData markers() {
        return new WriteTxnMarkersRequestData()
                .setMarkers(List.of(new WritableTxnMarker()
                        .setProducerId(1)
                        .setTopics(List.of(
                                new WritableTxnMarkerTopic().setName("t").setPartitionIndexes(List.of(0))))));
    }

    private static DescribeProducersRequestData describeProducers() {
        return new DescribeProducersRequestData()
                .setTopics(List.of(new DescribeProducersRequestData.TopicRequest()
                        .setName("t")
                        .setPartitionIndexes(List.of(0))));
    }

    // an id that there is, so that it can be left out
    private static ListTransactionsRequestData list(MemoryBroker broker) {
        broker.transactions.begin("id", 1_000, Optional.empty(), _ -> {});
        return new ListTransactionsRequestData();
    }
}
