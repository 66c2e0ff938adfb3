package io.headrace.stream.txn;

import org.apache.kafka.common.protocol.Errors;

/// What became of a wish to begin or to end.
///
/// @param producer who goes on from here; [Producer#NONE] with an error, and where the old version of transactions says
///     nothing
public record Outcome(Errors error, Producer producer) {
    static Outcome done(Producer producer) {
        return new Outcome(Errors.NONE, producer);
    }

    static Outcome refused(Errors error) {
        return new Outcome(error, Producer.NONE);
    }
}
