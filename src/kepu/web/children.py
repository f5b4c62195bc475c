"""Child processes of `kepu run`: kept alive while it lives, stopped when it stops."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from kepu.web.speech import n_, say

GRACE = 15.0  # seconds a child may take to finish what it is doing
SOON = 5.0  # a child that dies sooner than this is not started again at once
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One process that is started again when it dies."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    rests_until: float = 0.0

    def dead(self) -> bool:
        return self.process.poll() is not None


class Children:
    """Start children, restart those that die, and end them all on SIGTERM, Ctrl-C or an error."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.stopping = False

    def __enter__(self) -> Self:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for child in self.children:
            if not child.dead():
                child.process.terminate()
        deadline = time.monotonic() + GRACE
        for child in self.children:
            try:
                child.process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()
            end_all_of(child)

    def keep(self, name: str, command: list[str]) -> None:
        self.children.append(Child(name, command, start(command)))

    def watch(self) -> None:
        """Stay until told to stop."""
        self.wait_until(lambda: False)

    def wait_until(self, happened: Callable[[], bool]) -> None:
        """Look after the children until something happened or a stop was asked for."""
        while not self.stopping and not happened():
            for child in self.children:
                self._revive(child)
            time.sleep(0.1)

    def _revive(self, child: Child) -> None:
        now = time.monotonic()
        if not child.dead() or now < child.rests_until:
            return
        if not child.rests_until:
            code = child.process.returncode
            print(
                say(
                    n_("kepu: %(name)s ended with %(code)s; starting it again"),
                    name=child.name,
                    code=code,
                ),
                file=sys.stderr,
            )
            end_all_of(child)
            child.rests_until = now if now - child.started > SOON else now + SOON
            return
        child.process, child.started, child.rests_until = start(child.command), now, 0.0

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """A process in a group of its own, so that Ctrl-C reaches it through us and in order."""
    return subprocess.Popen(  # noqa: S603 (our own words)
        command, start_new_session=True, preexec_fn=end_with_parent
    )


def end_all_of(child: Child) -> None:
    """End what a child that is dead has left behind in its group: a server's own processes serve on."""
    with suppress(ProcessLookupError):
        os.killpg(child.process.pid, signal.SIGKILL)


def end_with_parent() -> None:
    """On Linux a child gets SIGTERM even when its parent is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
