"""Kafka's own perf tools, and our load client for what they do not measure."""

import os
import random
import re
import statistics
import tempfile
import time

from .clients import Load, _Client
from .processes import Failed
from .usage import Usage

PATIENCE_SECONDS = 600
PAYLOADS = 500
PRODUCED = re.compile(
    r"(\d+) (?:steady state )?records sent, ([\d.]+) records/sec \([\d.]+ MB/sec\), ([\d.]+) ms avg latency, ([\d.]+) ms max "
    r"latency, (\d+) ms 50th, (\d+) ms 95th, (\d+) ms 99th, (\d+) ms 99.9th"
)


class KafkaClients:
    """On the JVM and the jars of `clients`."""

    def __init__(self, clients):
        self._clients = clients

    def produce(self, broker, topic, size, records, warm_records, properties=(), transaction_ms=None):
        """ProducerPerformance with payloads that are ready: it would spend its time drawing bytes otherwise."""
        with PayloadFile(size) as payloads:
            arguments = ["--topic", topic, "--num-records", records, "--payload-file", payloads, "--throughput", -1]
            arguments += ["--warmup-records", warm_records, "--command-property", "acks=all", *properties]
            if transaction_ms:
                arguments += ["--transaction-duration-ms", transaction_ms]
            output, figures = self._tool(broker, "ProducerPerformance", arguments, records)
        found = PRODUCED.findall(output)
        if not found:
            raise Failed("the producer's tool gave no figures: " + output.strip().splitlines()[-1])
        return {"per_s": float(found[-1][1]), "ack_p99_ms": float(found[-1][6]), **figures}

    def consume(self, broker, topic, records):
        arguments = ["--topic", topic, "--num-records", records, "--hide-header", "--timeout", 60_000]
        output, figures = self._tool(broker, "ConsumerPerformance", arguments, records)
        rows = [line.split(",") for line in output.splitlines() if line.count(",") >= 9]
        if not rows or int(float(rows[-1][4])) < records:
            raise Failed("the consumer's tool did not get all: " + output.strip().splitlines()[-1])
        return {"per_s": float(rows[-1][9]), "per_s_with_join": float(rows[-1][5]), **figures}

    def share(self, broker, topic, records):
        """One share consumer of a new group, which acknowledges what it was given with the next fetch. Its rate over
        all, and the median of half seconds in the second half of the records."""
        group = f"side-{time.time_ns()}"
        self.load(broker, "share-from-start", group=group).run()
        arguments = ["--topic", topic, "--num-records", records, "--group", group, "--hide-header", "--timeout", 60_000]
        arguments += ["--show-detailed-stats", "--reporting-interval", 500]
        output, figures = self._tool(broker, "ShareConsumerPerformance", arguments, records)
        rows = [line.split(",") for line in output.splitlines() if line.count(",") >= 6]
        if not rows or int(float(rows[-1][5])) < records:
            raise Failed("the share consumer's tool did not get all: " + output.strip().splitlines()[-1])
        steady = [float(row[4]) for row in rows[:-1] if int(float(row[5])) > records / 2]
        return {"per_s": float(rows[-1][4]), "steady_per_s": statistics.median(steady) if steady else 0, **figures}

    def load(self, broker, workload, **options):
        command = self._clients.command("io.headrace.bench.KafkaLoad", broker.bootstrap, workload, options)
        return Load(self._clients.children, command, broker)

    def _tool(self, broker, tool, arguments, records):
        """Its whole output, and what the broker used from the tool's start to its end for each record."""
        words = ["--bootstrap-server", broker.bootstrap, *arguments]
        usage = Usage(broker)
        usage.begin()
        command = self._clients.command("org.apache.kafka.tools." + tool, *words)
        client = _Client(self._clients.children, command, PATIENCE_SECONDS)
        output = "\n".join(client.lines())
        if client.process.wait() != 0:
            raise client.failure(tool + " ended early")
        client.abandon()
        return output, usage.end(records)


class PayloadFile:
    """Some hundred lines of letters, each as long as a record."""

    def __init__(self, size):
        self._size = size

    def __enter__(self):
        letters, drawn = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", random.Random(self._size)
        with tempfile.NamedTemporaryFile("w", suffix=".txt", delete=False) as file:
            file.writelines("".join(drawn.choices(letters, k=self._size)) + "\n" for _ in range(PAYLOADS))
        self._path = file.name
        return self._path

    def __exit__(self, *_):
        os.unlink(self._path)
