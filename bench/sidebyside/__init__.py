"""A peer and Headrace, the same load, in turn: what bench/side-by-side runs.

    cases.py: rabbitmq_cases.py ──► clients.py ───────► PerfTest, or our load client (io.headrace.bench) ──► a broker
       │      kafka_cases.py ─────► kafka_clients.py ─► Kafka's perf tools, or our load client ────────────► a broker
       │             └── usage.py: CPU, memory and disk of the broker meanwhile, from /proc
       ├───────► brokers.py: started, killed and started again, wiped
       └───────► results.py: one JSON line for each run ──► report.py: the Markdown table

Every process that is started here belongs to processes.Children, which ends it by its id, however we end.
"""
