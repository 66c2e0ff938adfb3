package io.headrace.kafka;

import io.headrace.stream.Partition;
import io.headrace.stream.share.Acquired;
import io.headrace.stream.share.FetchWish;
import io.headrace.stream.share.SharePartition;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.message.ShareFetchRequestData;
import org.apache.kafka.common.message.ShareFetchResponseData.AcquiredRecords;
import org.apache.kafka.common.protocol.Errors;

/// The fetching of one ShareFetch request.
///
/// ```text
///  begin ─┬─ enough to get, or no wish to wait ─────────► one partition after the other ─┬─► done
///         └─ watch ─ progress (once a turn) or time ───►┘                                │
///              ▲                                                                         │
///              └───────────────────────── nothing that one may have, and time left ◄─────┘
/// ```
/// Waiting holds no thread and no bytes.
///
/// Threads: the loop of the connection.
final class ShareFetching {
    // KIP-1206
    static final byte BATCH_OPTIMIZED = 0;
    static final byte RECORD_LIMIT = 1;
    /// Looks that found nothing but what nobody may have; then it waits for news.
    private static final int LOOKS_MAX = 10_000;

    private final Exchange exchange;
    private final ShareFetchRequestData request;
    private final ShareSession session;
    private final ShareParts parts;
    private final List<ShareSession.Part> wanted;
    private final ShareAnswer answer;
    private final Runnable done;
    private final List<Partition.Watch> watches = new ArrayList<>();
    private final List<ByteBuf> records = new ArrayList<>();
    private int bytesLeft;
    private int recordsLeft;
    private int looks;
    private boolean looking; // a look is due at the end of this turn
    private boolean reading;
    private boolean late; // whatever there is, is told
    private boolean finished;
    private int next; // the part to read next
    private boolean working; // in the loop of readOn

    /// @param done runs once, when `answer` has all that was found
    ShareFetching(
            Exchange exchange,
            ShareSession session,
            ShareParts parts,
            ShareAnswer answer,
            int bytesMax,
            Runnable done) {
        this.exchange = exchange;
        this.request = (ShareFetchRequestData) exchange.request().data();
        this.session = session;
        this.parts = parts;
        this.wanted = session.rotated();
        this.answer = answer;
        this.done = done;
        this.bytesLeft = Math.min(Math.max(request.maxBytes(), 0), bytesMax);
        this.recordsLeft = Math.max(request.maxRecords(), 0);
    }

    void begin() {
        if (bytesLeft == 0 || recordsLeft == 0 || tellErrors() == wanted.size()) {
            late = true;
            end();
        } else if (request.maxWaitMs() <= 0) {
            late();
        } else {
            exchange.ifAbandoned(this::stopWatching);
            exchange.deadline(request.maxWaitMs(), this::late);
            look();
        }
    }

    /// @return how many
    private int tellErrors() {
        int failed = 0;
        for (var part : wanted) {
            var error = parts.error(part);
            if (error == Errors.NONE && parts.find(part).isEmpty()) {
                error = Errors.UNKNOWN_SERVER_ERROR; // as Kafka says of a partition that was not initialized
            }
            if (error != Errors.NONE) {
                answer.of(part).setErrorCode(error.code()).setErrorMessage(error.message());
                failed++;
            }
        }
        return failed;
    }

    private void late() {
        late = true;
        if (!reading && !finished) {
            read();
        }
    }

    private void look() {
        if (enough()) {
            read();
            return;
        }
        for (var part : wanted) {
            parts.partition(part).ifPresent(partition -> watches.add(partition.watch(this::progress)));
            parts.find(part).ifPresent(share -> watches.add(share.watch(this::progress)));
        }
    }

    /// Something has moved: looks again, once however much did, when this turn is done.
    private void progress() {
        if (!looking && !reading && !finished) {
            looking = true;
            exchange.loop().afterTurn(() -> {
                looking = false;
                if (!reading && !finished && !exchange.abandoned() && enough()) {
                    read();
                }
            });
        }
    }

    private boolean enough() {
        long bytes = 0;
        boolean anythingLeft = false;
        int bytesMin = Math.clamp(request.minBytes(), 1, Math.max(1, bytesLeft));
        for (var part : wanted) {
            var share = parts.find(part);
            anythingLeft |= share.isPresent();
            bytes += share.map(found -> found.readableBytes(recordsLeft, bytesLeft))
                    .orElse(0);
            if (bytes >= bytesMin) {
                return true;
            }
        }
        if (!anythingLeft) { // it has all gone meanwhile
            tellErrors();
            late = true;
        }
        return late || !session.isOpen();
    }

    private void stopWatching() {
        watches.forEach(Partition.Watch::close);
        watches.clear();
    }

    // ------------------------------------------------------------------------------------------------- reading

    private void read() {
        reading = true;
        stopWatching();
        next = 0;
        readOn();
    }

    /// Reads until all is read, or a read does not answer at once: then its answer goes on.
    private void readOn() {
        if (working) {
            return;
        }
        working = true;
        boolean goOn = true;
        while (goOn && next < wanted.size() && recordsLeft > 0) {
            goOn = readNext();
        }
        working = false;
        if (goOn) {
            end();
        }
    }

    /// @return false: not read yet
    private boolean readNext() {
        int index = next;
        var part = wanted.get(index);
        var share = parts.find(part);
        int bytes = exchange.connection().fetchRoom(bytesLeft);
        if (share.isEmpty() || bytes == 0 && !records.isEmpty()) {
            next++;
            return true;
        }
        var wish = new FetchWish(
                session.member(),
                request.shareAcquireMode() == RECORD_LIMIT,
                recordsLeft,
                request.batchSize(),
                bytes,
                records.isEmpty(),
                () -> !exchange.abandoned() && session.isOpen());
        var target = new FetchBuffer(exchange.connection().wire());
        share.get().fetch(wish, target, acquired -> {
            take(part, share.get(), target, acquired);
            next++;
            readOn();
        });
        return next > index;
    }

    private void take(ShareSession.Part part, SharePartition share, FetchBuffer target, Acquired acquired) {
        if (acquired.records() == 0) {
            target.release();
            return;
        }
        session.served(share);
        var bytes = target.records(acquired.from(), acquired.to());
        exchange.connection().fetched(bytes.readableBytes());
        bytesLeft = Math.max(0, bytesLeft - bytes.readableBytes());
        recordsLeft = Math.max(0, recordsLeft - acquired.records());
        records.add(bytes);
        var told = answer.of(part).setRecords(new FetchedRecords(bytes));
        for (var range : acquired.ranges()) {
            told.acquiredRecords()
                    .add(new AcquiredRecords()
                            .setFirstOffset(range.first())
                            .setLastOffset(range.last())
                            .setDeliveryCount((short) range.deliveries()));
        }
    }

    private void end() {
        reading = false;
        if (!records.isEmpty() || late || exchange.abandoned() || !session.isOpen()) {
            finished = true;
            done.run();
        } else if (++looks < LOOKS_MAX) {
            exchange.loop().execute(() -> {
                if (!reading && !finished && !exchange.abandoned()) {
                    look();
                }
            });
        }
    }

    /// The answer is never written.
    void release() {
        records.forEach(ByteBuf::release);
    }
}
