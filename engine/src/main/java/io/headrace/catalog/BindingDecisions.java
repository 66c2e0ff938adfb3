package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.AddBinding;
import io.headrace.catalog.CatalogOperation.RemoveBinding;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import io.headrace.message.FieldValue;
import io.headrace.selector.Selector;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The rules for binding and unbinding.
///
/// Threads: the catalog's owner.
final class BindingDecisions {
    /// The argument that says how a headers binding combines the others.
    private static final String MATCH = "x-match";

    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,50}");
    private static final Set<String> MATCH_MODES = Set.of("all", "any", "all-with-x", "any-with-x");

    private final CatalogState state;

    BindingDecisions(CatalogState state) {
        this.state = state;
    }

    Decision<BindingKey> bind(String vhostName, BindingKey asked, long connection) {
        Optional<Vhost> vhost = state.vhost(vhostName);
        if (vhost.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhostName));
        }
        BindingKey binding = clean(asked);
        Optional<Refusal> refusal = touchesDefault(binding)
                .or(() -> missing(vhost.get(), binding))
                .or(() -> locked(vhost.get(), binding, connection))
                .or(() -> badArguments(vhost.get(), binding));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        if (vhost.get().has(binding)) {
            return new NoChange<>(binding);
        }
        List<CatalogOperation> operations = new ArrayList<>();
        if (!binding.toExchange() && vhost.get().queue(binding.destination()).isEmpty()) {
            operations.add(new CatalogOperation.AddQueue(view(vhostName, binding.destination())));
        }
        operations.add(new AddBinding(vhostName, binding));
        return new Change<>(operations, binding);
    }

    // a topic that is bound becomes a queue as well
    private QueueDefinition view(String vhost, String topic) {
        return new QueueDefinition(
                state.nextQueueId(),
                vhost,
                topic,
                QueueType.STREAM,
                true,
                QueueDefinition.NOT_EXCLUSIVE,
                false,
                QueueArguments.ofType(QueueType.STREAM),
                true);
    }

    Decision<BindingKey> unbind(String vhostName, BindingKey asked, long connection) {
        Optional<Vhost> vhost = state.vhost(vhostName);
        if (vhost.isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(vhostName));
        }
        BindingKey binding = clean(asked);
        Optional<Refusal> refusal = touchesDefault(binding);
        boolean there = vhost.get().has(binding);
        if (refusal.isEmpty() && there) { // what is not bound, nobody needs the queue for
            refusal = locked(vhost.get(), binding, connection);
        }
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        return there ? new Change<>(removal(vhost.get(), binding), binding) : new NoChange<>(binding);
    }

    private List<CatalogOperation> removal(Vhost vhost, BindingKey binding) {
        AutoDeletion autoDeletion = new AutoDeletion(state);
        autoDeletion.bindingGoes(vhost, binding);
        List<CatalogOperation> operations = new ArrayList<>();
        operations.add(new RemoveBinding(vhost.name(), binding));
        operations.addAll(autoDeletion.operations());
        return operations;
    }

    private static BindingKey clean(BindingKey asked) {
        return new BindingKey(
                Names.clean(asked.source()),
                asked.toExchange(),
                Names.clean(asked.destination()),
                asked.routingKey(),
                asked.arguments());
    }

    private static Optional<Refusal> touchesDefault(BindingKey binding) {
        boolean touches = binding.source().isEmpty()
                || binding.toExchange() && binding.destination().isEmpty();
        return touches ? Optional.of(new Refusal.DefaultExchange()) : Optional.empty();
    }

    private Optional<Refusal> missing(Vhost vhost, BindingKey binding) {
        if (vhost.exchange(binding.source()).isEmpty()) {
            return Optional.of(new Refusal.NotFound(Resource.exchange(binding.source(), vhost.name())));
        }
        boolean there = binding.toExchange()
                ? vhost.exchange(binding.destination()).isPresent()
                : vhost.queue(binding.destination()).isPresent();
        if (!there
                && !binding.toExchange()
                && state.topics().topic(vhost.name(), binding.destination()).isPresent()) {
            return TopicNames.unfit(Resource.queue(binding.destination(), vhost.name()));
        }
        return there ? Optional.empty() : Optional.of(new Refusal.NotFound(destination(vhost, binding)));
    }

    private static Resource destination(Vhost vhost, BindingKey binding) {
        return binding.toExchange()
                ? Resource.exchange(binding.destination(), vhost.name())
                : Resource.queue(binding.destination(), vhost.name());
    }

    private static Optional<Refusal> locked(Vhost vhost, BindingKey binding, long connection) {
        if (binding.toExchange()) {
            return Optional.empty();
        }
        return vhost.queue(binding.destination())
                .filter(queue -> !queue.openTo(connection))
                .map(queue -> new Refusal.Locked(queue.resource()));
    }

    private static Optional<Refusal> badArguments(Vhost vhost, BindingKey binding) {
        ExchangeType type = vhost.exchange(binding.source()).orElseThrow().routingType();
        return switch (type) {
            case DIRECT, FANOUT, TOPIC, MODULUS_HASH, RANDOM, DELAYED, RECENT_HISTORY -> Optional.empty();
            case CONSISTENT_HASH -> badWeight(binding.routingKey());
            case LOCAL_RANDOM -> unfitForLocalRandom(vhost, binding);
            case JMS_TOPIC -> badSelector(binding);
            case HEADERS -> binding.arguments().get(MATCH).flatMap(BindingDecisions::badMatch);
        };
    }

    private static Optional<Refusal> badWeight(String key) {
        if (!INTEGER.matcher(key).matches()) {
            return Optional.of(new Refusal.Malformed("The binding key must be an integer: " + ErlangTerm.binary(key)));
        }
        return new BigInteger(key).signum() > 0
                ? Optional.empty()
                : Optional.of(new Refusal.Malformed("The binding key must be greater than 0"));
    }

    private static Optional<Refusal> unfitForLocalRandom(Vhost vhost, BindingKey binding) {
        if (!binding.routingKey().isEmpty()) {
            return Optional.of(
                    new Refusal.Malformed("Non empty binding '" + binding.routingKey() + "' key not permitted"));
        }
        if (binding.toExchange()) {
            return Optional.of(new Refusal.Malformed("Destination not found"));
        }
        QueueType type =
                vhost.queue(binding.destination()).map(QueueDefinition::type).orElse(QueueType.STREAM);
        return type == QueueType.CLASSIC
                ? Optional.empty()
                : Optional.of(new Refusal.Malformed(
                        "Queue type " + type.rabbitModule() + " not valid for this exchange type"));
    }

    // in the words that the plugin has for it; that of 3.10.8 does not come to say them and ends in a 541
    private static Optional<Refusal> badSelector(BindingKey binding) {
        String given = binding.arguments()
                .text(Selector.ARGUMENT)
                .map(text -> '"' + text + '"')
                .orElse("error");
        return Selector.of(binding.arguments()).isPresent()
                ? Optional.empty()
                : Optional.of(new Refusal.Malformed("cannot parse selector '" + given + "' binding destination '"
                        + binding.destination() + "' to exchange '" + binding.source() + "'"));
    }

    private static Optional<Refusal> badMatch(FieldValue value) {
        if (!(value instanceof FieldValue.LongString mode)) {
            return Optional.of(new Refusal.Malformed("Invalid x-match field type " + value.typeName() + " (value "
                    + Equivalence.display(value) + "); expected longstr"));
        }
        return MATCH_MODES.contains(mode.text())
                ? Optional.empty()
                : Optional.of(new Refusal.Malformed("Invalid x-match field value <<\"" + mode.text()
                        + "\">>; expected all, any, all-with-x, or any-with-x"));
    }
}
