package io.headrace.catalog;

import java.util.Objects;

/// One rule of Kafka's access control: whom it lets do what with which resources, from where, or keeps from it.
///
/// Who may do something when several rules say different things is for `io.headrace.security` to say.
///
/// @param name of a resource, [#ANY] for all of them; with [Pattern#PREFIXED] what the names begin with
/// @param principal like `User:bob`; `User:*` is everybody
/// @param host an address as text, or [#ANY]
public record Acl(
        ResourceType type,
        Pattern pattern,
        String name,
        String principal,
        String host,
        Operation operation,
        Effect effect) {
    /// All resources, or all hosts.
    public static final String ANY = "*";

    public Acl {
        Objects.requireNonNull(type);
        Objects.requireNonNull(pattern);
        Objects.requireNonNull(name);
        Objects.requireNonNull(principal);
        Objects.requireNonNull(host);
        Objects.requireNonNull(operation);
        Objects.requireNonNull(effect);
    }

    /// Whether it is about all resources of its type.
    public boolean everyName() {
        return pattern == Pattern.LITERAL && name.equals(ANY);
    }

    /// Whether it is about a resource.
    public boolean about(String resource) {
        return switch (pattern) {
            case LITERAL -> name.equals(ANY) || name.equals(resource);
            case PREFIXED -> resource.startsWith(name);
        };
    }

    /// What is protected. The codes are Kafka's, of its protocol and of the log here.
    public enum ResourceType {
        TOPIC(2),
        GROUP(3),
        CLUSTER(4),
        TRANSACTIONAL_ID(5),
        DELEGATION_TOKEN(6),
        USER(7);

        private static final ResourceType[] ALL = values();
        private final int code;

        ResourceType(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /// @throws IllegalArgumentException no resource type has this code
        public static ResourceType of(int code) {
            int index = code - TOPIC.code;
            if (index < 0 || index >= ALL.length) {
                throw new IllegalArgumentException("no resource type has the code " + code);
            }
            return ALL[index];
        }
    }

    /// What can be done to it; not everything to everything. The codes are Kafka's.
    public enum Operation {
        ALL(2),
        READ(3),
        WRITE(4),
        CREATE(5),
        DELETE(6),
        ALTER(7),
        DESCRIBE(8),
        CLUSTER_ACTION(9),
        DESCRIBE_CONFIGS(10),
        ALTER_CONFIGS(11),
        IDEMPOTENT_WRITE(12),
        CREATE_TOKENS(13),
        DESCRIBE_TOKENS(14),
        TWO_PHASE_COMMIT(15);

        private static final Operation[] EVERY = values();
        private final int code;

        Operation(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /// @throws IllegalArgumentException no operation has this code
        public static Operation of(int code) {
            int index = code - ALL.code;
            if (index < 0 || index >= EVERY.length) {
                throw new IllegalArgumentException("no operation has the code " + code);
            }
            return EVERY[index];
        }
    }

    /// How a name is compared. The codes are Kafka's.
    public enum Pattern {
        LITERAL(3),
        PREFIXED(4);

        private final int code;

        Pattern(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /// @throws IllegalArgumentException no pattern has this code
        public static Pattern of(int code) {
            return switch (code) {
                case 3 -> LITERAL;
                case 4 -> PREFIXED;
                default -> throw new IllegalArgumentException("no pattern has the code " + code);
            };
        }
    }

    /// The codes are Kafka's.
    public enum Effect {
        DENY(2),
        ALLOW(3);

        private final int code;

        Effect(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }

        /// @throws IllegalArgumentException no effect has this code
        public static Effect of(int code) {
            return switch (code) {
                case 2 -> DENY;
                case 3 -> ALLOW;
                default -> throw new IllegalArgumentException("no effect has the code " + code);
            };
        }
    }
}
