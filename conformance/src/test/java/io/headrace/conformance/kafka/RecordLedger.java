package io.headrace.conformance.kafka;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// What a checker knows of every record: that it was sent, acknowledged with its place, delivered to a group, and found
/// in the log. From this, and from the offsets the group committed, it tells what a broker did wrong.
///
/// A value names its key and its number among the records of that key, and the rest of its bytes follow from these, so
/// that a damaged or made-up one is seen.
///
/// ```text
///  0      4          8
///  +------+----------+---------------------------+
///  | key  | number   | random bytes, seeded      |
///  +------+----------+---------------------------+
/// ```
///
/// Threads: any; everything is under one lock.
final class RecordLedger {
    private static final int HEAD_BYTES = 8;
    private static final int EACH_WRONG_MAX = 20; // of each kind, if a broker has lost its mind

    private final long seed;
    private final List<Account> accounts;
    private final Map<Place, Integer> delivered = new HashMap<>(); // to a fingerprint of the value
    private final Map<Integer, Long> committed = new TreeMap<>(); // by partition
    private final List<String> wrong = new ArrayList<>();
    private final Map<String, Integer> wrongOfKind = new HashMap<>();
    private int acknowledgedCount;

    /// Where a record lies.
    record Place(int partition, long offset) {}

    /// A record to be sent.
    record Sent(int key, int number, byte[] value) {}

    /// The records of one key, by number.
    private static final class Account {
        int sent;
        final Map<Integer, Place> acknowledged = new HashMap<>();
        final BitSet logged = new BitSet();
        int lastLogged = -1;
    }

    RecordLedger(long seed, int keys) {
        this.seed = seed;
        this.accounts = IntStream.range(0, keys).mapToObj(key -> new Account()).toList();
    }

    /// The next record of `key`, which counts as sent from now on.
    synchronized Sent next(int key) {
        int number = accounts.get(key).sent++;
        return new Sent(key, number, value(key, number));
    }

    private byte[] value(int key, int number) {
        var random = new Random(seed * 31 + key * 1_000_003L + number);
        int length = random.nextInt(200) == 0 ? random.nextInt(100_000) : random.nextInt(500);
        var bytes = new byte[HEAD_BYTES + length];
        random.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(key).putInt(number);
        return bytes;
    }

    synchronized void acknowledged(Sent record, Place place) {
        accounts.get(record.key).acknowledged.put(record.number, place);
        acknowledgedCount++;
    }

    /// The producer gave up, though it was told to try for longer than the broker was away.
    synchronized void refused(Sent record, Exception why) {
        wrong("refused: " + record.key + "/" + record.number + ": " + why);
    }

    /// To a member of the group, perhaps not for the first time.
    synchronized void delivered(Place place, byte[] value) {
        if (check(value)) {
            delivered.put(place, Arrays.hashCode(value));
        }
    }

    /// The broker answered that it keeps this offset of the group.
    synchronized void committed(int partition, long offset) {
        long before = committed.getOrDefault(partition, 0L);
        if (offset < before) {
            wrong("went back: the group committed %d in partition %d after %d".formatted(offset, partition, before));
        }
        committed.put(partition, offset);
    }

    /// What was committed so far, by partition.
    synchronized Map<Integer, Long> committed() {
        return Map.copyOf(committed);
    }

    /// After a restart.
    ///
    /// @param before what was committed when the broker went away
    /// @param now what it says that it has
    synchronized void checkCommitted(Map<Integer, Long> before, Map<Integer, Long> now) {
        before.forEach((partition, offset) -> {
            long found = now.getOrDefault(partition, -1L);
            if (found < offset) {
                wrong("went back: offset %d was committed in partition %d, now it is %d"
                        .formatted(offset, partition, found));
            }
        });
    }

    /// Found in the log, which is read in its order.
    synchronized void logged(Place place, byte[] value) {
        if (!check(value)) {
            return;
        }
        int key = ByteBuffer.wrap(value).getInt();
        int number = ByteBuffer.wrap(value).getInt(4);
        var account = accounts.get(key);
        if (account.logged.get(number)) {
            wrong("duplicated: " + key + "/" + number + " at " + place);
        } else if (number < account.lastLogged) {
            wrong("reordered: " + key + "/" + number + " after " + account.lastLogged);
        }
        account.logged.set(number);
        account.lastLogged = Math.max(account.lastLogged, number);
        var told = account.acknowledged.get(number);
        if (told != null && !told.equals(place)) {
            wrong("moved: " + key + "/" + number + " was acknowledged at " + told + " and is at " + place);
        }
        var seen = delivered.remove(place);
        if (seen == null) {
            wrong("not delivered: " + key + "/" + number + " at " + place);
        } else if (seen != Arrays.hashCode(value)) {
            wrong("changed: the group read another record at " + place);
        }
    }

    /// After the whole log was read.
    synchronized void checkNothingIsLost() {
        for (int key = 0; key < accounts.size(); key++) {
            var account = accounts.get(key);
            var lost = account.acknowledged.keySet().stream()
                    .filter(number -> !account.logged.get(number))
                    .sorted()
                    .toList();
            if (!lost.isEmpty()) {
                wrong("lost: %d acknowledged records of key %d, the first is %d at %s"
                        .formatted(lost.size(), key, lost.getFirst(), account.acknowledged.get(lost.getFirst())));
            }
        }
        delivered.keySet().forEach(place -> wrong("gone: the group read a record at " + place + ", there is none now"));
    }

    private boolean check(byte[] value) {
        int key = value.length < HEAD_BYTES ? -1 : ByteBuffer.wrap(value).getInt();
        int number = value.length < HEAD_BYTES ? -1 : ByteBuffer.wrap(value).getInt(4);
        if (key < 0 || key >= accounts.size() || number < 0 || number >= accounts.get(key).sent) {
            wrong("phantom: a record that nobody sent, of " + value.length + " bytes");
            return false;
        }
        if (!Arrays.equals(value, value(key, number))) {
            wrong("damaged: " + key + "/" + number);
            return false;
        }
        return true;
    }

    /// Something that another part of the checker saw: its kind, a colon, and what.
    synchronized void wrong(String what) {
        var kind = what.substring(0, what.indexOf(':'));
        if (wrongOfKind.merge(kind, 1, Integer::sum) <= EACH_WRONG_MAX) {
            wrong.add(what);
        }
    }

    /// Everything that went wrong so far.
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    synchronized int acknowledgedCount() {
        return acknowledgedCount;
    }
}
