package io.headrace.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Acl;
import io.headrace.catalog.Acl.Effect;
import io.headrace.catalog.Acl.Operation;
import io.headrace.catalog.Acl.Pattern;
import io.headrace.catalog.Acl.ResourceType;
import io.headrace.security.AclIndex.Finding;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.internals.Plugin;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: rules say together what they say in Kafka. Method: random rules over few names, asked in every way, here and
/// of Kafka's own authorizer, once with nothing allowed where there is no rule and once with everything.
@DisplayNameGeneration(ReplaceUnderscores.class)
class AclOracleTest {
    private static final List<String> NAMES = List.of("*", "a", "ab", "abc", "b", "ba", "b*");
    private static final List<String> USERS = List.of("bob", "ann", "bo");
    private static final List<String> HOSTS = List.of("10.0.0.1", "10.0.0.2");
    private static final int RULES_MAX = 12;
    private static final int SEEDS = 300;

    @Test
    void random_rules_are_judged_as_kafka_judges_them() throws Exception {
        for (int seed = 0; seed < SEEDS; seed++) {
            compare(seed);
        }
    }

    private static void compare(int seed) throws Exception {
        var random = new Random(seed);
        List<Acl> acls = new ArrayList<>();
        int count = random.nextInt(RULES_MAX);
        for (int i = 0; i < count; i++) {
            acls.add(rule(random));
        }
        var index = new AclIndex(acls);
        try (var closed = kafka(acls, false);
                var open = kafka(acls, true)) {
            for (String user : USERS) {
                for (String host : HOSTS) {
                    for (var type : List.of(ResourceType.TOPIC, ResourceType.GROUP)) {
                        for (var operation : Operation.values()) {
                            if (operation != Operation.ALL) {
                                compare(seed, index, closed, open, new User(user, Set.of(), host), operation, type);
                            }
                        }
                    }
                }
            }
        }
    }

    private static void compare(
            int seed,
            AclIndex index,
            StandardAuthorizer closed,
            StandardAuthorizer open,
            User user,
            Operation operation,
            ResourceType type)
            throws Exception {
        var context = new Context(user);
        for (String name : NAMES) {
            var finding = index.find(user, operation, type, name);
            var what = "seed " + seed + ": " + user + " " + operation + " " + type + " " + name;
            var action = List.of(new Action(
                    AclOperation.fromCode((byte) operation.code()),
                    new ResourcePattern(kafkaType(type), name, PatternType.LITERAL),
                    1,
                    false,
                    false));
            boolean allowed = finding == Finding.ALLOWED;
            assertThat(closed.authorize(context, action)).as(what).containsExactly(result(allowed));
            assertThat(open.authorize(context, action))
                    .as(what + " where others are open")
                    .containsExactly(result(allowed || finding == Finding.NOTHING));
        }
        if (operation == Operation.DESCRIBE || operation == Operation.DESCRIBE_CONFIGS) {
            return; // Kafka asks for WRITE only, and knows nothing there of what implies what
        }
        assertThat(closed.authorizeByResourceType(
                        context, AclOperation.fromCode((byte) operation.code()), kafkaType(type)))
                .as("seed " + seed + ": " + user + " " + operation + " some " + type)
                .isEqualTo(result(index.findAny(user, operation, type) == Finding.ALLOWED));
    }

    private static AuthorizationResult result(boolean allowed) {
        return allowed ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
    }

    private static Acl rule(Random random) {
        return new Acl(
                random.nextInt(4) == 0 ? ResourceType.GROUP : ResourceType.TOPIC,
                any(random, List.of(Pattern.values())),
                any(random, NAMES),
                "User:" + (random.nextInt(4) == 0 ? "*" : any(random, USERS)),
                random.nextBoolean() ? Acl.ANY : any(random, HOSTS),
                any(random, List.of(Operation.values())),
                random.nextInt(3) == 0 ? Effect.DENY : Effect.ALLOW);
    }

    private static <T> T any(Random random, List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static org.apache.kafka.common.resource.ResourceType kafkaType(ResourceType type) {
        return org.apache.kafka.common.resource.ResourceType.fromCode((byte) type.code());
    }

    private static StandardAuthorizer kafka(List<Acl> acls, boolean everyoneIfNoAcl) {
        var authorizer = new StandardAuthorizer();
        authorizer.configure(Map.of(
                StandardAuthorizer.ALLOW_EVERYONE_IF_NO_ACL_IS_FOUND_CONFIG,
                Boolean.toString(everyoneIfNoAcl),
                "node.id",
                "1"));
        for (Acl acl : new LinkedHashSet<>(acls)) {
            authorizer.addAcl(
                    Uuid.randomUuid(),
                    new StandardAcl(
                            kafkaType(acl.type()),
                            acl.name(),
                            PatternType.fromCode((byte) acl.pattern().code()),
                            acl.principal(),
                            acl.host(),
                            AclOperation.fromCode((byte) acl.operation().code()),
                            AclPermissionType.fromCode((byte) acl.effect().code())));
        }
        authorizer.completeInitialLoad();
        Plugin.wrapInstance(authorizer, new Metrics(), "authorizer.class.name"); // it counts, and fails without
        return authorizer;
    }

    /// Who asks, as Kafka wants to know it.
    private record Context(User user) implements AuthorizableRequestContext {
        @Override
        public KafkaPrincipal principal() {
            return new KafkaPrincipal(KafkaPrincipal.USER_TYPE, user.name());
        }

        @Override
        public InetAddress clientAddress() {
            return InetAddress.ofLiteral(user.host());
        }

        @Override
        public String listenerName() {
            return "KAFKA";
        }

        @Override
        public SecurityProtocol securityProtocol() {
            return SecurityProtocol.PLAINTEXT;
        }

        @Override
        public int requestType() {
            return 0;
        }

        @Override
        public int requestVersion() {
            return 0;
        }

        @Override
        public String clientId() {
            return "";
        }

        @Override
        public int correlationId() {
            return 0;
        }
    }
}
