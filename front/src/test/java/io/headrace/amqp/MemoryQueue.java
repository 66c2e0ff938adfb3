package io.headrace.amqp;

import io.headrace.broker.Session;
import io.headrace.message.StoredMessage;
import io.headrace.shard.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A queue of [MemoryBroker].
final class MemoryQueue implements Session.Lease {
    final String name;
    final boolean durable;
    final MemorySession owner; // null unless exclusive
    final boolean autoDelete;
    final TreeMap<Long, ByteBuffer> ready = new TreeMap<>();
    final Map<Long, ByteBuffer> unsettled = new HashMap<>();
    final Set<Long> delivered = new HashSet<>();
    final List<Session.ConsumerPort> consumers = new ArrayList<>();
    final Map<Session.ConsumerPort, Boolean> manual = new HashMap<>();
    final List<String> settled = new ArrayList<>();
    private final StoredMessage message = new StoredMessage();
    private final Loop loop;
    boolean delivering; // in the middle of it
    private boolean queued;
    private long last;
    private int turn;

    MemoryQueue(String name, boolean durable, MemorySession owner, boolean autoDelete, Loop loop) {
        this.name = name;
        this.durable = durable;
        this.owner = owner;
        this.autoDelete = autoDelete;
        this.loop = loop;
    }

    void add(ByteBuffer stored) {
        ready.put(++last, stored);
        touch();
    }

    void touch() {
        if (!queued) {
            queued = true;
            loop.afterTurn(this::deliver);
        }
    }

    private void deliver() {
        queued = false;
        while (!ready.isEmpty()) {
            var port = nextReady();
            if (port == null) {
                return;
            }
            var first = ready.pollFirstEntry();
            if (manual.get(port)) {
                unsettled.put(first.getKey(), first.getValue());
            }
            long number = first.getKey();
            delivering = true;
            port.deliver(this, number, message.wrap(first.getValue(), 0), !delivered.add(number), attempts(number));
            delivering = false;
        }
    }

    private Session.ConsumerPort nextReady() {
        for (int tried = 0; tried < consumers.size(); tried++) {
            var port = consumers.get(turn++ % consumers.size());
            if (port.ready()) {
                return port;
            }
        }
        return null;
    }

    void get(boolean manualAck, Session.GetPort port) {
        var first = ready.pollFirstEntry();
        if (first == null) {
            port.empty();
            return;
        }
        if (manualAck) {
            unsettled.put(first.getKey(), first.getValue());
        }
        long number = first.getKey();
        port.message(
                this,
                number,
                message.wrap(first.getValue(), 0),
                !delivered.add(number),
                attempts(number),
                ready.size());
    }

    // how often it came back, as a quorum queue counts
    private int attempts(long number) {
        return Math.toIntExact(
                settled.stream().filter(("requeue " + number)::equals).count());
    }

    @Override
    public void ack(long sequence) {
        settled.add("ack " + sequence);
        unsettled.remove(sequence);
    }

    @Override
    public void requeue(long sequence) {
        settled.add("requeue " + sequence);
        ready.put(sequence, unsettled.remove(sequence));
        touch();
    }

    @Override
    public void release(long sequence) {
        requeue(sequence);
    }

    @Override
    public void discard(long sequence) {
        settled.add("discard " + sequence);
        unsettled.remove(sequence);
    }
}
