package io.headrace.stream.group;

import static io.headrace.stream.group.TestMember.context;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.TransactionEnd;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.network.ClientInformation;
import org.apache.kafka.common.network.ListenerName;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.RequestContext;
import org.apache.kafka.common.requests.RequestHeader;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.common.utils.BufferSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: offsets of a transaction hold from its commit on, and never if it aborts, over restarts too. Method: Kafka's
/// real coordinator of groups over partitions in memory; a coordinator of transactions that says what the test wants.
@DisplayNameGeneration(ReplaceUnderscores.class)
class TransactionalOffsetsTest {
    private static final long PRODUCER = 70;
    private static final short EPOCH = 3;

    private volatile Errors admission = Errors.NONE;
    private volatile boolean open = true;
    private volatile boolean added;

    private final TestVhost vhost = new TestVhost(Map.of(), new OffsetTransactions() {
        @Override
        public Errors admit(String transactionalId, long producerId, short epoch, int partition, boolean adds) {
            added = adds;
            return admission;
        }

        @Override
        public boolean admitted(long producerId, short epoch, int partition) {
            return open;
        }
    });
    private TopicDefinition orders;

    @BeforeEach
    void a_topic() {
        orders = vhost.createTopic("orders", 1);
    }

    @AfterEach
    void close() {
        vhost.close();
    }

    @Test
    void offsets_are_unstable_until_the_commit_and_hold_from_then_on() {
        assertThat(commit(5, 42)).isEqualTo(Errors.NONE);
        assertThat(error(fetch(true))).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
        assertThat(fetch(false).committedOffset()).isEqualTo(-1);

        end(true);

        assertThat(fetch(true).committedOffset()).isEqualTo(42);
    }

    @Test
    void offsets_of_an_aborted_transaction_never_were() {
        commit(5, 42);

        end(false);

        assertThat(fetch(true).committedOffset()).isEqualTo(-1);
        assertThat(error(fetch(true))).isEqualTo(Errors.NONE);
    }

    @Test
    void a_restart_keeps_what_is_pending_committed_and_aborted() {
        commit(5, 41);
        end(true);
        commit(5, 42);
        end(false);
        commit(5, 43);
        vhost.restart();
        assertThat(error(fetch(true))).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
        assertThat(fetch(false).committedOffset()).isEqualTo(41);

        end(true);
        vhost.restart();

        assertThat(fetch(true).committedOffset()).isEqualTo(43);
    }

    @Test
    void an_end_that_comes_twice_does_no_harm() {
        commit(5, 42);
        end(true);
        end(true);

        assertThat(fetch(true).committedOffset()).isEqualTo(42);
    }

    @ParameterizedTest
    @CsvSource({
        "3, TRANSACTION_ABORTABLE, INVALID_TXN_STATE",
        "4, TRANSACTION_ABORTABLE, TRANSACTION_ABORTABLE",
        "5, TRANSACTION_ABORTABLE, TRANSACTION_ABORTABLE",
        "5, PRODUCER_FENCED, INVALID_PRODUCER_EPOCH",
        "5, INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_ID_MAPPING",
        "5, CONCURRENT_TRANSACTIONS, CONCURRENT_TRANSACTIONS"
    })
    void offsets_that_the_transaction_does_not_take_are_refused(int version, Errors refusal, Errors expected) {
        admission = refusal;

        assertThat(commit(version, 42)).isEqualTo(expected);
        assertThat(added).isEqualTo(version >= 5);
        assertThat(fetch(true).committedOffset()).isEqualTo(-1);
    }

    @Test
    void offsets_whose_transaction_ends_before_they_are_appended_come_too_late() {
        open = false;

        assertThat(commit(5, 42)).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(error(fetch(true))).isEqualTo(Errors.NONE);
        assertThat(fetch(true).committedOffset()).isEqualTo(-1);
    }

    private static Errors error(OffsetFetchResponsePartitions partition) {
        return Errors.forCode(partition.errorCode());
    }

    private Errors commit(int version, long offset) {
        var request = new TxnOffsetCommitRequestData()
                .setTransactionalId("t")
                .setGroupId("g")
                .setProducerId(PRODUCER)
                .setProducerEpoch(EPOCH)
                .setTopics(List.of(new TxnOffsetCommitRequestTopic()
                        .setName("orders")
                        .setPartitions(List.of(new TxnOffsetCommitRequestPartition().setCommittedOffset(offset)))));
        var header = new RequestHeader(ApiKeys.TXN_OFFSET_COMMIT, (short) version, "client", 1);
        var context = new RequestContext(
                header,
                "connection",
                InetAddress.getLoopbackAddress(),
                Optional.empty(),
                KafkaPrincipal.ANONYMOUS,
                ListenerName.forSecurityProtocol(SecurityProtocol.PLAINTEXT),
                SecurityProtocol.PLAINTEXT,
                ClientInformation.EMPTY,
                false);
        Errors error;
        do {
            var answer = vhost.ask(coordinator ->
                            coordinator.commitTransactionalOffsets(context, request, BufferSupplier.NO_CACHING))
                    .join();
            error = Errors.forCode(
                    answer.topics().getFirst().partitions().getFirst().errorCode());
        } while (error == Errors.COORDINATOR_LOAD_IN_PROGRESS); // as a client does
        return error;
    }

    private void end(boolean commit) {
        int index = vhost.ask(coordinator -> CompletableFuture.completedFuture(coordinator.partitionFor("g")))
                .join();
        var done = new CompletableFuture<Void>();
        vhost.loop.execute(() -> vhost.groups()
                .endTransaction(
                        index,
                        new TransactionEnd(PRODUCER, EPOCH, commit, 0, false),
                        () -> done.complete(null),
                        done::completeExceptionally));
        done.orTimeout(30, TimeUnit.SECONDS).join();
    }

    private OffsetFetchResponsePartitions fetch(boolean stable) {
        var request = new OffsetFetchRequestGroup()
                .setGroupId("g")
                .setTopics(List.of(new OffsetFetchRequestTopics()
                        .setName("orders")
                        .setTopicId(GroupIds.kafkaId(orders.id()))
                        .setPartitionIndexes(List.of(0))));
        while (true) {
            var answer = vhost.ask(
                            coordinator -> coordinator.fetchOffsets(context(ApiKeys.OFFSET_FETCH), request, stable))
                    .join();
            if (answer.errorCode() != Errors.COORDINATOR_LOAD_IN_PROGRESS.code()) {
                return answer.topics().getFirst().partitions().getFirst();
            }
        }
    }
}
