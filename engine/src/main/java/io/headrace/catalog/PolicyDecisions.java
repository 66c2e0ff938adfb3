package io.headrace.catalog;

import io.headrace.catalog.CatalogOperation.PutGlobalParameter;
import io.headrace.catalog.CatalogOperation.PutParameter;
import io.headrace.catalog.CatalogOperation.PutPolicy;
import io.headrace.catalog.CatalogOperation.RemoveGlobalParameter;
import io.headrace.catalog.CatalogOperation.RemoveParameter;
import io.headrace.catalog.CatalogOperation.RemovePolicy;
import io.headrace.catalog.Decision.Change;
import io.headrace.catalog.Decision.NoChange;
import io.headrace.catalog.Decision.Refused;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The rules for policies, parameters and the limits of vhosts, which are a parameter. What is wrong is said in
/// RabbitMQ's words.
///
/// Threads: the catalog's owner.
public final class PolicyDecisions {
    private static final List<String> VHOST_LIMITS = List.of(Catalog.MAX_CONNECTIONS, Catalog.MAX_QUEUES);
    private static final List<String> POLICY_COMPONENTS = List.of("policy", "operator_policy");

    private final CatalogState state;
    private final Map<String, ParameterCheck> components = new HashMap<>();

    PolicyDecisions(CatalogState state) {
        this.state = state;
        components.put(ParametersState.VHOST_LIMITS, (parameter, _) -> wrongLimits(parameter));
    }

    /// Parameters for `component` can be set from now on. What was set before stays when it is not said again.
    public void accept(String component, ParameterCheck check) {
        components.put(component, check);
    }

    // ---- policies ----

    public Decision<Policy> decidePutPolicy(Policy policy) {
        if (state.vhost(policy.vhost()).isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(policy.vhost()));
        }
        Optional<Refusal> refusal = invalidPattern(policy.pattern())
                .or(() -> PolicyRules.wrong(policy.definition(), policy.operator())
                        .map(PolicyDecisions::invalid));
        if (refusal.isPresent()) {
            return new Refused<>(refusal.get());
        }
        return state.policies()
                        .policy(policy.vhost(), policy.name(), policy.operator())
                        .equals(Optional.of(policy))
                ? new NoChange<>(policy)
                : Storable.change(List.of(new PutPolicy(policy)), policy);
    }

    private static Optional<Refusal> invalidPattern(String pattern) {
        return SearchPattern.trouble(pattern)
                .map(trouble ->
                        invalid("pattern should be regular expression but is invalid: {\"" + trouble + "\",0}"));
    }

    /// @return what was taken away
    public Decision<Optional<Policy>> decideRemovePolicy(String vhost, String name, boolean operator) {
        Optional<Policy> current = state.policies().policy(vhost, name, operator);
        return current.isPresent()
                ? new Change<>(List.of(new RemovePolicy(vhost, name, operator)), current)
                : new NoChange<>(current);
    }

    // ---- parameters ----

    public Decision<Parameter> decidePutParameter(Parameter parameter) {
        return decidePutParameter(parameter, Optional.empty());
    }

    /// @param by the user who sets it; empty for one who may set everything
    public Decision<Parameter> decidePutParameter(Parameter parameter, Optional<String> by) {
        if (POLICY_COMPONENTS.contains(parameter.component())) {
            return new Refused<>(new Refusal.Malformed("policies may not be set using this method"));
        }
        if (state.vhost(parameter.vhost()).isEmpty()) {
            return new Refused<>(new Refusal.VhostNotFound(parameter.vhost()));
        }
        ParameterCheck check = components.get(parameter.component());
        Optional<String> wrong = check == null
                ? Optional.of("component " + parameter.component() + " not found")
                : check.wrong(parameter, by);
        if (wrong.isPresent()) {
            return new Refused<>(invalid(wrong.get()));
        }
        return state.parameters()
                        .parameter(parameter.component(), parameter.vhost(), parameter.name())
                        .equals(Optional.of(parameter))
                ? new NoChange<>(parameter)
                : Storable.change(List.of(new PutParameter(parameter)), parameter);
    }

    /// @return what was taken away
    public Decision<Optional<Parameter>> decideRemoveParameter(String component, String vhost, String name) {
        Optional<Parameter> current = state.parameters().parameter(component, vhost, name);
        return current.isPresent()
                ? new Change<>(List.of(new RemoveParameter(component, vhost, name)), current)
                : new NoChange<>(current);
    }

    public Decision<FieldValue> decidePutGlobalParameter(String name, FieldValue value) {
        return state.parameters().global(name).equals(Optional.of(value))
                ? new NoChange<>(value)
                : Storable.change(List.of(new PutGlobalParameter(name, value)), value);
    }

    /// @return what was taken away
    public Decision<Optional<FieldValue>> decideRemoveGlobalParameter(String name) {
        Optional<FieldValue> current = state.parameters().global(name);
        return current.isPresent()
                ? new Change<>(List.of(new RemoveGlobalParameter(name)), current)
                : new NoChange<>(current);
    }

    // ---- limits of vhosts ----

    /// @param value negative: none
    public Decision<Parameter> decidePutVhostLimit(String vhost, String limit, long value) {
        return decidePutParameter(limits(vhost, fields -> fields.put(limit, new FieldValue.Int64(value))));
    }

    public Decision<Optional<Parameter>> decideRemoveVhostLimit(String vhost, String limit) {
        Optional<Parameter> current =
                state.parameters().parameter(ParametersState.VHOST_LIMITS, vhost, ParametersState.LIMITS);
        if (current.isEmpty() || current.get().table().get(limit).isEmpty()) {
            return new NoChange<>(Optional.empty());
        }
        Parameter changed = limits(vhost, fields -> fields.remove(limit));
        CatalogOperation operation = changed.table().isEmpty()
                ? new RemoveParameter(changed.component(), vhost, changed.name())
                : new PutParameter(changed);
        return new Change<>(List.of(operation), current);
    }

    private Parameter limits(String vhost, Consumer<Map<String, FieldValue>> change) {
        Map<String, FieldValue> fields = new LinkedHashMap<>();
        state.parameters().limits(vhost).forEach((limit, value) -> fields.put(limit, new FieldValue.Int64(value)));
        change.accept(fields);
        return new Parameter(
                ParametersState.VHOST_LIMITS,
                vhost,
                ParametersState.LIMITS,
                new FieldValue.Table(new FieldTable(fields)));
    }

    private static Optional<String> wrongLimits(Parameter parameter) {
        if (!parameter.name().equals(ParametersState.LIMITS) || !(parameter.value() instanceof FieldValue.Table)) {
            return Optional.of("limits of a vhost are an object named limits");
        }
        Map<String, FieldValue> unknown = new LinkedHashMap<>(parameter.table().fields());
        VHOST_LIMITS.forEach(unknown::remove);
        return parameter.table().fields().entrySet().stream()
                .filter(limit -> VHOST_LIMITS.contains(limit.getKey())
                        && limit.getValue().integer().isEmpty())
                .findFirst()
                .map(limit -> limit.getKey() + " should be a number, actually was " + ErlangTerm.of(limit.getValue()))
                .or(() -> unknown.isEmpty()
                        ? Optional.empty()
                        : Optional.of("Unrecognised terms " + ErlangTerm.pairs(unknown) + " in limits"));
    }

    private static Refusal invalid(String why) {
        return new Refusal.Malformed("Validation failed\n\n" + why + "\n");
    }
}
