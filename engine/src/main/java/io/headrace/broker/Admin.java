package io.headrace.broker;

import io.headrace.catalog.Catalog;
import io.headrace.catalog.Refusal;
import io.headrace.shard.Loop;
import java.util.function.Consumer;

/// What operators' fronts need of the broker: all that exists, and changes of it.
///
/// Threads: any may read; [#perform] on [#loop].
public interface Admin {
    /// For reading only: changes go through [#perform], which logs them.
    Catalog catalog();

    /// The loop that owns the catalog and the queues.
    Loop loop();

    /// Decides, logs, and answers once the change is committed (at once if nothing changes).
    ///
    /// @param by the user who asks, for whoever hears of it
    default void perform(AdminCommand command, String by, Consumer<Outcome> answer) {
        perform(command, answer);
    }

    /// The same for what nobody asked for, or nobody knows who did.
    void perform(AdminCommand command, Consumer<Outcome> answer);

    /// What became of a command.
    sealed interface Outcome {
        /// It was not there before.
        record Created() implements Outcome {}

        /// It was there, and is now as asked for.
        record Changed() implements Outcome {}

        /// It is gone.
        record Deleted() implements Outcome {}

        /// Nothing of that name is there to be deleted.
        record Missing() implements Outcome {}

        record Refused(Refusal refusal) implements Outcome {}
    }
}
