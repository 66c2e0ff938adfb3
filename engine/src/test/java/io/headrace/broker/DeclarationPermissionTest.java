package io.headrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.catalog.Permission;
import io.headrace.catalog.Refusal;
import io.headrace.catalog.UserDefinition;
import io.headrace.log.LyingStorage;
import io.headrace.message.FieldTable;
import io.headrace.security.User;
import java.io.IOException;
import java.util.Set;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/// Goal: a queue without a name is declared by those who may have one of the name it gets.
@DisplayNameGeneration(ReplaceUnderscores.class)
class DeclarationPermissionTest {
    private final SimulatedBroker broker = new SimulatedBroker(new LyingStorage(1), 1);

    @Test
    void a_user_without_permission_may_not_have_a_generated_name() throws IOException {
        broker.boot();

        assertThat(declaredBy("nothing", ""))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.refusal())
                                .isInstanceOfSatisfying(
                                        Refusal.AccessRefused.class,
                                        access -> assertThat(access.resource().name())
                                                .matches("amq\\.gen-[\\w-]{22}")));
    }

    @Test
    void who_may_configure_generated_names_may() throws IOException {
        broker.boot();

        assertThat(declaredBy("own", "^amq\\.gen-")).isInstanceOf(Answer.QueueDeclared.class);
    }

    private Answer declaredBy(String user, String configure) {
        perform(new AdminCommand.PutUser(new UserDefinition(user, "", Set.of())));
        perform(new AdminCommand.PutPermission(user, "/", new Permission(configure, "", "")));
        var session =
                ((Broker.Opening.Opened) broker.engine.open(new User(user, Set.of()), "/", broker.loop, "t")).session();
        var answers = new Answer[1];
        session.perform(
                new Command.DeclareQueue("", false, false, true, false, FieldTable.EMPTY),
                answer -> answers[0] = answer);
        broker.settle();
        return answers[0];
    }

    private void perform(AdminCommand command) {
        broker.engine
                .admin()
                .perform(command, outcome -> assertThat(outcome).isNotInstanceOf(Admin.Outcome.Refused.class));
        broker.settle();
    }
}
