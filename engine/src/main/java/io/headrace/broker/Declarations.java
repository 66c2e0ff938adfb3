package io.headrace.broker;

import io.headrace.broker.CatalogEvents.Actor;
import io.headrace.catalog.Acl;
import io.headrace.catalog.BindingKey;
import io.headrace.catalog.Decision;
import io.headrace.catalog.ExchangeDeclaration;
import io.headrace.catalog.ExchangeDefinition;
import io.headrace.catalog.Names;
import io.headrace.catalog.QueueDeclaration;
import io.headrace.catalog.QueueDefinition;
import io.headrace.catalog.QueueType;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.Refusal.Access;
import io.headrace.catalog.Resource;
import io.headrace.message.FieldTable;
import io.headrace.security.User;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// A session's commands: permission, then decision, then the log, then the answer.
///
/// Threads: the loop.
final class Declarations {
    private final Engine engine;
    private final User user;
    private final String vhost;
    private final long connection;
    private Actor actor; // who asks

    Declarations(Engine engine, User user, String vhost, long connection) {
        this.engine = engine;
        this.actor = new Actor(user.name(), "");
        this.user = user;
        this.vhost = vhost;
        this.connection = connection;
    }

    void ofConnection(String name) {
        actor = new Actor(user.name(), name);
    }

    void perform(Command command, Consumer<Answer> answer) {
        engine.events().as(actor, () -> decide(command, answer));
    }

    private void decide(Command command, Consumer<Answer> answer) {
        engine.shard().close(); // counts and existence as of everything before
        if (command instanceof Command.DeclareQueue declare && DirectReplies.concerns(declare.name())) {
            answer.accept(declareReplies(declare.name()));
            return;
        }
        // made before it is known to be allowed: permissions are asked with it
        var generatedName = command instanceof Command.DeclareQueue declare
                        && declare.name().isEmpty()
                ? "amq.gen-" + engine.randomName()
                : "";
        var refusal = refuse(command, generatedName);
        if (refusal.isPresent()) {
            answer.accept(new Answer.Refused(refusal.get()));
            return;
        }
        switch (command) {
            case Command.DeclareExchange declare -> declareExchange(declare, answer);
            case Command.DeleteExchange(String name, boolean ifUnused) ->
                carryOut(engine.catalog().decideDeleteExchange(vhost, name, ifUnused), answer);
            case Command.Bind(BindingKey binding) ->
                carryOut(engine.catalog().decideBind(vhost, binding, connection), answer);
            case Command.Unbind(BindingKey binding) ->
                carryOut(engine.catalog().decideUnbind(vhost, binding, connection), answer);
            case Command.DeclareQueue declare -> declareQueue(declare, generatedName, answer);
            case Command.DeleteQueue delete -> deleteQueue(delete, answer);
            case Command.PurgeQueue(String name) -> purge(name, answer);
        }
    }

    /// At the end of the session. Nothing of them lasts, so nothing is waited for.
    void deleteExclusiveQueues() {
        engine.events()
                .as(Actor.NOBODY, () -> carryOut(engine.catalog().decideConnectionGone(connection), answer -> {}));
    }

    private Optional<Refusal> refuse(Command command, String generatedName) {
        return switch (command) {
            case Command.DeclareExchange declare ->
                declare.passive()
                        ? Optional.empty()
                        : refuse(Access.CONFIGURE, Resource.exchange(declare.name(), vhost))
                                .or(() -> refuseAlternate(declare.name(), declare.arguments()))
                                .or(() -> refuseTopic(declare.arguments()));
            case Command.DeleteExchange(String name, boolean _) ->
                refuse(Access.CONFIGURE, Resource.exchange(name, vhost));
            case Command.Bind(BindingKey binding) -> refuseBinding(binding);
            case Command.Unbind(BindingKey binding) -> refuseBinding(binding);
            case Command.DeclareQueue declare ->
                declare.passive()
                        ? Optional.empty()
                        : refuseDeclaration(declare, declare.name().isEmpty() ? generatedName : declare.name());
            case Command.DeleteQueue(String name, boolean _, boolean _) ->
                refuse(Access.CONFIGURE, Resource.queue(name, vhost)).or(() -> refuseDeletion(name));
            case Command.PurgeQueue(String name) -> refuse(Access.READ, Resource.queue(name, vhost));
        };
    }

    private Optional<Refusal> refuseDeclaration(Command.DeclareQueue declare, String name) {
        return refuse(Access.CONFIGURE, Resource.queue(name, vhost)).or(() -> refuseDeadLetters(declare, name));
    }

    /// A stream queue brings its topic along. To declare again what is there creates nothing.
    private Optional<Refusal> refuseTopic(Decision<QueueDefinition> decision) {
        return decision instanceof Decision.Change<QueueDefinition> change
                        && change.outcome().type() == QueueType.STREAM
                        && engine.catalog()
                                .topic(vhost, change.outcome().name())
                                .isEmpty()
                ? engine.authorizer()
                        .refuseTopic(
                                user,
                                Access.CONFIGURE,
                                Acl.Operation.CREATE,
                                Resource.topic(change.outcome().name(), vhost))
                : Optional.empty();
    }

    /// Its topic goes with a stream queue, but not with a view.
    private Optional<Refusal> refuseDeletion(String name) {
        return engine.catalog()
                .queue(vhost, name)
                .filter(queue -> queue.type() == QueueType.STREAM && !queue.view())
                .flatMap(queue -> engine.authorizer()
                        .refuseTopic(user, Access.CONFIGURE, Acl.Operation.DELETE, Resource.topic(name, vhost)));
    }

    private Optional<Refusal> refuseAlternate(String exchange, FieldTable arguments) {
        return arguments
                .text("alternate-exchange")
                .flatMap(alternate -> refuse(Access.READ, Resource.exchange(exchange, vhost))
                        .or(() -> refuse(Access.WRITE, Resource.exchange(alternate, vhost))));
    }

    // nobody asks when the dead are sent on
    private Optional<Refusal> refuseDeadLetters(Command.DeclareQueue declare, String name) {
        return declare.arguments()
                .text("x-dead-letter-exchange")
                .flatMap(exchange -> refuse(Access.READ, Resource.queue(name, vhost))
                        .or(() -> refuse(Access.WRITE, Resource.exchange(exchange, vhost))));
    }

    private Optional<Refusal> refuseTopic(FieldTable arguments) {
        return arguments
                .text(ExchangeDefinition.FROM_TOPIC)
                .map(topic -> Resource.topic(topic, vhost))
                .flatMap(topic -> refuse(Access.READ, topic)
                        .or(() -> engine.authorizer().refuseTopic(user, Access.READ, Acl.Operation.READ, topic)));
    }

    private Optional<Refusal> refuseBinding(BindingKey binding) {
        var destination = binding.toExchange()
                ? Resource.exchange(binding.destination(), vhost)
                : Resource.queue(binding.destination(), vhost);
        return refuse(Access.WRITE, destination)
                .or(() -> refuse(Access.READ, Resource.exchange(binding.source(), vhost)))
                .or(() -> engine.catalog()
                        .exchange(vhost, Names.clean(binding.source()))
                        .flatMap(source ->
                                engine.permissions().checkTopic(user, Access.READ, source, binding.routingKey())));
    }

    private Optional<Refusal> refuse(Access access, Resource resource) {
        return engine.permissions().check(user, access, resource);
    }

    private void declareExchange(Command.DeclareExchange declare, Consumer<Answer> answer) {
        if (declare.passive()) {
            carryOut(engine.catalog().findExchange(vhost, declare.name()), answer);
            return;
        }
        var declaration = new ExchangeDeclaration(
                vhost,
                declare.name(),
                declare.type(),
                declare.durable(),
                declare.autoDelete(),
                declare.internal(),
                declare.arguments());
        carryOut(engine.catalog().decideDeclareExchange(declaration), answer);
    }

    private void declareQueue(Command.DeclareQueue declare, String generatedName, Consumer<Answer> answer) {
        if (declare.passive()) {
            carryOut(engine.catalog().findQueue(vhost, declare.name(), connection), this::declared, answer);
            return;
        }
        var declaration = new QueueDeclaration(
                vhost,
                declare.name(),
                declare.durable(),
                declare.exclusive(),
                declare.autoDelete(),
                declare.arguments());
        var decision =
                engine.catalog().decideDeclareQueue(declaration, connection, () -> generatedName, engine::randomId);
        if (decision instanceof Decision.NoChange<QueueDefinition>(QueueDefinition there)
                && there.type() == QueueType.CLASSIC) {
            engine.queueLives().used(engine.queues().byId(there.id()));
        }
        var refusal = refuseTopic(decision);
        if (refusal.isPresent()) {
            answer.accept(refused(refusal.get()));
        } else {
            carryOut(decision, this::declared, answer);
        }
    }

    /// A client that answers may ask this way whether anybody still listens.
    private Answer declareReplies(String name) {
        return engine.replies().exists(name)
                ? new Answer.QueueDeclared(name, 0, 1)
                : refused(new Refusal.NotFound(Resource.queue(name, vhost)));
    }

    private Answer declared(QueueDefinition definition) {
        engine.observed().queueDeclared();
        var stream = engine.bridge().byId(definition.id());
        if (stream.isPresent()) {
            return new Answer.QueueDeclared(
                    definition.name(), stream.get().records(), stream.get().consumers());
        }
        var queue = engine.queues().byId(definition.id());
        return new Answer.QueueDeclared(definition.name(), queue.ready(), queue.subscribers());
    }

    private void deleteQueue(Command.DeleteQueue delete, Consumer<Answer> answer) {
        var resource = Resource.queue(delete.name(), vhost);
        var found = engine.catalog().queue(vhost, delete.name());
        if (found.isEmpty()) {
            answer.accept(new Answer.Removed(0));
            return;
        }
        if (!found.get().openTo(connection)) {
            answer.accept(refused(new Refusal.Locked(resource)));
            return;
        }
        var stream = engine.bridge().byId(found.get().id());
        var queue = engine.queues().byId(found.get().id());
        long ready = stream.isPresent() ? stream.get().records() : queue.ready();
        int consumers = stream.isPresent() ? stream.get().consumers() : queue.subscribers();
        if (delete.ifUnused() && consumers > 0) {
            answer.accept(refused(new Refusal.InUse(resource)));
        } else if (delete.ifEmpty() && (ready > 0 || stream.isEmpty() && queue.delayed() > 0)) {
            answer.accept(refused(new Refusal.NotEmpty(resource)));
        } else {
            carryOut(
                    engine.catalog().decideDeleteQueue(vhost, delete.name(), connection),
                    outcome -> new Answer.Removed(stream.isPresent() ? 0 : ready), // as RabbitMQ answers
                    answer);
        }
    }

    private void purge(String name, Consumer<Answer> answer) {
        if (engine.catalog()
                .queue(vhost, name)
                .filter(queue -> queue.type() == QueueType.STREAM)
                .isPresent()) {
            answer.accept(refused(new Refusal.NotForStreams(Resource.queue(name, vhost), Refusal.Use.PURGE)));
            return;
        }
        carryOut(
                engine.catalog().findQueue(vhost, name, connection),
                definition ->
                        new Answer.Removed(engine.queues().byId(definition.id()).purge()),
                result -> afterPurge(result, answer));
    }

    private void afterPurge(Answer result, Consumer<Answer> answer) {
        if (result instanceof Answer.Removed(long messages) && messages > 0) {
            engine.shard().await(engine.lastOffset(), tag -> answer.accept(result), 0);
        } else {
            answer.accept(result);
        }
    }

    private static Answer refused(Refusal refusal) {
        return new Answer.Refused(refusal);
    }

    private void carryOut(Decision<?> decision, Consumer<Answer> answer) {
        carryOut(decision, outcome -> new Answer.Done(), answer);
    }

    private <T> void carryOut(Decision<T> decision, Function<T, Answer> asAnswer, Consumer<Answer> answer) {
        switch (decision) {
            case Decision.Change<T> change ->
                engine.change(change.operations(), () -> answer.accept(asAnswer.apply(change.outcome())));
            case Decision.NoChange<T>(T outcome) -> answer.accept(asAnswer.apply(outcome));
            case Decision.Refused<T>(Refusal refusal) -> answer.accept(refused(refusal));
        }
    }
}
