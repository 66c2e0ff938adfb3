package io.headrace.shovel;

import io.headrace.broker.Answer;
import io.headrace.broker.Command;
import io.headrace.broker.Session;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Refusal;
import io.headrace.message.FieldTable;
import io.headrace.message.StoredMessage;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// A queue of this broker.
///
/// Threads: the shovel's; as a port, the loop.
final class LocalSource implements Source, Session.ConsumerPort {
    private final LocalEnd end;
    private final ShovelDefinition.From from;
    private final boolean manualAck;
    private final Inbox inbox;
    private final String queue;
    private final long waiting;
    // the loop's
    private final NavigableMap<Long, Held> unsettled = new TreeMap<>();
    private Session.Subscription subscription; // null before the start and after the end
    private long lastTag;
    private boolean waits; // refused a delivery and wants to be resumed

    private record Held(Session.Lease lease, long sequence) {}

    private LocalSource(
            LocalEnd end, ShovelDefinition.From from, boolean manualAck, Inbox inbox, String queue, long waiting) {
        this.end = end;
        this.from = from;
        this.manualAck = manualAck;
        this.inbox = inbox;
        this.queue = queue;
        this.waiting = waiting;
        inbox.onRoom(() -> end.loop().execute(this::resume));
    }

    /// Declares what it reads from.
    static LocalSource open(LocalEnd end, ShovelDefinition.From from, boolean manualAck, Inbox inbox)
            throws ShovelTrouble, InterruptedException {
        if (from.queue().isPresent()) {
            var name = from.queue().get();
            long ready =
                    end.ensureQueue(new Command.DeclareQueue(name, false, true, false, false, from.queueArguments()));
            return new LocalSource(end, from, manualAck, inbox, name, ready);
        }
        var answer = end.perform(new Command.DeclareQueue("", false, false, true, false, FieldTable.EMPTY));
        if (!(answer instanceof Answer.QueueDeclared(String name, long ready, int _))) {
            throw new IllegalStateException("a declaration was answered with " + answer);
        }
        end.perform(new Command.Bind(
                new BindingKey(from.exchange().orElseThrow(), false, name, from.exchangeKey(), FieldTable.EMPTY)));
        return new LocalSource(end, from, manualAck, inbox, name, ready);
    }

    @Override
    public long waiting() {
        return waiting;
    }

    @Override
    public void start() throws ShovelTrouble, InterruptedException {
        Session.Consuming consuming = end.await(done -> end.session()
                .consume(queue, this, manualAck, false, from.consumerArguments(), answer -> {
                    if (answer instanceof Session.Consuming.Started(Session.Subscription started)) {
                        subscription = started;
                    }
                    done.accept(answer);
                }));
        if (consuming instanceof Session.Consuming.Refused(Refusal refusal)) {
            throw end.refused(refusal);
        }
    }

    @Override
    public void ack(long tag, boolean multiple) {
        end.loop().execute(() -> {
            var settled = multiple ? unsettled.headMap(tag, true) : unsettled.subMap(tag, true, tag, true);
            settled.values().forEach(held -> held.lease().ack(held.sequence()));
            settled.clear();
            resume();
        });
    }

    @Override
    public void requeue(long tag) {
        end.loop().execute(() -> {
            var held = unsettled.remove(tag);
            if (held != null) {
                held.lease().requeue(held.sequence());
            }
            resume();
        });
    }

    @Override
    public void close() {
        end.close(() -> {
            subscription = null;
            List.copyOf(unsettled.descendingMap().values())
                    .forEach(held -> held.lease().requeue(held.sequence()));
            unsettled.clear();
        });
    }

    // ---- as a port, on the loop ----

    private void resume() {
        if (waits && subscription != null) {
            waits = false;
            subscription.resume();
        }
    }

    @Override
    public int prefetch() {
        return from.prefetch();
    }

    @Override
    public boolean ready() {
        boolean room = subscription != null
                && (!manualAck || from.prefetch() == 0 || unsettled.size() < from.prefetch())
                && inbox.roomy();
        waits |= !room;
        return room;
    }

    @Override
    public void deliver(Session.Lease lease, long sequence, StoredMessage message, boolean redelivered, int attempts) {
        lastTag++;
        if (manualAck) {
            unsettled.put(lastTag, new Held(lease, sequence));
        }
        inbox.put(new Inbox.Event.Delivered(lastTag, Message.of(message)));
    }

    @Override
    public void cancelled() {
        subscription = null;
        inbox.put(new Inbox.Event.Failed("queue '" + queue + "' is gone"));
    }
}
