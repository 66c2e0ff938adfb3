package io.headrace.ctl;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/// JSON that was typed or lies in a file: definitions of policies, and of everything.
final class Definitions {
    private static final String STANDARD = "-";

    private Definitions() {}

    static List<Command> all() {
        return List.of(
                Command.of("export_definitions", "<file_path | \"-\"> [--format json]", 1, Definitions::export)
                        .with("format"),
                Command.of("import_definitions", "<file_path | \"-\"> [--format json]", 0, 1, Definitions::take)
                        .with("format"));
    }

    /// @throws Failure it is no JSON
    static JsonNode json(String text) throws Failure {
        try {
            var node = Api.JSON.readTree(text);
            if (node.isMissingNode()) {
                throw Failure.unavailable("JSON decoding error. Reason: there is nothing");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw Failure.unavailable("JSON decoding error. Reason: " + e.getOriginalMessage());
        }
    }

    static ObjectNode object(String text) throws Failure {
        if (json(text) instanceof ObjectNode object) {
            return object;
        }
        throw Failure.unavailable("JSON decoding error. Reason: not an object");
    }

    private static void checkFormat(Call call) throws Failure {
        var format = call.option("format").orElse("json");
        if (!format.equalsIgnoreCase("json")) {
            throw Failure.usage(Exit.DATA, "Formatter should be 'json'; there are no Erlang terms here");
        }
    }

    private static void export(Call call) throws Failure {
        var file = call.argument(0);
        checkFormat(call);
        if (!file.equals(STANDARD)) {
            call.announce("Exporting definitions in JSON to a file at \"" + file + "\" ...");
        }
        var definitions = call.get("definitions").toString();
        if (file.equals(STANDARD)) {
            call.terminal().out().print(definitions);
            return;
        }
        try {
            Files.writeString(Path.of(file), definitions);
        } catch (IOException e) {
            throw Failure.error(Exit.SOFTWARE, "cannot write " + file + ": " + e.getMessage());
        }
    }

    private static void take(Call call) throws Failure {
        var file = call.arguments().isEmpty() ? STANDARD : call.argument(0);
        checkFormat(call);
        var text = read(file);
        call.announce(
                file.equals(STANDARD)
                        ? "Importing definitions in JSON from standard input ..."
                        : "Importing definitions in JSON from a file at \"" + file + "\" ...");
        JsonNode definitions;
        try {
            definitions = Api.JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw Failure.error(
                    Exit.DATA, "Failed to deserialise input (format: JSON) (error: " + e.getOriginalMessage() + ")");
        }
        call.api().send("POST", definitions, "definitions").orFail(Exit.DATA);
        // what RabbitMQ says, though here it is done
        call.terminal()
                .line("Successfully started definition import. This process is asynchronous and can take some time.");
    }

    private static String read(String file) throws Failure {
        try {
            return file.equals(STANDARD)
                    ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
                    : Files.readString(Path.of(file));
        } catch (NoSuchFileException _) {
            throw Failure.usage(Exit.DATA, "Bad argument: File " + file + " does not exist");
        } catch (IOException e) {
            throw Failure.error(Exit.DATA, "cannot read " + file + ": " + e.getMessage());
        }
    }
}
