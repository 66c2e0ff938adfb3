/// RabbitMQ's own behaviour, tools and applications: whatever a team brings along that comes from there.
///
/// ```text
///  RabbitMqDifferentialIT ─► Script ─► Session, Wire: methods and frames one by one ─────┐
///        │                     └─────► Management: users, permissions, policies ────────┤   a broker
///        └─ answers compared with src/test/differential/rabbitmq-3.10.8.txt             │
///  RabbitmqadminIT ─► Debian's script, unchanged ───────────────────────────────────────┤
///  PrometheusIT ─► Debian's prometheus and promtool ─────────────────────────────────────┤
///  ApplicationsIT, SpringIT, JmsIT, HttpClientIT ─► programs on others' libraries ──────┘
/// ```
///
/// With `-Dheadrace.broker=HOST:PORT -Dheadrace.management=HOST:PORT` all of them run against a real RabbitMQ, which is
/// how the expectations were checked. [Target] is where they find their broker.
package io.headrace.conformance.rabbitmq;
