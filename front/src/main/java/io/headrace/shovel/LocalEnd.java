package io.headrace.shovel;

import io.headrace.broker.Answer;
import io.headrace.broker.Broker;
import io.headrace.broker.Command;
import io.headrace.broker.Session;
import io.headrace.catalog.Refusal;
import io.headrace.security.Permissions;
import io.headrace.security.User;
import io.headrace.shard.Loop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;

/// A session of this broker for one end of a shovel.
///
/// Threads: the shovel's.
final class LocalEnd {
    private static final long PATIENCE_SECONDS = 30;
    private static final int NO_PORT = 0;

    private final Broker broker;
    private final Function<Refusal, String> words;
    private final Loop loop;
    private final Session session;

    private LocalEnd(Broker broker, Function<Refusal, String> words, Session session) {
        this.broker = broker;
        this.words = words;
        this.loop = broker.admin().loop();
        this.session = session;
    }

    /// As the user of the URI; without one, as the broker itself, as in RabbitMQ.
    static LocalEnd open(Broker broker, Function<Refusal, String> words, ShovelUri uri, String name)
            throws ShovelTrouble, InterruptedException {
        var loop = broker.admin().loop();
        var user = uri.user().isPresent() ? login(broker, loop, uri) : Permissions.BROKER;
        Broker.Opening opening = await(loop, answer -> answer.accept(broker.openAside(user, uri.vhost(), loop, name)));
        return switch (opening) {
            case Broker.Opening.Opened(Session session) -> new LocalEnd(broker, words, session);
            case Broker.Opening.Refused(Refusal refusal) -> throw new ShovelTrouble(words.apply(refusal));
        };
    }

    private static User login(Broker broker, Loop loop, ShovelUri uri) throws ShovelTrouble, InterruptedException {
        var name = uri.user().orElseThrow();
        var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), NO_PORT);
        Broker.Login login = uri.password().isEmpty()
                ? broker.loginTrusted(name, here)
                : LocalEnd.<Broker.Login>now(answer ->
                        broker.login(name, uri.password().get().getBytes(StandardCharsets.UTF_8), here, loop, answer));
        return switch (login) {
            case Broker.Login.Accepted(User user) -> user;
            case Broker.Login.Refused(String _) -> throw new ShovelTrouble("user '" + name + "' may not log in");
        };
    }

    Broker broker() {
        return broker;
    }

    Loop loop() {
        return loop;
    }

    Session session() {
        return session;
    }

    ShovelTrouble refused(Refusal refusal) {
        return new ShovelTrouble(words(refusal));
    }

    String words(Refusal refusal) {
        return words.apply(refusal);
    }

    Answer perform(Command command) throws ShovelTrouble, InterruptedException {
        Answer answer = await(done -> session.perform(command, done));
        if (answer instanceof Answer.Refused(Refusal refusal)) {
            throw refused(refusal);
        }
        return answer;
    }

    /// Durable, if it is not there.
    ///
    /// @return how many messages are ready in it
    long ensureQueue(Command.DeclareQueue durable) throws ShovelTrouble, InterruptedException {
        var passive = new Command.DeclareQueue(durable.name(), true, false, false, false, durable.arguments());
        Answer answer = await(done -> session.perform(passive, done));
        if (answer instanceof Answer.Refused(Refusal.NotFound _)) {
            answer = perform(durable);
        }
        return switch (answer) {
            case Answer.QueueDeclared(String _, long ready, int _) -> ready;
            case Answer.Refused(Refusal refusal) -> throw refused(refusal);
            case Answer.Done _, Answer.Removed _ ->
                throw new IllegalStateException("a declaration was answered with " + answer);
        };
    }

    /// `work` runs on the loop and gives its answer there, at once or later.
    <T> T await(Consumer<Consumer<T>> work) throws ShovelTrouble, InterruptedException {
        return await(loop, work);
    }

    private static <T> T await(Loop loop, Consumer<Consumer<T>> work) throws ShovelTrouble, InterruptedException {
        return now(answer -> loop.execute(() -> work.accept(answer)));
    }

    private static <T> T now(Consumer<Consumer<T>> work) throws ShovelTrouble, InterruptedException {
        var answer = new CompletableFuture<T>();
        work.accept(answer::complete);
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException _) {
            throw new ShovelTrouble("the broker did not answer within " + PATIENCE_SECONDS + " s");
        } catch (ExecutionException e) {
            throw new IllegalStateException("asked on the loop", e.getCause());
        }
    }

    /// Waits until the session is gone, also on a thread that was interrupted.
    ///
    /// @param first runs on the loop before
    void close(Runnable first) {
        boolean interrupted = Thread.interrupted();
        try {
            LocalEnd.<Boolean>await(loop, done -> {
                first.run();
                session.close(() -> done.accept(true));
            });
        } catch (ShovelTrouble | InterruptedException _) {
            interrupted = true; // nobody is left to tell
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
