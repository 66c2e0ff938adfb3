package io.headrace.stream.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Goal: each rule of KIP-932 about a record's life. Method: a real partition in an engine in one thread.
@DisplayNameGeneration(ReplaceUnderscores.class)
class SharePartitionTest {
    private static final int GAP = 0;
    private static final int ACCEPT = 1;
    private static final int RELEASE = 2;
    private static final int REJECT = 3;
    private static final int RENEW = 4;

    private ShareTopic topic = new ShareTopic(1);

    // ---- giving out ----

    @Test
    void a_fetch_takes_whole_batches_past_its_limit_or_exactly_as_many_as_it_says() {
        topic.produce(5);
        topic.produce(5);

        assertThat(topic.fetch("a", 3)).containsExactly("0-4×1");
        assertThat(topic.fetchExactly("b", 2)).containsExactly("5-6×1");
        assertThat(topic.fetchExactly("b", 9)).containsExactly("7-9×1");
        assertThat(topic.fetch("a", 3)).isEmpty();
    }

    @Test
    void ranges_end_with_a_batch_once_they_are_long_enough() {
        for (int i = 0; i < 5; i++) {
            topic.produce(2);
        }
        var wish = new FetchWish("a", false, 100, 4, 1 << 20, true, () -> true);
        var answers = new ArrayList<Acquired>();
        topic.share().fetch(wish, ByteBuffer::allocate, answers::add);

        assertThat(ShareTopic.text(answers.getFirst())).containsExactly("0-3×1", "4-7×1", "8-9×1");
    }

    @Test
    void what_came_back_is_given_out_before_anything_new_and_counted() {
        topic.produce(4);
        topic.fetch("a", 10);
        topic.acknowledge("a", 1, 2, RELEASE);
        topic.produce(2);

        assertThat(topic.fetch("b", 10)).containsExactly("1-2×2", "4-5×1");
    }

    @Test
    void no_more_are_out_than_the_settings_allow_but_for_the_rest_of_a_batch() {
        topic.set("share.partition.max.record.locks=100");
        topic.produce(90);
        topic.produce(20);
        topic.produce(20);

        assertThat(topic.fetch("a", 500)).containsExactly("0-109×1");
        assertThat(topic.fetch("b", 500)).isEmpty();
        topic.acknowledge("a", 0, 89, ACCEPT);

        assertThat(topic.fetch("b", 500)).containsExactly("110-129×1");
    }

    @Test
    void what_is_suspected_is_given_out_in_ever_smaller_portions_and_at_last_alone() {
        topic.set("share.delivery.count.limit=6"); // suspected from 3 on
        for (int i = 0; i < 16; i++) {
            topic.produce(1);
        }
        assertThat(topic.fetch("a", 100)).containsExactly("0-15×1");
        for (int delivery = 2; delivery <= 3; delivery++) {
            topic.acknowledge("a", 0, 15, RELEASE);
            assertThat(topic.fetch("a", 100)).containsExactly("0-15×" + delivery);
        }
        topic.acknowledge("a", 0, 15, RELEASE);
        assertThat(topic.fetch("a", 100)).containsExactly("0-7×4");
        topic.acknowledge("a", 0, 7, RELEASE);
        assertThat(topic.fetch("a", 100)).containsExactly("0-3×5");
        topic.acknowledge("a", 0, 3, RELEASE);

        assertThat(topic.fetch("a", 100)).containsExactly("0-0×6");
        assertThat(topic.fetch("a", 100)).containsExactly("1-1×6");
        topic.acknowledge("a", 0, 0, RELEASE);

        assertThat(topic.share().start()).hasValue(1L); // it had its last chance
    }

    @Test
    void nothing_is_given_out_together_with_what_is_suspected() {
        topic.set("share.delivery.count.limit=4"); // suspected from 2 on
        topic.produce(4);
        topic.fetch("a", 10);
        topic.acknowledge("a", 2, 3, RELEASE);
        topic.fetch("a", 10);
        topic.acknowledge("a", 0, 3, RELEASE); // 0 and 1 once, 2 and 3 twice

        assertThat(topic.fetch("a", 10)).containsExactly("0-1×2");
        assertThat(topic.fetch("a", 10)).containsExactly("2-3×3");
    }

    @Test
    void a_member_that_is_gone_when_the_records_are_read_gets_none() {
        topic.produce(1);
        var answers = new ArrayList<Acquired>();

        topic.share()
                .fetch(new FetchWish("a", false, 1, 1, 100, true, () -> false), ByteBuffer::allocate, answers::add);

        assertThat(answers).containsExactly(Acquired.NOTHING);
        assertThat(topic.fetch("b", 10)).containsExactly("0-0×1");
    }

    // ---- taking back ----

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of("of another's records", "b", 0L, 4L, new int[] {ACCEPT}, Errors.INVALID_RECORD_STATE),
                Arguments.of("of some of another's", "a", 3L, 6L, new int[] {ACCEPT}, Errors.INVALID_RECORD_STATE),
                Arguments.of("past what was given out", "a", 4L, 10L, new int[] {ACCEPT}, Errors.INVALID_REQUEST),
                Arguments.of("far past it", "a", 50L, 60L, new int[] {ACCEPT}, Errors.INVALID_REQUEST),
                Arguments.of("of one that was released", "a", 8L, 8L, new int[] {ACCEPT}, Errors.INVALID_RECORD_STATE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusals")
    void an_acknowledgement_is_refused(
            String what, String member, long first, long last, int[] types, Errors expected) {
        topic.produce(5);
        topic.produce(5);
        topic.fetch("a", 5);
        topic.fetch("b", 5);
        topic.acknowledge("b", 8, 8, RELEASE);

        assertThat(topic.acknowledge(member, first, last, types)).isEqualTo(expected);
        assertThat(topic.acknowledge("a", 0, 4, ACCEPT)).isEqualTo(Errors.NONE); // nothing of it was taken
    }

    @Test
    void all_of_a_partition_is_taken_or_nothing() {
        topic.produce(5);
        topic.fetch("a", 5);

        var error = topic.share()
                .acknowledge(
                        "a",
                        List.of(
                                new Acknowledgement(0, 1, List.of((byte) ACCEPT)),
                                new Acknowledgement(1, 2, List.of((byte) ACCEPT))));

        assertThat(error).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(topic.share().start()).hasValue(0L);
    }

    @Test
    void each_record_of_a_range_can_be_said_something_else_of() {
        topic.produce(6);
        topic.fetch("a", 6);

        assertThat(topic.acknowledge("a", 0, 5, ACCEPT, RELEASE, REJECT, GAP, RENEW, ACCEPT))
                .isEqualTo(Errors.NONE);

        assertThat(topic.share().start()).hasValue(1L);
        assertThat(topic.share().finished()).isEqualTo(3);
        assertThat(topic.fetch("b", 10)).containsExactly("1-1×2");
        assertThat(topic.acknowledge("a", 4, 4, ACCEPT)).isEqualTo(Errors.NONE);
    }

    @Test
    void an_acknowledgement_of_what_is_done_with_is_welcome() {
        topic.produce(5);
        topic.fetch("a", 5);
        topic.acknowledge("a", 0, 2, ACCEPT);

        assertThat(topic.acknowledge("a", 0, 2, ACCEPT)).isEqualTo(Errors.NONE);
        assertThat(topic.acknowledge("a", 1, 4, ACCEPT)).isEqualTo(Errors.NONE);
        assertThat(topic.share().start()).hasValue(5L);
    }

    @Test
    void a_record_whose_time_is_over_comes_back() {
        topic.produce(2);
        topic.fetch("a", 1);
        topic.advance(10_000);
        topic.produce(2);
        topic.fetch("a", 1);

        topic.advance(20_000);

        assertThat(topic.fetch("b", 1)).containsExactly("0-1×2");
        assertThat(topic.acknowledge("a", 0, 1, ACCEPT)).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(topic.acknowledge("a", 2, 3, ACCEPT)).isEqualTo(Errors.NONE);
    }

    @Test
    void a_renewed_record_stays_for_a_whole_time_more() {
        topic.produce(2);
        topic.fetch("a", 2);
        topic.advance(29_000);
        topic.acknowledge("a", 1, 1, RENEW);

        topic.advance(29_000);

        assertThat(topic.fetch("b", 10)).containsExactly("0-0×2");
        assertThat(topic.acknowledge("a", 1, 1, ACCEPT)).isEqualTo(Errors.NONE);
    }

    @Test
    void a_group_can_do_without_renewal() {
        topic.set("share.renew.acknowledge.enable=false");
        topic.produce(1);
        topic.fetch("a", 1);

        assertThat(topic.acknowledge("a", 0, 0, RENEW)).isEqualTo(Errors.INVALID_RECORD_STATE);
    }

    @Test
    void what_a_member_has_comes_back_when_it_is_gone() {
        topic.produce(2);
        topic.produce(2);
        topic.fetch("a", 2);
        topic.fetch("b", 2);

        topic.share().release("a");

        assertThat(topic.fetch("b", 10)).containsExactly("0-1×2");
    }

    @Test
    void a_record_that_came_back_too_often_is_archived() {
        topic.set("share.delivery.count.limit=2");
        topic.produce(2);
        topic.fetch("a", 2);
        topic.acknowledge("a", 0, 1, RELEASE);
        topic.fetch("a", 2);
        topic.acknowledge("a", 0, 0, RELEASE);
        topic.advance(30_000);

        assertThat(topic.share().start()).hasValue(2L);
        assertThat(topic.fetch("a", 2)).isEmpty();
    }

    @Test
    void who_waits_is_told_when_records_come_back_or_are_done_with() {
        topic.produce(2);
        topic.fetch("a", 2);
        int[] told = {0};
        try (var _ = topic.share().watch(() -> told[0]++)) {
            topic.acknowledge("a", 0, 0, RELEASE);
            assertThat(told[0]).isEqualTo(1);
            topic.advance(30_000);
            assertThat(told[0]).isEqualTo(2);
        }
        topic.fetch("a", 2);
        topic.share().release("a");
        assertThat(told[0]).isEqualTo(2);
    }

    // ---- where it begins, and what goes away under it ----

    @Test
    void a_group_begins_where_its_settings_say() {
        topic.produce(3);
        topic.session.shares().open(ShareTopic.GROUP, topic.partition(), 1, -1);
        assertThat(topic.share().start()).isEmpty();
        assertThat(topic.fetch("a", 10)).isEmpty(); // latest
        assertThat(topic.share().start()).hasValue(3L);

        topic.set("share.auto.offset.reset=earliest");
        topic.session.shares().open(ShareTopic.GROUP, topic.partition(), 2, -1);

        assertThat(topic.fetch("a", 10)).containsExactly("0-2×1");
    }

    @Test
    void a_group_may_begin_with_what_is_young_enough() {
        topic.produce(3); // of long ago
        topic.set("share.auto.offset.reset=by_duration:PT1H");
        topic.session.shares().open(ShareTopic.GROUP, topic.partition(), 1, -1);

        assertThat(topic.fetch("a", 10)).isEmpty();
        topic.broker.settle();

        assertThat(topic.share().start()).hasValue(3L);
    }

    @Test
    void records_that_retention_takes_are_passed_over() {
        topic.produce(5);
        topic.produce(5);
        topic.fetch("a", 5);

        topic.partition().deleteBefore(7);
        topic.broker.settle();

        assertThat(topic.fetch("b", 10)).containsExactly("7-9×1");
        assertThat(topic.acknowledge("a", 0, 4, ACCEPT)).isEqualTo(Errors.NONE);
        assertThat(topic.share().start()).hasValue(7L);
    }

    @Test
    void nothing_is_left_of_a_group_when_the_topic_goes() {
        topic.produce(5);
        topic.fetch("a", 5);
        var share = topic.share();
        int[] told = {0};
        share.watch(() -> told[0]++);

        topic.session.delete(ShareTopic.NAME, _ -> {});
        topic.broker.settle();

        assertThat(share.gone()).isTrue();
        assertThat(told[0]).isEqualTo(1);
        assertThat(share.acknowledge("a", List.of(new Acknowledgement(0, 4, List.of((byte) ACCEPT)))))
                .isEqualTo(Errors.INVALID_RECORD_STATE);
        topic.advance(60_000); // no timer is left
        topic.crash();
    }

    // ---- what lasts ----

    @Test
    void a_crash_gives_out_again_what_was_out_and_keeps_its_count() {
        topic.produce(4);
        topic.fetch("a", 4);
        topic.acknowledge("a", 1, 1, ACCEPT);
        topic.acknowledge("a", 2, 2, REJECT);
        topic.commit();

        topic.crash();

        assertThat(topic.acknowledge("a", 0, 0, ACCEPT)).isEqualTo(Errors.INVALID_RECORD_STATE);
        assertThat(topic.fetch("b", 10)).containsExactly("0-0×2", "3-3×2");
    }

    @Test
    void a_checkpoint_keeps_what_the_log_let_go_of() {
        topic.produce(4);
        topic.fetch("a", 4);
        topic.acknowledge("a", 1, 2, ACCEPT);
        topic.advance(2_000); // more than the rhythm of checkpoints

        topic.crash();
        topic.crash();

        assertThat(topic.fetch("b", 10)).containsExactly("0-0×2", "3-3×2");
        assertThat(topic.share().finished()).isEqualTo(2);
    }

    @Test
    void a_group_that_was_deleted_stays_deleted() {
        topic.produce(1);
        topic.fetch("a", 1);
        topic.session.shares().close(topic.share());
        topic.commit();

        topic.crash();

        assertThat(topic.session.shares().find(ShareTopic.GROUP, topic.partition()))
                .isEmpty();
    }
}
