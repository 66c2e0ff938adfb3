package io.headrace.stream.group;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.server.authorizer.AclCreateResult;
import org.apache.kafka.server.authorizer.AclDeleteResult;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;

/// Tells the coordinator which topics a user may see. It asks only for those that match a pattern which a member
/// subscribes to; everything else was asked by the front.
///
/// Threads: any.
final class VisibleTopics implements Authorizer {
    private final GroupTopics topics;

    VisibleTopics(GroupTopics topics) {
        this.topics = topics;
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        String user = context.principal().getName();
        String host = context.clientAddress().getHostAddress();
        return actions.stream()
                .map(action ->
                        topics.visible(user, host, action.resourcePattern().name())
                                ? AuthorizationResult.ALLOWED
                                : AuthorizationResult.DENIED)
                .toList();
    }

    @Override
    public Map<Endpoint, ? extends CompletionStage<Void>> start(AuthorizerServerInfo serverInfo) {
        return Map.of();
    }

    @Override
    public void configure(Map<String, ?> configs) {}

    @Override
    public void close() {}

    @Override
    public List<? extends CompletionStage<AclCreateResult>> createAcls(
            AuthorizableRequestContext context, List<AclBinding> bindings) {
        throw notHere();
    }

    @Override
    public List<? extends CompletionStage<AclDeleteResult>> deleteAcls(
            AuthorizableRequestContext context, List<AclBindingFilter> filters) {
        throw notHere();
    }

    @Override
    public Iterable<AclBinding> acls(AclBindingFilter filter) {
        throw notHere();
    }

    private static UnsupportedOperationException notHere() {
        return new UnsupportedOperationException("permissions are kept in the catalog");
    }
}
