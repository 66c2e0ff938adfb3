"""What a broker used: CPU and memory of its process from /proc, space in its data directory."""

import os

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system time of all threads. The kernel splits the two by sampling, so only the sum means something."""
    return _name_and_seconds(f"/proc/{pid}/stat")[1]


def cpu_seconds_by_thread(pid):
    """The same for each thread there is now, by its name and id."""
    seconds = {}
    for thread in os.listdir(f"/proc/{pid}/task"):
        try:
            name, used = _name_and_seconds(f"/proc/{pid}/task/{thread}/stat")
        except OSError:
            continue  # it has ended meanwhile
        seconds[name, thread] = used
    return seconds


def _name_and_seconds(path):
    with open(path) as stat:
        begin, end = stat.read().rsplit(")", 1)
    fields = end.split()
    return begin.split("(", 1)[1], (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def memory_mib(pid, line):
    """`VmRSS` is what is resident now, `VmHWM` the most since the last reset_peak."""
    with open(f"/proc/{pid}/status") as status:
        for text in status:
            if text.startswith(line + ":"):
                return int(text.split()[1]) / 1024
    return 0.0


def reset_peak(pid):
    with open(f"/proc/{pid}/clear_refs", "w") as clear:
        clear.write("5")


def disk_bytes(directory):
    """Allocated, not written: preallocated files count."""
    total = 0
    for folder, _, files in os.walk(directory):
        for name in files:
            try:
                total += os.lstat(os.path.join(folder, name)).st_blocks * 512
            except FileNotFoundError:
                pass  # recycled meanwhile
    return total


class Usage:
    """From begin() to end(). Of a broker whose process we do not know there is nothing to tell."""

    def __init__(self, broker):
        self._pid = broker.pid
        self._data = broker.data

    def begin(self):
        if self._pid:
            reset_peak(self._pid)
            self._cpu = cpu_seconds(self._pid)
            self._resident = memory_mib(self._pid, "VmRSS")
        if self._data:
            self._disk = disk_bytes(self._data)

    def cpu(self):
        """Seconds used up to now, to be given to end() if what counts began or ended at another moment."""
        return cpu_seconds(self._pid) if self._pid else 0.0

    def end(self, messages=0, cpu_from=None, cpu_to=None):
        figures = {}
        if self._pid:
            used = (self.cpu() if cpu_to is None else cpu_to) - (self._cpu if cpu_from is None else cpu_from)
            figures["cpu_s"] = used
            figures["rss_peak_mib"] = memory_mib(self._pid, "VmHWM")
            if messages:
                figures["cpu_us"] = used * 1e6 / messages
        return figures

    def grown_kib(self, each):
        """Growth of resident memory since begin(), for each of so many things."""
        if not self._pid:
            return {}
        return {"kib_each": (memory_mib(self._pid, "VmRSS") - self._resident) * 1024 / each}

    def disk_each(self, messages):
        if not self._data:
            return {}
        return {"disk_bytes_each": (disk_bytes(self._data) - self._disk) / messages}
