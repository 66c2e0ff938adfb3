package io.headrace.stream.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.server.common.TransactionVersion;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: every state meets every wish with Kafka's answer (KIP-890, and the table in Kafka's coordinator).
///
/// The producer has id 7, and epoch 5 is the state's. `same` is what was answered before, `go` a decision, `bump` one
/// that only moves the epoch.
@DisplayNameGeneration(ReplaceUnderscores.class)
class EndingTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            EMPTY,           abort,  5, INVALID_TXN_STATE
            EMPTY,           commit, 5, INVALID_TXN_STATE
            ONGOING,         abort,  5, go
            ONGOING,         commit, 5, go
            ONGOING,         commit, 4, PRODUCER_FENCED
            ONGOING,         commit, 6, PRODUCER_FENCED
            PREPARE_COMMIT,  commit, 5, CONCURRENT_TRANSACTIONS
            PREPARE_COMMIT,  abort,  5, INVALID_TXN_STATE
            PREPARE_ABORT,   abort,  5, CONCURRENT_TRANSACTIONS
            PREPARE_ABORT,   commit, 5, INVALID_TXN_STATE
            PREPARE_ABORT,   abort,  4, PRODUCER_FENCED
            COMPLETE_COMMIT, commit, 5, same
            COMPLETE_COMMIT, abort,  5, INVALID_TXN_STATE
            COMPLETE_ABORT,  abort,  5, same
            COMPLETE_ABORT,  commit, 5, INVALID_TXN_STATE
            COMPLETE_ABORT,  abort,  4, PRODUCER_FENCED
            """)
    void the_first_version(TransactionState state, String wish, short epoch, String expected) {
        var ending = Ending.first(state(state, 7, 5, -1), new Producer(7, epoch), wish.equals("commit"));

        assertThat(told(ending)).isEqualTo(expected);
        if (ending instanceof Ending.Decided decided) {
            assertThat(decided.commit()).isEqualTo(wish.equals("commit"));
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            EMPTY,           abort,  4, PRODUCER_FENCED
            EMPTY,           abort,  5, bump
            EMPTY,           commit, 4, PRODUCER_FENCED
            EMPTY,           commit, 5, INVALID_TXN_STATE
            ONGOING,         abort,  4, PRODUCER_FENCED
            ONGOING,         abort,  5, go
            ONGOING,         commit, 4, PRODUCER_FENCED
            ONGOING,         commit, 5, go
            ONGOING,         commit, 6, PRODUCER_FENCED
            PREPARE_COMMIT,  commit, 4, CONCURRENT_TRANSACTIONS
            PREPARE_COMMIT,  commit, 5, PRODUCER_FENCED
            PREPARE_COMMIT,  abort,  4, INVALID_TXN_STATE
            PREPARE_COMMIT,  abort,  5, PRODUCER_FENCED
            PREPARE_ABORT,   abort,  4, CONCURRENT_TRANSACTIONS
            PREPARE_ABORT,   abort,  5, PRODUCER_FENCED
            PREPARE_ABORT,   commit, 4, INVALID_TXN_STATE
            PREPARE_ABORT,   commit, 5, PRODUCER_FENCED
            COMPLETE_ABORT,  abort,  4, same
            COMPLETE_ABORT,  abort,  5, bump
            COMPLETE_ABORT,  commit, 4, PRODUCER_FENCED
            COMPLETE_ABORT,  commit, 5, INVALID_TXN_STATE
            COMPLETE_COMMIT, abort,  4, INVALID_TXN_STATE
            COMPLETE_COMMIT, abort,  5, bump
            COMPLETE_COMMIT, commit, 4, same
            COMPLETE_COMMIT, commit, 5, INVALID_TXN_STATE
            COMPLETE_COMMIT, commit, 3, PRODUCER_FENCED
            COMPLETE_COMMIT, commit, 6, PRODUCER_FENCED
            """)
    void the_second_version(TransactionState state, String wish, short epoch, String expected) {
        var ending = Ending.second(state(state, 7, 5, -1), new Producer(7, epoch), wish.equals("commit"));

        assertThat(told(ending)).isEqualTo(expected);
        if (ending instanceof Ending.Heard(Producer next)) {
            assertThat(next).isEqualTo(new Producer(7, (short) 5));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "COMPLETE_COMMIT, commit, same",
        "COMPLETE_ABORT, abort, same",
        "COMPLETE_ABORT, commit, PRODUCER_FENCED"
    })
    void a_wish_that_comes_again_after_the_last_epoch_is_known_by_the_id_before(
            TransactionState state, String wish, String expected) {
        var last = new Producer(7, (short) (Short.MAX_VALUE - 1));

        var ending = Ending.second(state(state, 8, 0, 7), last, wish.equals("commit"));

        assertThat(told(ending)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void another_producer_is_not_the_one_of_this_id(boolean second) {
        var state = state(TransactionState.ONGOING, 7, 5, -1);
        var other = new Producer(6, (short) 5);

        assertThat(told(second ? Ending.second(state, other, true) : Ending.first(state, other, true)))
                .isEqualTo("INVALID_PRODUCER_ID_MAPPING");
    }

    private static String told(Ending ending) {
        return switch (ending) {
            case Ending.Refused(var error) -> error.name();
            case Ending.Heard _ -> "same";
            case Ending.Decided(boolean _, boolean empty) -> empty ? "bump" : "go";
        };
    }

    static TransactionMetadata state(TransactionState state, long id, int epoch, long before) {
        return new TransactionMetadata(
                "t",
                id,
                before,
                -1,
                (short) epoch,
                (short) (epoch - 1),
                60_000,
                state,
                Set.of(),
                1,
                1,
                TransactionVersion.TV_2);
    }
}
