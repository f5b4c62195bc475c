"""How far a long work is, told to whoever watches: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TextIO

QUIET = 2.0  # seconds that may pass before anything is said
WIDTH = 30

Listener = Callable[[str, int, int], None]


class Progress:
    """Call it with what is being done, how much is done, and of how much."""

    def __init__(self, out: TextIO | None = None, also: Listener | None = None) -> None:
        self.out = out or sys.stdout
        self.also = also
        self.watched = self.out.isatty()
        self.began = self.told = time.monotonic()
        self.what = ""

    def __call__(self, what: str, done: int, total: int) -> None:
        if what != self.what:
            self.finish()
            self.what = what
            self.began = self.told = time.monotonic()
        self.tell(done, max(total, 1))

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.told < (0.1 if self.watched else 5.0):
            return
        self.told = now
        if self.also:
            self.also(self.what, done, total)
        if now - self.began >= QUIET:
            self.show(min(done / total, 1.0))

    def show(self, share: float) -> None:
        if not self.watched:
            print(f"  {self.what}: {share:.0%}", file=self.out, flush=True)
            return
        filled = int(share * WIDTH)
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}]"
        print(f"\r  {bar} {share:4.0%} {self.what}\x1b[K", end="", file=self.out, flush=True)

    def finish(self) -> None:
        """Wipe the bar off."""
        if self.watched and self.what:
            print("\r\x1b[K", end="", file=self.out, flush=True)
        self.what = ""
