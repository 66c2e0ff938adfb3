package io.headrace.management;

import io.headrace.catalog.Refusal;
import io.headrace.http.HttpResponse;
import java.util.function.Function;

/// A request that is not answered as asked. Without a stack trace: the caller is to blame.
final class Problem extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int ACCESS_REFUSED = 403;
    private static final int NOT_FOUND = 404;
    private static final String LOGIN_REFUSED = "not_authorized";

    private final int status;
    private final String error;

    private Problem(int status, String error, String reason) {
        super(reason, null, false, false);
        this.status = status;
        this.error = error;
    }

    static Problem badRequest(String reason) {
        return new Problem(400, "bad_request", reason);
    }

    static Problem of(int status, String error, String reason) {
        return new Problem(status, error, reason);
    }

    static Problem missingKey(String key) {
        return badRequest("[{key_missing," + key + "}]");
    }

    static Problem notFound() {
        return new Problem(404, "Object Not Found", "Not Found");
    }

    static Problem notFound(String reason) {
        return new Problem(404, "not_found", reason);
    }

    static Problem notAuthorised(String reason) {
        return new Problem(401, "not_authorised", reason);
    }

    /// Name or password is wrong, which RabbitMQ spells differently.
    static Problem loginRefused(String reason) {
        return new Problem(401, LOGIN_REFUSED, reason);
    }

    boolean asksForLogin() {
        return error.equals(LOGIN_REFUSED);
    }

    /// What the engine will not do. Permissions are a 401 whatever they are about, as RabbitMQ has it, and what is not
    /// there a 404; the rest is a 400 with the protocol's text.
    static Problem refused(Refusal refusal, Function<Refusal, Told> words) {
        var told = words.apply(refusal);
        if (told.code() == ACCESS_REFUSED || refusal instanceof Refusal.VhostAccessRefused) {
            return notAuthorised("Access refused.");
        }
        return told.code() == NOT_FOUND ? notFound(told.text()) : badRequest(told.text());
    }

    HttpResponse response() {
        var body = Json.object().put("error", error).put("reason", getMessage());
        return HttpResponse.of(status, HttpResponse.JSON, Json.bytes(body));
    }
}
