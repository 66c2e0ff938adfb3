package io.headrace.management;

import io.headrace.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Export and import of definitions.
final class DefinitionsApi {
    private static final String FILE_FIELD = "name=\"file\"";

    private final Ground ground;
    private final Definitions definitions;
    private final DefinitionsImport imports;

    DefinitionsApi(Ground ground, DefinitionsImport imports) {
        this.ground = ground;
        this.definitions = new Definitions(ground);
        this.imports = imports;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/definitions", Rule.ADMINISTRATOR, this::export),
                new Route("POST", "/api/definitions", Rule.ADMINISTRATOR, this::take),
                new Route("GET", "/api/all-configuration", Rule.ADMINISTRATOR, this::export),
                new Route("POST", "/api/all-configuration", Rule.ADMINISTRATOR, this::take),
                new Route("GET", "/api/definitions/{vhost}", Rule.ADMINISTRATOR, this::export),
                new Route("POST", "/api/definitions/{vhost}", Rule.ADMINISTRATOR, this::take));
    }

    private HttpResponse export(Call call) throws Problem, InterruptedException {
        var all = call.has("vhost") ? definitions.of(call.vhost()) : definitions.ofAll();
        var response = Listing.json(all);
        return call.query()
                .text("download")
                .filter(name -> name.matches("[\\w.@ -]+"))
                .map(name -> response.with("content-disposition", "attachment; filename=\"" + name + "\""))
                .orElse(response);
    }

    private HttpResponse take(Call call) throws Problem, InterruptedException {
        if (call.has("vhost") && !ground.catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
        var type = call.request().header("content-type").orElse("");
        var body = type.startsWith("multipart/form-data")
                ? file(call.request().body(), type)
                : call.request().body();
        imports.run(Body.parse(body), call.has("vhost") ? Optional.of(call.vhost()) : Optional.empty());
        return HttpResponse.empty(204);
    }

    /// The field `file` of a form (RFC 7578).
    private static byte[] file(byte[] form, String contentType) throws Problem {
        int at = contentType.indexOf("boundary=");
        if (at < 0) {
            throw Problem.badRequest("multipart without a boundary");
        }
        var boundary = "--"
                + contentType.substring(at + "boundary=".length()).split(";")[0].replace("\"", "");
        // one char for each byte, so that places are the same
        var text = new String(form, StandardCharsets.ISO_8859_1);
        int head = text.indexOf(FILE_FIELD);
        int start = head < 0 ? -1 : text.indexOf("\r\n\r\n", head);
        int end = start < 0 ? -1 : text.indexOf("\r\n" + boundary, start);
        if (end < 0) {
            throw Problem.missingKey("file");
        }
        return Arrays.copyOfRange(form, start + 4, end);
    }
}
