package io.headrace.http;

/// Answers requests.
///
/// Threads: a virtual one for each request; it may wait.
public interface HttpService {
    /// What is thrown becomes a 500 and a line in the log.
    HttpResponse serve(HttpRequest request) throws Exception;
}
