package io.headrace.bench;

import com.rabbitmq.client.ConnectionFactory;

/// One way to load a broker.
sealed interface Workload
        permits About,
                BareChurn,
                ConnectionChurn,
                FirstConfirm,
                IdleConnections,
                ManyQueues,
                QueueDeclares,
                QueueDelete,
                QueueDepth,
                RoundTrip,
                TopicBindings {
    /// @throws Exception the broker refused or is gone; the process ends with it, and there are no figures
    void run(ConnectionFactory broker, Report report) throws Exception;
}
