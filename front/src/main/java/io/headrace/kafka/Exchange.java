package io.headrace.kafka;

import io.headrace.broker.TopicSession;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.RequestHeader;

/// One request and its answer.
///
/// ```text
///  BEGUN ─► DECIDED (the next request may begin) ─► ANSWERED ─► written, when all before it are
/// ```
/// Most are decided by their answer. A request that only waits for the log says so before, and the connection goes on.
///
/// Threads: the loop of its connection.
final class Exchange {
    private enum Phase {
        BEGUN,
        DECIDED,
        ANSWERED
    }

    private final KafkaConnection connection;
    private final RequestHeader header;
    private final AbstractRequest request;
    private Phase phase = Phase.BEGUN;
    private long begunNanos;
    private AbstractResponse response; // null: there is none, or not yet
    private long deadlineMillis = Long.MAX_VALUE;
    private Runnable onDeadline = () -> {};
    private Runnable onAbandoned = () -> {};
    private int throttleMillis; // the client has to wait so long before its next request
    private long workNanos; // kept us busy, until it rested last
    private long chargedNanos; // of these
    private long workingSinceNanos;
    private boolean working;
    private Runnable unsent = () -> {}; // frees what the response holds if it is never written

    Exchange(KafkaConnection connection, RequestHeader header, AbstractRequest request) {
        this.connection = connection;
        this.header = header;
        this.request = request;
    }

    RequestHeader header() {
        return header;
    }

    short version() {
        return header.apiVersion();
    }

    AbstractRequest request() {
        return request;
    }

    <T extends AbstractRequest> T request(Class<T> type) {
        return type.cast(request);
    }

    KafkaConnection connection() {
        return connection;
    }

    /// Not before the peer is known: ApiVersions and the SASL requests have none.
    TopicSession session() {
        return connection.session();
    }

    User user() {
        return session().user();
    }

    Loop loop() {
        return connection.loop();
    }

    /// Nobody is there any more to hear an answer.
    boolean abandoned() {
        return connection.isClosed();
    }

    /// Runs `task` if the connection ends before there is an answer.
    void ifAbandoned(Runnable task) {
        onAbandoned = task;
    }

    /// The order in which this request and the next take effect is settled, and the bytes of the request are not
    /// needed any more: the next may begin.
    void decided() {
        if (phase == Phase.BEGUN) {
            phase = Phase.DECIDED;
            connection.decided(this);
        }
    }

    boolean undecided() {
        return phase == Phase.BEGUN;
    }

    /// Runs `late` if there is no answer after so long. One deadline for an exchange.
    void deadline(int millis, Runnable late) {
        onDeadline = late;
        deadlineMillis = connection.deadlines().in(millis);
    }

    /// Once; answers leave in the order of their requests.
    void answer(AbstractResponse answer) {
        answer(answer, () -> {});
    }

    /// @param ifUnsent frees what the answer holds, if the peer is gone before it could be written
    void answer(AbstractResponse answer, Runnable ifUnsent) {
        if (phase == Phase.ANSWERED) {
            throw new IllegalStateException("a second answer to " + header);
        }
        response = answer;
        unsent = ifUnsent;
        finish();
    }

    /// The whole request failed.
    ///
    /// @param trouble an exception of Kafka's, or one of ours, which is an unknown server error then
    void fail(Throwable trouble) {
        var answer = request.getErrorResponse(0, trouble);
        if (answer == null) {
            close("a request without answer failed: " + trouble.getMessage());
        } else {
            answer(answer);
        }
    }

    /// Produce with acks=0 has no answer at all.
    void answerNothing() {
        if (phase == Phase.ANSWERED) {
            throw new IllegalStateException("a second answer to " + header);
        }
        finish();
    }

    private void finish() {
        boolean first = phase == Phase.BEGUN;
        phase = Phase.ANSWERED;
        connection.answered(this, first);
    }

    /// Ends it without an answer, and the connection: there is no other way to tell the peer of an error.
    void close(String why) {
        connection.breach(why);
        answerNothing();
    }

    // ---- for the connection ----

    void begins(long nanos) {
        begunNanos = nanos;
    }

    long begunNanos() {
        return begunNanos;
    }

    /// How long it was worked at until `nowNanos`. What it did later, called back, is little and not counted.
    long workNanos(long nowNanos) {
        return working ? workNanos + nowNanos - workingSinceNanos : workNanos;
    }

    /// The client has to wait, for the longest of all reasons.
    void throttle(long millis) {
        throttleMillis = Math.clamp(millis, throttleMillis, Integer.MAX_VALUE);
    }

    int throttleMillis() {
        return throttleMillis;
    }

    void working(long nowNanos) {
        working = true;
        workingSinceNanos = nowNanos;
    }

    void resting(long nowNanos) {
        workNanos = workNanos(nowNanos);
        working = false;
    }

    /// How long it has kept us busy since this was asked last.
    long takeWorkNanos(long nowNanos) {
        long taken = workNanos(nowNanos) - chargedNanos;
        chargedNanos += taken;
        return taken;
    }

    long deadlineMillis() {
        return deadlineMillis;
    }

    void timedOut() {
        deadlineMillis = Long.MAX_VALUE;
        onDeadline.run();
    }

    boolean answered() {
        return phase == Phase.ANSWERED;
    }

    AbstractResponse response() {
        return response;
    }

    /// The connection is gone.
    void abandon() {
        if (phase == Phase.ANSWERED) {
            discard();
        } else {
            onAbandoned.run();
        }
    }

    void discard() {
        unsent.run();
    }
}
