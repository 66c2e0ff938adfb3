package io.headrace.kafka;

import io.headrace.broker.Throttles;
import io.headrace.kafka.quota.Account;
import io.headrace.kafka.quota.Quotas;
import io.headrace.time.Clock;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// What one connection's requests are charged with, and how long each makes its client wait.
///
/// ```text
///  Produce: its size, when it comes        changes of topics: their partitions
///  Fetch: what it brings, before it is sent; too much is not sent
///  every request: how long it keeps the loop busy, until it waits or is answered
/// ```
/// Threads: the loop of the connection.
final class Charges {
    private final Quotas quotas;
    private final Throttles throttles;
    private final Clock clock;
    private Account account; // null while there is no quota, or nobody is known

    Charges(Quotas quotas, Throttles throttles, Clock clock) {
        this.quotas = quotas;
        this.throttles = throttles;
        this.clock = clock;
    }

    /// A request has come.
    ///
    /// @param bytes its size
    void begin(Exchange exchange, int bytes) {
        if (!quotas.any() || !exchange.connection().known()) {
            account = null;
            return;
        }
        var clientId = exchange.header().clientId();
        account = quotas.account(account, exchange.user().name(), clientId == null ? "" : clientId);
        if (exchange.header().apiKey() == ApiKeys.PRODUCE) {
            throttle(exchange, Throttles.Quota.PRODUCE, account.produced(bytes, clock.millis()));
        }
    }

    /// Whether a quota may hold for this client.
    boolean metered() {
        return account != null;
    }

    /// The most that a fetch may bring.
    int fetchBytesMax() {
        return account == null ? Integer.MAX_VALUE : account.fetchBytesMax();
    }

    /// A fetch is about to be answered.
    ///
    /// @return false: not now, and the exchange knows how long the client has to wait
    boolean mayFetch(Exchange exchange, int bytes) {
        throttle(exchange, Throttles.Quota.FETCH, account.fetched(bytes, clock.millis()));
        answering(exchange);
        if (exchange.throttleMillis() == 0) {
            return true;
        }
        account.notFetched(bytes, clock.millis());
        return false;
    }

    /// A request is about to be answered.
    void answering(Exchange exchange) {
        if (account != null && account.timed()) {
            throttle(
                    exchange,
                    Throttles.Quota.REQUEST,
                    account.busy(exchange.takeWorkNanos(clock.nanos()), clock.millis()));
        }
    }

    private void throttle(Exchange exchange, Throttles.Quota quota, long millis) {
        if (millis > 0) {
            exchange.throttle(millis);
            throttles.told(quota, account.user(), account.clientId(), millis, clock.millis());
        }
    }

    /// Partitions are made or deleted (KIP-599).
    ///
    /// @param strictSince from this version on a client understands to be refused
    /// @throws ThrottlingQuotaExceededException it is too much, and nothing is to happen
    void mutate(Exchange exchange, int partitions, int strictSince) {
        if (account == null) {
            return;
        }
        if (exchange.version() < strictSince) {
            throttle(exchange, Throttles.Quota.CONTROLLER_MUTATION, account.mutated(partitions, clock.millis()));
            return;
        }
        long millis = account.mutatedIfAllowed(partitions, clock.millis());
        if (millis > 0) {
            throttle(exchange, Throttles.Quota.CONTROLLER_MUTATION, millis);
            throw new ThrottlingQuotaExceededException(
                    (int) Math.min(millis, Integer.MAX_VALUE), Errors.THROTTLING_QUOTA_EXCEEDED.message());
        }
    }
}
