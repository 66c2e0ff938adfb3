package io.headrace.server;

import io.headrace.http.HttpRequest;
import io.headrace.http.HttpResponse;
import io.headrace.http.HttpService;
import io.headrace.management.ManagementApi;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/// The management API, made once, in a thread of its own: its classes take a while to load, and are nobody's business
/// who waits for a queue. A request that is quicker than whoever calls [#begin] begins it, and waits.
///
/// Threads: any.
final class LateManagement implements HttpService {
    private final Supplier<ManagementApi> maker;
    private final AtomicBoolean begun = new AtomicBoolean();
    private final CompletableFuture<ManagementApi> made = new CompletableFuture<>();

    LateManagement(Supplier<ManagementApi> maker) {
        this.maker = maker;
    }

    /// Has it made, unless this was called before.
    void begin() {
        if (!begun.getAndSet(true)) {
            Thread.ofPlatform().name("management-classes").daemon().start(this::make);
        }
    }

    private void make() {
        try {
            made.complete(maker.get());
        } catch (Throwable trouble) {
            made.completeExceptionally(trouble);
        }
    }

    /// Waits for it.
    ManagementApi api() {
        begin();
        return made.join();
    }

    @Override
    public HttpResponse serve(HttpRequest request) throws InterruptedException, ExecutionException {
        begin();
        return made.get().serve(request);
    }

    void stop() {
        if (made.isDone() && !made.isCompletedExceptionally()) {
            made.join().stop();
        }
    }
}
