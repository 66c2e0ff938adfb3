package io.headrace.ctl;

import java.util.regex.Pattern;

/// The few expressions that test suites of clients evaluate. There is no Erlang here, and all others are told so.
final class Eval {
    private static final String SPACE = "\\s*";
    private static final Pattern SET = Pattern.compile(
            "rabbit_alarm:set_alarm\\(\\{\\{resource_limit,(memory|disk),node\\(\\)\\},\\[\\]\\}\\)\\.?");
    private static final Pattern CLEAR =
            Pattern.compile("rabbit_alarm:clear_alarm\\(\\{resource_limit,(memory|disk),node\\(\\)\\}\\)\\.?");

    private Eval() {}

    static void run(Call call) throws Failure {
        call.stopIfRehearsed();
        var expression = call.argument(0).replaceAll(SPACE, "");
        var set = SET.matcher(expression);
        var clear = CLEAR.matcher(expression);
        if (set.matches()) {
            call.put(Api.object(), "headrace", "resources", set.group(1), "alarm")
                    .orFail();
        } else if (clear.matches()) {
            call.delete("headrace", "resources", clear.group(1), "alarm").orFail();
        } else if (expression.equals("node().") || expression.equals("node()")) {
            call.terminal().line("'" + call.node() + "'");
            return;
        } else {
            throw Failure.error(
                    Exit.SOFTWARE,
                    "Headrace is no Erlang program and evaluates only rabbit_alarm:set_alarm/1, rabbit_alarm:clear_alarm/1"
                            + " of this node's memory and disk, and node()");
        }
        call.terminal().line("ok");
    }
}
