package io.headrace.management;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.broker.Broker;
import io.headrace.config.Share;
import io.headrace.http.HttpResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What RabbitMQ has for its command line alone, and not in its HTTP API: limits of memory and disk, alarms set by
/// hand, a look at a password, the log's level, maintenance.
///
/// Nothing here outlasts the process.
final class OperatorApi {
    private static final String RESOURCE = "/api/headrace/resources/{resource}";
    private static final Share NOTHING = new Share.Bytes(0);
    private static final Share EVERYTHING = new Share.Bytes(Long.MAX_VALUE);

    private final Ground ground;
    private Share memoryBefore; // the limit before an alarm was set by hand; null while none is. Under the lock.
    private Share diskBefore;

    OperatorApi(Ground ground) {
        this.ground = ground;
    }

    List<Route> routes() {
        return List.of(
                new Route("GET", "/api/headrace/resources", Rule.ADMINISTRATOR, _ -> Listing.json(levels())),
                new Route("PUT", RESOURCE, Rule.ADMINISTRATOR, this::limit),
                new Route("PUT", RESOURCE + "/alarm", Rule.ADMINISTRATOR, this::setAlarm),
                new Route("DELETE", RESOURCE + "/alarm", Rule.ADMINISTRATOR, this::clearAlarm),
                new Route("PUT", "/api/headrace/maintenance", Rule.ADMINISTRATOR, _ -> drain()),
                new Route("DELETE", "/api/headrace/maintenance", Rule.ADMINISTRATOR, _ -> revive()),
                new Route("POST", "/api/headrace/authenticate", Rule.ADMINISTRATOR, this::authenticate),
                new Route("PUT", "/api/headrace/log-level", Rule.ADMINISTRATOR, this::logLevel));
    }

    private enum Resource {
        MEMORY,
        DISK;

        static Resource of(Call call) throws Problem {
            return switch (call.path("resource")) {
                case "memory" -> MEMORY;
                case "disk" -> DISK;
                default -> throw Problem.notFound();
            };
        }
    }

    private ObjectNode levels() {
        var levels = ground.broker().resources().levels();
        var json = Json.object();
        json.putObject("memory")
                .put("used", levels.memoryUsedBytes())
                .put("limit", levels.memoryLimitBytes())
                .put("total", levels.memoryTotalBytes())
                .put("alarm", levels.memoryAlarm());
        json.putObject("disk")
                .put("free", levels.diskFreeBytes())
                .put("limit", levels.diskLimitBytes())
                .put("alarm", levels.diskAlarm());
        return json;
    }

    /// A limit like `0.4`, a part of the machine's memory, or like `1GB`.
    private HttpResponse limit(Call call) throws Problem, InterruptedException {
        var resource = Resource.of(call);
        var text = call.body().requiredText("limit");
        var share = Share.parse(text).orElseThrow(() -> Problem.badRequest("no size and no part: " + text));
        limit(resource, share);
        return HttpResponse.empty(204);
    }

    private void limit(Resource resource, Share share) throws Problem, InterruptedException {
        var resources = ground.broker().resources();
        ground.loop().<Boolean>now(done -> {
            switch (resource) {
                case MEMORY -> resources.limitMemory(share, () -> done.accept(true));
                case DISK -> resources.limitDisk(share, () -> done.accept(true));
            }
        });
    }

    // An alarm by hand is a limit that is always passed: so there is one way to be alarmed, and it is the tested one.
    private synchronized HttpResponse setAlarm(Call call) throws Problem, InterruptedException {
        var resource = Resource.of(call);
        var levels = ground.broker().resources().levels();
        switch (resource) {
            case MEMORY -> {
                memoryBefore = memoryBefore == null ? new Share.Bytes(levels.memoryLimitBytes()) : memoryBefore;
                limit(resource, NOTHING);
            }
            case DISK -> {
                diskBefore = diskBefore == null ? new Share.Bytes(levels.diskLimitBytes()) : diskBefore;
                limit(resource, EVERYTHING);
            }
        }
        return HttpResponse.empty(204);
    }

    private synchronized HttpResponse clearAlarm(Call call) throws Problem, InterruptedException {
        var resource = Resource.of(call);
        switch (resource) {
            case MEMORY -> {
                if (memoryBefore != null) {
                    limit(resource, memoryBefore);
                    memoryBefore = null;
                }
            }
            case DISK -> {
                if (diskBefore != null) {
                    limit(resource, diskBefore);
                    diskBefore = null;
                }
            }
        }
        return HttpResponse.empty(204);
    }

    private HttpResponse drain() {
        ground.node().maintenance().drain();
        return HttpResponse.empty(204);
    }

    private HttpResponse revive() throws Problem {
        try {
            ground.node().maintenance().revive();
        } catch (IOException taken) {
            throw Problem.of(503, "not_revived", taken.getMessage());
        }
        return HttpResponse.empty(204);
    }

    private HttpResponse authenticate(Call call) throws Problem, InterruptedException {
        var body = call.body();
        var user = body.requiredText("user");
        var password = body.requiredText("password").getBytes(StandardCharsets.UTF_8);
        Broker.Login login = ground.loop()
                .now(answer -> ground.broker()
                        .login(
                                user,
                                password,
                                call.request().remote(),
                                ground.loop().loop(),
                                answer));
        return switch (login) {
            case Broker.Login.Accepted _ -> Listing.json(Json.object().put("accepted", true));
            case Broker.Login.Refused(String reason) ->
                Listing.json(Json.object().put("accepted", false).put("reason", reason));
        };
    }

    private HttpResponse logLevel(Call call) throws Problem {
        var level = call.body().requiredText("level");
        if (!ground.node().logFrom(level)) {
            throw Problem.badRequest("there is no level '" + level + "': debug, info, warning, error");
        }
        return HttpResponse.empty(204);
    }
}
