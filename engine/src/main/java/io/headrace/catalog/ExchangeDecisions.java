package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddExchange;
import io.headrace.catalog.CatalogOperation.RemoveExchange;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The rules for declaring, finding and deleting exchanges.
///
/// Threads: the catalog's owner; [#find] any.
final class ExchangeDecisions {
    private static final Set<String> HASHED_PROPERTIES = Set.of("message_id", "correlation_id", "timestamp");

    private final CatalogState state;

    ExchangeDecisions(CatalogState state) {
        this.state = state;
    }

    Decision<ExchangeDefinition> declare(ExchangeDeclaration declaration) {
        Optional<Vhost> vhost = state.vhost(declaration.vhost());
        if (vhost.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(declaration.vhost()));
        }
        String name = Names.clean(declaration.name());
        if (name.isEmpty()) {
            return new Refused<>(new Refusal.DefaultExchange());
        }
        Optional<ExchangeType> type = ExchangeType.of(declaration.type());
        if (type.isEmpty()) {
            return new Refused<>(new Refusal.UnknownExchangeType(declaration.type()));
        }
        ExchangeDefinition wanted = new ExchangeDefinition(
                declaration.vhost(),
                name,
                type.get(),
                declaration.durable(),
                declaration.autoDelete(),
                declaration.internal(),
                declaration.arguments());
        return vhost.get()
                .exchange(name)
                .map(current -> redeclare(wanted, current))
                .orElseGet(() -> create(wanted));
    }

    private static Decision<ExchangeDefinition> redeclare(ExchangeDefinition wanted, ExchangeDefinition current) {
        Resource exchange = current.resource();
        return Equivalence.text(
                        exchange,
                        "type",
                        wanted.type().wireName(),
                        current.type().wireName())
                .or(() -> Equivalence.flag(exchange, "durable", wanted.durable(), current.durable()))
                .or(() -> Equivalence.flag(exchange, "auto_delete", wanted.autoDelete(), current.autoDelete()))
                .or(() -> Equivalence.flag(exchange, "internal", wanted.internal(), current.internal()))
                .or(() -> Equivalence.arguments(
                        exchange,
                        List.of(
                                ExchangeDefinition.ALTERNATE_EXCHANGE,
                                ExchangeDefinition.FROM_TOPIC,
                                ExchangeDefinition.DELAYED_TYPE),
                        wanted.arguments(),
                        current.arguments()))
                .<Decision<ExchangeDefinition>>map(Refused::new)
                .orElseGet(() -> new NoChange<>(current));
    }

    private Decision<ExchangeDefinition> create(ExchangeDefinition wanted) {
        if (Names.reserved(wanted.name())) {
            return new Refused<>(new Refusal.ReservedName(wanted.resource()));
        }
        return notText(wanted, ExchangeDefinition.ALTERNATE_EXCHANGE)
                .or(() -> notText(wanted, ExchangeDefinition.FROM_TOPIC))
                .or(() -> badTopic(wanted))
                .or(() -> badDelayedType(wanted))
                .or(() -> badHash(wanted))
                .or(() -> badLength(wanted))
                .<Decision<ExchangeDefinition>>map(Refused::new)
                .orElseGet(() -> new Change<>(creation(wanted), wanted));
    }

    private List<CatalogOperation> creation(ExchangeDefinition wanted) {
        return wanted.type() == ExchangeType.DELAYED
                ? List.of(
                        new AddExchange(wanted),
                        new CatalogOperation.AddQueue(QueueDefinition.delaying(state.nextQueueId(), wanted)))
                : List.of(new AddExchange(wanted));
    }

    private static Optional<Refusal> badDelayedType(ExchangeDefinition wanted) {
        if (wanted.type() != ExchangeType.DELAYED) {
            return Optional.empty();
        }
        Optional<String> name = wanted.arguments().text(ExchangeDefinition.DELAYED_TYPE);
        if (name.isEmpty()) {
            return Optional.of(
                    new Refusal.Malformed("Invalid argument, 'x-delayed-type' must be an existing exchange type"));
        }
        if (name.get().equals(ExchangeType.DELAYED.wireName())) {
            return Optional.of(
                    new Refusal.Malformed("Invalid argument, 'x-delayed-message' can't be used for 'x-delayed-type'"));
        }
        return ExchangeType.of(name.get()).isEmpty()
                ? Optional.of(new Refusal.UnknownExchangeType(name.get()))
                : Optional.empty();
    }

    private Optional<Refusal> badTopic(ExchangeDefinition wanted) {
        return wanted.fromTopic()
                .map(topic -> Resource.topic(topic, wanted.vhost()))
                .flatMap(topic ->
                        state.topics().topic(topic.vhost(), topic.name()).isEmpty()
                                ? Optional.of(new Refusal.NotFound(topic))
                                : TopicNames.unfit(topic));
    }

    private static Optional<Refusal> badHash(ExchangeDefinition wanted) {
        return switch (wanted.routingType()) {
            case DIRECT,
                    FANOUT,
                    TOPIC,
                    HEADERS,
                    MODULUS_HASH,
                    RANDOM,
                    LOCAL_RANDOM,
                    DELAYED,
                    RECENT_HISTORY,
                    JMS_TOPIC -> Optional.empty();
            case CONSISTENT_HASH -> {
                FieldTable arguments = wanted.arguments();
                if (arguments.get(ExchangeDefinition.HASH_HEADER).isPresent()
                        && arguments.get(ExchangeDefinition.HASH_PROPERTY).isPresent()) {
                    yield Optional.of(new Refusal.Malformed("hash-header and hash-property are mutually exclusive"));
                }
                yield notText(wanted, ExchangeDefinition.HASH_HEADER)
                        .or(() -> notText(wanted, ExchangeDefinition.HASH_PROPERTY))
                        .or(() -> arguments
                                .text(ExchangeDefinition.HASH_PROPERTY)
                                .filter(property -> !HASHED_PROPERTIES.contains(property))
                                .map(property -> new Refusal.Malformed("Unsupported property: " + property)));
            }
        };
    }

    private static Optional<Refusal> badLength(ExchangeDefinition wanted) {
        return wanted.routingType() == ExchangeType.RECENT_HISTORY
                ? wanted.arguments()
                        .get(ExchangeDefinition.HISTORY_LENGTH)
                        .filter(value -> value.integer().orElse(0) <= 0)
                        .map(value -> new Refusal.Malformed("Invalid argument " + ErlangTerm.of(value)
                                + ", 'x-recent-history-length' must be a positive integer"))
                : Optional.empty();
    }

    private static Optional<Refusal> notText(ExchangeDefinition wanted, String argument) {
        FieldTable arguments = wanted.arguments();
        return arguments
                .get(argument)
                .filter(value -> !(value instanceof FieldValue.LongString))
                .map(value -> new Refusal.Malformed("invalid type '" + value.typeName() + "' for arg '" + argument
                        + "' in exchange '" + wanted.name() + "' in vhost '"
                        + wanted.vhost() + "'"));
    }

    Decision<ExchangeDefinition> find(String vhost, String name) {
        Optional<Vhost> found = state.vhost(vhost);
        if (found.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhost));
        }
        String cleanName = Names.clean(name);
        if (cleanName.isEmpty()) {
            return new Refused<>(new Refusal.DefaultExchange());
        }
        return found.get()
                .exchange(cleanName)
                .<Decision<ExchangeDefinition>>map(NoChange::new)
                .orElseGet(() -> new Refused<>(new Refusal.NotFound(Resource.exchange(cleanName, vhost))));
    }

    Decision<Optional<ExchangeDefinition>> delete(String vhostName, String rawName, boolean ifUnused) {
        Optional<Vhost> vhost = state.vhost(vhostName);
        if (vhost.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhostName));
        }
        String name = Names.clean(rawName);
        Resource resource = Resource.exchange(name, vhostName);
        if (name.isEmpty()) {
            return new Refused<>(new Refusal.DefaultExchange());
        }
        if (Names.reserved(name)) {
            return new Refused<>(new Refusal.SystemExchange(resource));
        }
        Optional<ExchangeDefinition> exchange = vhost.get().exchange(name);
        if (exchange.isEmpty()) {
            return new NoChange<>(exchange);
        }
        if (ifUnused && !vhost.get().from(name).isEmpty()) {
            return new Refused<>(new Refusal.InUse(resource));
        }
        return new Change<>(removal(vhost.get(), name), exchange);
    }

    private List<CatalogOperation> removal(Vhost vhost, String name) {
        AutoDeletion autoDeletion = new AutoDeletion(state);
        autoDeletion.exchangeGoes(vhost, name);
        List<CatalogOperation> operations = new ArrayList<>();
        operations.add(new RemoveExchange(vhost.name(), name));
        operations.addAll(autoDeletion.operations());
        return operations;
    }
}
