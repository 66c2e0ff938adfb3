package io.headrace.conformance;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Gives tests an [Endpoint] of one broker that they all share, and a [Connection] or [Channel] to it that
/// is closed after the test. What a test declares has names of its own (see [Names]).
public final class RealBroker implements ParameterResolver {
    private static final String ELSEWHERE = "headrace.broker";
    private static final Namespace SPACE = Namespace.create(RealBroker.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        return type == Endpoint.class || type == Connection.class || type == Channel.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        var type = parameter.getParameter().getType();
        try {
            if (type == Endpoint.class) {
                return endpoint(context);
            }
            return type == Connection.class
                    ? connection(context)
                    : connection(context).createChannel();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Endpoint endpoint(ExtensionContext context) {
        var elsewhere = System.getProperty(ELSEWHERE);
        if (elsewhere != null) {
            return Endpoint.parse(elsewhere);
        }
        return SharedBroker.of(context).process().endpoint();
    }

    /// One for each test, whatever it asks for.
    private static Connection connection(ExtensionContext context) {
        return context.getStore(SPACE)
                .computeIfAbsent(Opened.class, key -> Opened.to(endpoint(context)), Opened.class)
                .connection;
    }

    private record Opened(Connection connection) implements AutoCloseable {
        static Opened to(Endpoint endpoint) {
            try {
                return new Opened(endpoint.connect());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            connection.abort();
        }
    }
}
