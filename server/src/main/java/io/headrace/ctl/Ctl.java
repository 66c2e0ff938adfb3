package io.headrace.ctl;

import io.headrace.config.Spelling;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One run of one of the tools, from its words to its exit code.
public final class Ctl {
    private static final double DEFAULT_SECONDS = 60;

    private final Tool tool;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;

    Ctl(Tool tool, PrintStream out, PrintStream err, Map<String, String> environment) {
        this.tool = tool;
        this.out = out;
        this.err = err;
        this.environment = environment;
    }

    /// @param args the name of the tool, and what was typed behind it
    public static void main(String[] args) {
        var out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)), false, StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        var words = List.of(args);
        int code;
        if (words.getFirst().equals("train")) {
            code = Training.run(out, err);
        } else {
            code = new Ctl(Tool.of(words.getFirst()).orElseThrow(), out, err, System.getenv())
                    .run(words.subList(1, words.size()));
        }
        out.flush();
        Runtime.getRuntime().halt(code); // there is nothing to end
    }

    int run(List<String> given) {
        try {
            var commands = tool.commands();
            var words = Words.parse(given, commands);
            if (words.has("help")
                    || words.command().equals("help")
                    || words.command().isEmpty()) {
                return help(words, commands);
            }
            var found = Found.in(commands, words);
            if (found.isEmpty()) {
                return notFound(words, commands);
            }
            return run(found.get().command(), found.get().words());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exit.SOFTWARE;
        }
    }

    /// A command and the words without its name.
    private record Found(Command command, Words words) {
        /// The longer name wins: `queue list`.
        static Optional<Found> in(List<Command> commands, Words words) {
            for (int length = Math.min(2, words.plain().size()); length > 0; length--) {
                var name = String.join(" ", words.plain().subList(0, length));
                var command =
                        commands.stream().filter(one -> one.name().equals(name)).findFirst();
                if (command.isPresent()) {
                    return Optional.of(new Found(command.get(), words.named(name, length)));
                }
            }
            return Optional.empty();
        }
    }

    private int run(Command command, Words words) throws InterruptedException {
        try {
            check(command, words);
            var format = Format.of(words.option("formatter").orElse("table"))
                    .orElseThrow(() -> Failure.usage(
                            Exit.USAGE, "Formatter " + words.option("formatter").get() + " not found"));
            boolean silent = words.has("silent");
            var terminal = new Terminal(
                    out, format, !silent && !words.has("quiet"), !silent && !words.has("no-table-headers"));
            command.action().run(new Call(words, terminal, Brokers.meant(words, environment), seconds(words)));
            return Exit.DONE;
        } catch (Failure failure) {
            out.flush(); // what came before stays before
            if (!failure.getMessage().isEmpty()) {
                err.println(failure.getMessage());
            }
            if (failure.explainsUsage()) {
                err.println("Arguments given:\n\t" + String.join(" ", words.given()) + "\n");
                err.println(Terminal.bold("Usage") + "\n\n" + usage(command));
            }
            return failure.exit();
        }
    }

    private static void check(Command command, Words words) throws Failure {
        if (!words.unknown().isEmpty()) {
            throw Failure.usage(
                    Exit.USAGE,
                    "Invalid options for this command:\n"
                            + String.join(
                                    "\n",
                                    words.unknown().stream()
                                            .map(option -> option + " : ")
                                            .toList()));
        }
        for (String option : words.options().keySet()) {
            if (!Words.isGlobal(option) && !command.options().containsKey(option)) {
                throw Failure.usage(Exit.USAGE, "Invalid options for this command:\n--" + option + " : ");
            }
        }
        int given = words.arguments().size();
        if (given < command.least()) {
            throw Failure.usage(Exit.USAGE, "not enough arguments.");
        }
        if (given > command.most()) {
            throw Failure.usage(Exit.USAGE, "too many arguments.");
        }
    }

    private static double seconds(Words words) throws Failure {
        var text = words.option("timeout").orElse(Double.toString(DEFAULT_SECONDS));
        if (text.equals("infinity")) {
            return Integer.MAX_VALUE / 1000;
        }
        if (!text.matches("[0-9]{1,6}(\\.[0-9]{1,3})?")) {
            throw Failure.usage(Exit.USAGE, "Invalid options for this command:\n--timeout : " + text);
        }
        return Double.parseDouble(text);
    }

    private String usage(Command command) {
        return tool.word() + " [--node <node>] [--longnames] [--quiet] " + command.name() + " " + command.usage();
    }

    private int notFound(Words words, List<Command> commands) {
        err.println();
        err.println("Command '" + words.command() + "' not found. ");
        Spelling.nearest(words.command(), commands.stream().map(Command::name).toList())
                .ifPresent(near -> err.println("Did you mean '" + near + "'? "));
        err.println();
        list(commands, err);
        return Exit.USAGE;
    }

    private int help(Words words, List<Command> commands) {
        var about = words.command().equals("help") && !words.arguments().isEmpty()
                ? String.join(" ", words.arguments())
                : words.has("help") ? String.join(" ", words.plain()) : "";
        var command = commands.stream().filter(one -> one.name().equals(about)).findFirst();
        if (command.isPresent()) {
            out.println("\n" + Terminal.bold("Usage") + "\n\n" + usage(command.get()));
            return Exit.DONE;
        }
        boolean asked = words.has("help") || words.command().equals("help");
        list(commands, asked ? out : err);
        return asked ? Exit.DONE : Exit.USAGE;
    }

    private void list(List<Command> commands, PrintStream to) {
        to.println(Terminal.bold("Usage") + "\n\n" + tool.word()
                + " [--node <node>] [--timeout <timeout>] [--longnames] [--quiet] <command> [<command options>]\n\n"
                + "Available commands:\n");
        commands.stream()
                .map(command -> "   " + command.name() + " " + command.usage())
                .sorted()
                .forEach(to::println);
        to.println("""

                Options of all: -n --node <node>, --data <directory>, -p --vhost <vhost>, -q --quiet, -s --silent,
                --no-table-headers, --formatter table|pretty_table|json|csv|erlang, -t --timeout <seconds>, --dry-run""");
    }
}
