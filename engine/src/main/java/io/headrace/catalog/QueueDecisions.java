package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddQueue;
import io.headrace.catalog.CatalogOperation.RemoveQueue;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import io.headrace.message.FieldTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/// The rules for declaring, finding and deleting queues.
///
/// Threads: the catalog's owner; [#find] any.
final class QueueDecisions {
    private final CatalogState state;
    private final TopicDecisions topics;

    QueueDecisions(CatalogState state, TopicDecisions topics) {
        this.state = state;
        this.topics = topics;
    }

    Decision<QueueDefinition> declare(
            QueueDeclaration declaration, long connection, Supplier<String> generatedName, Supplier<UUID> topicId) {
        Optional<Vhost> vhost = state.vhost(declaration.vhost());
        if (vhost.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(declaration.vhost()));
        }
        QueueDefinition wanted = wanted(vhost.get(), declaration, connection, generatedName);
        boolean serverNamed = Names.clean(declaration.name()).isEmpty();
        Optional<QueueDefinition> current = vhost.get().queue(wanted.name());
        if (current.isPresent()) {
            return redeclare(wanted, declaration, current.get());
        }
        return refusal(wanted, declaration, serverNamed)
                .<Decision<QueueDefinition>>map(Refused::new)
                .orElseGet(() -> new Change<>(creation(wanted, topicId), wanted));
    }

    // the topic comes first: the queue is over it
    private List<CatalogOperation> creation(QueueDefinition wanted, Supplier<UUID> topicId) {
        List<CatalogOperation> operations = new ArrayList<>();
        if (wanted.type() == QueueType.STREAM && !wanted.view()) {
            operations.add(topics.forStream(wanted, topicId.get()));
        }
        operations.add(new AddQueue(wanted));
        return operations;
    }

    private QueueDefinition wanted(
            Vhost vhost, QueueDeclaration declaration, long connection, Supplier<String> generatedName) {
        String cleanName = Names.clean(declaration.name());
        String name = cleanName.isEmpty() ? generatedName.get() : cleanName;
        FieldTable arguments = QueueArguments.withType(declaration.arguments(), defaultType(vhost, declaration));
        QueueType type = QueueArguments.type(arguments).orElse(QueueType.CLASSIC); // an unknown type is refused
        return new QueueDefinition(
                state.nextQueueId(),
                declaration.vhost(),
                name,
                type,
                declaration.durable() && !declaration.exclusive(),
                declaration.exclusive() ? connection : QueueDefinition.NOT_EXCLUSIVE,
                declaration.autoDelete(),
                arguments,
                type == QueueType.STREAM
                        && state.topics().topic(declaration.vhost(), name).isPresent());
    }

    // the vhost's, where such a queue can be of it
    private static QueueType defaultType(Vhost vhost, QueueDeclaration declaration) {
        QueueType type = vhost.definition().defaultQueueType().orElse(QueueType.CLASSIC);
        return unsuitableProperty(type, declaration).isEmpty() ? type : QueueType.CLASSIC;
    }

    private Decision<QueueDefinition> redeclare(
            QueueDefinition wanted, QueueDeclaration declaration, QueueDefinition current) {
        Resource queue = current.resource();
        if (current.exclusiveOwner() != wanted.exclusiveOwner()) {
            return new Refused<>(new Refusal.Locked(queue));
        }
        return Equivalence.flag(queue, "durable", wanted.durable(), current.durable())
                .or(() -> Equivalence.flag(queue, "auto_delete", declaration.autoDelete(), current.autoDelete()))
                .or(() -> Equivalence.arguments(
                        queue, QueueArguments.compared(current.type()), wanted.arguments(), current.arguments()))
                .<Decision<QueueDefinition>>map(Refused::new)
                .orElseGet(() -> new NoChange<>(current));
    }

    private Optional<Refusal> refusal(QueueDefinition wanted, QueueDeclaration declaration, boolean serverNamed) {
        if (!serverNamed && Names.reserved(wanted.name())) {
            return Optional.of(new Refusal.ReservedName(wanted.resource()));
        }
        Optional<Refusal> limit = queueLimit(wanted);
        if (limit.isPresent()) {
            return limit;
        }
        if (serverNamed && wanted.type() != QueueType.CLASSIC) {
            return Optional.of(new Refusal.Malformed("Cannot declare a server-named queue for type "
                    + wanted.type().rabbitModule()));
        }
        return QueueArguments.check(wanted.resource(), wanted.arguments())
                .or(() -> unsuitableProperty(wanted.type(), declaration)
                        .map(property -> new Refusal.InvalidProperty(wanted.resource(), property)))
                .or(() -> wanted.type() == QueueType.STREAM ? unfitStream(wanted) : Optional.empty());
    }

    private static Optional<Refusal> unfitStream(QueueDefinition wanted) {
        return StreamArguments.segmentTooLarge(wanted.arguments())
                .or(() -> StreamArguments.badFilterSize(wanted.arguments()))
                .or(() -> TopicNames.unfit(wanted.resource()));
    }

    private Optional<Refusal> queueLimit(QueueDefinition wanted) {
        Vhost vhost = state.required(wanted.vhost());
        long limit = state.parameters().limits(vhost.name()).getOrDefault(Catalog.MAX_QUEUES, -1L);
        return limit >= 0 && vhost.visibleQueues() >= limit
                ? Optional.of(
                        new Refusal.LimitReached("cannot declare queue '%s': queue limit in vhost '%s' (%d) is reached"
                                .formatted(wanted.name(), vhost.name(), limit)))
                : Optional.empty();
    }

    private static Optional<String> unsuitableProperty(QueueType type, QueueDeclaration declaration) {
        return switch (type) {
            case CLASSIC -> Optional.empty();
            case QUORUM, STREAM -> {
                if (declaration.autoDelete()) {
                    yield Optional.of("auto-delete");
                }
                if (declaration.exclusive()) {
                    yield Optional.of("exclusive-owner");
                }
                yield declaration.durable() ? Optional.empty() : Optional.of("non-durable");
            }
        };
    }

    Decision<QueueDefinition> find(String vhost, String name, long connection) {
        Optional<Vhost> found = state.vhost(vhost);
        if (found.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhost));
        }
        String cleanName = Names.clean(name);
        Optional<QueueDefinition> queue = found.get().queue(cleanName);
        if (queue.isEmpty()) {
            return new Refused<>(new Refusal.NotFound(Resource.queue(cleanName, vhost)));
        }
        return queue.get().openTo(connection)
                ? new NoChange<>(queue.get())
                : new Refused<>(new Refusal.Locked(queue.get().resource()));
    }

    Decision<Optional<QueueDefinition>> delete(String vhost, String name, long connection) {
        return switch (find(vhost, name, connection)) {
            case Refused<QueueDefinition>(Refusal.NotFound _) -> new NoChange<>(Optional.empty());
            case Refused<QueueDefinition>(Refusal refusal) -> new Refused<>(refusal);
            case NoChange<QueueDefinition>(QueueDefinition queue) ->
                new Change<>(removal(List.of(queue)), Optional.of(queue));
            case Change<QueueDefinition> _ -> throw new IllegalStateException("finding a queue changes nothing");
        };
    }

    Decision<List<QueueDefinition>> deleteAll(Collection<QueueDefinition> queues) {
        List<QueueDefinition> doomed = List.copyOf(queues);
        return doomed.isEmpty() ? new NoChange<>(doomed) : new Change<>(removal(doomed), doomed);
    }

    private List<CatalogOperation> removal(List<QueueDefinition> doomed) {
        List<CatalogOperation> operations = new ArrayList<>();
        AutoDeletion autoDeletion = new AutoDeletion(state);
        for (QueueDefinition queue : doomed) {
            operations.add(new RemoveQueue(queue.vhost(), queue.name()));
            if (queue.type() == QueueType.STREAM && !queue.view()) {
                operations.add(new CatalogOperation.RemoveTopic(queue.vhost(), queue.name()));
            }
            autoDeletion.queueGoes(queue);
        }
        operations.addAll(autoDeletion.operations());
        return operations;
    }
}
