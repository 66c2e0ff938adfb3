package io.headrace.shovel;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What happened at the ends of a shovel and its thread has not looked at yet.
///
/// Only deliveries take much room, so a source asks for it first: one on a loop with [#roomy], one that may
/// wait with [#awaitRoom]. Confirms are as many as messages that were published.
///
/// Threads: ends put, the shovel's thread takes.
final class Inbox {
    private static final int MESSAGES_MAX = 1_000;
    private static final long BYTES_MAX = 16L << 20;

    sealed interface Event {
        /// @param tag ascending, for [Source#ack]
        record Delivered(long tag, Message message) implements Event {}

        /// @param multiple all before it, too
        record Confirmed(long sequence, boolean multiple) implements Event {}

        record Rejected(long sequence, boolean multiple) implements Event {}

        /// An end is gone.
        record Failed(String reason) implements Event {}
    }

    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private int messages; // this and the next two under the lock
    private long bytes;
    private boolean roomWanted;
    private volatile Runnable onRoom = () -> {};
    private volatile boolean abandoned;

    /// @param listener runs on the shovel's thread when there is room again that [#roomy] denied
    void onRoom(Runnable listener) {
        onRoom = listener;
    }

    /// Nothing may be done at the ends any more, not even what waits.
    void abandon(String reason) {
        abandoned = true;
        put(new Event.Failed(reason));
    }

    boolean abandoned() {
        return abandoned;
    }

    void put(Event event) {
        if (event instanceof Event.Delivered(long _, Message message)) {
            synchronized (this) {
                messages++;
                bytes += message.sizeBytes();
            }
        }
        events.add(event);
    }

    synchronized boolean roomy() {
        if (full()) {
            roomWanted = true;
            return false;
        }
        return true;
    }

    private boolean full() {
        return messages >= MESSAGES_MAX || bytes >= BYTES_MAX;
    }

    synchronized void awaitRoom() throws InterruptedException {
        while (full()) {
            wait();
        }
    }

    /// The next event, or `null` if there is none for so long.
    Event poll(long millis) throws InterruptedException {
        var event = events.poll(millis, TimeUnit.MILLISECONDS);
        if (event instanceof Event.Delivered(long _, Message message) && taken(message)) {
            onRoom.run();
        }
        return event;
    }

    private synchronized boolean taken(Message message) {
        messages--;
        bytes -= message.sizeBytes();
        notifyAll();
        boolean tell = roomWanted && messages <= MESSAGES_MAX / 2 && bytes <= BYTES_MAX / 2;
        roomWanted &= !tell;
        return tell;
    }
}
