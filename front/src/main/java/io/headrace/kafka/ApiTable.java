package io.headrace.kafka;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.protocol.ApiKeys;

/// Everything that is answered, by its key.
///
/// Threads: any, once it is made.
final class ApiTable {
    private final Map<ApiKeys, Served> byKey = new EnumMap<>(ApiKeys.class);

    ApiTable(List<ApiFamily> families) {
        families.stream().flatMap(family -> family.served().stream()).forEach(this::add);
    }

    private void add(Served served) {
        if (byKey.put(served.key(), served) != null) {
            throw new IllegalArgumentException("two families answer " + served.key());
        }
    }

    Optional<Served> find(ApiKeys key) {
        return Optional.ofNullable(byKey.get(key));
    }

    Collection<Served> all() {
        return byKey.values();
    }
}
