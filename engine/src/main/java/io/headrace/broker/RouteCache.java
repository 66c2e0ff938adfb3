package io.headrace.broker;

import io.headrace.bridge.Destinations;
import io.headrace.catalog.Acl;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.message.MalformedException;
import io.headrace.message.MessageProperties;
import io.headrace.routing.CopyKeys;
import io.headrace.routing.PropertiesTraits;
import io.headrace.routing.Route;
import io.headrace.routing.Router;
import io.headrace.security.User;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where messages of one session go, by exchange and routing key: looked up as bytes, so that a publish
/// makes no strings. Forgotten whole when bindings of the vhost or anybody's permissions or access control lists
/// change.
///
/// Threads: the loop.
final class RouteCache {
    private static final int ENTRIES_MAX = 10_000;
    private static final byte[] NO_NAMES = {};
    /// Where nothing may be published.
    private static final ExchangeCounts NOT_COUNTED = new ExchangeCounts("");

    private final Engine engine;
    private final User user;
    private final String vhost;
    private final Router router;
    private final Map<Names, Entry> entries = new HashMap<>();
    private final Names probe = new Names();
    private final List<Entry> used = new ArrayList<>(); // since they were added up
    private List<String> histories = List.of();
    private Entry last;
    private long routesVersion = -1;
    private long accessVersion = -1;

    RouteCache(Engine engine, User user, String vhost) {
        this.engine = engine;
        this.user = user;
        this.vhost = vhost;
        this.router = engine.router(vhost);
    }

    /// The exchange name and the routing key, one after the other.
    private static final class Names {
        byte[] bytes;
        int exchangeBytes;
        int length;
        int hash;

        Names set(byte[] bytes, int exchangeBytes, int keyBytes) {
            this.bytes = bytes;
            this.exchangeBytes = exchangeBytes;
            this.length = exchangeBytes + keyBytes;
            int code = exchangeBytes;
            for (int i = 0; i < length; i++) {
                code = 31 * code + bytes[i];
            }
            this.hash = code;
            return this;
        }

        Names copy() {
            var copy = new Names();
            copy.bytes = Arrays.copyOf(bytes, length);
            copy.exchangeBytes = exchangeBytes;
            copy.length = length;
            copy.hash = hash;
            return copy;
        }

        boolean matches(byte[] other, int otherExchangeBytes, int otherKeyBytes) {
            return exchangeBytes == otherExchangeBytes
                    && length == otherExchangeBytes + otherKeyBytes
                    && Arrays.equals(bytes, 0, length, other, 0, length);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Names names
                    && matches(names.bytes, names.exchangeBytes, names.length - names.exchangeBytes);
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /// @param refusal why nothing may be published there
    /// @param byHeaders the targets depend on the message
    /// @param limited at which topic permissions say with what keys the user may publish, if any do
    private record Entry(
            Names names,
            String exchange,
            String key,
            Optional<Refusal> refusal,
            boolean byHeaders,
            Optional<ExchangeDefinition> limited,
            Destinations targets,
            ExchangeCounts counts,
            Uses uses,
            List<String> histories) {}

    /// Messages that went to the targets of an entry and were not counted for each of these yet: so a publish costs one
    /// increment, however many they are.
    private static final class Uses {
        long count;
    }

    /// The queues and streams that a message goes to; none if it is unroutable.
    Destinations targets(byte[] names, int exchangeBytes, int keyBytes, MessageProperties properties)
            throws RefusedException {
        var entry = entry(names, exchangeBytes, keyBytes);
        if (entry.refusal.isPresent()) {
            throw new RefusedException(entry.refusal.get());
        }
        histories = entry.histories;
        var targets = !entry.byHeaders && !properties.has(MessageProperties.Property.HEADERS)
                ? entry.targets
                : byHeaders(entry, properties);
        if (targets != entry.targets) {
            entry.counts.routed(targets, 1);
        } else if (entry.uses.count++ == 0) {
            use(entry);
        }
        entry.counts.in++;
        entry.counts.out += targets.count();
        return targets;
    }

    private void use(Entry entry) {
        if (used.isEmpty()) {
            engine.observed().used(this);
        }
        used.add(entry);
    }

    /// Counts for each queue what went to it.
    void addUp() {
        for (var entry : used) {
            entry.counts.routed(entry.targets, entry.uses.count);
            entry.uses.count = 0;
        }
        used.clear();
    }

    /// The exchanges that have to remember the last message.
    List<String> histories() {
        return histories;
    }

    /// Of the exchange that was published to last.
    ExchangeCounts counts() {
        return last.counts;
    }

    /// @throws RefusedException the user may not publish to it
    void checkDefaultExchange() throws RefusedException {
        var refusal = entry(NO_NAMES, 0, 0).refusal;
        if (refusal.isPresent()) {
            throw new RefusedException(refusal.get());
        }
    }

    private Entry entry(byte[] names, int exchangeBytes, int keyBytes) throws RefusedException {
        forgetIfChanged();
        if (last != null && last.names.matches(names, exchangeBytes, keyBytes)) {
            return last;
        }
        var known = entries.get(probe.set(names, exchangeBytes, keyBytes));
        if (known == null) {
            known = resolve(probe.copy());
            if (entries.size() >= ENTRIES_MAX) {
                entries.clear();
            }
            entries.put(known.names, known);
        }
        last = known;
        return known;
    }

    private void forgetIfChanged() {
        long routes = router.version();
        long access = engine.catalog().accessVersion();
        if (routes != routesVersion || access != accessVersion) {
            entries.clear();
            last = null;
            routesVersion = routes;
            accessVersion = access;
        }
    }

    private Entry resolve(Names names) throws RefusedException {
        String exchange = text(names.bytes, 0, names.exchangeBytes);
        String key = text(names.bytes, names.exchangeBytes, names.length - names.exchangeBytes);
        var limited = engine.catalog()
                .exchange(vhost, exchange)
                .filter(definition -> engine.permissions().topicsLimited(user, definition));
        var refusal = refuse(exchange).or(() -> limited.flatMap(definition -> refuseTopic(definition, key)));
        if (refusal.isPresent()) {
            return new Entry(
                    names,
                    exchange,
                    key,
                    refusal,
                    false,
                    limited,
                    Destinations.NOWHERE,
                    NOT_COUNTED,
                    new Uses(),
                    List.of());
        }
        var route = router.route(exchange, key, () -> FieldTable.EMPTY);
        var targets = destinations(route);
        var ruledOut = refuseStreams(targets);
        if (ruledOut.isPresent()) {
            return new Entry(
                    names,
                    exchange,
                    key,
                    ruledOut,
                    false,
                    limited,
                    Destinations.NOWHERE,
                    NOT_COUNTED,
                    new Uses(),
                    List.of());
        }
        var counts = engine.observed().counts(vhost, exchange);
        return new Entry(
                names,
                exchange,
                key,
                refusal,
                route.headersLookedAt(),
                limited,
                targets,
                counts,
                new Uses(),
                route.histories());
    }

    private Optional<Refusal> refuse(String exchange) {
        var resource = Resource.exchange(exchange, vhost);
        var denied = engine.permissions().check(user, Refusal.Access.WRITE, resource);
        if (denied.isPresent()) {
            return denied;
        }
        var definition = engine.catalog().exchange(vhost, exchange);
        if (definition.isEmpty()) {
            return Optional.of(new Refusal.NotFound(resource));
        }
        return definition.get().internal() ? Optional.of(new Refusal.InternalExchange(resource)) : Optional.empty();
    }

    private Optional<Refusal> refuseTopic(ExchangeDefinition exchange, String key) {
        return engine.permissions().checkTopic(user, Refusal.Access.WRITE, exchange, key);
    }

    /// A stream queue is a topic, which may be denied to a user who may publish to the exchange before it. The whole
    /// message is refused then: a part of its queues would be a surprise.
    private Optional<Refusal> refuseStreams(Destinations targets) {
        if (targets.streams().length == 0 || !engine.authorizer().hasRules()) {
            return Optional.empty();
        }
        return Arrays.stream(targets.streams())
                .flatMap(
                        stream -> engine
                                .authorizer()
                                .refuseTopic(user, Refusal.Access.WRITE, Acl.Operation.WRITE, stream.topic())
                                .stream())
                .findFirst();
    }

    private Destinations byHeaders(Entry entry, MessageProperties properties) throws RefusedException {
        try {
            boolean copies = CopyKeys.in(properties);
            if (!copies && !entry.byHeaders) {
                return entry.targets;
            }
            var traits = new PropertiesTraits(properties);
            var keys = copies ? copyKeys(traits.headers()).with(entry.key) : List.of(entry.key);
            if (copies && entry.limited.isPresent()) {
                for (var key : keys) {
                    var refusal = refuseTopic(entry.limited.get(), key);
                    if (refusal.isPresent()) {
                        throw new RefusedException(refusal.get());
                    }
                }
            }
            var route = router.route(entry.exchange, keys, traits);
            var targets = destinations(route);
            var ruledOut = refuseStreams(targets);
            if (ruledOut.isPresent()) {
                throw new RefusedException(ruledOut.get());
            }
            histories = route.histories();
            return targets;
        } catch (MalformedException e) {
            throw new RefusedException(new Refusal.Malformed("invalid message headers: " + e.getMessage()));
        }
    }

    private static CopyKeys copyKeys(FieldTable headers) throws RefusedException {
        return switch (CopyKeys.of(headers)) {
            case CopyKeys.Reading.Read(CopyKeys keys) -> keys;
            case CopyKeys.Reading.Refused(Refusal refusal) -> throw new RefusedException(refusal);
        };
    }

    private Destinations destinations(Route route) {
        return engine.bridge().destinations(route.queueIds());
    }

    private static String text(byte[] bytes, int from, int length) throws RefusedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, length))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RefusedException(new Refusal.Malformed("Malformed UTF-8 in shortstr"));
        }
    }
}
