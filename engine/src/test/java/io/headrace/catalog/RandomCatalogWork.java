package io.headrace.catalog;

import static io.headrace.catalog.TestCatalog.VHOST;

import io.headrace.message.FieldTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/// What clients and operators might ask next, from a seed.
final class RandomCatalogWork {
    private static final List<String> TYPES = List.of("direct", "fanout", "topic", "headers");

    private final Random random;

    RandomCatalogWork(long seed) {
        random = new Random(seed);
    }

    Decision<?> next(Catalog catalog) {
        long connection = 1 + random.nextInt(3);
        return switch (random.nextInt(38)) {
            case 0, 1, 2, 3, 4 ->
                catalog.decideDeclareQueue(
                        queue(),
                        connection,
                        () -> "amq.gen-" + random.nextInt(5),
                        () -> new UUID(1, random.nextLong()));
            case 5, 6, 7 -> catalog.decideDeclareExchange(exchange());
            case 8, 9, 10, 11, 12, 13 -> catalog.decideBind(VHOST, binding(), connection);
            case 14 -> catalog.decideUnbind(VHOST, binding(), connection);
            case 15 -> catalog.decideDeleteQueue(VHOST, queueName(), connection);
            case 16 -> catalog.decideDeleteExchange(VHOST, exchangeName(), random.nextBoolean());
            case 17 -> random.nextInt(10) == 0 ? catalog.decideRestart() : catalog.decideConnectionGone(connection);
            case 18 -> catalog.operators().decidePutUser(new UserDefinition("u" + random.nextInt(3), "", Set.of("t")));
            case 19, 20 ->
                catalog.decideCreateTopic(
                        VHOST, topicName(), new UUID(0, random.nextLong()), 1 + random.nextInt(3), settings());
            case 21 -> catalog.decideDeleteTopic(VHOST, topicName());
            case 22 -> catalog.decideGrowTopic(VHOST, topicName(), 1 + random.nextInt(2));
            case 23 -> catalog.decideSetTopic(VHOST, topicName(), settings());
            case 24 -> catalog.decidePutSettings("s" + random.nextInt(2), settings());
            case 25 ->
                catalog.operators()
                        .decidePutVhost(new VhostDefinition(
                                VHOST,
                                "d" + random.nextInt(2),
                                List.of(),
                                Optional.empty(),
                                random.nextBoolean(),
                                random.nextBoolean()));
            case 26, 27, 28 -> catalog.rules().decidePutPolicy(policy());
            case 29 -> catalog.rules().decideRemovePolicy(VHOST, "p" + random.nextInt(4), random.nextBoolean());
            case 30 -> catalog.rules().decidePutVhostLimit(VHOST, "max-queues", 10 + random.nextInt(3));
            case 31 -> catalog.rules().decideRemoveVhostLimit(VHOST, "max-queues");
            case 32 ->
                random.nextBoolean()
                        ? catalog.rules().decidePutGlobalParameter("g" + random.nextInt(2), TestCatalog.number(1))
                        : catalog.rules().decideRemoveGlobalParameter("g" + random.nextInt(2));
            case 33 ->
                random.nextBoolean()
                        ? catalog.operators()
                                .decidePutTopicPermission(
                                        "u" + random.nextInt(3), VHOST, new TopicPermission(exchangeName(), "w", "r"))
                        : catalog.operators()
                                .decideRemoveTopicPermission("u" + random.nextInt(3), VHOST, Optional.empty());
            case 35 -> catalog.acls().decideAdd(acls());
            case 36 -> catalog.acls().decideRemove(acls());
            case 34 -> catalog.operators().decidePutUserLimit("u" + random.nextInt(3), "max-channels", 3);
            default -> catalog.operators().decidePutPermission("u" + random.nextInt(3), VHOST, permission());
        };
    }

    private QueueDeclaration queue() {
        return new QueueDeclaration(
                VHOST, queueName(), random.nextBoolean(), random.nextInt(4) == 0, random.nextBoolean(), arguments());
    }

    private ExchangeDeclaration exchange() {
        String type = TYPES.get(random.nextInt(TYPES.size()));
        return new ExchangeDeclaration(
                VHOST, exchangeName(), type, random.nextBoolean(), random.nextBoolean(), false, arguments());
    }

    private BindingKey binding() {
        boolean toExchange = random.nextInt(3) == 0;
        return new BindingKey(
                exchangeName(),
                toExchange,
                toExchange ? exchangeName() : queueName(),
                "k" + random.nextInt(3),
                arguments());
    }

    private Policy policy() {
        boolean operator = random.nextBoolean();
        var definition = operator || random.nextBoolean()
                ? TestCatalog.arguments("max-length", TestCatalog.number(random.nextInt(5)))
                : TestCatalog.arguments("alternate-exchange", exchangeName());
        return new Policy(
                VHOST,
                "p" + random.nextInt(4),
                "[xq]" + random.nextInt(8),
                definition,
                random.nextInt(3),
                Policy.ApplyTo.values()[random.nextInt(Policy.ApplyTo.values().length)],
                operator);
    }

    private Permission permission() {
        return new Permission(".*", "w" + random.nextInt(2), "");
    }

    private List<Acl> acls() {
        return List.of(acl(), acl());
    }

    private Acl acl() {
        return new Acl(
                any(Acl.ResourceType.values()),
                any(Acl.Pattern.values()),
                topicName(),
                "User:u" + random.nextInt(3),
                Acl.ANY,
                any(Acl.Operation.values()),
                any(Acl.Effect.values()));
    }

    private <T> T any(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private FieldTable arguments() {
        return switch (random.nextInt(4)) {
            case 0, 1 -> FieldTable.EMPTY;
            case 2 -> TestCatalog.arguments("x-queue-type", "stream");
            default -> TestCatalog.arguments("n", "v" + random.nextInt(2));
        };
    }

    private Map<String, String> settings() {
        return random.nextBoolean() ? Map.of() : Map.of("k" + random.nextInt(2), "v" + random.nextInt(2));
    }

    private String topicName() {
        return random.nextInt(3) == 0 ? queueName() : "t" + random.nextInt(4);
    }

    private String queueName() {
        int number = random.nextInt(12);
        return number == 0 ? "" : "q" + number;
    }

    private String exchangeName() {
        return "x" + random.nextInt(8);
    }
}
