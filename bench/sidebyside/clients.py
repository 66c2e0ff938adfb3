"""The two load generators: RabbitMQ's PerfTest, and our load client for what PerfTest does not measure."""

import csv
import json
import os
import statistics
import subprocess
import tempfile
import threading

from .processes import Failed
from .usage import Usage

HEAP = "-Xmx4g"  # a consumer without a window that falls behind keeps what it was sent: not to be measured as garbage collection
PATIENCE_SECONDS = 120  # beyond the time that a run should take


class Clients:
    """Starts them, all on the JVM and the jars that Maven put into bench/target."""

    def __init__(self, children, repository):
        self.children = children
        self._repository = repository
        self._java = None
        self._class_path = None

    def build(self):
        self._java = os.path.join(_find_jdk(self._repository), "bin", "java")
        target = os.path.join(self._repository, "bench", "target")
        build = [os.path.join(self._repository, "mvnw"), "--quiet", "--batch-mode", "--projects", "bench"]
        if subprocess.run([*build, "--also-make", "-DskipTests", "package"], cwd=self._repository).returncode != 0:
            raise Failed("module bench does not build: see above")
        self._class_path = os.path.join(target, "bench.jar") + ":" + os.path.join(target, "lib", "*")

    def load(self, broker, workload, **options):
        return Load(self.children, self.command("io.headrace.bench.Load", broker.uri, workload, options), broker)

    def perf_test(self, broker, *arguments):
        return PerfTest(self.children, self.command("com.rabbitmq.perf.PerfTest", "-h", broker.uri), arguments, broker)

    def about(self, broker):
        done = subprocess.run(self.command("io.headrace.bench.Load", broker.uri, "about", {}), stdout=subprocess.PIPE)
        return done.stdout.decode().strip() or "unknown"

    def command(self, main, *words):
        command = [self._java, HEAP, "-cp", self._class_path, main]
        for word in words:
            command += [f"{key}={value}" for key, value in word.items()] if isinstance(word, dict) else [word]
        return command


class _Client:
    """A client process, its lines as they come, and an end to it if it hangs."""

    def __init__(self, children, command, seconds):
        self._children = children
        self._errors = tempfile.TemporaryFile()
        self.process = children.start(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, text=True
        )
        self._watch = threading.Timer(seconds, self.process.kill)
        self._watch.daemon = True
        self._watch.start()

    def __enter__(self):
        return self

    def __exit__(self, failed, *_):
        if failed:
            self.abandon()
        else:
            self.close()

    def lines(self):
        for line in self.process.stdout:
            yield line.rstrip("\n")

    def close(self):
        """Lets it end by itself: its standard input ends, and it has a minute."""
        try:
            self.process.stdin.close()
            self.process.wait(60)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            pass
        self.abandon()

    def abandon(self):
        self._watch.cancel()
        self._children.end(self.process, seconds=5)

    def failure(self, what):
        self.abandon()
        self._errors.seek(0)
        words = [line for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        cause = next((line for line in words if "Exception" in line or "Caused" in line), words[-1] if words else "")
        return Failed(f"{what}: {cause.strip()}" if cause else what)


class Load(_Client):
    """Our load client. It says `begin` when it begins to count and `end` with the figures; what it holds open, it
    holds until close()."""

    def __init__(self, children, command, broker):
        super().__init__(children, command, PATIENCE_SECONDS * 5)
        self._broker = broker
        self._usage = None

    def await_begin(self):
        self.await_ready()
        self._usage = Usage(self._broker)
        self._usage.begin()
        return self._usage

    def await_ready(self):
        """As await_begin, of a broker that will be another process by the end, so nothing is told of what it used."""
        if "begin" not in self.lines():
            raise self.failure("the load client ended before it began")

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def await_end(self):
        for line in self.lines():
            if line.startswith("end "):
                figures = json.loads(line[len("end "):])
                things = figures.get("messages") or figures.get("each", 0)
                return {**figures, **(self._usage.end(things) if self._usage else {})}
        raise self.failure("the load client ended without figures")

    def run(self):
        self.await_begin()
        figures = self.await_end()
        self.close()
        return figures


class PerfTest(_Client):
    """A run of PerfTest. Rates and latencies are medians of its one-second samples, the latencies of the samples' own
    percentiles. The broker's CPU is read when a sample is printed, so that it is counted for the same seconds."""

    def __init__(self, children, command, arguments, broker):
        descriptor, self._samples = tempfile.mkstemp(suffix=".csv")
        os.close(descriptor)
        self._usage = Usage(broker)
        self._usage.begin()
        self._cpu = [(0.0, self._usage.cpu())]
        self._averages = {}
        super().__init__(children, [*command, "-o", self._samples, *arguments], PATIENCE_SECONDS * 5)

    def await_second(self, second):
        """Until it has run so long."""
        for time in self._ticks():
            if time >= second:
                return
        raise self._ended()

    def timed(self, warm, seconds):
        """Figures of the samples after `warm`. It must have been started with `-z`."""
        rows = self._finish()
        counted = [row for row in rows if row.time > warm + 0.5][:seconds]
        if not counted:
            raise Failed("PerfTest gave no samples after the warm-up")
        before = max((time for time, _ in self._cpu if time < counted[0].time), default=0.0)
        end = counted[-1].time
        each_second = max(sum(row.sent for row in counted), sum(row.received for row in counted)) / len(counted)
        used = self._usage.end(each_second * (end - before), self._cpu_at(before), self._cpu_at(end))
        return {**self._figures(counted), **used}

    def counted(self, messages):
        """Figures of a run that ends by itself after so many messages. The first and the last second, which are no
        whole ones, do not count for the rate; if hardly more is left, it is PerfTest's own average over all."""
        rows = self._finish()[1:-1]
        used = self._usage.end(messages)
        if len(rows) < 2:
            return {**self._averages, **used}
        return {**self._figures(rows), **used}

    def _ticks(self):
        for line in self.lines():
            if ", time " in line and " s, " in line:
                time = float(line.split(", time ")[1].split(" s")[0])
                self._cpu.append((time, self._usage.cpu()))
                yield time
            elif " rate avg: " in line:
                rate = "sent_s" if "sending rate" in line else "received_s"
                self._averages[rate] = float(line.split(" rate avg: ")[1].split()[0])

    def _finish(self):
        for _ in self._ticks():
            pass
        if self.process.wait() != 0:
            raise self._ended()
        with open(self._samples) as samples:
            rows = [Sample(row) for row in csv.DictReader(samples)]
        self.abandon()
        return rows

    def abandon(self):
        super().abandon()
        if os.path.exists(self._samples):
            os.unlink(self._samples)

    def _ended(self):
        return self.failure("PerfTest ended early")

    def _cpu_at(self, time):
        return min(self._cpu, key=lambda tick: abs(tick[0] - time))[1]

    def _figures(self, rows):
        figures = {
            "sent_s": statistics.median(row.sent for row in rows),
            "received_s": statistics.median(row.received for row in rows),
        }
        for name in Sample.LATENCIES:
            values = [row.latency[name] for row in rows if row.latency[name] > 0]
            if values:
                figures[name] = statistics.median(values)
        if figures.get("p99_us"):
            figures["p99_worst_us"] = max(row.latency["p99_us"] for row in rows)
        return figures


class Sample:
    """One line of PerfTest's file."""

    LATENCIES = {
        "p50_us": "median consumer latency (µs)",
        "p99_us": "99th p. consumer latency (µs)",
        "confirm_p50_us": "median confirm latency (µs)",
        "confirm_p99_us": "99th p. confirm latency (µs)",
    }

    def __init__(self, row):
        self.time = float(row["time (s)"])
        self.sent = float(row["published (msg/s)"] or 0)
        self.received = float(row["received (msg/s)"] or 0)
        self.latency = {name: float(row[column] or 0) for name, column in self.LATENCIES.items()}


def _find_jdk(repository):
    script = f'. "{repository}/bin/find-jdk" && find_jdk && printf %s "$JAVA_HOME"'
    done = subprocess.run(["sh", "-c", script], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        raise Failed(done.stdout.strip())
    return done.stdout
