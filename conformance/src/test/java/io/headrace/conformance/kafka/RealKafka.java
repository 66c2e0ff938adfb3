package io.headrace.conformance.kafka;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.conformance.SharedBroker;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests a [KafkaEndpoint] of the broker that all tests share, and an [Admin] for it that is closed after the
/// test; or the [SharedBroker] itself, where a test is about what only Headrace has. What a test creates has names of
/// its own.
final class RealKafka implements ParameterResolver {
    private static final String ELSEWHERE = "headrace.kafka";
    private static final Namespace SPACE = Namespace.create(RealKafka.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == KafkaEndpoint.class || type == Admin.class || type == SharedBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        if (type == SharedBroker.class) {
            return headrace(context);
        }
        return type == Admin.class ? admin(context) : endpoint(context);
    }

    static KafkaEndpoint endpoint(ExtensionContext context) {
        var elsewhere = System.getProperty(ELSEWHERE);
        return elsewhere != null
                ? KafkaEndpoint.parse(elsewhere)
                : new KafkaEndpoint(
                        "127.0.0.1", SharedBroker.of(context).process().port("kafka"));
    }

    /// The broker of this repository, for what no other has; the test is skipped on another.
    private static SharedBroker headrace(ExtensionContext context) {
        assumeTrue(System.getProperty(ELSEWHERE) == null, "SKIPPED: only Headrace has this");
        return SharedBroker.of(context);
    }

    private static Admin admin(ExtensionContext context) {
        return context.getStore(SPACE)
                .computeIfAbsent(
                        Opened.class, key -> new Opened(endpoint(context).admin()), Opened.class)
                .admin;
    }

    private record Opened(Admin admin) implements AutoCloseable {
        @Override
        public void close() {
            admin.close();
        }
    }
}
