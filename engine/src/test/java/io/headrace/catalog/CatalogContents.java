package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.VHOST;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// All that a catalog holds, to be compared.
record CatalogContents(
        Set<ExchangeDefinition> exchanges,
        Set<QueueDefinition> queues,
        Set<BindingKey> bindings,
        List<TopicDefinition> topics,
        List<SortedMap<String, String>> settings,
        List<Optional<UserDefinition>> users,
        List<Optional<Permission>> permissions) {
    static CatalogContents of(Catalog catalog) {
        return new CatalogContents(
                catalog.exchanges(VHOST).collect(Collectors.toSet()),
                catalog.queues(VHOST).collect(Collectors.toSet()),
                new HashSet<>(catalog.bindings(VHOST).toList()),
                catalog.topics(VHOST),
                List.of(catalog.settings("s0"), catalog.settings("s1")),
                IntStream.range(0, 3).mapToObj(i -> catalog.user("u" + i)).toList(),
                IntStream.range(0, 3)
                        .mapToObj(i -> catalog.permission("u" + i, VHOST))
                        .toList());
    }
}
