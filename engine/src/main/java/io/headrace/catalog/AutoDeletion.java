package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.RemoveExchange;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which auto-delete exchanges go along with something else: those that lose their last binding as a
/// source, and, as each of them takes the bindings to it along, perhaps further ones.
///
/// Threads: made and used up within one decision.
final class AutoDeletion {
    private record Source(Vhost vhost, String exchange) {}

    private record Gone(Vhost vhost, BindingKey binding) {}

    private final CatalogState state;
    private final Set<Gone> gone = new HashSet<>();
    private final Map<Source, Integer> lost = new HashMap<>();
    private final Set<Source> doomed = new HashSet<>();
    private final Deque<Source> toVisit = new ArrayDeque<>();
    private final List<CatalogOperation> operations = new ArrayList<>();

    AutoDeletion(CatalogState state) {
        this.state = state;
    }

    void queueGoes(QueueDefinition queue) {
        Vhost vhost = state.required(queue.vhost());
        vhost.toQueue(queue.name()).forEach(binding -> bindingGoes(vhost, binding));
    }

    /// Counts an exchange that the caller removes itself.
    void exchangeGoes(Vhost vhost, String exchange) {
        doomed.add(new Source(vhost, exchange));
        vhost.from(exchange).forEach(binding -> gone.add(new Gone(vhost, binding)));
        vhost.toExchange(exchange).forEach(binding -> bindingGoes(vhost, binding));
    }

    void bindingGoes(Vhost vhost, BindingKey binding) {
        if (!gone.add(new Gone(vhost, binding))) {
            return;
        }
        Source source = new Source(vhost, binding.source());
        int lostBindings = lost.merge(source, 1, Integer::sum);
        Optional<ExchangeDefinition> exchange = vhost.exchange(binding.source());
        boolean last = lostBindings == vhost.from(binding.source()).size();
        if (last && exchange.isPresent() && exchange.get().autoDelete() && doomed.add(source)) {
            toVisit.add(source);
        }
    }

    /// What has to be removed besides what the caller named, in the order in which it goes.
    List<CatalogOperation> operations() {
        while (!toVisit.isEmpty()) {
            Source source = toVisit.remove();
            operations.add(new RemoveExchange(source.vhost.name(), source.exchange));
            source.vhost.toExchange(source.exchange).forEach(binding -> bindingGoes(source.vhost, binding));
        }
        return operations;
    }
}
