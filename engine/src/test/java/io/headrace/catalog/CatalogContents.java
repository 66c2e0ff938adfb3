package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.VHOST;

import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// All that a catalog holds, to be compared.
record CatalogContents(
        Set<ExchangeDefinition> exchanges,
        Set<QueueDefinition> queues,
        Set<BindingKey> bindings,
        List<TopicDefinition> topics,
        List<SortedMap<String, String>> settings,
        List<UserDefinition> users,
        Map<String, Permission> permissions,
        List<List<TopicPermission>> topicPermissions,
        Optional<VhostDefinition> vhost,
        List<Policy> policies,
        List<Policy> operatorPolicies,
        List<Parameter> parameters,
        Map<String, FieldValue> globalParameters,
        Set<Acl> acls,
        Map<String, FieldTable> effective) {
    static CatalogContents of(Catalog catalog) {
        return new CatalogContents(
                catalog.exchanges(VHOST).collect(Collectors.toSet()),
                catalog.queues(VHOST).collect(Collectors.toSet()),
                new HashSet<>(catalog.bindings(VHOST).toList()),
                catalog.topics(VHOST),
                List.of(catalog.settings("s0"), catalog.settings("s1")),
                catalog.users(),
                catalog.permissionsIn(VHOST),
                IntStream.range(0, 3)
                        .mapToObj(i -> catalog.topicPermissions("u" + i, VHOST))
                        .toList(),
                catalog.vhost(VHOST),
                catalog.policies(VHOST, false),
                catalog.policies(VHOST, true),
                catalog.parameters(),
                catalog.globalParameters(),
                Set.copyOf(catalog.acls().all()),
                Stream.concat(
                                catalog.queues(VHOST)
                                        .map(queue -> Map.entry("q" + queue.id(), catalog.effective(queue))),
                                catalog.exchanges(VHOST)
                                        .map(exchange -> Map.entry("x" + exchange.name(), catalog.effective(exchange))))
                        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    }
}
