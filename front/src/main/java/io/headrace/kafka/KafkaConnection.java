package io.headrace.kafka;

import io.headrace.broker.Broker;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.Connections;
import io.headrace.broker.TopicSession;
import io.headrace.kafka.quota.Quotas;
import io.headrace.net.Conversation;
import io.headrace.net.InputMemory;
import io.headrace.net.Wire;
import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnknownServerException;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ApiVersionsRequest;
import org.apache.kafka.common.requests.RequestHeader;

/// One client's connection: its requests in order, their answers in the same order.
///
/// A request begins when the one before is decided, so two on one connection take effect in the order in which they
/// were sent; answers may be waited for by many. What a request throws ends it, or this connection, and nothing else.
///
/// Threads: the loop of its wire.
final class KafkaConnection implements Conversation, RequestFrames.Requests {
    private static final System.Logger LOG = System.getLogger(KafkaConnection.class.getName());
    /// Answers that may be waited for; then the input rests.
    static final int ANSWERS_MAX = 512;

    private final Wire wire;
    private final KafkaConfig config;
    private final ApiTable apis;
    private final ApiTimes times;
    private final FetchMemory fetchMemory;
    private final Set<KafkaConnection> open;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final Gate gate = new Gate();
    private final Connections observed;
    private final Admission admission;
    private final Sasl sasl;
    private final Charges charges;
    private final RequestFrames frames;
    private final Output output;
    private final ResponseWriter responses;
    private final ArrayDeque<Exchange> unanswered = new ArrayDeque<>();
    private final Deadlines deadlines;
    private final Idleness idleness;
    private final Muting muting;
    private final Pressure pressure;
    private long receivedBytes;
    private long reads;
    private String clientId = ""; // of the newest request
    private KafkaView view; // null until the peer is known
    private long fetchedBytes; // of the fetch memory, not sent as far as is known
    private boolean ending; // when the answers under way are out
    private boolean closed;
    private final List<Runnable> whenClosed = new ArrayList<>();

    /// What all connections of a broker share.
    ///
    /// @param open the connections of the process; one leaves them when it is gone
    record Ground(
            Broker broker,
            KafkaConfig config,
            ApiTable apis,
            ApiTimes times,
            Mechanisms mechanisms,
            CertificateNames certificates,
            InputMemory memory,
            FetchMemory fetchMemory,
            Quotas quotas,
            Set<KafkaConnection> open) {}

    KafkaConnection(Wire wire, Ground ground) {
        this.wire = wire;
        this.config = ground.config();
        this.apis = ground.apis();
        this.open = ground.open();
        this.fetchMemory = ground.fetchMemory();
        this.observed = ground.broker().connections();
        this.times = ground.times();
        this.admission =
                new Admission(ground.broker(), config, ground.certificates(), wire, this::entered, this::breach);
        this.sasl = new Sasl(ground.mechanisms(), admission, this);
        this.charges = new Charges(
                ground.quotas(),
                ground.broker().connections().requests().throttles(),
                wire.loop().clock());
        this.frames = new RequestFrames(wire, gate, ground.memory(), this);
        this.output = new Output(wire, this::flushed);
        this.responses = new ResponseWriter(output);
        this.deadlines = new Deadlines(wire.loop(), unanswered);
        this.muting = new Muting(gate, wire.loop(), () -> goOn(Gate.THROTTLE));
        this.pressure = new Pressure(this, gate, () -> goOn(Gate.PRESSURE));
        this.idleness = new Idleness(this, config, admission::owesLogin, () -> !unanswered.isEmpty() || !gate.open());
    }

    // ------------------------------------------------------------------------------------------------ bytes in

    @Override
    public void received(ByteBuf input) {
        idleness.heard();
        receivedBytes += input.readableBytes();
        reads++;
        frames.received(input);
        if (!closed) {
            pressure.look();
        }
    }

    /// A reason for not reading is gone.
    private void goOn(int reason) {
        if (gate.stopped(reason)) {
            gate.go(reason);
            frames.run();
        }
    }

    @Override
    public int bytesMax() {
        return admission.authenticating() ? KafkaConfig.SASL_REQUEST_BYTES_MAX : config.requestBytesMax();
    }

    @Override
    public void malformed(int bytes) {
        breach("a request of " + bytes + " bytes; at most " + bytesMax() + " are taken (kafka.request-size-max)");
    }

    @Override
    public boolean request(ByteBuffer frame) {
        try {
            return sasl.rawFrames() ? sasl.raw(frame) : begin(frame);
        } catch (InvalidRequestException malformed) {
            breach(malformed.getMessage());
        } catch (Throwable trouble) {
            broken(trouble);
        }
        return false;
    }

    private boolean begin(ByteBuffer frame) {
        int size = frame.remaining();
        var header = RequestHeader.parse(frame);
        var key = header.apiKey();
        var served = apis.find(key);
        AbstractRequest request;
        if (served.isPresent() && served.get().takes(header.apiVersion())) {
            if (key != ApiKeys.PRODUCE && size > KafkaConfig.SMALL_REQUEST_BYTES_MAX) {
                throw new InvalidRequestException(key + " of " + size + " bytes");
            }
            request = parse(header, frame);
        } else if (key == ApiKeys.API_VERSIONS) {
            request = new ApiVersionsRequest(new ApiVersionsRequestData(), (short) 0, header.apiVersion());
        } else {
            throw new InvalidRequestException(key + " in version " + header.apiVersion() + " is not served");
        }
        if (sasl.over(key, idleness.heardMillis())) {
            LOG.log(System.Logger.Level.INFO, "{0}: closed, its session is over and was not renewed", this);
            end();
            wire.close();
            return false;
        }
        var refusal = admission.mayAsk(key);
        if (refusal.isPresent()) {
            breach(refusal.get());
            return false;
        }
        clientId = header.clientId() == null ? "" : header.clientId();
        var exchange = new Exchange(this, header, request);
        unanswered.add(exchange);
        times.begun(exchange, nanos());
        gate.stop(Gate.REQUEST);
        charges.begin(exchange, size);
        muting.begun(exchange);
        pressure.begun(exchange);
        serveWhenAllowed(served.orElseThrow().api(), exchange);
        return key == ApiKeys.PRODUCE && exchange.undecided(); // its records are read in place
    }

    private static AbstractRequest parse(RequestHeader header, ByteBuffer frame) {
        try {
            return AbstractRequest.parseRequest(header.apiKey(), header.apiVersion(), new RequestBody(frame)).request;
        } catch (RuntimeException malformed) {
            throw new InvalidRequestException(
                    header.apiKey() + " in version " + header.apiVersion() + " is malformed: " + malformed.getMessage(),
                    malformed);
        }
    }

    /// What is to be appended waits while the log is behind or the broker short of memory or disk, and what comes
    /// behind
    /// it waits too.
    private void serveWhenAllowed(Api api, Exchange exchange) {
        if (exchange.header().apiKey() == ApiKeys.PRODUCE && session().underPressure()) {
            session().onRelief(() -> {
                if (closed) {
                    exchange.answerNothing(); // its bytes are not needed any more
                } else {
                    serveWhenAllowed(api, exchange);
                }
            });
        } else {
            serve(api, exchange);
        }
    }

    private void serve(Api api, Exchange exchange) {
        exchange.working(nanos());
        try {
            api.serve(exchange);
        } catch (ApiException refused) {
            exchange.fail(refused);
        } catch (RuntimeException trouble) {
            LOG.log(System.Logger.Level.ERROR, this + ": " + exchange.header() + " failed", trouble);
            exchange.fail(new UnknownServerException());
        } finally {
            exchange.resting(nanos());
        }
    }

    private long nanos() {
        return wire.loop().clock().nanos();
    }

    // ------------------------------------------------------------------------------------------------- answers

    /// The next request may begin.
    void decided(Exchange exchange) {
        frames.release();
        if (unanswered.size() >= ANSWERS_MAX) {
            gate.stop(Gate.ANSWERS);
        }
        goOn(Gate.REQUEST);
    }

    void answered(Exchange exchange, boolean decidedByThis) {
        if (closed) {
            exchange.discard();
        } else {
            writeAnswers();
        }
        if (decidedByThis) {
            decided(exchange);
        }
        if (unanswered.size() < ANSWERS_MAX) {
            goOn(Gate.ANSWERS);
        }
    }

    private void writeAnswers() {
        for (var next = unanswered.peek(); next != null && next.answered() && !closed; next = unanswered.peek()) {
            unanswered.poll();
            times.ended(next, nanos());
            charges.answering(next);
            if (next.response() != null) {
                if (next.throttleMillis() > 0) {
                    next.response().maybeSetThrottleTimeMs(next.throttleMillis());
                }
                write(next);
            }
            muting.answered(next);
        }
        if (closed) {
            return;
        }
        if (ending && unanswered.isEmpty()) {
            output.flush();
            wire.closeAfterFlush();
        } else if (!wire.writable()) {
            gate.stop(Gate.OUTPUT);
        }
    }

    private void write(Exchange exchange) {
        var request = exchange.request();
        var response = exchange.response();
        var key = request.apiKey();
        try {
            var header = exchange.header().toResponseHeader();
            responses.write(header.data(), header.headerVersion(), response.data(), request.version());
        } catch (RuntimeException trouble) {
            broken(new IllegalStateException("cannot write " + key + " in version " + request.version(), trouble));
        }
    }

    /// How much of `wanted` a fetch may read now.
    int fetchRoom(int wanted) {
        return fetchMemory.room(wanted);
    }

    void fetched(int bytes) {
        if (!closed) { // else nobody would give it back
            fetchedBytes += bytes;
            fetchMemory.take(bytes);
        }
    }

    /// What the socket has taken is not held any more.
    private void settleFetched(long stillHeld) {
        if (fetchedBytes > stillHeld) {
            fetchMemory.give(fetchedBytes - stillHeld);
            fetchedBytes = stillHeld;
        }
    }

    private void flushed() {
        settleFetched(wire.pendingBytes());
        if (wire.writable()) {
            goOn(Gate.OUTPUT);
        } else {
            gate.stop(Gate.OUTPUT);
        }
    }

    @Override
    public void writable() {
        settleFetched(wire.pendingBytes());
        goOn(Gate.OUTPUT);
    }

    /// A token of SASL is being looked at; nothing else is heard meanwhile.
    void holdRaw() {
        gate.stop(Gate.REQUEST);
    }

    /// Sends a token that is no answer to a request.
    void answerRaw(byte[] token) {
        if (!closed) {
            output.room(Integer.BYTES + token.length).putInt(token.length).put(token);
            goOn(Gate.REQUEST);
        }
    }

    // ---------------------------------------------------------------------------------------------------- ends

    /// It has come too soon for the quota of its address, and is closed when so much of the wait is over that another
    /// try makes sense; not at once, or the peer would only come again at once.
    ///
    /// @param millis 0 if it has not
    void delay(long millis) {
        if (millis > 0) {
            LOG.log(System.Logger.Level.DEBUG, "{0}: closed, its address connects too often", this);
            gate.stop(Gate.CLOSED);
            wire.reading(false);
            wire.loop().schedule(millis, wire::close);
        }
    }

    /// The peer broke the protocol: what it sends cannot be understood any more.
    void breach(String why) {
        LOG.log(System.Logger.Level.WARNING, "{0}: closed: {1}", this, why);
        end();
        wire.close();
    }

    /// Something is wrong here, not with the peer. It costs this connection and a line in the log.
    void broken(Throwable trouble) {
        LOG.log(System.Logger.Level.ERROR, this + ": closed by an internal error", trouble);
        end();
        wire.close();
    }

    /// Closes when the answers under way are out; nothing more is read.
    void closeAfterAnswers() {
        ending = true;
        gate.stop(Gate.CLOSED);
        wire.reading(false);
        if (unanswered.isEmpty()) {
            output.flush();
            wire.closeAfterFlush();
        }
    }

    private void end() {
        closed = true;
        gate.stop(Gate.CLOSED);
        frames.drop();
    }

    /// The broker stops. Any thread.
    ///
    /// @return completes when the connection is gone
    CompletableFuture<Void> shutdown(long graceMillis) {
        wire.loop().execute(() -> {
            if (!closed) {
                closeAfterAnswers();
                wire.loop().schedule(graceMillis, wire::close);
            }
        });
        return gone;
    }

    @Override
    public void closed() {
        end();
        idleness.stop();
        deadlines.stop();
        unanswered.forEach(exchange -> {
            times.ended(exchange, nanos());
            exchange.abandon();
        });
        unanswered.clear();
        whenClosed.forEach(Runnable::run);
        output.close();
        settleFetched(0);
        open.remove(this);
        admission.leave();
        if (view != null) {
            observed.closed(view);
        }
        gone.complete(null);
    }

    // ----------------------------------------------------------------------------------------------- for requests

    TopicSession session() {
        return admission.session();
    }

    boolean known() {
        return admission.known();
    }

    Charges charges() {
        return charges;
    }

    private void entered() {
        view = new KafkaView(this);
        observed.opened(view);
        wire.known();
    }

    String clientId() {
        return clientId;
    }

    /// RabbitMQ's word for it.
    String state() {
        return gate.stopped(Gate.PRESSURE) ? "flow" : closed || ending ? "closing" : "running";
    }

    ConnectionReport.Traffic traffic() {
        return new ConnectionReport.Traffic(
                receivedBytes, reads, output.sentBytes(), output.writes(), wire.pendingBytes());
    }

    Sasl sasl() {
        return sasl;
    }

    Loop loop() {
        return wire.loop();
    }

    Wire wire() {
        return wire;
    }

    Deadlines deadlines() {
        return deadlines;
    }

    boolean isClosed() {
        return closed;
    }

    /// Runs `task` when the connection is gone. For what a connection has one of.
    void whenClosed(Runnable task) {
        whenClosed.add(task);
    }

    /// Who is connected, if that is known already.
    Optional<String> userName() {
        return admission.known() ? Optional.of(session().user().name()) : Optional.empty();
    }

    @Override
    public String toString() {
        return "kafka " + wire.remote();
    }
}
