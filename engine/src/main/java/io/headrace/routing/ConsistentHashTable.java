package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.message.FieldTable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/// One destination for each key: rendezvous hashing with weights. Every destination draws a number from the key and
/// itself, and the lowest wins, so a destination that comes takes keys only for itself, and those of one that goes
/// spread over the others in proportion to their weights.
///
/// A second binding to the same destination is ignored as long as the first is there, as in RabbitMQ.
final class ConsistentHashTable implements Table {
    private static final BigInteger WEIGHT_MAX = BigInteger.valueOf(1_000_000_000);
    private static final double UNIT = 0x1p-53;

    /// @param seed what the destination brings to its draws
    private record Bound(BindingKey binding, Target target, Targets alone, long seed, double weight) {}

    private final FieldTable arguments;
    private volatile List<Bound> bindings = List.of(); // in the order they were made
    private volatile List<Bound> drawing = List.of(); // the first of each destination

    ConsistentHashTable(FieldTable arguments) {
        this.arguments = arguments;
    }

    @Override
    public void add(BindingKey binding, Target target) {
        List<Bound> more = new ArrayList<>(bindings);
        more.add(new Bound(binding, target, Targets.NONE.with(target), seed(target), weight(binding)));
        set(more);
    }

    @Override
    public void remove(BindingKey binding, Target target) {
        set(bindings.stream().filter(bound -> !bound.binding.equals(binding)).toList());
    }

    private void set(List<Bound> changed) {
        List<Bound> firsts = new ArrayList<>();
        for (Bound bound : changed) {
            if (firsts.stream().noneMatch(first -> first.target.equals(bound.target))) {
                firsts.add(bound);
            }
        }
        bindings = List.copyOf(changed);
        drawing = List.copyOf(firsts);
    }

    // ids of queues are never used again, and stay the same over restarts
    private static long seed(Target target) {
        return switch (target) {
            case Target.Queue(int id) -> Hash.mixed(id);
            case Target.Exchange(String name) -> Hash.of(name);
        };
    }

    private static double weight(BindingKey binding) {
        return new BigInteger(binding.routingKey()).min(WEIGHT_MAX).doubleValue();
    }

    @Override
    public boolean perMessage() {
        return arguments.get(ExchangeDefinition.HASH_HEADER).isPresent()
                || arguments.get(ExchangeDefinition.HASH_PROPERTY).isPresent();
    }

    @Override
    public void match(List<String> keys, MessageTraits message, Found found) {
        long hash = hash(keys, message);
        Bound winner = null;
        double lowest = Double.POSITIVE_INFINITY;
        for (Bound bound : drawing) {
            double drawn = ((Hash.mixed(hash ^ bound.seed) >>> 11) + 1) * UNIT; // above 0, at most 1
            double score = -StrictMath.log(drawn) / bound.weight;
            if (score < lowest) {
                lowest = score;
                winner = bound;
            }
        }
        if (winner != null) {
            found.add(winner.alone);
        }
    }

    private long hash(List<String> keys, MessageTraits message) {
        var header = arguments.text(ExchangeDefinition.HASH_HEADER);
        if (header.isPresent()) {
            return message.headers().get(header.get()).map(Hash::of).orElseGet(() -> Hash.of(""));
        }
        return arguments
                .text(ExchangeDefinition.HASH_PROPERTY)
                .map(property -> Hash.of(message.property(property).orElse("")))
                .orElseGet(() -> Hash.of(keys));
    }
}
