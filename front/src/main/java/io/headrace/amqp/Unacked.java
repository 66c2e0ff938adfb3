package io.headrace.amqp;

import io.headrace.broker.Session;

/// The deliveries of one channel that wait for a settlement: a ring in the order of their tags.
///
/// Settling the oldest moves the head. One from the middle leaves a hole that the head passes later; when
/// the ring is full, holes are squeezed out before it grows, so memory follows what is outstanding, not the
/// distance of tags.
///
/// Invariants: tags ascend from head to tail; the entry at the head is not a hole.
///
/// Threads: the loop of its connection.
final class Unacked {
    private static final int FIRST_ENTRIES = 8;

    private long[] tags = new long[0];
    private long[] sequences = new long[0];
    private Session.Lease[] leases = new Session.Lease[0]; // null: a hole
    private AmqpConsumer[] consumers = new AmqpConsumer[0]; // null: fetched by basic.get
    private int[] stamps = new int[0]; // when they were delivered, ascending
    private long head; // absolute; the place in the arrays is the low bits
    private long tail;
    private int size;

    private Session.Lease takenLease;
    private AmqpConsumer takenConsumer;
    private long takenSequence;
    private long takenTag;
    private int takenStamp;

    int size() {
        return size;
    }

    /// Entries that there is memory for.
    int capacity() {
        return tags.length;
    }

    /// Tags must ascend, and so must stamps: see [AckDeadlines].
    void add(long tag, long sequence, Session.Lease lease, AmqpConsumer consumer, int stamp) {
        if (tail - head == tags.length) {
            makeRoom();
        }
        int place = place(tail++);
        tags[place] = tag;
        sequences[place] = sequence;
        leases[place] = lease;
        consumers[place] = consumer;
        stamps[place] = stamp;
        size++;
    }

    boolean contains(long tag) {
        return find(tag) >= 0;
    }

    /// Takes out the delivery with this tag; what it was is then in the `taken` methods.
    ///
    /// @return false if it is not outstanding
    boolean take(long tag) {
        long at = find(tag);
        if (at < 0) {
            return false;
        }
        takeAt(at);
        return true;
    }

    /// Takes out the oldest delivery if its tag is not above `upTo`.
    boolean takeFirst(long upTo) {
        if (size == 0 || tags[place(head)] > upTo) {
            return false;
        }
        takeAt(head);
        return true;
    }

    Session.Lease takenLease() {
        return takenLease;
    }

    /// Null if it was fetched by `basic.get`.
    AmqpConsumer takenConsumer() {
        return takenConsumer;
    }

    long takenSequence() {
        return takenSequence;
    }

    long takenTag() {
        return takenTag;
    }

    /// Asks about deliveries in order, as long as they are stamped no later than `last`.
    ///
    /// @return the first answer that is not 0, or 0
    long firstOverdue(int last, Overdue asker) {
        for (long at = head; at < tail && stamps[place(at)] <= last; at++) {
            int place = place(at);
            long timeout = leases[place] == null ? 0 : asker.timeoutPassed(stamps[place], consumers[place]);
            if (timeout > 0) {
                return timeout;
            }
        }
        return 0;
    }

    interface Overdue {
        /// @param consumer null for what `basic.get` fetched
        /// @return the timeout of the delivery in milliseconds if it has passed, else 0
        long timeoutPassed(int stamp, AmqpConsumer consumer);
    }

    int takenStamp() {
        return takenStamp;
    }

    /// Takes everything out, into a ring of its own.
    Unacked removeAll() {
        var removed = new Unacked();
        moveBelow(Long.MAX_VALUE, removed);
        return removed;
    }

    /// Moves all deliveries with a tag below `tag` to the end of `other`.
    void moveBelow(long tag, Unacked other) {
        while (takeFirst(tag - 1)) {
            other.add(takenTag, takenSequence, takenLease, takenConsumer, takenStamp);
        }
    }

    private void takeAt(long at) {
        int place = place(at);
        takenLease = leases[place];
        takenConsumer = consumers[place];
        takenSequence = sequences[place];
        takenTag = tags[place];
        takenStamp = stamps[place];
        leases[place] = null;
        consumers[place] = null;
        size--;
        while (head < tail && leases[place(head)] == null) {
            head++;
        }
    }

    private int place(long at) {
        return (int) at & tags.length - 1;
    }

    /// @return the absolute position, or -1
    private long find(long tag) {
        if (size == 0 || tag < tags[place(head)]) {
            return -1;
        }
        // without gaps in the tags the place is known
        long guess = head + (tag - tags[place(head)]);
        if (guess < tail && tags[place(guess)] == tag) {
            return leases[place(guess)] == null ? -1 : guess;
        }
        long low = head;
        long high = tail - 1;
        while (low <= high) {
            long middle = low + high >>> 1;
            long found = tags[place(middle)];
            if (found == tag) {
                return leases[place(middle)] == null ? -1 : middle;
            }
            if (found < tag) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    private void makeRoom() {
        int capacity = size >= tags.length / 2 ? Math.max(FIRST_ENTRIES, tags.length * 2) : tags.length;
        var newTags = new long[capacity];
        var newSequences = new long[capacity];
        var newLeases = new Session.Lease[capacity];
        var newConsumers = new AmqpConsumer[capacity];
        var newStamps = new int[capacity];
        int kept = 0;
        for (long at = head; at < tail; at++) {
            int place = place(at);
            if (leases[place] != null) {
                newTags[kept] = tags[place];
                newSequences[kept] = sequences[place];
                newLeases[kept] = leases[place];
                newConsumers[kept] = consumers[place];
                newStamps[kept] = stamps[place];
                kept++;
            }
        }
        tags = newTags;
        sequences = newSequences;
        leases = newLeases;
        consumers = newConsumers;
        stamps = newStamps;
        head = 0;
        tail = kept;
    }
}
