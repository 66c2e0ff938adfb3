package io.headrace.stream.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.TreeMap;

/// A share group's doings with a partition, record by record, as one would write it down first.
final class NaiveShare {
    private static final class Record {
        boolean finished;
        String owner; // null: nobody has it
        int deliveries;
        long until;
    }

    private final TreeMap<Long, Record> records = new TreeMap<>();
    private final ShareSettings settings;
    private long start;
    private int crashes; // what was out for the last time comes once more

    NaiveShare(ShareSettings settings) {
        this.settings = settings;
    }

    /// What the member got must be what it may have.
    void acquired(String member, Acquired acquired, int most, boolean exactly, long now) {
        int count = 0;
        boolean suspicious = false;
        long last = -1;
        for (var range : acquired.ranges()) {
            assertThat(range.first()).as("ranges ascend").isGreaterThan(last);
            for (long offset = range.first(); offset <= range.last(); offset++) {
                var record = records.computeIfAbsent(offset, _ -> new Record());
                assertThat(offset).isGreaterThanOrEqualTo(start);
                assertThat(record.finished).as("%d is not done with", offset).isFalse();
                assertThat(record.owner).as("%d is nobody's", offset).isNull();
                suspicious |= settings.suspicious(record.deliveries);
                record.deliveries++;
                assertThat(range.deliveries()).as("deliveries of " + offset).isEqualTo(record.deliveries);
                assertThat(record.deliveries).isLessThanOrEqualTo(settings.deliveryLimit() + crashes);
                record.owner = member;
                record.until = now + settings.lockMillis();
                count++;
            }
            last = range.last();
        }
        assertThat(acquired.records()).isEqualTo(count);
        if (exactly) {
            assertThat(count).isLessThanOrEqualTo(most);
        }
        if (suspicious) {
            assertThat(acquired.ranges()).as("alone").hasSize(1);
        }
    }

    /// Whether there is a record below `highWatermark` that anybody may have.
    boolean hasAvailable(long highWatermark) {
        long end = records.isEmpty() ? start : records.lastKey() + 1;
        return end < highWatermark && end - start < settings.locksMax()
                || records.values().stream().anyMatch(record -> !record.finished && record.owner == null);
    }

    /// Whether it may be said of these records.
    boolean mayAcknowledge(String member, long first, long last) {
        if (last < start) {
            return true;
        }
        for (long offset = Math.max(start, first); offset <= last; offset++) {
            var record = records.get(offset);
            if (record == null || record.finished || !member.equals(record.owner)) {
                return false;
            }
        }
        return true;
    }

    void acknowledge(long first, List<Byte> types, long last, long now) {
        for (long offset = Math.max(start, first); offset <= last; offset++) {
            var record = records.get(offset);
            switch (types.size() == 1 ? types.getFirst() : types.get((int) (offset - first))) {
                case Acknowledgement.RELEASE -> giveBack(record);
                case Acknowledgement.RENEW -> record.until = now + settings.lockMillis();
                default -> {
                    record.finished = true;
                    record.owner = null;
                }
            }
        }
        advance();
    }

    private void giveBack(Record record) {
        record.owner = null;
        record.finished = record.deliveries >= settings.deliveryLimit();
    }

    void release(String member) {
        records.values().stream().filter(record -> member.equals(record.owner)).forEach(this::giveBack);
        advance();
    }

    void timeIs(long now) {
        records.values().stream()
                .filter(record -> record.owner != null && record.until <= now)
                .forEach(this::giveBack);
        advance();
    }

    /// Nobody has anything, and nothing was archived for it.
    void crashed() {
        records.values().forEach(record -> record.owner = null);
        crashes++;
    }

    private void advance() {
        while (records.containsKey(start) && records.get(start).finished) {
            records.remove(start++);
        }
    }

    void check(Window window) {
        assertThat(window.start()).isEqualTo(start);
        long end = records.isEmpty() ? start : records.lastKey() + 1;
        assertThat(window.end()).isEqualTo(end);
        for (long offset = start; offset < end; offset++) {
            var record = records.get(offset);
            int run = window.runAt(offset);
            var state = window.state(run);
            assertThat(state.finished()).as("%d is done with", offset).isEqualTo(record.finished);
            if (!record.finished) {
                assertThat(state == RecordState.ACQUIRED ? window.owner(run) : null)
                        .as("who has " + offset)
                        .isEqualTo(record.owner);
                assertThat(window.deliveries(run)).as("deliveries of " + offset).isEqualTo(record.deliveries);
            }
        }
    }
}
