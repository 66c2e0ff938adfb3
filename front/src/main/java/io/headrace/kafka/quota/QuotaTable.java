package io.headrace.kafka.quota;

import io.headrace.broker.SharedSettings;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.apache.kafka.common.quota.ClientQuotaEntity;

/// Which limits are set for whom, at one moment.
///
/// Kept in the catalog as `kafka.quotas/user=ann&client-id`: each type with a name, which is URL-encoded, or without
/// one for the default.
///
/// Threads: immutable.
public final class QuotaTable {
    public static final String SETTINGS = "kafka.quotas/";

    private final Map<ClientQuotaEntity, Map<String, Double>> limits;
    private final Map<InetAddress, Map<String, Double>> byAddress = new HashMap<>();

    private QuotaTable(Map<ClientQuotaEntity, Map<String, Double>> limits) {
        this.limits = limits;
        limits.forEach((entity, ofEntity) -> {
            var address = entity.entries().get(ClientQuotaEntity.IP);
            if (address != null) {
                byAddress.put(NetUtil.createInetAddressFromIpAddressString(address), ofEntity);
            }
        });
    }

    public static QuotaTable read(SharedSettings settings) {
        var limits = new LinkedHashMap<ClientQuotaEntity, Map<String, Double>>();
        settings.below(SETTINGS).forEach((text, kept) -> limits.put(entity(text), parsed(kept)));
        return new QuotaTable(limits);
    }

    private static Map<String, Double> parsed(SortedMap<String, String> kept) {
        var parsed = new TreeMap<String, Double>();
        kept.forEach((key, value) -> parsed.put(key, Double.valueOf(value)));
        return parsed;
    }

    /// What an entity's limits go by in the catalog.
    public static String name(ClientQuotaEntity entity) {
        var parts = new TreeMap<String, String>(Collections.reverseOrder()); // the user first
        parts.putAll(entity.entries());
        var text = new StringJoiner("&", SETTINGS, "");
        parts.forEach((type, name) ->
                text.add(name == null ? type : type + "=" + URLEncoder.encode(name, StandardCharsets.UTF_8)));
        return text.toString();
    }

    private static ClientQuotaEntity entity(String text) {
        var entries = new HashMap<String, String>();
        for (String part : text.split("&")) {
            int equals = part.indexOf('=');
            entries.put(
                    equals < 0 ? part : part.substring(0, equals),
                    equals < 0 ? null : URLDecoder.decode(part.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return new ClientQuotaEntity(entries);
    }

    public boolean isEmpty() {
        return limits.isEmpty();
    }

    public Map<ClientQuotaEntity, Map<String, Double>> all() {
        return Collections.unmodifiableMap(limits);
    }

    /// A limit that holds for somebody, and by which names those who share it are told from others.
    ///
    /// @param user empty if it is not the user's
    /// @param clientId empty if it is not the client id's
    record Found(double limit, String user, String clientId) {}

    /// The most specific one: what is set for a user goes before what is set for a client id, and a name before the
    /// default.
    Optional<Found> find(String key, String user, String clientId) {
        return first(key, user, clientId, user, clientId)
                .or(() -> first(key, user, null, user, clientId))
                .or(() -> first(key, Map.of(ClientQuotaEntity.USER, user), user, ""))
                .or(() -> first(key, null, clientId, user, clientId))
                .or(() -> first(key, null, null, user, clientId))
                .or(() -> first(key, Collections.singletonMap(ClientQuotaEntity.USER, null), user, ""))
                .or(() -> first(key, Map.of(ClientQuotaEntity.CLIENT_ID, clientId), "", clientId))
                .or(() -> first(key, Collections.singletonMap(ClientQuotaEntity.CLIENT_ID, null), "", clientId));
    }

    /// @param userName null for the default, and so is `clientName`
    private Optional<Found> first(String key, String userName, String clientName, String user, String clientId) {
        var entries = new HashMap<String, String>();
        entries.put(ClientQuotaEntity.USER, userName);
        entries.put(ClientQuotaEntity.CLIENT_ID, clientName);
        return first(key, entries, user, clientId);
    }

    private Optional<Found> first(String key, Map<String, String> entries, String user, String clientId) {
        return Optional.ofNullable(limits.get(new ClientQuotaEntity(entries)))
                .map(found -> found.get(key))
                .map(limit -> new Found(limit, user, clientId));
    }

    /// What an address may do, or the default of all addresses.
    Optional<Double> ofAddress(String key, InetAddress address) {
        return Optional.ofNullable(byAddress.get(address))
                .map(found -> found.get(key))
                .or(() -> Optional.ofNullable(
                                limits.get(new ClientQuotaEntity(Collections.singletonMap(ClientQuotaEntity.IP, null))))
                        .map(found -> found.get(key)));
    }
}
