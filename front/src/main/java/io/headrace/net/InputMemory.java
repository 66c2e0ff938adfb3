package io.headrace.net;

import io.headrace.shard.Loop;
import java.util.ArrayDeque;

/// How much all connections of a protocol may hold of what arrives in pieces and is not whole yet: what Kafka calls
/// `queued.max.request.bytes`. What begins below the limit may go over it, so that the largest can always be read.
///
/// Were that all, connections in the middle of something could hold all there is, and each wait for more. So they stand
/// in line, and the first has its turn: it takes what it needs, whatever the others hold, until it holds nothing. It
/// loses its turn when its peer sends nothing for [#SILENCE_MILLIS] or is not done after [#TURN_MILLIS]. When those who
/// lost theirs hold as much as the limit, beside one of the largest that there may be, the next to lose it is cut.
///
/// Threads: the loop of the protocols.
public final class InputMemory {
    static final long SILENCE_MILLIS = 500;
    static final long TURN_MILLIS = 15_000;

    private static final System.Logger LOG = System.getLogger(InputMemory.class.getName());

    private final long bytesMax;
    private final long cutBytes;
    private final ArrayDeque<Share> line = new ArrayDeque<>();
    private long heldBytes;
    private Share turn; // it may go over the limit; null if nobody has to
    private boolean calling;

    /// @param largestBytes what one may hold alone
    public InputMemory(long bytesMax, long largestBytes) {
        this.bytesMax = bytesMax;
        this.cutBytes = 2 * bytesMax + largestBytes;
    }

    /// A connection that holds something.
    public interface Holder {
        /// What it waited for may be there: it asks again, if it still wants it.
        void goOn();

        /// Whether nothing but bytes of its peer keeps it from going on.
        boolean waitsForPeer();

        /// What has come from its peer, ever.
        long receivedBytes();
    }

    /// @param wire is closed if the others have waited for it for too long
    public Share share(Wire wire, Holder holder) {
        return new Share(wire, holder);
    }

    public long heldBytes() {
        return heldBytes;
    }

    private boolean room() {
        return heldBytes < bytesMax;
    }

    /// One after the other: each is heard before it is known whether there is room for the next.
    private void callNext(Loop loop) {
        if (calling || line.isEmpty() || !room() && turn != null) {
            return;
        }
        calling = true;
        loop.execute(() -> {
            calling = false;
            var next = room() || turn == null ? line.poll() : null;
            if (next == null) {
                return;
            }
            next.called();
            callNext(loop);
        });
    }

    /// What one connection holds.
    public final class Share {
        private final Wire wire;
        private final Holder holder;
        private long ownBytes;
        private boolean waits;
        private Loop.Timer look; // at its turn; the next
        private int silencesLeft; // of its turn
        private long receivedBefore; // the last look

        private Share(Wire wire, Holder holder) {
            this.wire = wire;
            this.holder = holder;
        }

        /// Whether there is room for something to begin or to grow. If not it stands in line, and will be called.
        public boolean admits() {
            if (room() || turn == this) {
                return true;
            }
            if (!waits) {
                waits = true;
                line.add(this);
                callNext(wire.loop());
            }
            return false;
        }

        /// Holds `bytes` more; to be asked for before, with [#admits].
        public void take(long bytes) {
            ownBytes += bytes;
            heldBytes += bytes;
        }

        /// Holds `bytes` less.
        public void give(long bytes) {
            ownBytes -= bytes;
            heldBytes -= bytes;
            if (turn == this && ownBytes == 0) {
                endTurn();
            }
            callNext(wire.loop());
        }

        /// It is gone: waits no more. What it holds it still gives back.
        public void leave() {
            if (waits) {
                waits = false;
                line.remove(this);
            }
            if (turn == this) {
                endTurn();
                callNext(wire.loop());
            }
        }

        private void called() {
            waits = false;
            if (!room()) {
                beginTurn();
            }
            holder.goOn();
            if (turn == this && ownBytes == 0) {
                endTurn(); // it wanted nothing any more
            }
        }

        private void beginTurn() {
            turn = this;
            silencesLeft = (int) (TURN_MILLIS / SILENCE_MILLIS);
            lookLater();
        }

        private void lookLater() {
            receivedBefore = holder.receivedBytes();
            look = wire.loop().schedule(SILENCE_MILLIS, this::look);
        }

        private void look() {
            boolean silent = holder.receivedBytes() == receivedBefore;
            silencesLeft--;
            if (!holder.waitsForPeer() || !silent && silencesLeft > 0) {
                lookLater();
                return;
            }
            endTurn();
            if (heldBytes >= cutBytes) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "{0}: cut, what it sends does not become whole, and others wait for the memory it holds",
                        wire.remote());
                wire.close();
            }
            callNext(wire.loop());
        }

        private void endTurn() {
            turn = null;
            look.cancel();
        }
    }
}
