"""What a case is: a load, and what must come of it."""

from dataclasses import dataclass

MILLION = 1_000_000
QUIET_SECONDS = 5  # until a memory figure is read
IDLE_SECONDS = 8


@dataclass(frozen=True)
class Settings:
    """How long and how much."""

    seconds: int
    warm: int
    backlog: int
    connections: int
    log_mib: int = 1000


@dataclass(frozen=True)
class Case:
    """A load, and the rows of the table that come from it.

    peer: the product that Headrace is compared with, which says what protocol is spoken
    fresh: on a broker that was just started on an empty directory, so that memory and disk are what this load took
    restarts: stops or kills the broker, so it cannot be run on one that somebody else runs
    only_headrace: has no counterpart
    """

    name: str
    run: object  # (clients, broker, settings) -> figures
    rows: tuple
    peer: str = "rabbitmq"
    fresh: bool = False
    restarts: bool = False
    only_headrace: bool = False

    def can_run_on(self, broker):
        if broker.role == "peer" and (self.only_headrace or broker.product != self.peer):
            return False
        return broker.ours or not self.restarts
