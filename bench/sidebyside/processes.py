"""The processes we start, and their end."""

import os
import signal
import socket
import subprocess
import time


class Failed(Exception):
    """A broker or client did not do what it was started for. The run has no figures; the sitting goes on."""


class Children:
    """All processes that we started and have not yet ended."""

    def __init__(self):
        self._running = []

    def start(self, command, **options):
        """Starts it in a session of its own: a Ctrl-C is for us, and we end the others in order."""
        child = subprocess.Popen([str(word) for word in command], start_new_session=True, **options)
        self._running.append(child)
        return child

    def end(self, child, seconds=20):
        """Asks the process to end, and kills it when it has not ended in time."""
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(seconds)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self.forget(child)

    def kill(self, child):
        child.kill()
        child.wait()
        self.forget(child)

    def forget(self, child):
        for stream in (child.stdin, child.stdout):
            if stream:
                try:
                    stream.close()
                except OSError:
                    pass  # what was still to be written has nobody to read it
        if child in self._running:
            self._running.remove(child)

    def end_all(self):
        for child in reversed(self._running[:]):
            self.end(child)


def is_alive(pid):
    """Whether the process runs; one that has ended and was not yet collected by its parent does not."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def kill_by_id(pid):
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not is_alive(pid), 10, f"process {pid} to be gone")


def can_connect(host, port):
    try:
        with socket.create_connection((host, port), timeout=1):
            return True
    except OSError:
        return False


def wait_until(condition, seconds, what):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Failed(f"waited {seconds} s for {what}")
        time.sleep(0.02)


_handed_out = set()


def free_port(also=()):
    """A port nobody listens on and that was not handed out before, with those at the given distances above it. Two
    sittings on one machine begin at different places, so that neither takes the other's broker for its own."""
    first = 22000 + 7 * (os.getpid() % 1400)
    for port in (*range(first, 32000, 7), *range(22000, first, 7)):
        wanted = {port + distance for distance in (0, *also)}
        if not wanted & _handed_out and all(map(_is_free, wanted)):
            _handed_out.update(wanted)
            return port
    raise Failed("no free port found")


def _is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
            return True
        except OSError:
            return False
