package io.headrace.amqp;

import io.headrace.broker.Broker;
import io.headrace.broker.ConnectionReport;
import io.headrace.broker.Connections;
import io.headrace.broker.Session;
import io.headrace.net.Addresses;
import io.headrace.net.Conversation;
import io.headrace.net.InputMemory;
import io.headrace.net.Wire;
import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// One client's connection: its frames in order, its channels, its end.
///
/// ```text
///  HANDSHAKE ─► RUNNING ─► CLOSING (we sent close, 30 s for close-ok) ─┐
///      │           └─────► ENDING  (the peer sent close) ──────────────┼─► GONE
///      └─────────────────► DRAINING (unreadable peer, ignored a while) ┘
/// ```
/// What one frame throws ends its channel or this connection and nothing else.
///
/// Threads: the loop of its wire.
final class AmqpConnection implements Conversation, FrameDecoder.Frames {
    private static final System.Logger LOG = System.getLogger(AmqpConnection.class.getName());

    private enum Phase {
        HANDSHAKE,
        RUNNING,
        CLOSING,
        ENDING,
        DRAINING,
        GONE
    }

    /// What is done with an answer; it may throw what a request may.
    interface Continuation {
        void run() throws AmqpException;
    }

    private final Wire wire;
    private final AmqpConfig config;
    private final Broker broker;
    private final String name;
    private final Set<AmqpConnection> open;
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final InputGate gate = new InputGate();
    private final Output output;
    private final FrameWriter frames;
    private final ContentWriter content;
    private final OutputPause outputPause;
    private final FrameDecoder decoder;
    private final Heartbeats heartbeats;
    private final Handshake handshake;
    private final ChannelZero zero;
    private final Channels channels;
    private final AckDeadlines deadlines;
    private final Loop.Timer handshakeDeadline;
    private Phase phase = Phase.HANDSHAKE;
    private boolean headerSeen;
    private int failingMethod; // class and method of the frame in hand
    private Tuning tuning; // from tune-ok on
    private Session session; // from open on
    private Blocking blocking; // from open on
    private Pressure pressure; // from open on
    private ConnectionView view; // likewise
    private long receivedBytes;
    private long reads;
    private Loop.Timer cut; // while closing or draining

    /// @param memory of all connections, for what comes in pieces
    /// @param open the connections of the process; it leaves them when it is gone
    AmqpConnection(Wire wire, Broker broker, AmqpConfig config, InputMemory memory, Set<AmqpConnection> open) {
        this.open = open;
        this.wire = wire;
        this.config = config;
        this.broker = broker;
        this.name = Addresses.connection(wire);
        this.channels = new Channels(this);
        this.deadlines = new AckDeadlines(this, wire.loop());
        this.output = new Output(wire, channels::writeConfirms, this::flushed);
        this.frames = new FrameWriter(output);
        this.content = new ContentWriter(output);
        this.outputPause = new OutputPause(this);
        this.decoder = new FrameDecoder(wire, gate, memory, this, config.preLoginFrameBytes());
        this.heartbeats = new Heartbeats(wire.loop(), output, frames, gate, this::peerIsGone);
        this.handshake = new Handshake(this, broker, config);
        this.zero = new ChannelZero(this, handshake);
        this.handshakeDeadline =
                wire.loop().schedule(Math.max(1, config.handshakeMillis() - wire.ageMillis()), this::handshakeTooLong);
    }

    // ------------------------------------------------------------------------------------------------ bytes in

    @Override
    public void received(ByteBuf input) {
        heartbeats.heard();
        receivedBytes += input.readableBytes();
        reads++;
        if (!headerSeen) {
            headerSeen = true;
            input.skipBytes(AmqpProtocol.HEADER_BYTES);
            handshake.begin();
        }
        if (!input.isReadable()) {
            input.release();
            return;
        }
        decoder.received(input);
        if (phase == Phase.RUNNING) {
            pressure.rests();
        }
    }

    @Override
    public boolean frame(int type, int channel, ByteBuffer bytes, int at, int length) {
        failingMethod = 0;
        try {
            return switch (phase) {
                case RUNNING ->
                    channel == 0 ? zero.running(type, bytes, at, length) : numbered(type, channel, bytes, at, length);
                case HANDSHAKE -> zero.handshaking(type, channel, bytes, at, length);
                case CLOSING -> zero.closing(type, channel, bytes, at, length);
                case ENDING, DRAINING, GONE -> true;
            };
        } catch (AmqpException error) {
            fail(channel, failingMethod, error);
            return true;
        } catch (Throwable trouble) {
            broken(trouble);
            return true;
        }
    }

    @Override
    public void endOfBytes() {
        channels.endOfBytes();
    }

    @Override
    public void malformed(AmqpException error) {
        failConnection(0, error);
        drain();
    }

    private boolean numbered(int type, int number, ByteBuffer bytes, int at, int length) throws AmqpException {
        if (type == Frame.HEARTBEAT) {
            throw Channels.unexpected(type, bytes, at, length);
        }
        failingMethod = type == Frame.METHOD ? bytes.getInt(at) : BasicPublishLayout.ID;
        var channel = channels.find(number);
        return channel == null
                ? channels.opening(number, type, bytes, at, length)
                : channel.frame(type, bytes, at, length);
    }

    /// If the frame in hand fails, the error names this method.
    ///
    /// @param method its class and its number, as on the wire
    void handling(int method) {
        failingMethod = method;
    }

    // ------------------------------------------------------------------------------------------ answers that wait

    /// No further frame is handled until [#answered].
    void hold() {
        gate.stop(InputGate.ANSWER);
    }

    /// The answer for which the input was held is there: works it off for a channel and goes on.
    void answered(int channel, int method, Continuation work) {
        if (phase == Phase.RUNNING || phase == Phase.HANDSHAKE) {
            guarded(channel, method, work);
            outputPause.answered();
            goOn(InputGate.ANSWER);
        }
    }

    void answered(Continuation work) {
        answered(0, 0, work);
    }

    /// Runs what the engine calls back for a channel; what it throws ends the channel or the connection.
    void guarded(int channel, int method, Continuation work) {
        try {
            work.run();
        } catch (AmqpException error) {
            fail(channel, method, error);
        } catch (Throwable trouble) {
            broken(trouble);
        }
    }

    /// A reason for not reading is gone.
    void goOn(int reason) {
        gate.go(reason);
        decoder.run();
    }

    // ------------------------------------------------------------------------------------------- handshake's steps

    void tuned(Tuning agreed) {
        tuning = agreed;
        decoder.negotiated(agreed.maxFrameBytes());
        content.negotiated(agreed.maxFrameBytes());
        heartbeats.start(agreed.heartbeatSeconds());
    }

    void opened(Session opened, String mechanism) {
        session = opened;
        opened.ofConnection(name);
        view = new ConnectionView(this, mechanism);
        wire.known();
        observed().opened(view);
        opened.onEnd(reason -> failConnection(0, ReplyCode.CONNECTION_FORCED.because(reason)));
        phase = Phase.RUNNING;
        handshakeDeadline.cancel();
        blocking = new Blocking(this, broker.alarms());
        pressure = new Pressure(this, opened);
    }

    void loginRefused(AmqpException error) {
        if (peer().hearsLoginFailure()) {
            failConnection(0, error);
        } else {
            drain();
        }
    }

    private void handshakeTooLong() {
        if (phase == Phase.HANDSHAKE) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0}: closed, the handshake took more than {1} ms",
                    name,
                    config.handshakeMillis());
            wire.close();
        }
    }

    // ------------------------------------------------------------------------------------------------------- ends

    /// Ends a channel or the connection, whichever the error asks for.
    void fail(int number, int inHand, AmqpException error) {
        int method = error.blamesMethod() ? inHand : 0;
        var channel = channels.find(number);
        if (phase == Phase.RUNNING && channel != null && !error.code().hard()) {
            LOG.log(System.Logger.Level.INFO, "{0}: channel {1}: {2}", name, number, error.replyText());
            channel.fail(method, error);
        } else {
            failConnection(method, error);
        }
    }

    /// Something is wrong here, not with the peer. It costs this connection and a line in the log. The engine may be
    /// in the middle of a queue's deliveries, so the session ends later; nothing is taken or given until then.
    void broken(Throwable trouble) {
        if (gate.stopped(InputGate.BROKEN)) {
            return;
        }
        gate.stop(InputGate.BROKEN);
        LOG.log(System.Logger.Level.ERROR, name + ": closed by an internal error", trouble);
        wire.loop().execute(this::endBroken);
    }

    private void endBroken() {
        try {
            if (phase == Phase.RUNNING || phase == Phase.HANDSHAKE) {
                failConnection(0, ReplyCode.INTERNAL_ERROR.because("internal error, see the broker logfile"));
            } else {
                wire.close();
            }
        } catch (Throwable trouble) { // not even that can be said
            LOG.log(System.Logger.Level.ERROR, name + ": cut", trouble);
            wire.close();
        }
    }

    /// Sends `connection.close` and waits a while for its answer.
    void failConnection(int method, AmqpException error) {
        if (phase != Phase.RUNNING && phase != Phase.HANDSHAKE) {
            return;
        }
        LOG.log(System.Logger.Level.WARNING, "{0}: {1}", name, error.replyText());
        phase = Phase.CLOSING;
        release(() -> {});
        send(0, new ConnectionMethod.Close(error.code().code(), error.replyText(), method >>> 16, method & 0xffff));
        gate.goAll();
        cutAfter(config.closeMillis());
        wire.loop().execute(decoder::run);
    }

    /// Ignores what comes and cuts the connection a little later, so that what we said last has a chance to
    /// be read.
    private void drain() {
        phase = Phase.DRAINING;
        decoder.drop();
        gate.goAll();
        wire.reading(true);
        cutAfter(config.silentCloseMillis());
    }

    private void cutAfter(long millis) {
        handshakeDeadline.cancel();
        heartbeats.stop();
        if (cut != null) {
            cut.cancel();
        }
        cut = wire.loop().schedule(millis, wire::close);
    }

    /// The peer sent `connection.close`.
    void peerCloses() {
        phase = Phase.ENDING;
        hold();
        release(() -> {
            if (phase == Phase.ENDING) {
                send(0, new ConnectionMethod.CloseOk());
                end();
            }
        });
    }

    /// Unsettled deliveries go back to their queues in order, then the session ends.
    private void release(Runnable done) {
        deadlines.stop();
        channels.closeAll();
        if (blocking != null) {
            blocking.close();
            blocking = null;
        }
        if (view != null) {
            observed().closed(view);
        }
        if (session == null) {
            done.run();
        } else {
            var ended = session;
            session = null;
            ended.close(done);
        }
    }

    /// All is said.
    void end() {
        phase = Phase.ENDING;
        heartbeats.stop();
        output.flush();
        wire.closeAfterFlush();
    }

    /// The broker wants no more clients. Any thread.
    ///
    /// @param reason as the client is told
    /// @return completes when the connection is gone
    CompletableFuture<Void> shutdown(String reason, long graceMillis) {
        wire.loop().execute(() -> {
            failConnection(0, ReplyCode.CONNECTION_FORCED.because(reason));
            if (phase != Phase.GONE) {
                cutAfter(graceMillis);
            }
        });
        return gone;
    }

    private void peerIsGone() {
        LOG.log(
                System.Logger.Level.WARNING,
                "{0}: missed heartbeats from the client, timeout: {1} s",
                name,
                tuning.heartbeatSeconds());
        wire.close();
    }

    @Override
    public void closed() {
        phase = Phase.GONE;
        handshakeDeadline.cancel();
        heartbeats.stop();
        if (cut != null) {
            cut.cancel();
        }
        release(() -> {});
        decoder.drop();
        output.close();
        open.remove(this);
        gone.complete(null);
    }

    // -------------------------------------------------------------------------------------------------- bytes out

    @Override
    public void writable() {
        output.drained();
        flushed();
    }

    private void flushed() {
        outputPause.flushed();
        channels.roomAgain();
    }

    void send(int channel, Method method) {
        frames.method(channel, method);
    }

    // --------------------------------------------------------------------------------------------------- its parts

    boolean running() {
        return phase == Phase.RUNNING;
    }

    String name() {
        return name;
    }

    /// AMQP connections that there are, this one too.
    int openInBroker() {
        return open.size();
    }

    String node() {
        return broker.identity().nodeName();
    }

    Connections observed() {
        return broker.connections();
    }

    ConnectionReport.Traffic traffic() {
        return new ConnectionReport.Traffic(
                receivedBytes, reads, output.sentBytes(), output.writes(), output.pendingBytes());
    }

    Wire wire() {
        return wire;
    }

    AmqpConfig config() {
        return config;
    }

    InputGate gate() {
        return gate;
    }

    Output output() {
        return output;
    }

    PieceMemory pieces() {
        return decoder.memory();
    }

    FrameWriter frames() {
        return frames;
    }

    ContentWriter content() {
        return content;
    }

    Peer peer() {
        return handshake.peer();
    }

    Tuning tuning() {
        return tuning;
    }

    ConnectionView view() {
        return view;
    }

    Session session() {
        return session;
    }

    Blocking blocking() {
        return blocking;
    }

    /// Whether a publish has to wait, for an alarm to end or for the log; the connection rests then.
    boolean holdsPublish() {
        return blocking.holds() || pressure.rests();
    }

    Channels channels() {
        return channels;
    }

    AckDeadlines deadlines() {
        return deadlines;
    }
}
