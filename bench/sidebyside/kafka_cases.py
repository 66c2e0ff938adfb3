"""The cases whose peer is Kafka."""

import time

from .case import IDLE_SECONDS, Case
from .kafka_clients import KafkaClients
from .report import AtLeast, AtLeastTimes, AtMost, AtMostTimes, Row
from .usage import memory_mib

TUNED = ("batch.size=65536", "linger.ms=5", "compression.type=lz4")
MIB = 1 << 20
# Records for each second that a case is to last, about what a small machine does; the tools count records, not time.
PER_SECOND = {100: 700_000, 1024: 180_000}
# What Kafka does of it where that is much less. As many records from a faster broker would be over before it is warm.
FORCED_PER_SECOND = 20_000
MANY = 1000
MANY_PER_SECOND = 90_000
SHARED_PER_SECOND = 80_000
SHARED_FIRST = 150_000  # as many as the peers' scripts count
FORCED = {"flush.messages": 1}  # of a Kafka's topic; Headrace has forced what it acknowledges anyway


def cases(settings):
    return [*_produce(), *_consume(settings), *_latency(), *_forced(), *_many(), *_transactions(), *_compaction(), *_share(), *_starts()]


def _produce():
    faster = (AtLeastTimes(1.3),)
    less = AtMostTimes("cpu_us", 0.6, "CPU")
    for size, text, partitions in ((100, "100 B", 1), (1024, "1 KiB", 1), (1024, "1 KiB", 6)):
        yield _produced(
            f"produce {text}, {_partitions(partitions)}",
            size,
            partitions,
            must=(AtLeastTimes(1), less),
            aim=(*faster, AtMostTimes("cpu_us", 0.3, "CPU")),
            more=(Row("memory", "rss_peak_mib", "MiB", cpu=None, must=(AtMost("rss_peak_mib", 600, "MiB"),)),),
        )
    yield _produced(
        "produce 1 KiB, 1 partition, batches of 64 KiB, linger 5 ms, lz4",
        1024,
        1,
        TUNED,
        must=(AtLeastTimes(1), AtMostTimes("cpu_us", 0.7, "CPU")),
        aim=faster,
    )


def _consume(settings):
    for size, text in ((100, "100 B"), (1024, "1 KiB")):
        yield Case(
            f"consume {settings.log_mib:,} MiB of {text}, cached",
            _consumption(size),
            (Row("", "per_s", "/s", must=(AtLeastTimes(1.1),), aim=(AtLeastTimes(1.5),)),),
            peer="kafka",
        )


def _latency():
    for text, properties in (("default", {}), ("linger 0", {"linger": 0})):
        yield _open_loop(
            f"5,000/s, 1 KiB, {text}",
            properties,
            must=((AtMostTimes("p50_us", 1.3),), (AtMostTimes("p99_us", 1),)),
            aim=((AtMostTimes("p50_us", 1),), (AtMostTimes("p99_us", 0.5),)),
        )


def _forced():
    yield _produced(
        "produce 1 KiB, 1 partition, Kafka forcing every message",
        1024,
        1,
        must=(AtLeastTimes(5),),
        aim=(AtLeastTimes(9),),
        kafka_per_second=FORCED_PER_SECOND,
        of_kafka=FORCED,
    )
    yield _open_loop(
        "5,000/s, 1 KiB, Kafka forcing every message",
        {},
        must=((), (AtMostTimes("p99_us", 0.2),)),
        aim=((), ()),
        of_kafka=FORCED,
    )


def _many():
    yield _produced(
        "produce 1 KiB, 1,000 partitions",
        1024,
        MANY,
        must=(AtLeastTimes(1.5),),
        aim=(AtLeastTimes(2),),
        kafka_per_second=MANY_PER_SECOND,
    )
    yield _open_loop(
        "5,000/s, 1 KiB, 1,000 partitions",
        {},
        must=((), (AtMostTimes("p99_us", 0.1),)),
        aim=((), ()),
        partitions=MANY,
    )
    yield Case(
        "1,000 partitions created and produced to at once",
        _load("new-partitions", partitions=MANY),
        (
            Row("created", "created_ms", "s", cpu=None, must=(AtMost("created_ms", 1, "s"),)),
            Row(
                "a record acknowledged by each",
                "acknowledged_ms",
                "s",
                cpu=None,
                must=(AtMost("acknowledged_ms", 1, "s"),),
            ),
            Row("records refused", "refused", "", cpu=None, must=(AtMost("refused", 0, ""),)),
        ),
        peer="kafka",
    )
    yield Case(
        "group of 10 members and 900 partitions",
        _load("group", members=10, partitions=900),
        (Row("stable", "stable_ms", "s", cpu=None, must=(AtMost("stable_ms", 5, "s"),), aim=(AtMost("stable_ms", 1, "s"),)),),
        peer="kafka",
    )


def _transactions():
    """With and without, one after the other on the same broker: what transactions cost is the ratio of the two."""
    for millis, must in ((100, (AtLeast("of_plain", 0.9, "×"),)), (10, ())):
        yield Case(
            f"transactions of {millis} ms, 1 KiB, 1 partition",
            _transactional(millis),
            (Row("", "per_s", "/s"), Row("of the rate without", "of_plain", "×", cpu=None, must=must)),
            peer="kafka",
        )


def _compaction():
    """Without and with, in turns of two seconds on the same broker."""
    yield Case(
        "producing while 1,000 MiB of 200,000 keys are compacted, 1 KiB, 1 partition",
        _load("during-compaction"),
        (
            Row("", "per_s", "/s", cpu=None),
            Row("of the rate without", "of_plain", "×", cpu=None, must=(AtLeast("of_plain", 0.8, "×"),)),
        ),
        peer="kafka",
        fresh=True,
    )


def _share():
    yield Case(
        "share group, 1 consumer, 1 KiB, its first 150,000 records with its joining",
        lambda clients, broker, settings: _shared(clients, broker, SHARED_FIRST),
        (Row("", "per_s", "/s", must=(AtLeastTimes(4),)),),
        peer="kafka",
    )
    yield Case(
        "share group, 1 consumer, 1 KiB, once it runs",
        lambda clients, broker, settings: _shared(
            clients, broker, SHARED_PER_SECOND * (settings.warm + settings.seconds)
        ),
        (Row("", "steady_per_s", "/s"),),
        peer="kafka",
    )


def _starts():
    yield Case(
        "start on a fresh directory, Kafka's clients",
        _start,
        (
            Row(
                "to the first record",
                "first_record_ms",
                "s",
                must=(AtMost("first_record_ms", 1, "s"),),
                aim=(AtMost("first_record_ms", 0.4, "s"),),
            ),
            Row(
                "idle memory",
                "rss_idle_mib",
                "MiB",
                must=(AtMost("rss_idle_mib", 200, "MiB"),),
                aim=(AtMost("rss_idle_mib", 120, "MiB"),),
            ),
        ),
        peer="kafka",
        restarts=True,
    )


def _produced(name, size, partitions, properties=(), must=(), aim=(), more=(), kafka_per_second=None, of_kafka=None):
    def run(clients, broker, settings):
        kafka = KafkaClients(clients)
        rate = (broker.product == "kafka" and kafka_per_second) or PER_SECOND[size]
        topic = _topic(kafka, broker, partitions, of_kafka)
        try:
            records = rate * (settings.warm + settings.seconds)
            return kafka.produce(broker, topic, size, records, rate * settings.warm, properties)
        finally:
            _drop(kafka, broker, topic)

    return Case(name, run, (Row("", "per_s", "/s", must=must, aim=aim), *more), peer="kafka")


def _transactional(millis):
    def run(clients, broker, settings):
        kafka = KafkaClients(clients)
        rate = PER_SECOND[1024]
        sent = (1024, rate * (settings.warm + settings.seconds), rate * settings.warm)
        topic = _topic(kafka, broker, 1)
        try:
            plain = kafka.produce(broker, topic, *sent)
            figures = kafka.produce(broker, topic, *sent, transaction_ms=millis)
            return {**figures, "plain_per_s": plain["per_s"], "of_plain": figures["per_s"] / plain["per_s"]}
        finally:
            _drop(kafka, broker, topic)

    return run


def _shared(clients, broker, records):
    kafka = KafkaClients(clients)
    topic = _topic(kafka, broker, 1)
    try:
        kafka.produce(broker, topic, 1024, records, 1)
        return kafka.share(broker, topic, records)
    finally:
        _drop(kafka, broker, topic)


def _consumption(size):
    """The topic is filled for each run: the page cache is warm, and so is what a broker keeps in memory."""

    def run(clients, broker, settings):
        kafka = KafkaClients(clients)
        topic = _topic(kafka, broker, 1)
        try:
            records = settings.log_mib * MIB // size
            kafka.produce(broker, topic, size, records, 1)
            return kafka.consume(broker, topic, records)
        finally:
            _drop(kafka, broker, topic)

    return run


def _open_loop(name, options, must, aim, partitions=1, of_kafka=None):
    """Every record carries the time at which it was due, so a broker that stalls is charged for the stall."""

    def run(clients, broker, settings):
        kafka = KafkaClients(clients)
        topic = _topic(kafka, broker, partitions, of_kafka)
        try:
            timing = {"rate": 5000, "bytes": 1024, "warm": settings.warm, "seconds": settings.seconds}
            return kafka.load(broker, "open-loop", topic=topic, **timing, **options).run()
        finally:
            _drop(kafka, broker, topic)

    rows = (
        Row("p50", "p50_us", "ms", must=must[0], aim=aim[0]),
        Row("p99", "p99_us", "ms", must=must[1], aim=aim[1]),
        Row("acknowledged, p99", "ack_p99_us", "ms"),
    )
    return Case(name, run, rows, peer="kafka")


def _load(workload, **options):
    return lambda clients, broker, settings: KafkaClients(clients).load(broker, workload, **options).run()


def _start(clients, broker, settings):
    """From the start of the process, on a directory that is prepared; the client runs already and tries again every few
    milliseconds."""
    broker.stop()
    broker.wipe()
    broker.prepare()
    with KafkaClients(clients).load(broker, "first-record") as first:
        first.await_begin()
        first.go()
        broker.launch()
        broker.await_start()
        figures = first.await_end()
    time.sleep(IDLE_SECONDS)
    return {**figures, "rss_idle_mib": memory_mib(broker.pid, "VmRSS")}


def _topic(kafka, broker, partitions, of_kafka=None):
    topic = f"side-{time.time_ns()}"
    configs = of_kafka if of_kafka and broker.product == "kafka" else {}
    kafka.load(broker, "create", topic=topic, partitions=partitions, **configs).run()
    return topic


def _drop(kafka, broker, topic):
    kafka.load(broker, "delete", topic=topic).run()


def _partitions(count):
    return "1 partition" if count == 1 else f"{count} partitions"
