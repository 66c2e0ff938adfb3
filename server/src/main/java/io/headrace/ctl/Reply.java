package io.headrace.ctl;

import com.fasterxml.jackson.databind.JsonNode;

/// What the API answered.
///
/// @param body missing if there is none
record Reply(int status, JsonNode body) {
    boolean ok() {
        return status / 100 == 2;
    }

    boolean missing() {
        return status == 404;
    }

    /// Why it was refused, in the API's words.
    String reason() {
        var reason = body.path("reason").asText("");
        return reason.isEmpty() ? "the management API answered with status " + status : reason;
    }

    /// @throws Failure it was refused
    JsonNode orFail() throws Failure {
        return orFail(Exit.SOFTWARE);
    }

    JsonNode orFail(int exit) throws Failure {
        if (!ok()) {
            throw Failure.error(status == 503 ? Exit.UNAVAILABLE : exit, reason());
        }
        return body;
    }
}
