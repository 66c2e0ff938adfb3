package io.headrace.management;

import io.headrace.broker.Admin;
import io.headrace.broker.AdminCommand;
import io.headrace.broker.Answer;
import io.headrace.broker.Broker;
import io.headrace.broker.Command;
import io.headrace.broker.NodeView;
import io.headrace.broker.Observation;
import io.headrace.broker.Session;
import io.headrace.catalog.Catalog;
import io.headrace.catalog.Refusal;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/// What the API stands on.
///
/// @param words a refusal in the protocol's code and text
record Ground(
        Broker broker,
        Admin admin,
        Observation observation,
        NodeView node,
        Sampler sampler,
        OnLoop loop,
        Function<Refusal, Told> words) {
    private static final String CONNECTION = "HTTP API";

    Catalog catalog() {
        return admin.catalog();
    }

    String nodeName() {
        return broker.identity().nodeName();
    }

    /// Carries out a command as the caller; answers when it is committed.
    ///
    /// @throws Problem the engine refuses
    Answer perform(Caller caller, String vhost, Command command) throws Problem, InterruptedException {
        Answer answer = this.<Answer>inSession(
                caller, vhost, (session, done) -> session.perform(command, done), Answer.Refused::new);
        if (answer instanceof Answer.Refused(Refusal refusal)) {
            throw Problem.refused(refusal, words);
        }
        return answer;
    }

    /// Gives `work` a session of the caller for as long as it takes.
    ///
    /// @param refused makes an answer of a vhost that may not be entered
    <T> T inSession(Caller caller, String vhost, BiConsumer<Session, Consumer<T>> work, Function<Refusal, T> refused)
            throws Problem, InterruptedException {
        return loop.await(done -> {
            switch (broker.openAside(caller.user(), vhost, loop.loop(), CONNECTION)) {
                case Broker.Opening.Opened(Session session) ->
                    work.accept(session, answer -> session.close(() -> done.accept(answer)));
                case Broker.Opening.Refused(Refusal refusal) -> done.accept(refused.apply(refusal));
            }
        });
    }

    /// Carries out an operator's command as the caller; answers when it is committed.
    ///
    /// @throws Problem the engine refuses
    Admin.Outcome perform(Caller caller, AdminCommand command) throws Problem, InterruptedException {
        Admin.Outcome outcome = loop.await(done -> admin.perform(command, caller.name(), done));
        if (outcome instanceof Admin.Outcome.Refused(Refusal refusal)) {
            throw Problem.refused(refusal, words);
        }
        return outcome;
    }
}
