package io.headrace.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.broker.Command;
import io.headrace.message.StoredMessage;
import io.headrace.stream.share.SharePartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: consumers of AMQP that are members of a share group get each record once, and what they do not want goes to
/// another.
@DisplayNameGeneration(ReplaceUnderscores.class)
class ShareConsumerTest {
    private static final int LOCK_MILLIS = 30_000;

    private final World world = new World();
    private List<SharePartition> parts;

    ShareConsumerTest() {
        world.topic("orders", 2);
        world.done(World.queue("orders", "stream"));
        open();
    }

    private void open() {
        parts = IntStream.range(0, 2)
                .mapToObj(index -> world.topics.shares().open("g", world.partition("orders", index), 0, 0))
                .toList();
        world.broker.settle();
    }

    private void produce(int index, String... values) {
        world.produce(
                "orders",
                index,
                CompressionType.GZIP,
                List.of(values).stream()
                        .map(value -> new SimpleRecord(value.getBytes(StandardCharsets.UTF_8)))
                        .toArray(SimpleRecord[]::new));
    }

    private record Got(SharePart part, long offset, String body, int attempts) {}

    private final class Member implements SharePort {
        final List<Got> got = new ArrayList<>();
        final ShareConsumer consumer;
        int room = Integer.MAX_VALUE; // as in a client's socket
        boolean cancelled;
        boolean idle;

        Member(String name, int prefetch, boolean manualAck) {
            this(name, prefetch, manualAck, Integer.MAX_VALUE);
        }

        Member(String name, int prefetch, boolean manualAck, int room) {
            this.room = room;
            var queue = world.broker.bridge().byId(queueId()).orElseThrow();
            consumer = queue.share(name, this, prefetch, manualAck);
            consumer.assign(parts);
            world.broker.settle();
        }

        @Override
        public boolean ready() {
            return room > 0;
        }

        @Override
        public void deliver(SharePart part, long offset, StoredMessage message, int attempts) {
            room--;
            got.add(new Got(part, offset, World.Message.of(message).body(), attempts));
        }

        @Override
        public void cancelled() {
            cancelled = true;
        }

        Got take() {
            return got.removeFirst();
        }

        List<String> bodies() {
            return got.stream().map(Got::body).toList();
        }

        void cancel() {
            consumer.cancel(() -> idle = true);
            world.broker.settle();
        }
    }

    private static int queueId() {
        return 1; // the only queue there is
    }

    private void settled() {
        world.broker.settle();
    }

    private void ack(Got got) {
        got.part().ack(got.offset());
    }

    @Test
    void each_record_goes_to_one_member_within_its_limit() {
        produce(0, "a", "b", "c");
        produce(1, "d", "e");
        var one = new Member("one", 2, true);
        var two = new Member("two", 10, true);

        assertThat(one.got).hasSize(2);
        assertThat(two.got).hasSize(3);
        assertThat(two.bodies()).doesNotContainAnyElementsOf(one.bodies());

        produce(0, "f");
        assertThat(two.bodies()).contains("f");
        ack(one.take());
        produce(1, "g", "h");
        assertThat(one.got.size() + two.got.size()).isEqualTo(7);
        assertThat(one.got).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void what_is_requeued_comes_again_and_what_is_discarded_does_not() {
        produce(0, "a", "b", "c");
        var member = new Member("one", 3, true);
        ack(member.take());
        var back = member.take();
        back.part().requeue(back.offset());
        var poison = member.take();
        poison.part().discard(poison.offset());
        settled();

        assertThat(member.bodies()).containsExactly("b");
        assertThat(member.got.getFirst().attempts()).isEqualTo(1);
        ack(member.take());
        settled();
        assertThat(parts.getFirst().start()).contains(3L);
        assertThat(member.got).isEmpty();
    }

    @Test
    void what_was_acknowledged_stays_so_over_a_crash_and_the_rest_comes_again() {
        produce(0, "a", "b", "c");
        var member = new Member("one", 0, true);
        ack(member.take());
        produce(0, "d"); // an acknowledgement has no answer: it goes to disk with what has
        world.crash();
        parts = IntStream.range(0, 2)
                .mapToObj(index -> world.topics
                        .shares()
                        .find("g", world.partition("orders", index))
                        .orElseThrow())
                .toList();

        assertThat(new Member("two", 0, true).bodies()).containsExactly("b", "c", "d");
    }

    @Test
    void who_cancels_gives_back_what_was_not_delivered_and_may_settle_the_rest() {
        produce(0, "a", "b", "c", "d");
        produce(1, "e", "f", "g", "h");
        var first = new Member("one", 3, true, 1);
        assertThat(first.bodies()).containsExactly("a"); // two more are held for it
        first.cancel();
        assertThat(first.idle).isFalse();

        var second = new Member("two", 0, true);
        assertThat(second.bodies()).hasSize(7).doesNotContainAnyElementsOf(first.bodies());
        first.got.forEach(this::ack);
        settled();
        assertThat(first.idle).isTrue();
        second.got.forEach(this::ack);
        settled();
        assertThat(parts).allMatch(part -> part.start().orElseThrow() == 4);
    }

    @Test
    void a_delivery_without_acknowledgement_is_done_with() {
        produce(0, "a", "b");
        var member = new Member("one", 0, false);

        assertThat(member.bodies()).containsExactly("a", "b");
        assertThat(parts.getFirst().start()).contains(2L);
        member.cancel();
        assertThat(member.idle).isTrue();
    }

    @Test
    void who_says_that_it_is_there_keeps_its_records_and_who_does_not_loses_them() {
        produce(0, "a", "b");
        var slow = new Member("one", 1, true);
        var gone = new Member("two", 1, true);
        for (int i = 0; i < 6; i++) {
            world.broker.advance(LOCK_MILLIS / 3);
            slow.consumer.renew();
            settled();
        }

        assertThat(slow.bodies()).containsExactly("a");
        gone.room = 0;
        var next = new Member("three", 2, true);
        assertThat(next.bodies()).containsExactly("b");
        gone.got.forEach(this::ack); // too late
        settled();
        var back = next.take();
        back.part().requeue(back.offset());
        settled();
        assertThat(next.got.getLast().attempts()).isEqualTo(2);
    }

    @Test
    void whoever_loses_a_partition_gets_nothing_of_it_any_more() {
        var member = new Member("one", 0, true);
        member.consumer.assign(parts.subList(1, 2));
        produce(0, "a");
        produce(1, "b");

        assertThat(member.bodies()).containsExactly("b");
    }

    @Test
    void consumers_hear_that_the_queue_is_gone() {
        var member = new Member("one", 0, true);
        world.done(new Command.DeleteQueue("orders", false, false));

        assertThat(member.cancelled).isTrue();
    }

    @Test
    void members_that_come_and_go_and_settle_as_they_like_accept_every_record_once() {
        var random = new Random(seed());
        Map<String, Integer> accepted = new HashMap<>();
        List<Member> members = new ArrayList<>();
        Set<String> produced = new HashSet<>();
        for (int step = 0; step < 2_000; step++) {
            if (random.nextInt(4) == 0) {
                var values = IntStream.range(0, 1 + random.nextInt(20))
                        .mapToObj(i -> "r" + (produced.size() + i))
                        .toArray(String[]::new);
                produced.addAll(List.of(values));
                produce(random.nextInt(2), values);
            }
            if (members.size() < 3) {
                members.add(new Member("m" + step, random.nextInt(30), true));
            }
            var member = members.get(random.nextInt(members.size()));
            for (int i = random.nextInt(20); i > 0 && !member.got.isEmpty(); i--) {
                settle(member.got.remove(random.nextInt(member.got.size())), random, accepted);
            }
            if (random.nextInt(50) == 0) {
                members.remove(member);
                member.cancel();
                member.got.forEach(got -> got.part().requeue(got.offset()));
            }
            settled();
        }
        members.forEach(Member::cancel);
        members.forEach(member -> member.got.forEach(got -> got.part().requeue(got.offset())));
        settled();
        var last = new Member("last", 0, true);
        while (!last.got.isEmpty()) {
            var got = last.take();
            accepted.merge(got.body(), 1, Integer::sum);
            ack(got);
            settled();
        }

        // what came back five times is given up by the group
        assertThat(accepted.values()).allMatch(count -> count == 1);
        assertThat(produced).containsAll(accepted.keySet());
        assertThat(accepted.size()).isGreaterThan(produced.size() * 9 / 10);
    }

    private void settle(Got got, Random random, Map<String, Integer> accepted) {
        if (random.nextInt(6) == 0) {
            got.part().requeue(got.offset());
        } else {
            accepted.merge(got.body(), 1, Integer::sum);
            ack(got);
        }
    }

    private static long seed() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return seed;
    }
}
