package io.headrace.management;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.broker.Answer;
import io.headrace.broker.Broker;
import io.headrace.broker.Command;
import io.headrace.broker.Session;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.TopicPermission;
import io.headrace.message.FieldTable;
import io.headrace.message.FieldValue;
import io.headrace.security.Permissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Makes what a definitions file says, RabbitMQ's from 3.x on among them. Nothing is deleted; queues and exchanges that
/// are there stay as they are, users, policies and the like are overwritten.
///
/// What does not depend on each other is carried out together, so that hundreds wait for one write of the disk. The
/// first thing that cannot be made ends the import, and is named; what came before it stays.
final class DefinitionsImport {
    private static final int TOGETHER = 500;
    private static final String QUEUE_TYPE = "x-queue-type";

    private final Ground ground;
    private final UsersApi users;

    DefinitionsImport(Ground ground, UsersApi users) {
        this.ground = ground;
        this.users = users;
    }

    /// One thing to be made.
    ///
    /// @param what for the error: `queue 'orders' in vhost '/'`
    private record Step(String what, Optional<String> vhost, Action action) {}

    private sealed interface Action {
        record Admin(AdminCommand command) implements Action {}

        record InVhost(Command command) implements Action {}
    }

    private static Step admin(String what, AdminCommand command) {
        return new Step(what, Optional.empty(), new Action.Admin(command));
    }

    private static Step in(String vhost, String what, Command command) {
        return new Step(what + " in vhost '" + vhost + "'", Optional.of(vhost), new Action.InVhost(command));
    }

    /// @param only the vhost that everything goes to, if the file is that of one vhost
    void run(Body definitions, Optional<String> only) throws Problem, InterruptedException {
        if (only.isEmpty()) {
            carryOut(users(definitions));
            carryOut(vhosts(definitions));
            carryOut(permissions(definitions));
        }
        carryOut(exchanges(definitions, only));
        if (only.isEmpty()) {
            carryOut(topicPermissions(definitions));
            carryOut(globalParameters(definitions));
        }
        carryOut(policies(definitions, only));
        carryOut(parameters(definitions, only));
        carryOut(queues(definitions, only));
        carryOut(bindings(definitions, only));
    }

    /// Reads each element of a list; what is wrong in it is told with its name.
    private interface Reader {
        Optional<Step> read(Body element) throws Problem;
    }

    private static List<Step> each(Body definitions, String list, Reader reader) throws Problem {
        List<Step> steps = new ArrayList<>();
        int index = 0;
        for (JsonNode node : Definitions.list(definitions, list)) {
            try {
                reader.read(Body.of(node)).ifPresent(steps::add);
            } catch (Problem problem) {
                var name = node.path("name").asText(Integer.toString(index));
                throw Problem.badRequest(list + ", '" + name + "': " + problem.getMessage());
            }
            index++;
        }
        return steps;
    }

    private static String vhost(Body element, Optional<String> only) throws Problem {
        return only.isPresent() ? only.get() : element.requiredText("vhost");
    }

    private List<Step> users(Body definitions) throws Problem {
        return each(definitions, "users", element -> {
            var name = element.requiredText("name");
            var user = users.read(name, element, ground.catalog().user(name));
            return Optional.of(admin("user '" + name + "'", new AdminCommand.PutUser(user)));
        });
    }

    private List<Step> vhosts(Body definitions) throws Problem {
        return each(definitions, "vhosts", element -> {
            var name = element.requiredText("name");
            var vhost = VhostsApi.read(name, element, ground.catalog().vhost(name));
            return Optional.of(admin("vhost '" + name + "'", new AdminCommand.PutVhost(vhost)));
        });
    }

    private List<Step> permissions(Body definitions) throws Problem {
        return each(definitions, "permissions", element -> {
            var user = element.requiredText("user");
            var vhost = element.requiredText("vhost");
            var permission = new Permission(
                    element.requiredText("configure"), element.requiredText("write"), element.requiredText("read"));
            return Optional.of(admin(
                    "permission of user '" + user + "' in vhost '" + vhost + "'",
                    new AdminCommand.PutPermission(user, vhost, permission)));
        });
    }

    private List<Step> topicPermissions(Body definitions) throws Problem {
        return each(definitions, "topic_permissions", element -> {
            var user = element.requiredText("user");
            var vhost = element.requiredText("vhost");
            var permission = new TopicPermission(
                    element.requiredText("exchange"), element.requiredText("write"), element.requiredText("read"));
            return Optional.of(admin(
                    "topic permission of user '" + user + "' in vhost '" + vhost + "'",
                    new AdminCommand.PutTopicPermission(user, vhost, permission)));
        });
    }

    private List<Step> globalParameters(Body definitions) throws Problem {
        return each(definitions, "global_parameters", element -> {
            var name = element.requiredText("name");
            return Optional.of(admin(
                    "global parameter '" + name + "'",
                    new AdminCommand.PutGlobalParameter(name, Json.value(element.required("value"), "value"))));
        });
    }

    private List<Step> policies(Body definitions, Optional<String> only) throws Problem {
        return each(definitions, "policies", element -> {
            var vhost = vhost(element, only);
            var name = element.requiredText("name");
            return Optional.of(admin(
                    "policy '" + name + "' in vhost '" + vhost + "'",
                    new AdminCommand.PutPolicy(PoliciesApi.read(vhost, name, element, false))));
        });
    }

    private List<Step> parameters(Body definitions, Optional<String> only) throws Problem {
        return each(definitions, "parameters", element -> {
            var vhost = vhost(element, only);
            var name = element.requiredText("name");
            var component = element.requiredText("component");
            var what = component + " '" + name + "' in vhost '" + vhost + "'";
            var value = element.required("value");
            return Optional.of(admin(
                    what,
                    component.equals(ParametersApi.OPERATOR_POLICY)
                            ? new AdminCommand.PutPolicy(PoliciesApi.read(vhost, name, Body.of(value), true))
                            : new AdminCommand.PutParameter(component, vhost, name, Json.value(value, "value"))));
        });
    }

    private List<Step> exchanges(Body definitions, Optional<String> only) throws Problem {
        return each(definitions, "exchanges", element -> {
            var vhost = vhost(element, only);
            var name = element.requiredText("name");
            if (name.isEmpty()
                    || Definitions.reserved(name)
                    || ground.catalog().exchange(vhost, name).isPresent()) {
                return Optional.empty();
            }
            return Optional.of(in(
                    vhost,
                    "exchange '" + name + "'",
                    new Command.DeclareExchange(
                            name,
                            element.text("type", "direct"),
                            false,
                            element.flag("durable", true),
                            element.flag("auto_delete", false),
                            element.flag("internal", false),
                            element.table("arguments"))));
        });
    }

    private List<Step> queues(Body definitions, Optional<String> only) throws Problem {
        return each(definitions, "queues", element -> {
            var vhost = vhost(element, only);
            var name = element.requiredText("name");
            if (ground.catalog().queue(vhost, name).isPresent()) {
                return Optional.empty();
            }
            return Optional.of(in(
                    vhost,
                    "queue '" + name + "'",
                    new Command.DeclareQueue(
                            name,
                            false,
                            element.flag("durable", true),
                            false,
                            element.flag("auto_delete", false),
                            arguments(element))));
        });
    }

    /// A type that stands beside the arguments belongs to them.
    private static FieldTable arguments(Body queue) throws Problem {
        var arguments = queue.table("arguments");
        var type = queue.text("type").filter(name -> !name.equals("classic"));
        if (type.isEmpty() || arguments.get(QUEUE_TYPE).isPresent()) {
            return arguments;
        }
        Map<String, FieldValue> fields = new LinkedHashMap<>(arguments.fields());
        fields.put(QUEUE_TYPE, FieldValue.LongString.of(type.get()));
        return new FieldTable(fields);
    }

    private List<Step> bindings(Body definitions, Optional<String> only) throws Problem {
        return each(definitions, "bindings", element -> {
            var vhost = vhost(element, only);
            var source = element.requiredText("source");
            var destination = element.requiredText("destination");
            if (source.isEmpty()) {
                return Optional.empty();
            }
            var key = new BindingKey(
                    source,
                    element.text("destination_type", "queue").equals("exchange"),
                    destination,
                    element.text("routing_key", ""),
                    element.table("arguments"));
            return Optional.of(
                    in(vhost, "binding from '" + source + "' to '" + destination + "'", new Command.Bind(key)));
        });
    }

    // ---- carrying out ----

    private record Failure(String what, Refusal refusal) {}

    private void carryOut(List<Step> steps) throws Problem, InterruptedException {
        for (int from = 0; from < steps.size(); from += TOGETHER) {
            var some = steps.subList(from, Math.min(steps.size(), from + TOGETHER));
            Optional<Failure> failure = ground.loop().await(done -> new Together(some, done).begin());
            if (failure.isPresent()) {
                throw Problem.badRequest(failure.get().what() + ": "
                        + ground.words().apply(failure.get().refusal()).text());
            }
        }
    }

    /// Steps that are under way at the same time.
    ///
    /// Threads: the loop.
    private final class Together {
        private final List<Step> steps;
        private final Consumer<Optional<Failure>> done;
        private final Map<String, Session> sessions = new HashMap<>();
        private Optional<Failure> failure = Optional.empty();
        private int waiting = 1; // for all to be begun

        Together(List<Step> steps, Consumer<Optional<Failure>> done) {
            this.steps = steps;
            this.done = done;
        }

        void begin() {
            for (Step step : steps) {
                if (failure.isEmpty()) {
                    waiting++;
                    begin(step);
                }
            }
            finished(Optional.empty());
        }

        private void begin(Step step) {
            switch (step.action()) {
                case Action.Admin(AdminCommand command) ->
                    ground.admin()
                            .perform(
                                    command,
                                    outcome -> finished(
                                            outcome instanceof Outcome.Refused(Refusal refusal)
                                                    ? Optional.of(new Failure(step.what(), refusal))
                                                    : Optional.empty()));
                case Action.InVhost(Command command) -> perform(step, command);
            }
        }

        private void perform(Step step, Command command) {
            var vhost = step.vhost().orElseThrow();
            var session = sessions.get(vhost);
            if (session == null) {
                switch (ground.broker()
                        .openAside(Permissions.BROKER, vhost, ground.loop().loop(), "definitions")) {
                    case Broker.Opening.Opened(Session opened) -> session = opened;
                    case Broker.Opening.Refused(Refusal refusal) -> {
                        finished(Optional.of(new Failure(step.what(), refusal)));
                        return;
                    }
                }
                sessions.put(vhost, session);
            }
            session.perform(
                    command,
                    answer -> finished(
                            answer instanceof Answer.Refused(Refusal refusal)
                                    ? Optional.of(new Failure(step.what(), refusal))
                                    : Optional.empty()));
        }

        private void finished(Optional<Failure> one) {
            if (failure.isEmpty()) {
                failure = one;
            }
            waiting--;
            if (waiting == 0) {
                sessions.values().forEach(session -> session.close(() -> {}));
                done.accept(failure);
            }
        }
    }
}
