package io.headrace.kafka;

import io.headrace.kafka.quota.QuotaTable;
import io.headrace.kafka.quota.Quotas;
import io.netty.util.NetUtil;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData.ComponentData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntityData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.EntryData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData.ValueData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.requests.AlterClientQuotasRequest;
import org.apache.kafka.common.requests.AlterClientQuotasResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.DescribeClientQuotasRequest;
import org.apache.kafka.common.requests.DescribeClientQuotasResponse;
import org.apache.kafka.server.config.QuotaConfig;

/// DescribeClientQuotas 0-1 and AlterClientQuotas 0-1. Each entity of a request succeeds or fails by itself.
///
/// Threads: the loop of the connection.
final class QuotasApi implements ApiFamily {
    private static final Set<String> TYPES =
            Set.of(ClientQuotaEntity.USER, ClientQuotaEntity.CLIENT_ID, ClientQuotaEntity.IP);

    private final Quotas quotas;

    QuotasApi(Quotas quotas) {
        this.quotas = quotas;
    }

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_CLIENT_QUOTAS, 0, 1, this::describe),
                new Served(ApiKeys.ALTER_CLIENT_QUOTAS, 0, 1, this::alter));
    }

    // ---------------------------------------------------------------------------------------------- describing

    private void describe(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.DESCRIBE_CONFIGS);
        var request = exchange.request(DescribeClientQuotasRequest.class).data();
        var filter = Filter.of(request.components(), request.strict());
        var answer = new DescribeClientQuotasResponseData();
        quotas.table().all().forEach((entity, limits) -> {
            if (filter.takes(entity)) {
                answer.entries().add(described(entity, limits));
            }
        });
        exchange.answer(new DescribeClientQuotasResponse(answer));
    }

    /// What is asked for.
    ///
    /// @param exact by type, the name; null for the default
    /// @param any types of whatever name
    private record Filter(Map<String, String> exact, Set<String> any, boolean strict) {
        static Filter of(List<ComponentData> components, boolean strict) {
            var filter = new Filter(new HashMap<>(), new HashSet<>(), strict);
            components.forEach(filter::add);
            if (filter.has(ClientQuotaEntity.IP)
                    && (filter.has(ClientQuotaEntity.USER) || filter.has(ClientQuotaEntity.CLIENT_ID))) {
                throw new InvalidRequestException("Invalid entity filter component combination. IP filter component"
                        + " should not be used with user or clientId filter component.");
            }
            return filter;
        }

        private boolean has(String type) {
            return exact.containsKey(type) || any.contains(type);
        }

        private void add(ComponentData component) {
            var type = component.entityType();
            if (type.isEmpty()) {
                throw new InvalidRequestException("Invalid empty entity type.");
            }
            if (has(type)) {
                throw new InvalidRequestException(
                        "Entity type " + type + " cannot appear more than once in the filter.");
            }
            if (!TYPES.contains(type)) {
                throw new UnsupportedVersionException("Unsupported entity type " + type);
            }
            switch (component.matchType()) {
                case DescribeClientQuotasRequest.MATCH_TYPE_EXACT -> {
                    if (component.match() == null) {
                        throw new InvalidRequestException(
                                "Request specified MATCH_TYPE_EXACT, but set match string to null.");
                    }
                    exact.put(type, component.match());
                }
                case DescribeClientQuotasRequest.MATCH_TYPE_DEFAULT -> {
                    mustBeNull(component, "MATCH_TYPE_DEFAULT");
                    exact.put(type, null);
                }
                case DescribeClientQuotasRequest.MATCH_TYPE_SPECIFIED -> {
                    mustBeNull(component, "MATCH_TYPE_SPECIFIED");
                    any.add(type);
                }
                default -> throw new InvalidRequestException("Unknown match type " + component.matchType());
            }
        }

        private static void mustBeNull(ComponentData component, String type) {
            if (component.match() != null) {
                throw new InvalidRequestException("Request specified " + type + ", but also specified a match string.");
            }
        }

        boolean takes(ClientQuotaEntity entity) {
            var entries = entity.entries();
            return (!strict || entries.size() == exact.size() + any.size())
                    && entries.keySet().containsAll(any)
                    && exact.entrySet().stream()
                            .allMatch(wanted -> entries.containsKey(wanted.getKey())
                                    && Objects.equals(entries.get(wanted.getKey()), wanted.getValue()));
        }
    }

    private static EntryData described(ClientQuotaEntity entity, Map<String, Double> limits) {
        var entry = new EntryData();
        entity.entries()
                .forEach((type, name) ->
                        entry.entity().add(new EntityData().setEntityType(type).setEntityName(name)));
        limits.forEach(
                (key, value) -> entry.values().add(new ValueData().setKey(key).setValue(value)));
        return entry;
    }

    // ------------------------------------------------------------------------------------------------ altering

    private void alter(Exchange exchange) {
        Rights.needCluster(exchange.session(), AclOperation.ALTER_CONFIGS);
        var request = exchange.request(AlterClientQuotasRequest.class);
        var results = new LinkedHashMap<ClientQuotaEntity, ApiError>();
        var changes = new LinkedHashMap<ClientQuotaEntity, Map<String, Double>>();
        for (ClientQuotaAlteration alteration : request.entries()) {
            var entity = alteration.entity();
            if (results.containsKey(entity)) {
                results.put(entity, invalid("Ignoring duplicate entity " + entity));
                changes.remove(entity);
                continue;
            }
            var limits = new TreeMap<>(quotas.table().all().getOrDefault(entity, Map.of()));
            var error = change(alteration, limits);
            results.put(entity, error);
            if (error.isSuccess()) {
                changes.put(entity, limits);
            }
        }
        var all = new Outstanding(() -> exchange.answer(AlterClientQuotasResponse.fromQuotaEntities(results, 0)));
        if (!request.validateOnly()) {
            changes.forEach((entity, limits) -> {
                all.expect();
                var kept = new TreeMap<String, String>();
                limits.forEach((key, value) -> kept.put(key, value.toString()));
                exchange.session().putSettings(QuotaTable.name(entity), kept, all::done);
            });
        }
        all.done();
    }

    /// Makes of `limits` what is wanted.
    private static ApiError change(ClientQuotaAlteration alteration, Map<String, Double> limits) {
        var error = entityError(alteration.entity().entries());
        if (error.isFailure()) {
            return error;
        }
        var keys = alteration.entity().entries().containsKey(ClientQuotaEntity.IP)
                ? QuotaConfig.ipConfigs().configKeys()
                : QuotaConfig.userAndClientQuotaConfigs().configKeys();
        var seen = new HashSet<String>();
        for (ClientQuotaAlteration.Op op : alteration.ops()) {
            if (!seen.add(op.key())) {
                return invalid("Duplicate quota key " + op.key() + " not updating quota for this entity "
                        + alteration.entity());
            }
            if (op.value() == null) {
                limits.remove(op.key());
                continue;
            }
            error = valueError(keys.get(op.key()), op.key(), op.value());
            if (error.isFailure()) {
                return error;
            }
            limits.put(op.key(), op.value());
        }
        return ApiError.NONE;
    }

    private static ApiError entityError(Map<String, String> entries) {
        if (entries.isEmpty()) {
            return invalid("Invalid empty client quota entity");
        }
        for (var entry : entries.entrySet()) {
            if (!TYPES.contains(entry.getKey())) {
                return invalid("Unhandled client quota entity type: " + entry.getKey());
            }
            if (entry.getValue() != null && entry.getValue().isEmpty()) {
                return invalid("Empty " + entry.getKey() + " not supported");
            }
        }
        if (!entries.containsKey(ClientQuotaEntity.IP)) {
            return ApiError.NONE;
        }
        if (entries.size() > 1) {
            return invalid("Invalid quota entity combination, IP entity should not be combined with User or ClientId");
        }
        // the name of a host would have to be looked up, which takes as long as it takes
        var address = entries.get(ClientQuotaEntity.IP);
        return address == null || NetUtil.createByteArrayFromIpAddressString(address) != null
                ? ApiError.NONE
                : invalid(address + " is not a valid IP.");
    }

    /// @param key null if there is none of that name
    private static ApiError valueError(ConfigKey key, String name, double value) {
        if (key == null) {
            return invalid("Invalid configuration key " + name);
        }
        if (!(value > 0)) {
            return invalid("Quota " + name + " must be greater than 0");
        }
        return switch (key.type()) {
            case INT -> wholeError(name, value, Integer.MAX_VALUE, "an INT");
            case LONG -> wholeError(name, value, Long.MAX_VALUE, "a LONG");
            case DOUBLE -> ApiError.NONE;
            case BOOLEAN, STRING, SHORT, LIST, CLASS, PASSWORD ->
                throw new IllegalStateException("a quota of type " + key.type());
        };
    }

    private static ApiError wholeError(String name, double value, double most, String type) {
        if (value > most) {
            return invalid("Proposed value for " + name + " is too large for " + type + ".");
        }
        return value % 1 > 1e-6 ? invalid(name + " cannot be a fractional value.") : ApiError.NONE;
    }

    private static ApiError invalid(String message) {
        return new ApiError(Errors.INVALID_REQUEST, message);
    }
}
