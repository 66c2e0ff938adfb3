package io.headrace.stream.group;

import io.headrace.stream.TransactionEnd;
import io.headrace.stream.share.ShareSettings;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// The consumer groups of one vhost, as a front asks for them.
///
/// Threads: the loop; answers come on it.
public interface Groups {
    /// Asks the coordinator; one of `answer` and `failed` is called, at once or in a later turn.
    ///
    /// @param question starts the work and returns; a request of one connection is asked when the one before is
    ///     answered, which bounds what the coordinator has to remember
    /// @param failed takes what has an error of Kafka's, see `Errors.forException`
    <T> void ask(
            Function<GroupCoordinator, CompletableFuture<T>> question, Consumer<T> answer, Consumer<Throwable> failed);

    /// Starts the coordinator if it does not run, for questions that will come.
    void open();

    /// Ends a transaction in a partition of `__consumer_offsets`: its offsets hold from then on, or never did.
    ///
    /// @param done runs when the marker is committed
    /// @param failed takes what has an error of Kafka's; one that passes is a `RetriableException`
    void endTransaction(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed);

    /// What is set on this broker for all groups; what is set for one stands in the catalog under
    /// [GroupSettings#OF_ONE_GROUP].
    GroupSettings settings();

    /// What holds for a share group of this name.
    ShareSettings ofShareGroup(String group);
}
