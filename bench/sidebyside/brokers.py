"""Brokers that can be started, killed, wiped; or that somebody else runs."""

import contextlib
import os
import shutil
import subprocess

from .processes import Failed, can_connect, free_port, is_alive, kill_by_id, wait_until

START_SECONDS = 180


class Given:
    """A broker that runs already, and goes on running: cases that would stop it are left out."""

    ours = False

    def __init__(self, role, product, address, pid, data):
        self.role = role
        self.product = product
        self.host, port = address.rsplit(":", 1)
        self.port = int(port)
        self.pid = pid
        self.data = data

    @property
    def uri(self):
        return f"amqp://{self.host}:{self.port}"

    @property
    def bootstrap(self):
        return f"{self.host}:{self.port}"

    def name(self, clients):
        """A Headrace tells clients that it is a RabbitMQ, for those that ask; a Kafka tells nobody its version."""
        if self.role == "headrace":
            return "Headrace"
        return "Kafka" if self.product == "kafka" else clients.about(self)

    def start(self):
        if not can_connect(self.host, self.port):
            raise Failed(f"nothing listens on {self.host}:{self.port}")

    def stop(self):
        pass


class Ours:
    """A broker on this machine, in a data directory that we may delete."""

    ours = True
    host = "localhost"

    def __init__(self, role, product, port, data):
        self.role = role
        self.product = product
        self.port = port
        self.data = data
        self.pid = None

    @property
    def uri(self):
        return f"amqp://{self.host}:{self.port}"

    def name(self, clients):
        return clients.about(self)

    def is_running(self):
        return self.pid is not None and is_alive(self.pid)

    def start(self):
        self.launch()
        self.await_start()

    def fresh(self):
        """Ends what runs and starts on an empty directory."""
        self.stop()
        self.wipe()
        self.start()

    def wipe(self):
        shutil.rmtree(self.data, ignore_errors=True)

    def without_cache(self):
        """A context in which it has nothing left from a training."""
        return contextlib.nullcontext()


class FromScript(Ours):
    """Through one of the peers' scripts, in a home of its own, so that one which runs elsewhere is left alone. What was
    installed into the peers' usual home is used from there."""

    def __init__(self, product, children, script, work, port, environment):
        super().__init__("peer", product, port, os.path.join(work, product))
        self._children = children
        self._script = script
        self._home = os.path.join(work, "peers-" + product)
        self._environment = {**os.environ, "PEERS_HOME": self._home, **environment}
        self._launched = None
        self._link_installed()

    def launch(self):
        # The script believes a file that names a process; after a kill -9 nobody took it away.
        pid_file = os.path.join(self._home, "run", self.product + ".pid")
        if os.path.exists(pid_file):
            os.remove(pid_file)
        self._launched = self._children.start(
            [self._script, "up", self.port, self.data],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def await_start(self):
        if self._launched.wait(START_SECONDS) != 0:
            raise Failed(f"{self.product} did not start: see above")
        self._children.forget(self._launched)
        self._launched = None
        self.pid = int(self._ask("pid") or 0) or None

    def kill(self):
        kill_by_id(self.pid)
        self.pid = None

    def stop(self):
        if self._launched:
            self._children.end(self._launched)
            self._launched = None
        self._ask("down")
        self.pid = None

    def _ask(self, verb):
        done = subprocess.run(
            [self._script, verb],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return done.stdout.strip()

    def _link_installed(self):
        os.makedirs(self._home, exist_ok=True)
        usual = os.environ.get("PEERS_HOME") or os.path.join(
            os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "peers"
        )
        if os.path.isdir(usual):
            for name in os.listdir(usual):
                link = os.path.join(self._home, name)
                if name.startswith(self.INSTALLED) and not os.path.lexists(link):
                    os.symlink(os.path.join(usual, name), link)


class RabbitMq(FromScript):
    INSTALLED = "perf-test-"
    OTHER_PORTS = (10000, 10020, 20000, 20001)  # management, metrics, distribution, epmd

    def __init__(self, children, script, work):
        port = free_port(self.OTHER_PORTS)
        environment = {
            "RABBIT_PORT": str(port),
            "RABBIT_DATA": os.path.join(work, "rabbitmq"),
            "RABBIT_QUICK": "1",
        }
        super().__init__("rabbitmq", children, script, work, port, environment)


class Kafka(FromScript):
    """With its own default settings, but for the time after which it deletes the files of a deleted topic: a sitting
    writes more than a disk holds."""

    INSTALLED = "kafka-"
    OTHER_PORTS = (1,)  # its controller

    def __init__(self, children, script, work):
        port = free_port(self.OTHER_PORTS)
        environment = {
            "KAFKA_PORT": str(port),
            "KAFKA_DATA": os.path.join(work, "kafka"),
            "KAFKA_OVERRIDES": "log.segment.delete.delay.ms=1000 " + os.environ.get("KAFKA_OVERRIDES", ""),
        }
        super().__init__("kafka", children, script, work, port, environment)

    @property
    def bootstrap(self):
        return f"{self.host}:{self.port}"

    def prepare(self):
        """What is done once for a data directory and does not count as a start."""
        self._ask_with(["format", str(self.port), self.data])

    def name(self, clients):
        version = next((name for name in sorted(os.listdir(self._home)) if name.startswith("kafka-")), "kafka-?")
        return "Kafka " + version.removeprefix("kafka-")

    def _ask_with(self, words):
        subprocess.run([self._script, *words], env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


class Headrace(Ours):
    """Through `./headrace start`, as its users do."""

    STOP_SECONDS = 60

    def __init__(self, children, repository, work, options=()):
        super().__init__("headrace", "headrace", free_port((1,)), os.path.join(work, "headrace"))
        self._children = children
        self._options = options
        self._launcher = os.path.join(repository, "headrace")
        self._cache = os.path.join(repository, "server", "target", "headrace.aot")
        self._log = os.path.join(work, "headrace.log")
        self._process = None
        self._name = "Headrace"

    @property
    def bootstrap(self):
        return f"{self.host}:{self.port + 1}"

    def prepare(self):
        pass

    def build(self):
        done = subprocess.run([self._launcher, "--version"], stdout=subprocess.PIPE, text=True)
        if done.returncode != 0:
            raise Failed("headrace does not build: see above")
        if not self.has_cache() and subprocess.run([self._launcher, "train"], stdout=subprocess.DEVNULL).returncode != 0:
            raise Failed("headrace cannot be trained: see above")
        self._name = done.stdout.strip().replace("headrace", "Headrace")

    def name(self, clients):
        return self._name

    def has_cache(self):
        return os.path.exists(self._cache)

    @contextlib.contextmanager
    def without_cache(self):
        """By hand: the option of the JVM that forbids the cache forbids that of the JDK's own classes, too."""
        aside = self._cache + ".aside"
        os.rename(self._cache, aside)
        try:
            yield
        finally:
            os.rename(aside, self._cache)

    def launch(self):
        environment = dict(os.environ, HEADRACE_BUILD="never")
        with open(self._log, "wb") as log:
            self._process = self._children.start(
                [self._launcher, "start", "--data", self.data, "--amqp-port", self.port, "--kafka-port", self.port + 1, "--management-port", self.port + 2, "--metrics-port", self.port + 3, *self._options],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.pid = self._process.pid  # the launcher becomes the broker

    def await_start(self):
        wait_until(
            lambda: "\nready: " in self._said() or self._process.poll() is not None, START_SECONDS, "headrace to be ready"
        )
        if self._process.poll() is not None:
            raise Failed("headrace ended: " + " | ".join(self._said().splitlines()[-3:]))

    def kill(self):
        self._children.kill(self._process)
        self._process = None
        self.pid = None

    def stop(self):
        if self._process:
            self._children.end(self._process, self.STOP_SECONDS)
        self._process = None
        self.pid = None

    def _said(self):
        with open(self._log, errors="replace") as log:
            return log.read()
