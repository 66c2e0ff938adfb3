package io.headrace.net;

import io.headrace.shard.Loop;
import io.netty.buffer.ByteBuf;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLSession;

/// A wire whose socket is on another loop: system calls and encryption cost that loop's processor, not the one
/// that all protocols share.
///
/// ```text
///  socket's loop                                      the engine's loop
///  FarSocket ─ opened, arrived, howFar, room, gone ─► FarWire ──► Talk ──► Conversation
///            ◄─ send, consumed, close ─────────
/// ```
///
/// Threads: the loop that the protocol runs on.
final class FarWire implements Wire {
    /// So little on its way to the socket counts as taken: nobody is woken to hear that it was.
    static final int SLACK_BYTES = 16 << 10;

    private final NettyLoop loop;
    private final BufferMemory memory;
    private final Mailbox toSocket;
    private final FarSocket socket;
    private final ReadAhead readAhead;
    private final int pendingBytesHigh;
    private final Function<Wire, Talk> talks;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(0); // arrived while the protocol did not read
    private Talk talk; // null until opened
    private boolean reading = true;
    private boolean asked; // the socket wants to know what was consumed
    private long consumedBytes; // since it was told last
    private List<ByteBuf> pieces = new ArrayList<>(1); // written, not flushed
    private long pieceBytes; // of them
    private long writtenBytes; // ever
    private boolean full; // until the socket says that it has taken what there was
    private boolean gone;

    /// @param loop that the protocol runs on
    FarWire(
            NettyLoop loop,
            BufferMemory memory,
            Mailbox toSocket,
            FarSocket socket,
            ReadAhead readAhead,
            List<Protocol> protocols,
            ListenerConfig config,
            boolean encrypted) {
        this.loop = loop;
        this.memory = memory;
        this.toSocket = toSocket;
        this.socket = socket;
        this.readAhead = readAhead;
        this.pendingBytesHigh = config.pendingBytesHigh();
        this.talks = wire -> new Talk(wire, protocols, config, encrypted);
    }

    // ------------------------------------------------------------------------------------------ from the socket

    void opened() {
        talk = talks.apply(this);
    }

    void arrived(ByteBuf bytes) {
        if (reading && held.isEmpty()) {
            hear(bytes);
        } else {
            held.add(bytes);
        }
    }

    /// All that came before this question is consumed, or will be when the protocol reads again.
    void howFar() {
        asked = true;
        tellIfAllIsHeard();
    }

    private void tellIfAllIsHeard() {
        if (asked && held.isEmpty()) {
            asked = false;
            long consumed = consumedBytes;
            consumedBytes = 0;
            toSocket.put(() -> socket.consumed(consumed));
        }
    }

    private void hearHeld() {
        while (reading && !held.isEmpty()) {
            hear(held.poll());
        }
        tellIfAllIsHeard();
    }

    private void hear(ByteBuf bytes) {
        int count = bytes.readableBytes();
        consumedBytes += count;
        readAhead.consumed(count);
        guarded(() -> talk.received(bytes));
    }

    /// The socket has taken what it was given, but for a little.
    void room() {
        full = untakenBytes() > pendingBytesMax(); // then the next flush asks again
        if (!full) {
            guarded(talk::writable);
        }
    }

    /// The socket is closed. What came before that is heard first.
    void gone() {
        while (!held.isEmpty()) {
            hear(held.poll());
        }
        gone = true;
        drop();
        guarded(talk::closed);
    }

    private void drop() {
        pieces.forEach(ByteBuf::release);
        pieces.clear();
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable trouble) {
            socket.wrongHere(trouble);
            close();
        }
    }

    // ---------------------------------------------------------------------------------------- from the protocol

    @Override
    public void write(ByteBuf bytes) {
        if (gone) {
            bytes.release();
            return;
        }
        pieces.add(bytes);
        pieceBytes += bytes.readableBytes();
        writtenBytes += bytes.readableBytes();
        if (untakenBytes() > pendingBytesMax()) {
            full = true;
        }
    }

    @Override
    public void flush() {
        if (pieces.isEmpty()) {
            return;
        }
        var sent = pieces;
        long bytes = pieceBytes;
        boolean tell = full || untakenBytes() > SLACK_BYTES;
        pieces = new ArrayList<>(1);
        pieceBytes = 0;
        toSocket.put(() -> socket.send(sent, bytes, tell));
    }

    private int pendingBytesMax() {
        return memory.tight() ? SLACK_BYTES : pendingBytesHigh;
    }

    private long untakenBytes() {
        return writtenBytes - socket.takenBytes();
    }

    @Override
    public long pendingBytes() {
        long bytes = untakenBytes();
        return bytes <= SLACK_BYTES ? 0 : bytes;
    }

    @Override
    public boolean writable() {
        return !full;
    }

    /// The socket goes on reading up to [FarSocket#AHEAD_BYTES_MAX]; what comes is held here meanwhile.
    @Override
    public void reading(boolean on) {
        if (on && !reading && !held.isEmpty()) {
            loop.execute(this::hearHeld);
        }
        reading = on;
    }

    @Override
    public void closeAfterFlush() {
        talk.ending();
        flush();
        toSocket.put(socket::closeAfterFlush);
    }

    @Override
    public void close() {
        talk.ending();
        toSocket.put(socket::close);
    }

    // ----------------------------------------------------------------------------------------- what it is

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public SocketAddress remote() {
        return socket.remote();
    }

    @Override
    public SocketAddress local() {
        return socket.local();
    }

    @Override
    public Optional<String> provenName() {
        return socket.provenName();
    }

    @Override
    public Optional<SSLSession> tlsSession() {
        return socket.tlsSession();
    }

    @Override
    public void known() {
        socket.known();
    }

    @Override
    public long ageMillis() {
        return socket.ageMillis();
    }

    @Override
    public BufferMemory memory() {
        return memory;
    }

    @Override
    public ByteBuf allocate(int bytes) {
        return socket.allocate(bytes);
    }
}
