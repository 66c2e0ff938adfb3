"""The cases whose peer is RabbitMQ."""

import time

from .case import IDLE_SECONDS, QUIET_SECONDS, Case
from .processes import Failed
from .report import AtLeastTimes, AtMost, AtMostOfPeer, AtMostTimes, Row
from .usage import Usage, memory_mib

CONFIRMED = ("-f", "persistent", "-c", "200", "-q", "200")
QUORUM = ("-qq", *CONFIRMED)
REHEARSALS = 100  # connections of the client that waits for a start


def cases(settings):
    return [*_rates(), *_latencies(), *_many(settings), *_starts(settings)]


def _rates():
    # RabbitMQ's microseconds are those it took on the machine on which the marks were set.
    for size, text, peers in ((100, "100 B", 47), (1024, "1 KiB", 55)):
        yield _throughput(
            f"persistent, confirms, {text}",
            [*CONFIRMED, "-ad", "true", "-s", size],
            must=(AtLeastTimes(5), _microseconds(6, peers)),
            aim=(AtLeastTimes(10), _microseconds(2, peers)),
        )
    for size, text, peers in ((100, "100 B", 43), (1024, "1 KiB", 51)):
        yield _throughput(
            f"quorum queue, confirms, {text}",
            [*QUORUM, "-ad", "false", "-s", size],
            must=(AtLeastTimes(4), _microseconds(7, peers)),
            aim=(AtLeastTimes(8),),
        )
    yield _throughput(
        "transient, auto-ack, 100 B",
        ["-a", "-s", 100],
        must=(AtLeastTimes(3), _microseconds(2, 16)),
        aim=(_microseconds(1, 16),),
    )
    fan = ["-t", "fanout", "-e", "side-fan", "-qp", "side-fan-%d", "-qpf", 1, "-qpt", 10, "-x", 1, "-y", 10]
    yield _throughput(
        "fan-out to 10 queues, persistent, 1 KiB, deliveries",
        [*fan, *CONFIRMED, "-ad", "true", "-s", 1024],
        must=(AtLeastTimes(5),),
        aim=(AtLeastTimes(10),),
    )
    yield Case(
        "topic exchange with 1,000 bindings, confirms, 1 KiB",
        _topic,
        (Row("", "received_s", "/s", must=(AtLeastTimes(5),), aim=(AtLeastTimes(8),)),),
    )


def _microseconds(limit, peers):
    """A slower machine takes more processor time for the same work, of either broker."""
    return AtMostTimes("cpu_us", limit / peers, told=f"≤ {limit} µs where the peer takes {peers}")


def _latencies():
    def rows(must, aim):
        return (
            Row("p50", "p50_us", "ms"),
            Row("p99", "p99_us", "ms", must=must, aim=aim),
        )

    paced = ["-s", 1024, "-r", 5000]
    classic = "5,000/s, persistent, confirms, 1 KiB"
    third = AtMostOfPeer(classic, "p99_us", 3)
    soon = AtMost("p99_us", 1, "ms")
    yield Case(classic, _perf_test([*CONFIRMED, "-ad", "true", *paced]), rows((third,), (soon,)))
    yield Case(
        "5,000/s, quorum queue, confirms, 1 KiB", _perf_test([*QUORUM, "-ad", "false", *paced]), rows((third,), (soon,))
    )
    yield Case(
        "confirm round trip, one at a time, 1 KiB",
        lambda clients, broker, settings: _timed_load(clients, broker, settings, "round-trip"),
        (
            Row("", "per_s", "/s", must=(AtLeastTimes(2),), aim=(AtLeastTimes(4),)),
            Row("p99", "p99_us", "ms"),
        ),
    )


def _many(settings):
    yield Case(
        "1,000 queues in turn, persistent, 1 KiB",
        lambda clients, broker, settings: _timed_load(clients, broker, settings, "many-queues"),
        (Row("", "received_s", "/s", must=(AtLeastTimes(5),), aim=(AtLeastTimes(10),)),),
    )
    yield Case(
        f"backlog of {settings.backlog:,} messages of 100 B",
        _backlog,
        (
            Row("fill", "fill_s", "/s", cpu="fill_cpu_us", must=(AtLeastTimes(5),), aim=(AtLeastTimes(10),)),
            Row("drain", "drain_s", "/s", cpu="drain_cpu_us", must=(AtLeastTimes(3),), aim=(AtLeastTimes(6),)),
            Row("memory", "rss_peak_mib", "MiB", cpu=None, must=(AtMost("rss_peak_mib", 400, "MiB"),)),
            Row("disk, each", "disk_bytes_each", "B", cpu=None, must=(AtMost("disk_bytes_each", 200, "B"),)),
        ),
        fresh=True,
    )
    yield Case(
        "1,000 durable queues declared",
        lambda clients, broker, settings: clients.load(broker, "declares", queues=1000).run(),
        (Row("", "declare_s", "s", must=(AtMost("declare_s", 1, "s"),)),),
    )
    yield Case(
        "1,000 durable queues",
        lambda clients, broker, settings: _held(clients, broker, "declares", queues=1000),
        (Row("memory, each", "kib_each", "KiB", must=(AtMost("kib_each", 4, "KiB"),)),),
        fresh=True,
    )
    yield Case(
        f"{settings.connections:,} idle connections with a channel",
        lambda clients, broker, settings: _held(clients, broker, "idle", connections=settings.connections),
        (
            Row(
                "memory, each",
                "kib_each",
                "KiB",
                must=(AtMost("kib_each", 40, "KiB"),),
                aim=(AtMost("kib_each", 20, "KiB"),),
            ),
        ),
        fresh=True,
    )
    yield Case(
        "connections opened and closed, 8 threads",
        lambda clients, broker, settings: _timed_load(clients, broker, settings, "churn", threads=8),
        (Row("", "per_s", "/s"),),  # the client alone keeps any broker below 3 ×: see README.md
    )
    yield Case(
        "connections opened and closed by a bare client, 8 threads",
        lambda clients, broker, settings: _timed_load(clients, broker, settings, "bare-churn", threads=8),
        (Row("", "per_s", "/s", must=(AtLeastTimes(3),)),),
    )


def _starts(settings):
    yield Case(
        "start on a fresh directory",
        _first_start,
        (
            Row("to the first confirm", "first_confirm_ms", "s", must=(AtMost("first_confirm_ms", 1, "s"),)),
            Row(
                "idle memory",
                "rss_idle_mib",
                "MiB",
                must=(AtMost("rss_idle_mib", 150, "MiB"),),
                aim=(AtMost("rss_idle_mib", 100, "MiB"),),
            ),
        ),
        restarts=True,
    )
    yield Case(
        "start on a fresh directory with the AOT cache",
        _first_start_cached,
        (
            Row("to the first confirm", "first_confirm_ms", "s", must=(AtMost("first_confirm_ms", 0.4, "s"),)),
            Row("idle memory", "rss_idle_mib", "MiB"),
        ),
        restarts=True,
        only_headrace=True,
    )
    yield Case(
        "restart after kill -9 at full load",
        _restart_under_load,
        (
            Row("listening", "listening_ms", "s", must=(AtMost("listening_ms", 1, "s"),)),
            Row("to the first confirm", "first_confirm_ms", "s"),
        ),
        fresh=True,
        restarts=True,
    )
    yield Case(
        f"restart after kill -9 with {settings.backlog:,} waiting messages",
        _restart_with_backlog,
        (
            Row("listening", "listening_ms", "s", must=(AtMost("listening_ms", 2, "s"),)),
            Row("to the first confirm", "first_confirm_ms", "s"),
        ),
        fresh=True,
        restarts=True,
    )


def _throughput(name, arguments, must, aim):
    return Case(name, _perf_test(arguments), (Row("", "received_s", "/s", must=must, aim=aim),))


def _perf_test(arguments):
    """PerfTest for the time of the sitting, on a queue of its own unless the arguments name queues."""

    def run(clients, broker, settings):
        queue = _new_name("side")
        named = "-qp" in arguments
        words = [*([] if named else ["-u", queue]), "-z", settings.warm + settings.seconds, *arguments]
        figures = clients.perf_test(broker, *words).timed(settings.warm, settings.seconds)
        if not named and "false" in arguments:  # not deleted when the consumer went
            clients.load(broker, "delete", queue=queue).run()
        return figures

    return run


def _timed_load(clients, broker, settings, workload, **options):
    return clients.load(broker, workload, warm=settings.warm, seconds=settings.seconds, **options).run()


def _topic(clients, broker, settings):
    """The bindings are there as long as the client that made them."""
    exchange, queue = _new_name("side-topic"), _new_name("side-topic-queue")
    with clients.load(broker, "bindings", exchange=exchange, queue=queue, bindings=1000) as bindings:
        bindings.await_begin()
        bound = bindings.await_end()
        words = ["-p", "-t", "topic", "-e", exchange, "-u", queue, "-k", "k.7.y.z", "-sb", *CONFIRMED, "-s", 1024]
        test = clients.perf_test(broker, *words, "-z", settings.warm + settings.seconds)
        figures = test.timed(settings.warm, settings.seconds)
    return {**figures, "bound_per_s": bound["bound_per_s"]}


def _warm_up(clients, broker, settings):
    """A fresh broker has compiled nothing yet; what is measured next counts from its first second on."""
    words = ["-u", _new_name("side-warm"), *CONFIRMED, "-ad", "true", "-s", 100]
    clients.perf_test(broker, *words, "-z", max(1, settings.warm)).timed(0, settings.warm)


def _fill(clients, broker, queue, messages):
    words = ["-u", queue, "-ad", "false", "-f", "persistent", "-c", 1000, "-s", 100, "-y", 0, "-C", messages]
    return clients.perf_test(broker, *words).counted(messages)


def _backlog(clients, broker, settings):
    queue = _new_name("side-backlog")
    _warm_up(clients, broker, settings)
    usage = Usage(broker)
    usage.begin()
    fill = _fill(clients, broker, queue, settings.backlog)
    time.sleep(2)
    each = usage.disk_each(settings.backlog)
    words = ["-u", queue, "-ad", "false", "-f", "persistent", "-x", 0, "-q", 500, "-A", 100, "-D", settings.backlog]
    drain = clients.perf_test(broker, *words).counted(settings.backlog)
    clients.load(broker, "delete", queue=queue).run()
    figures = {"fill_s": fill["sent_s"], "drain_s": drain["received_s"], **each}
    for stage, part in (("fill", fill), ("drain", drain)):
        if "cpu_us" in part:
            figures[f"{stage}_cpu_us"] = part["cpu_us"]
            figures["rss_peak_mib"] = max(figures.get("rss_peak_mib", 0), part["rss_peak_mib"])
    return figures


def _held(clients, broker, workload, **options):
    """Something is held open while the broker's memory is read."""
    with clients.load(broker, workload, **options) as load:
        usage = load.await_begin()
        figures = load.await_end()
        time.sleep(QUIET_SECONDS)
        figures.update(usage.grown_kib(figures["each"]))
    return figures


def _first_start(clients, broker, settings):
    with broker.without_cache():
        return _start(clients, broker)


def _first_start_cached(clients, broker, settings):
    if not broker.has_cache():
        raise Failed("there is no AOT cache beside the built broker")
    return _start(clients, broker)


def _start(clients, broker):
    if not broker.is_running():
        broker.start()
    with clients.load(broker, "first-confirm", rehearsals=REHEARSALS) as first:
        first.await_ready()
        broker.stop()
        broker.wipe()
        figures = _launched_until_confirm(first, broker)
    time.sleep(IDLE_SECONDS)
    return {**figures, "rss_idle_mib": memory_mib(broker.pid, "VmRSS")}


def _until_first_confirm(clients, broker):
    """From the start of the process. The client runs already and tries again every few milliseconds."""
    with clients.load(broker, "first-confirm") as first:
        first.await_ready()
        return _launched_until_confirm(first, broker)


def _launched_until_confirm(first, broker):
    first.go()
    broker.launch()
    broker.await_start()
    return first.await_end()


def _restart_under_load(clients, broker, settings):
    words = ["-u", _new_name("side-kill"), "-ad", "false", *CONFIRMED, "-s", 1024]
    load = clients.perf_test(broker, *words, "-z", 600)
    try:
        load.await_second(settings.warm + settings.seconds)
        broker.kill()
    finally:
        load.abandon()
    return _until_first_confirm(clients, broker)


def _restart_with_backlog(clients, broker, settings):
    queue = _new_name("side-kill-backlog")
    _fill(clients, broker, queue, settings.backlog)
    broker.kill()
    figures = _until_first_confirm(clients, broker)
    waiting = clients.load(broker, "depth", queue=queue).run()["waiting"]
    if waiting < settings.backlog:
        raise Failed(f"{settings.backlog - waiting:.0f} of {settings.backlog} confirmed messages are gone")
    return {**figures, "waiting": waiting}


def _new_name(prefix):
    return f"{prefix}-{time.time_ns()}"
