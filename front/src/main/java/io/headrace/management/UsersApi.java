package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Admin.Outcome;
import io.headrace.broker.AdminCommand;
import io.headrace.catalog.UserDefinition;
import io.headrace.http.HttpResponse;
import io.headrace.security.PasswordHash;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/// Users and who is asking.
final class UsersApi {
    private static final String HASH_OF_NOBODY = "";

    private final Ground ground;
    private final SecureRandom random = new SecureRandom();

    UsersApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/whoami", Rule.MANAGEMENT, this::whoami),
                new Route("GET", "/api/users", Rule.ADMINISTRATOR, this::list),
                new Route("GET", "/api/users/without-permissions", Rule.ADMINISTRATOR, this::withoutPermissions),
                new Route("POST", "/api/users/bulk-delete", Rule.ADMINISTRATOR, this::bulkDelete),
                new Route("GET", "/api/users/{user}", Rule.ADMINISTRATOR, this::one),
                new Route("PUT", "/api/users/{user}", Rule.ADMINISTRATOR, this::put),
                new Route("DELETE", "/api/users/{user}", Rule.ADMINISTRATOR, this::delete),
                new Route("GET", "/api/auth/hash_password/{password}", Rule.MANAGEMENT, this::hash));
    }

    private HttpResponse whoami(Call call) {
        var caller = call.caller();
        var json = Json.object().put("name", caller.name()).put("is_internal_user", true);
        json.set("tags", Json.strings(caller.user().tags()));
        return Listing.json(json);
    }

    private HttpResponse list(Call call) throws Problem, InterruptedException {
        return Listing.list(call, ground.catalog().users(), UserDefinition::name, Listing.each(UsersApi::describe));
    }

    private HttpResponse withoutPermissions(Call call) throws Problem, InterruptedException {
        var users = ground.catalog().users().stream()
                .filter(user -> ground.catalog().permissionsOf(user.name()).isEmpty())
                .toList();
        return Listing.list(call, users, UserDefinition::name, Listing.each(UsersApi::describe));
    }

    private HttpResponse one(Call call) throws Problem {
        return Listing.one(call, describe(find(call)));
    }

    private UserDefinition find(Call call) throws Problem {
        return ground.catalog().user(call.path("user")).orElseThrow(Problem::notFound);
    }

    static ObjectNode describe(UserDefinition user) {
        int colon = user.passwordHash().indexOf(':');
        var json = Json.object()
                .put("name", user.name())
                .put(
                        "password_hash",
                        colon < 0 ? HASH_OF_NOBODY : user.passwordHash().substring(colon + 1))
                .put(
                        "hashing_algorithm",
                        colon < 0
                                ? PasswordHash.Algorithm.SHA256.rabbitName()
                                : user.passwordHash().substring(0, colon));
        json.set("tags", Json.strings(user.tags()));
        var limits = json.putObject("limits");
        user.limits().forEach(limits::put);
        return json;
    }

    private HttpResponse put(Call call) throws Problem, InterruptedException {
        var name = call.path("user");
        var body = call.body();
        if (body.get("tags").isEmpty()) {
            throw Problem.badRequest("tags_not_present");
        }
        var outcome = ground.perform(
                call.caller(),
                new AdminCommand.PutUser(read(name, body, ground.catalog().user(name))));
        return HttpResponse.empty(outcome instanceof Outcome.Created ? 201 : 204);
    }

    /// @param current whose limits stay if the body has none
    UserDefinition read(String name, Body body, Optional<UserDefinition> current) throws Problem {
        var limits = new java.util.TreeMap<>(
                current.map(UserDefinition::limits).orElse(java.util.Collections.emptySortedMap()));
        var given = body.get("limits");
        if (given.isPresent() && given.get().isObject()) {
            limits.clear();
            var inside = Body.of(given.get());
            for (var field : given.get().properties()) {
                limits.put(field.getKey(), inside.integer(field.getKey()).orElse(-1L));
            }
        }
        return new UserDefinition(name, hash(body), body.words("tags").orElse(new java.util.LinkedHashSet<>()), limits);
    }

    /// As the catalog keeps it; empty for a user who cannot log in with a password.
    private String hash(Body body) throws Problem {
        var password = body.text("password");
        if (password.isPresent() && !password.get().isEmpty()) {
            return created(password.get()).stored();
        }
        var hash = body.text("password_hash", HASH_OF_NOBODY);
        if (hash.isEmpty()) {
            return HASH_OF_NOBODY;
        }
        var algorithm = body.text("hashing_algorithm", PasswordHash.Algorithm.SHA256.rabbitName());
        return PasswordHash.Algorithm.of(algorithm)
                .flatMap(known -> PasswordHash.imported(hash, known))
                .orElseThrow(() -> Problem.badRequest("password_hash does not fit hashing_algorithm " + algorithm))
                .stored();
    }

    private PasswordHash created(String password) {
        var salt = new byte[PasswordHash.SALT_BYTES];
        random.nextBytes(salt);
        return PasswordHash.create(password.getBytes(StandardCharsets.UTF_8), salt);
    }

    private HttpResponse delete(Call call) throws Problem, InterruptedException {
        ground.perform(call.caller(), new AdminCommand.DeleteUser(find(call).name()));
        return HttpResponse.empty(204);
    }

    private HttpResponse bulkDelete(Call call) throws Problem, InterruptedException {
        for (var name : call.body().required("users")) {
            ground.perform(call.caller(), new AdminCommand.DeleteUser(name.asText()));
        }
        return HttpResponse.empty(204);
    }

    private HttpResponse hash(Call call) {
        var hash = created(call.path("password")).base64();
        return Listing.json(Json.object().put("ok", hash));
    }
}
