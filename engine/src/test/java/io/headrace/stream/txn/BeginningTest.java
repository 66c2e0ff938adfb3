package io.headrace.stream.txn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Goal: a producer that comes with a transactional id gets the next epoch, or is fenced, as Kafka decides (KIP-360).
///
/// The state has producer 7, the last one was 6, and the epoch before is known.
@DisplayNameGeneration(ReplaceUnderscores.class)
class BeginningTest {
    @ParameterizedTest
    @CsvSource(textBlock = """
            EMPTY,           5,     ,      , NextEpoch
            COMPLETE_COMMIT, 5,     ,      , NextEpoch
            COMPLETE_ABORT,  5,     ,      , NextEpoch
            EMPTY,           5,     7, 5    , NextEpoch
            EMPTY,           5,     7, 4    , NextEpoch
            EMPTY,           5,     7, 3    , PRODUCER_FENCED
            EMPTY,           5,     7, 6    , PRODUCER_FENCED
            EMPTY,           5,     6, 5    , PRODUCER_FENCED
            EMPTY,           -1,    6, 5    , NextEpoch
            ONGOING,         5,     ,      , Fence
            ONGOING,         5,     7, 5    , Fence
            ONGOING,         5,     6, 5    , PRODUCER_FENCED
            PREPARE_COMMIT,  5,     ,      , CONCURRENT_TRANSACTIONS
            PREPARE_ABORT,   5,     7, 5    , CONCURRENT_TRANSACTIONS
            EMPTY,           32765, ,      , NextEpoch
            EMPTY,           32766, ,      , NextId
            COMPLETE_ABORT,  32766, 7, 32766, NextId
            COMPLETE_ABORT,  32766, 7, 32764, PRODUCER_FENCED
            EMPTY,           0,     6, 32766, PRODUCER_FENCED
            """)
    void every_state(TransactionState state, int epoch, Long id, Short wasEpoch, String expected) {
        var expectedProducer = id == null ? Optional.<Producer>empty() : Optional.of(new Producer(id, wasEpoch));

        var beginning = Beginning.of(EndingTest.state(state, 7, epoch, 6), expectedProducer);

        assertThat(
                        beginning instanceof Beginning.Refused(var error)
                                ? error.name()
                                : beginning.getClass().getSimpleName())
                .isEqualTo(expected);
    }
}
