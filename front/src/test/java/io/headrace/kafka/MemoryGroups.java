package io.headrace.kafka;

import io.headrace.stream.TransactionEnd;
import io.headrace.stream.group.GroupSettings;
import io.headrace.stream.group.Groups;
import io.headrace.stream.share.ShareSettings;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.common.errors.CoordinatorNotAvailableException;
import org.apache.kafka.coordinator.group.GroupCoordinator;

/// The front's fake of the groups: a coordinator that keeps what it was asked and answers what the test has laid down,
/// or that it is not available.
///
/// Threads: the loop.
final class MemoryGroups implements Groups {
    /// @param request the second argument of the coordinator's method; the first is the context
    record Asked(String method, GroupContext context, Object request) {}

    final List<Asked> asked = new ArrayList<>();
    final Map<String, Function<Object, Object>> answers = new HashMap<>();
    boolean opened;
    ShareSettings share = ShareSettings.defaults();
    final List<TransactionEnd> ends = new ArrayList<>();
    final List<Runnable> heldEnds = new ArrayList<>();
    boolean holdEnds;

    private final GroupCoordinator coordinator = (GroupCoordinator) Proxy.newProxyInstance(
            GroupCoordinator.class.getClassLoader(),
            new Class<?>[] {GroupCoordinator.class},
            (_, method, arguments) -> answer(method.getName(), arguments));

    /// Lays down what `method` of the coordinator answers to a request.
    @SuppressWarnings("unchecked")
    <T> void answer(String method, Function<T, Object> answer) {
        answers.put(method, request -> answer.apply((T) request));
    }

    private Object answer(String method, Object[] arguments) {
        if (method.equals("partitionFor")) {
            return Math.abs(arguments[0].hashCode()) % 50;
        }
        asked.add(new Asked(method, (GroupContext) arguments[0], arguments[1]));
        var answer = answers.get(method);
        return answer == null
                ? CompletableFuture.failedFuture(new CoordinatorNotAvailableException("not laid down"))
                : CompletableFuture.completedFuture(answer.apply(arguments[1]));
    }

    @Override
    public <T> void ask(
            Function<GroupCoordinator, CompletableFuture<T>> question, Consumer<T> answer, Consumer<Throwable> failed) {
        question.apply(coordinator).whenComplete((value, failure) -> {
            if (failure == null) {
                answer.accept(value);
            } else {
                failed.accept(failure);
            }
        });
    }

    @Override
    public void endTransaction(int partition, TransactionEnd end, Runnable done, Consumer<Throwable> failed) {
        ends.add(end);
        if (holdEnds) {
            heldEnds.add(done);
        } else {
            done.run();
        }
    }

    void releaseEnds() {
        holdEnds = false;
        var held = List.copyOf(heldEnds);
        heldEnds.clear();
        held.forEach(Runnable::run);
    }

    @Override
    public void open() {
        opened = true;
    }

    @Override
    public GroupSettings settings() {
        return GroupSettings.defaults();
    }

    @Override
    public ShareSettings ofShareGroup(String group) {
        return share;
    }
}
