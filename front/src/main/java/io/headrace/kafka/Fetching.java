package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.catalog.TopicDefinition;
import io.headrace.stream.EpochEnd;
import io.headrace.stream.Partition;
import io.headrace.stream.ReadResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/// One Fetch request on its way.
///
/// ```text
///  begin ─┬─ enough to read, an error, or no wish to wait ──────────► read one partition after the other ─► answer
///         └─ watch the partitions ─ progress (once a turn) or time ──►┘
/// ```
/// Waiting holds no thread and no bytes.
///
/// Threads: the loop of the connection.
final class Fetching {
    private static final int NO_REPLICA = 0;
    private static final int NO_EPOCH = -1;
    /// Of an answer, beside the records.
    private static final int PARTITION_BYTES = 48;

    private final Exchange exchange;
    private final TopicSession topics;
    private final FetchRequestData request;
    private final List<FetchPart> parts;
    private final Optional<FetchSession> session;
    private final boolean newsOnly;
    private final Runnable notBegun;
    private final boolean committed;
    private final List<Partition.Watch> watches = new ArrayList<>();
    private final PartitionData[] answers;
    private int bytesLeft;
    private boolean nothingYet = true; // no records found
    private boolean looking; // a look is due at the end of this turn
    private boolean reading;
    private int next; // the part to read next
    private boolean working; // in the loop of readOn

    /// @param newsOnly the client knows the rest
    /// @param notBegun undoes a session that this request was to begin, if it is told to come again
    Fetching(
            Exchange exchange,
            FetchRequestData request,
            List<FetchPart> parts,
            Optional<FetchSession> session,
            boolean newsOnly,
            Runnable notBegun,
            int bytesMax) {
        this.exchange = exchange;
        this.topics = exchange.session();
        this.request = request;
        this.parts = parts;
        this.session = session;
        this.newsOnly = newsOnly;
        this.notBegun = notBegun;
        this.committed = request.isolationLevel() == IsolationLevel.READ_COMMITTED.id();
        this.answers = new PartitionData[parts.size()];
        this.bytesLeft = Math.min(
                Math.min(Math.max(request.maxBytes(), 0), bytesMax),
                exchange.connection().charges().fetchBytesMax());
    }

    void begin() {
        if (request.maxWaitMs() <= 0 || parts.isEmpty() || enough()) {
            read();
            return;
        }
        for (FetchPart part : parts) {
            find(part).ifPresent(partition -> watches.add(partition.watch(this::progress)));
        }
        exchange.ifAbandoned(this::stopWatching);
        exchange.deadline(request.maxWaitMs(), this::read);
    }

    /// A partition has moved: looks again, once however many did, when this turn is done.
    private void progress() {
        if (!looking && !reading) {
            looking = true;
            exchange.loop().afterTurn(() -> {
                looking = false;
                if (!reading && !exchange.abandoned() && enough()) {
                    read();
                }
            });
        }
    }

    /// Whether there is what was asked for, or something else that must be told at once.
    private boolean enough() {
        long bytes = 0;
        for (FetchPart part : parts) {
            var partition = find(part);
            if (partition.isEmpty() || trouble(part, partition.get()) != null) {
                return true;
            }
            var wanted = part.wanted();
            bytes += Math.min(
                    partition
                            .get()
                            .readableBytes(wanted.fetchOffset(), end(partition.get()), wanted.partitionMaxBytes()),
                    Math.max(wanted.partitionMaxBytes(), 1));
            if (bytes >= Math.max(request.minBytes(), 1)) {
                return true;
            }
        }
        return request.minBytes() <= 0;
    }

    private long end(Partition partition) {
        return committed ? partition.lastStableOffset() : partition.highWatermark();
    }

    // ------------------------------------------------------------------------------------------------- finding

    private Optional<TopicDefinition> topic(FetchPart.Key key) {
        return key.id().equals(Uuid.ZERO_UUID) && exchange.version() < FetchApi.FIRST_VERSION_WITH_IDS
                ? topics.topic(key.topic())
                : topics.topic(Names.id(key.id()));
    }

    /// Empty if it cannot be fetched from; [#error] says why.
    private Optional<Partition> find(FetchPart part) {
        if (FetchRequest.replicaId(request) >= NO_REPLICA) {
            return Optional.empty();
        }
        return topic(part.key())
                .filter(topic -> Rights.topic(topics, AclOperation.READ, topic.name()))
                .flatMap(topic -> topics.partition(topic, part.key().partition()))
                .filter(partition -> !partition.gone());
    }

    private Errors error(FetchPart part) {
        var key = part.key();
        boolean byId = exchange.version() >= FetchApi.FIRST_VERSION_WITH_IDS;
        var topic = topic(key);
        if (byId && topic.isEmpty()) {
            return Errors.UNKNOWN_TOPIC_ID;
        }
        // only another broker is a replica, and there is none
        return FetchRequest.replicaId(request) >= NO_REPLICA
                        || !Rights.topic(
                                topics,
                                AclOperation.READ,
                                topic.map(TopicDefinition::name).orElse(key.topic()))
                ? Errors.TOPIC_AUTHORIZATION_FAILED
                : Errors.UNKNOWN_TOPIC_OR_PARTITION;
    }

    /// Why there is nothing to read from here, though the partition is there; null if there may be.
    private PartitionData trouble(FetchPart part, Partition partition) {
        var wanted = part.wanted();
        int epoch = wanted.currentLeaderEpoch();
        if (epoch != NO_EPOCH && epoch != partition.leaderEpoch()) {
            return refused(
                    part, epoch < partition.leaderEpoch() ? Errors.FENCED_LEADER_EPOCH : Errors.UNKNOWN_LEADER_EPOCH);
        }
        if (wanted.fetchOffset() < partition.startOffset() || wanted.fetchOffset() > partition.endOffset()) {
            return refused(part, Errors.OFFSET_OUT_OF_RANGE);
        }
        return wanted.lastFetchedEpoch() == NO_EPOCH ? null : divergence(part, partition);
    }

    /// KIP-595: what the client has fetched last is not what is here.
    private PartitionData divergence(FetchPart part, Partition partition) {
        var wanted = part.wanted();
        EpochEnd end = partition.endOfEpoch(wanted.lastFetchedEpoch());
        if (end.leaderEpoch() == NO_EPOCH) {
            return refused(part, Errors.OFFSET_OUT_OF_RANGE);
        }
        if (end.leaderEpoch() < wanted.lastFetchedEpoch() || end.endOffset() < wanted.fetchOffset()) {
            return found(part, partition)
                    .setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                            .setEpoch(end.leaderEpoch())
                            .setEndOffset(end.endOffset()));
        }
        return null;
    }

    /// The partition is there, and does not give what was asked for.
    private static PartitionData refused(FetchPart part, Errors error) {
        return failed(part, error).setAbortedTransactions(null);
    }

    private static PartitionData failed(FetchPart part, Errors error) {
        return FetchResponse.partitionResponse(part.key().partition(), error);
    }

    private PartitionData found(FetchPart part, Partition partition) {
        return new PartitionData()
                .setPartitionIndex(part.key().partition())
                .setHighWatermark(partition.highWatermark())
                .setLastStableOffset(partition.lastStableOffset())
                .setLogStartOffset(partition.startOffset())
                .setAbortedTransactions(committed ? List.of() : null)
                .setRecords(MemoryRecords.EMPTY);
    }

    // ------------------------------------------------------------------------------------------------- reading

    private void read() {
        if (!reading) {
            reading = true;
            stopWatching();
            readOn();
        }
    }

    private void stopWatching() {
        watches.forEach(Partition.Watch::close);
        watches.clear();
    }

    /// Reads until all is read, or a read does not answer at once: then its answer goes on.
    private void readOn() {
        if (working) {
            return;
        }
        working = true;
        boolean goOn = true;
        while (goOn && next < parts.size()) {
            goOn = readNext();
        }
        working = false;
        if (goOn) {
            answer();
        }
    }

    /// @return false: not read yet
    private boolean readNext() {
        int index = next;
        var part = parts.get(index);
        var found = find(part);
        if (found.isEmpty()) {
            answers[index] = failed(part, error(part));
            next++;
            return true;
        }
        var partition = found.get();
        var trouble = trouble(part, partition);
        if (trouble != null) {
            answers[index] = trouble;
            next++;
            return true;
        }
        var answer = found(part, partition);
        answers[index] = answer;
        partition.counts().fetch();
        int bytes = exchange.connection()
                .fetchRoom(Math.min(bytesLeft, Math.max(part.wanted().partitionMaxBytes(), 0)));
        if (bytes == 0 && !nothingYet) {
            next++;
            return true;
        }
        var target = new FetchBuffer(exchange.connection().wire());
        long from = part.wanted().fetchOffset();
        partition.read(from, end(partition), bytes, nothingYet, target, result -> {
            switch (result) {
                case ReadResult.Batches(int count)
                when count > 0 -> {
                    take(answer, target, count, partition);
                    if (committed) {
                        tellAborted(part, partition, target, count);
                        return;
                    }
                }
                case ReadResult.Batches _ -> target.release();
                case ReadResult.OutOfRange _ -> inVain(target, refused(part, Errors.OFFSET_OUT_OF_RANGE));
                case ReadResult.Gone _ -> inVain(target, failed(part, error(part)));
            }
            next++;
            readOn();
        });
        return next > index;
    }

    /// What was read is not there any more.
    private void inVain(FetchBuffer target, PartitionData told) {
        target.release();
        answers[next] = told;
    }

    private void take(PartitionData answer, FetchBuffer target, int count, Partition partition) {
        nothingYet = false;
        partition.counts().fetched(count);
        exchange.connection().fetched(count);
        bytesLeft = Math.max(0, bytesLeft - count);
        answer.setRecords(new FetchedRecords(target.records(0, count)));
    }

    /// Records of aborted transactions may be among those that were read: whose, is asked for in the same turn. If it
    /// takes a while, what was read may not be there any more, and then it is not known.
    private void tellAborted(FetchPart part, Partition partition, FetchBuffer target, int count) {
        long from = part.wanted().fetchOffset();
        long to = FetchedRecords.endOffset(target.records(0, count).nioBuffer());
        partition.aborted(from, to, aborted -> {
            if (partition.gone() || from < partition.startOffset()) {
                inVain(
                        target,
                        partition.gone() ? failed(part, error(part)) : refused(part, Errors.OFFSET_OUT_OF_RANGE));
            } else if (!aborted.isEmpty()) {
                answers[next].setAbortedTransactions(aborted.stream()
                        .map(one -> new FetchResponseData.AbortedTransaction()
                                .setProducerId(one.producerId())
                                .setFirstOffset(one.firstOffset()))
                        .toList());
            }
            next++;
            readOn();
        });
    }

    // ------------------------------------------------------------------------------------------------ answering

    private void answer() {
        var charges = exchange.connection().charges();
        if (charges.metered() && !charges.mayFetch(exchange, sizeBytes())) {
            answerThrottled();
            return;
        }
        var answer = new FetchResponseData()
                .setSessionId(session.map(FetchSession::id).orElse(FetchSessions.NO_SESSION));
        FetchableTopicResponse topic = null;
        for (int i = 0; i < parts.size(); i++) {
            var part = parts.get(i);
            boolean news = session.isEmpty() || part.news(answers[i]);
            if (newsOnly && !news) {
                continue;
            }
            if (newsOnly) {
                session.ifPresent(continued -> continued.last(part));
            }
            var key = part.key();
            if (topic == null
                    || !topic.topic().equals(key.topic())
                    || !topic.topicId().equals(key.id())) {
                topic = new FetchableTopicResponse().setTopic(key.topic()).setTopicId(key.id());
                answer.responses().add(topic);
            }
            topic.partitions().add(answers[i]);
        }
        exchange.answer(new FetchAnswer(answer), this::release);
    }

    /// About so much is sent.
    private int sizeBytes() {
        int bytes = 0;
        for (PartitionData answer : answers) {
            bytes += PARTITION_BYTES + FetchResponse.recordsSize(answer);
        }
        return bytes;
    }

    /// Too much for the client's quota. It is told when to come again, and everything is then as it was: a session goes
    /// on without news, and one that was to begin does not.
    private void answerThrottled() {
        release();
        var answer = new FetchResponseData();
        if (newsOnly) {
            session.ifPresent(continued -> answer.setSessionId(continued.id()));
        } else {
            notBegun.run();
        }
        exchange.answer(new FetchAnswer(answer));
    }

    private void release() {
        for (PartitionData answer : answers) {
            if (answer.records() instanceof FetchedRecords records) {
                records.bytes().release();
            }
        }
    }
}
