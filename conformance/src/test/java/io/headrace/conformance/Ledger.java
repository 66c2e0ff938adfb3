package io.headrace.conformance;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/// What a checker knows of every message: that it was sent, confirmed, delivered, acknowledged. From this
/// it tells what a broker did wrong.
///
/// A message names its publisher and number, and the rest of its bytes follow from these, so that a damaged
/// or made-up one is seen. Bodies differ in length, a few are long.
///
/// ```text
///  0          4          12
///  +----------+----------+---------------------------+
///  | publisher| number   | random bytes, seeded      |
///  +----------+----------+---------------------------+
/// ```
///
/// Threads: any; everything is under one lock.
final class Ledger {
    private static final int HEAD_BYTES = 12;

    private final long seed;
    private final List<Account> accounts = new ArrayList<>();
    private final List<String> wrong = new ArrayList<>();

    /// One publisher's messages, by number.
    private static final class Account {
        int sent;
        final BitSet confirmed = new BitSet();
        final BitSet acknowledged = new BitSet();
        final BitSet delivered = new BitSet();
        /// Since the broker was last started.
        final BitSet deliveredNow = new BitSet();
        int lastDelivered = -1;
    }

    Ledger(long seed, int publishers) {
        this.seed = seed;
        for (int i = 0; i < publishers; i++) {
            accounts.add(new Account());
        }
    }

    /// The body of the next message of `publisher`, which counts as sent from now on.
    synchronized byte[] next(int publisher) {
        return body(publisher, accounts.get(publisher).sent++);
    }

    synchronized int sent(int publisher) {
        return accounts.get(publisher).sent;
    }

    private byte[] body(int publisher, int number) {
        var random = new Random(seed * 31 + publisher * 1_000_003L + number);
        int length = random.nextInt(100) == 0 ? random.nextInt(60_000) : random.nextInt(1_000);
        var bytes = new byte[HEAD_BYTES + length];
        random.nextBytes(bytes);
        ByteBuffer.wrap(bytes).putInt(publisher).putLong(number);
        return bytes;
    }

    synchronized void confirmed(int publisher, int number) {
        accounts.get(publisher).confirmed.set(number);
    }

    /// An ack for it will be sent: from now on it may or may not come again.
    synchronized void acknowledged(byte[] body) {
        accounts.get(ByteBuffer.wrap(body).getInt()).acknowledged.set((int)
                ByteBuffer.wrap(body).getLong(4));
    }

    synchronized void delivered(byte[] body, boolean redelivered) {
        var head = ByteBuffer.wrap(body);
        int publisher = body.length < HEAD_BYTES ? -1 : head.getInt();
        long number = body.length < HEAD_BYTES ? -1 : head.getLong();
        if (publisher < 0 || publisher >= accounts.size() || number < 0 || number >= accounts.get(publisher).sent) {
            wrong.add("phantom: a message that nobody sent, of " + body.length + " bytes");
            return;
        }
        var account = accounts.get(publisher);
        int n = (int) number;
        if (!Arrays.equals(body, body(publisher, n))) {
            wrong.add("damaged: " + publisher + "/" + n);
        }
        if (account.delivered.get(n) && !redelivered) {
            wrong.add("silent duplicate: " + publisher + "/" + n);
        }
        if (n <= account.lastDelivered) {
            wrong.add("out of order: " + publisher + "/" + n + " after " + account.lastDelivered);
        }
        account.lastDelivered = n;
        account.delivered.set(n);
        account.deliveredNow.set(n);
    }

    /// The broker starts anew: what was delivered before may come again.
    synchronized void restarted() {
        for (Account account : accounts) {
            account.deliveredNow.clear();
            account.lastDelivered = -1;
        }
    }

    /// After everything that was left has been delivered: confirmed messages that were not acknowledged,
    /// and did not come.
    synchronized void checkNothingIsLost() {
        for (int publisher = 0; publisher < accounts.size(); publisher++) {
            var account = accounts.get(publisher);
            var lost = (BitSet) account.confirmed.clone();
            lost.andNot(account.acknowledged);
            lost.andNot(account.deliveredNow);
            if (!lost.isEmpty()) {
                wrong.add("lost: " + lost.cardinality() + " confirmed messages of publisher " + publisher
                        + ", the first is " + lost.nextSetBit(0) + ", the last " + (lost.length() - 1));
            }
        }
    }

    /// A durable queue is gone, with all that was in it.
    synchronized void queueMissing(String queue) {
        wrong.add("lost: the durable queue " + queue);
    }

    /// Everything that went wrong so far.
    synchronized List<String> wrong() {
        return List.copyOf(wrong);
    }

    synchronized int confirmedCount() {
        return accounts.stream()
                .mapToInt(account -> account.confirmed.cardinality())
                .sum();
    }

    synchronized int deliveredCount() {
        return accounts.stream()
                .mapToInt(account -> account.delivered.cardinality())
                .sum();
    }
}
