package io.headrace.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.CatalogOperation;
import io.headrace.catalog.Decision;
import io.headrace.catalog.ExchangeDeclaration;
import io.headrace.catalog.Policy;
import io.headrace.catalog.QueueDeclaration;
import io.headrace.log.EntryFrame;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;

/// Goal: routers that followed every change route as those that were rebuilt from a snapshot.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class RoutersTest {
    private static final String VHOST = "v";
    private static final List<String> TYPES =
            List.of("direct", "fanout", "topic", "headers", "x-modulus-hash", "x-consistent-hash");

    private final Catalog catalog = new Catalog();
    private final Routers routers = new Routers();
    private long nextOffset;

    @Test
    void a_router_that_followed_routes_like_one_that_was_rebuilt() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        catalog.addListener(routers);
        carryOut(catalog.operators().decideAddVhost(VHOST));

        for (int step = 1; step <= 4_000; step++) {
            carryOut(next(random));
            if (step % 200 == 0) {
                assertSameRoutes(seed, step);
            }
        }
    }

    @Test
    void a_vhost_has_a_router_as_long_as_it_exists() {
        catalog.addListener(routers);
        assertThat(routers.of(VHOST)).isEmpty();

        carryOut(catalog.operators().decideAddVhost(VHOST));
        Router router = routers.of(VHOST).orElseThrow();
        carryOut(catalog.decideDeclareQueue(
                new QueueDeclaration(VHOST, "q", true, false, false, FieldTable.EMPTY), 1, () -> "", UUID::randomUUID));
        assertThat(routers.of(VHOST)).containsSame(router);
        carryOut(catalog.operators().decideRemoveVhost(VHOST));

        assertThat(routers.of(VHOST)).isEmpty();
    }

    private Decision<?> next(Random random) {
        String queue = "q" + random.nextInt(8);
        String exchange = "x" + random.nextInt(6);
        return switch (random.nextInt(14)) {
            case 12 ->
                catalog.rules()
                        .decidePutPolicy(new Policy(
                                VHOST,
                                "p" + random.nextInt(2),
                                "x" + random.nextInt(6),
                                new FieldTable(Map.of("alternate-exchange", FieldValue.LongString.of(exchange))),
                                random.nextInt(2),
                                Policy.ApplyTo.ALL,
                                false));
            case 13 -> catalog.rules().decideRemovePolicy(VHOST, "p" + random.nextInt(2), false);
            case 0, 1 ->
                catalog.decideDeclareQueue(
                        new QueueDeclaration(VHOST, queue, true, false, false, FieldTable.EMPTY),
                        1,
                        () -> "",
                        UUID::randomUUID);
            case 2, 3 ->
                catalog.decideDeclareExchange(new ExchangeDeclaration(
                        VHOST,
                        exchange,
                        TYPES.get(random.nextInt(TYPES.size())),
                        true,
                        random.nextBoolean(),
                        false,
                        FieldTable.EMPTY));
            case 4 -> catalog.decideDeleteQueue(VHOST, queue, 1);
            case 5 -> catalog.decideDeleteExchange(VHOST, exchange, false);
            case 6 -> catalog.decideUnbind(VHOST, binding(random, exchange, queue), 1);
            default -> catalog.decideBind(VHOST, binding(random, exchange, queue), 1);
        };
    }

    private static BindingKey binding(Random random, String exchange, String queue) {
        boolean toExchange = random.nextInt(3) == 0;
        String key = List.of("a", "a.b", "a.*", "#", "", "3").get(random.nextInt(6));
        return new BindingKey(
                exchange, toExchange, toExchange ? "x" + random.nextInt(6) : queue, key, FieldTable.EMPTY);
    }

    private void assertSameRoutes(long seed, int step) {
        Catalog restored = new Catalog();
        Routers rebuilt = new Routers();
        restored.addListener(rebuilt);
        restored.restore(catalog.snapshot());
        Router followed = routers.of(VHOST).orElseThrow();
        Router fresh = rebuilt.of(VHOST).orElseThrow();

        for (int exchange = 0; exchange < 6; exchange++) {
            for (String key : List.of("", "a", "a.b", "c", "q1")) {
                Route expected = fresh.route("x" + exchange, key, () -> FieldTable.EMPTY);
                Route actual = followed.route("x" + exchange, key, () -> FieldTable.EMPTY);
                assertThat(actual.queueIds())
                        .as("seed %d, step %d, x%d, '%s'", seed, step, exchange, key)
                        .isEqualTo(expected.queueIds());
                assertThat(actual.exchangeExists()).isEqualTo(expected.exchangeExists());
            }
        }
    }

    private void carryOut(Decision<?> decision) {
        if (decision instanceof Decision.Change<?> change) {
            int bytes = CatalogOperation.sizeBytes(change.operations());
            ByteBuffer page = ByteBuffer.allocate(EntryFrame.VALUE_START + bytes);
            CatalogOperation.encode(change.operations(), page, EntryFrame.VALUE_START);
            catalog.apply(nextOffset++, 0, page, 0, bytes);
        }
    }
}
