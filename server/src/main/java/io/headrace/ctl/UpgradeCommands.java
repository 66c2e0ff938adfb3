package io.headrace.ctl;

import java.util.List;

/// `rabbitmq-upgrade`: out of service and back, and what a rolling upgrade waits for, of which one node has nothing.
final class UpgradeCommands {
    private static final int WAIT_SECONDS = 120;
    private static final String ALONE =
            "Target node seems to be the only one in a single node cluster, the command does not apply";

    private UpgradeCommands() {}

    static List<Command> all() {
        return List.of(
                Command.of("drain", "", 0, UpgradeCommands::drain),
                Command.of("revive", "", 0, UpgradeCommands::revive),
                Command.of(
                        "await_online_quorum_plus_one",
                        "[--timeout <timeout>]",
                        0,
                        call -> alone(call, "Will wait for a quorum + 1 of nodes to be online for all quorum queues")),
                Command.of(
                        "await_online_synchronized_mirror",
                        "[--timeout <timeout>]",
                        0,
                        call -> alone(
                                call, "Will wait for a synchronised mirror be online for all classic mirrored queues")),
                Command.of("post_upgrade", "", 0, UpgradeCommands::postUpgrade));
    }

    private static void alone(Call call, String what) throws Failure {
        int seconds = call.option("timeout").isPresent() ? (int) call.timeoutSeconds() : WAIT_SECONDS;
        call.announce(what + " for " + seconds + " seconds...");
        call.get("overview"); // it is up
        call.terminal().line(ALONE);
    }

    private static void drain(Call call) throws Failure {
        call.announce("Will put node " + call.node()
                + " into maintenance mode. The node will no longer serve any client traffic!");
        call.put(Api.object(), "headrace", "maintenance").orFail(Exit.UNAVAILABLE);
    }

    private static void revive(Call call) throws Failure {
        call.announce("Will put node " + call.node()
                + " back into regular operating mode. The node will again serve client traffic and host primary queue"
                + " replicas.");
        call.delete("headrace", "maintenance").orFail(Exit.UNAVAILABLE);
    }

    private static void postUpgrade(Call call) throws Failure {
        call.announce("Executing post upgrade tasks...");
        call.terminal().line("Rebalancing queue masters...");
        call.api().send("POST", null, "rebalance", "queues").orFail();
        call.terminal().line("");
    }
}
