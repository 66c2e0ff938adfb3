package io.headrace.cli;

import io.headrace.config.ConfigText;
import io.headrace.net.Preload;
import io.headrace.server.ConfigReference;
import io.headrace.server.Headrace;
import io.headrace.server.HeadraceConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The command `headrace`: finds out what is wanted, and exits with its code.
public final class Main {
    private static final String USAGE = """
            Headrace, a message broker that RabbitMQ's clients use unchanged.

            usage: headrace start  [options]   run a broker in the foreground, until Ctrl-C or SIGTERM
                   headrace status [options]   tell what runs on the data directory
                   headrace stop   [options]   end it cleanly, and wait until it has ended
                   headrace train              prepare faster starts of what is built now
                   headrace --version | --help

                   headrace queue      list | declare | delete | purge         what is in a broker that runs;
                   headrace exchange   list | declare | delete                 each tells more with --help
                   headrace binding    list | add | delete
                   headrace policy     list | set | delete
                   headrace user       list | add | delete | password | tags | permissions
                   headrace vhost      list | add | delete
                   headrace definitions export | import
                   headrace publish, headrace consume, headrace purge

            exit codes: 0 done, 1 failed, 2 command line or configuration is wrong, 3 no broker runs there

            Options are the keys of the configuration; an option wins over the file.

              --config FILE   (path)
                  Reads settings from a file of 'key = value' lines.
            """;

    private static final String PRELOAD = "io.headrace.preload"; // the launcher's, for a start without a cache

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    public static void main(String[] args) {
        ConsoleLog.claim();
        if (Boolean.getBoolean(PRELOAD)) {
            Preload.begin();
        }
        int code = new Main(System.out, System.err).run(List.of(args));
        System.out.flush();
        System.exit(code);
    }

    int run(List<String> words) {
        var arguments = Arguments.parse(words.stream().skip(1).toList(), HeadraceConfig.declared());
        if (arguments.help()) {
            return help();
        }
        return switch (words.isEmpty() ? "" : words.getFirst()) {
            case "start" -> configured(arguments, new Start(out, err));
            case "status" -> configured(arguments, new Status(out));
            case "train" -> configured(arguments, new Train(out, err));
            case "stop" -> configured(arguments, new Stop(out));
            case "--version", "version" -> {
                out.println("headrace " + Headrace.version());
                yield Exit.DONE;
            }
            case "--help", "-h", "help" -> help();
            case "" -> wrong(List.of("say what to do: start, status or stop; --help tells more"));
            default -> wrong(List.of("there is no command '" + words.getFirst() + "'; --help lists them"));
        };
    }

    private int help() {
        out.print(USAGE);
        out.print(ConfigReference.help(HeadraceConfig.declared()));
        return Exit.DONE;
    }

    private int configured(Arguments arguments, Command command) {
        if (!arguments.problems().isEmpty()) {
            return wrong(arguments.problems());
        }
        try {
            var file = arguments.configFile().isEmpty()
                    ? new ConfigText(Map.of(), List.of())
                    : read(Path.of(arguments.configFile().get()));
            return switch (HeadraceConfig.read(file, arguments.settings())) {
                case HeadraceConfig.Reading.Valid(var config) -> command.run(config);
                case HeadraceConfig.Reading.Invalid(var problems) -> wrong(problems);
            };
        } catch (IOException e) {
            err.println("headrace: " + explained(e));
            return Exit.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Exit.FAILED;
        }
    }

    private static ConfigText read(Path file) throws IOException {
        return ConfigText.parse(file.getFileName().toString(), Files.readString(file, StandardCharsets.UTF_8));
    }

    /// A file's exceptions carry the name alone, and say by their type what happened to it.
    private static String explained(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException missing -> "there is no file " + missing.getFile();
            case java.nio.file.AccessDeniedException denied -> "no permission for " + denied.getFile();
            default -> e.getMessage() == null ? e.toString() : e.getMessage();
        };
    }

    private int wrong(List<String> problems) {
        problems.forEach(problem -> err.println("headrace: " + problem));
        return Exit.WRONG;
    }
}
