package io.headrace.broker;

import io.headrace.broker.CatalogEvents.Actor;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Decision;
import io.headrace.catalog.OperatorDecisions;
import io.headrace.catalog.Parameter;
import io.headrace.catalog.PolicyDecisions;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.TopicDefinition;
import io.headrace.message.FieldValue;
import io.headrace.shard.Loop;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Operators' changes on the shard that owns everything.
///
/// Threads: as [Admin] says.
final class LocalAdmin implements Admin {
    private final Engine engine;
    private final Catalog catalog;

    LocalAdmin(Engine engine) {
        this.engine = engine;
        this.catalog = engine.catalog();
    }

    @Override
    public Catalog catalog() {
        return catalog;
    }

    @Override
    public Loop loop() {
        return engine.shard().loop();
    }

    @Override
    public void perform(AdminCommand command, String by, Consumer<Outcome> answer) {
        engine.events().as(new Actor(by, ""), () -> perform(command, answer));
    }

    @Override
    public void perform(AdminCommand command, Consumer<Outcome> answer) {
        engine.shard().close(); // what was published before the change was published before it
        var operators = catalog.operators();
        var rules = catalog.rules();
        switch (command) {
            case AdminCommand.PutVhost(var vhost) ->
                put(catalog.hasVhost(vhost.name()), operators.decidePutVhost(vhost), answer);
            case AdminCommand.DeleteVhost(String name) -> deleteVhost(name, operators, answer);
            case AdminCommand.PutUser(var user) ->
                put(catalog.user(user.name()).isPresent(), operators.decidePutUser(user), answer);
            case AdminCommand.DeleteUser(String name) -> deleteUser(name, operators, answer);
            case AdminCommand.PutScram(String user, var credentials) ->
                put(catalog.user(user).isPresent(), operators.decidePutScram(user, credentials), answer);
            case AdminCommand.PutPermission(String user, String vhost, var permission) ->
                put(
                        catalog.permission(user, vhost).isPresent(),
                        operators.decidePutPermission(user, vhost, permission),
                        answer);
            case AdminCommand.DeletePermission(String user, String vhost) ->
                delete(operators.decideRemovePermission(user, vhost), answer);
            case AdminCommand.PutTopicPermission(String user, String vhost, var permission) ->
                put(
                        catalog.topicPermission(user, vhost, permission.exchange())
                                .isPresent(),
                        operators.decidePutTopicPermission(user, vhost, permission),
                        answer);
            case AdminCommand.DeleteTopicPermission(String user, String vhost, var exchange) ->
                delete(operators.decideRemoveTopicPermission(user, vhost, exchange), answer);
            case AdminCommand.PutPolicy(var policy) ->
                put(
                        catalog.policy(policy.vhost(), policy.name(), policy.operator())
                                .isPresent(),
                        rules.decidePutPolicy(policy),
                        answer);
            case AdminCommand.DeletePolicy(String vhost, String name, boolean operator) ->
                delete(rules.decideRemovePolicy(vhost, name, operator), answer);
            case AdminCommand.PutParameter(String component, String vhost, String name, FieldValue value, var by) ->
                put(
                        catalog.parameter(component, vhost, name).isPresent(),
                        rules.decidePutParameter(new Parameter(component, vhost, name, value), by),
                        answer);
            case AdminCommand.DeleteParameter(String component, String vhost, String name) ->
                delete(rules.decideRemoveParameter(component, vhost, name), answer);
            case AdminCommand.PutGlobalParameter(String name, FieldValue value) ->
                putGlobal(name, value, rules, answer);
            case AdminCommand.DeleteGlobalParameter(String name) ->
                delete(rules.decideRemoveGlobalParameter(name), answer);
            case AdminCommand.PutVhostLimit(String vhost, String limit, long value) ->
                put(
                        catalog.vhostLimits(vhost).containsKey(limit),
                        rules.decidePutVhostLimit(vhost, limit, value),
                        answer);
            case AdminCommand.DeleteVhostLimit(String vhost, String limit) ->
                delete(rules.decideRemoveVhostLimit(vhost, limit), answer);
            case AdminCommand.PutUserLimit(String user, String limit, long value) ->
                put(
                        catalog.user(user)
                                .filter(known -> known.limits().containsKey(limit))
                                .isPresent(),
                        operators.decidePutUserLimit(user, limit, value),
                        answer);
            case AdminCommand.DeleteUserLimit(String user, String limit) ->
                delete(operators.decideRemoveUserLimit(user, limit), answer);
            case AdminCommand.KeepStream(String vhost, String stream, long millis) ->
                put(true, keep(vhost, stream, millis), answer);
            case AdminCommand.SetClusterName(String name) ->
                putGlobal(Catalog.CLUSTER_NAME, FieldValue.LongString.of(name), rules, answer);
        }
    }

    private Decision<?> keep(String vhost, String stream, long millis) {
        var settings = new TreeMap<>(
                catalog.topic(vhost, stream).map(TopicDefinition::settings).orElseGet(TreeMap::new));
        settings.put("retention.ms", Long.toString(millis));
        return catalog.decideSetTopic(vhost, stream, settings);
    }

    private void putGlobal(String name, FieldValue value, PolicyDecisions rules, Consumer<Outcome> answer) {
        put(catalog.globalParameters().containsKey(name), rules.decidePutGlobalParameter(name, value), answer);
    }

    private void deleteVhost(String name, OperatorDecisions operators, Consumer<Outcome> answer) {
        if (catalog.hasVhost(name)) {
            delete(operators.decideRemoveVhost(name), answer);

        } else {
            answer.accept(new Outcome.Missing());
        }
    }

    private void deleteUser(String name, OperatorDecisions operators, Consumer<Outcome> answer) {
        if (catalog.user(name).isPresent()) {
            delete(operators.decideRemoveUser(name), answer);

        } else {
            answer.accept(new Outcome.Missing());
        }
    }

    private void put(boolean there, Decision<?> decision, Consumer<Outcome> answer) {
        var done = there ? new Outcome.Changed() : new Outcome.Created();
        carryOut(decision, done, done, answer);
    }

    private void delete(Decision<?> decision, Consumer<Outcome> answer) {
        carryOut(decision, new Outcome.Deleted(), new Outcome.Missing(), answer);
    }

    private void carryOut(Decision<?> decision, Outcome changed, Outcome same, Consumer<Outcome> answer) {
        switch (decision) {
            case Decision.Change<?> change -> engine.change(change.operations(), () -> answer.accept(changed));
            case Decision.NoChange<?> _ -> answer.accept(same);
            case Decision.Refused<?>(Refusal refusal) -> answer.accept(new Outcome.Refused(refusal));
        }
    }
}
