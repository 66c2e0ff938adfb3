package io.headrace.kafka;

import io.headrace.catalog.Acl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.CreateAclsRequestData.AclCreation;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.CreateAclsResponseData.AclCreationResult;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.CreateAclsRequest;
import org.apache.kafka.common.requests.CreateAclsResponse;
import org.apache.kafka.common.requests.DeleteAclsRequest;
import org.apache.kafka.common.requests.DeleteAclsResponse;
import org.apache.kafka.common.requests.DescribeAclsRequest;
import org.apache.kafka.common.requests.DescribeAclsResponse;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.Resource;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.server.authorizer.AclDeleteResult;
import org.apache.kafka.server.authorizer.AclDeleteResult.AclBindingDeleteResult;

/// DescribeAcls 1-3, CreateAcls 1-3, DeleteAcls 1-3. What the rules mean is for [io.headrace.security.Authorizer] to
/// say.
///
/// Threads: the loop of the connection.
final class AclsApi implements ApiFamily {
    /// As many as Kafka's controller changes for one request.
    private static final int CHANGES_MAX = 10_000;

    @Override
    public List<Served> served() {
        return List.of(
                new Served(ApiKeys.DESCRIBE_ACLS, 1, 3, this::describe),
                new Served(ApiKeys.CREATE_ACLS, 1, 3, this::create),
                new Served(ApiKeys.DELETE_ACLS, 1, 3, this::delete));
    }

    private void describe(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.DESCRIBE);
        var filter = exchange.request(DescribeAclsRequest.class).filter();
        var found = session.acls().stream()
                .map(AclsApi::binding)
                .filter(filter::matches)
                .toList();
        exchange.answer(new DescribeAclsResponse(
                new DescribeAclsResponseData().setResources(DescribeAclsResponse.aclsResources(found)),
                exchange.version()));
    }

    // ------------------------------------------------------------------------------------------------ creating

    private void create(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.ALTER);
        var wanted = exchange.request(CreateAclsRequest.class).aclCreations();
        if (wanted.size() > CHANGES_MAX) {
            throw new InvalidRequestException("more than " + CHANGES_MAX + " access control lists at once");
        }
        Set<Acl> sound = new LinkedHashSet<>();
        List<AclCreationResult> results = new ArrayList<>(wanted.size());
        List<AclCreationResult> accepted = new ArrayList<>();
        for (var creation : wanted) {
            var result = new AclCreationResult();
            results.add(result);
            try {
                var binding = binding(creation);
                check(binding);
                sound.add(acl(binding));
                accepted.add(result);
            } catch (ApiException refused) {
                tell(result, ApiError.fromThrowable(refused));
            }
        }
        session.addAcls(List.copyOf(sound), refusal -> {
            refusal.map(TopicsApi::error).ifPresent(error -> accepted.forEach(result -> tell(result, error)));
            exchange.answer(new CreateAclsResponse(new CreateAclsResponseData().setResults(results)));
        });
    }

    private static void tell(AclCreationResult result, ApiError error) {
        result.setErrorCode(error.error().code()).setErrorMessage(error.message());
    }

    /// What is known and stands for several, such as any operation, is no part of a rule: Kafka's classes refuse it.
    private static AclBinding binding(AclCreation creation) {
        try {
            return CreateAclsRequest.aclBinding(creation);
        } catch (IllegalArgumentException e) {
            throw new InvalidRequestException(e.getMessage());
        }
    }

    /// In the words and the order of Kafka's broker and controller.
    private static void check(AclBinding binding) {
        var pattern = binding.pattern();
        var entry = binding.entry();
        if (binding.isUnknown()) {
            throw new InvalidRequestException("The rule has parts that nobody knows: " + binding);
        }
        if (pattern.resourceType() == ResourceType.CLUSTER && !pattern.name().equals(Resource.CLUSTER_NAME)) {
            throw new InvalidRequestException(
                    "The only valid name for the CLUSTER resource is " + Resource.CLUSTER_NAME);
        }
        if (pattern.name().isEmpty()) {
            throw new InvalidRequestException("Invalid empty resource name");
        }
        if (entry.principal().indexOf(':') < 0) {
            throw new InvalidRequestException("Could not parse principal from `" + entry.principal()
                    + "` (no colon is present separating the principal type from the principal name)");
        }
    }

    // ------------------------------------------------------------------------------------------------ deleting

    private void delete(Exchange exchange) {
        var session = exchange.session();
        Rights.needCluster(session, AclOperation.ALTER);
        var present = session.acls().stream().map(AclsApi::binding).toList();
        var gone = new LinkedHashSet<AclBinding>();
        var results = new ArrayList<AclDeleteResult>();
        var known = new HashSet<>(present);
        for (var filter : exchange.request(DeleteAclsRequest.class).filters()) {
            var matches = matches(filter, present, known);
            gone.addAll(matches);
            if (gone.size() > CHANGES_MAX) {
                throw new InvalidRequestException(
                        "Cannot remove more than " + CHANGES_MAX + " acls in a single delete operation.");
            }
            results.add(new AclDeleteResult(
                    matches.stream().map(AclBindingDeleteResult::new).toList()));
        }
        session.removeAcls(
                gone.stream().map(AclsApi::acl).toList(),
                () -> exchange.answer(new DeleteAclsResponse(
                        new DeleteAclsResponseData()
                                .setFilterResults(results.stream()
                                        .map(DeleteAclsResponse::filterResult)
                                        .toList()),
                        exchange.version())));
    }

    /// A filter that names all there is to a rule is looked up, not tried on each.
    private static List<AclBinding> matches(AclBindingFilter filter, List<AclBinding> all, Set<AclBinding> known) {
        if (filter.matchesAtMostOne()) {
            var pattern = filter.patternFilter();
            var entry = filter.entryFilter();
            var exact = new AclBinding(
                    new ResourcePattern(pattern.resourceType(), pattern.name(), pattern.patternType()),
                    new AccessControlEntry(entry.principal(), entry.host(), entry.operation(), entry.permissionType()));
            return known.contains(exact) ? List.of(exact) : List.of();
        }
        return all.stream().filter(filter::matches).toList();
    }

    // ------------------------------------------------------------------------------------------- both languages

    static AclBinding binding(Acl acl) {
        return new AclBinding(
                new ResourcePattern(
                        ResourceType.fromCode((byte) acl.type().code()), acl.name(), PatternType.fromCode((byte)
                                acl.pattern().code())),
                new AccessControlEntry(
                        acl.principal(),
                        acl.host(),
                        AclOperation.fromCode((byte) acl.operation().code()),
                        AclPermissionType.fromCode((byte) acl.effect().code())));
    }

    static Acl acl(AclBinding binding) {
        return new Acl(
                Acl.ResourceType.of(binding.pattern().resourceType().code()),
                Acl.Pattern.of(binding.pattern().patternType().code()),
                binding.pattern().name(),
                binding.entry().principal(),
                binding.entry().host(),
                Acl.Operation.of(binding.entry().operation().code()),
                Acl.Effect.of(binding.entry().permissionType().code()));
    }
}
