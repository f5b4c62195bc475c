"""How far a long work is, told to whoever watches: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TextIO

QUIET = 2.0  # seconds that may pass before anything is said
WIDTH = 30

Listener = Callable[[str, int, int], None]


class Progress:
    """Call it with what is being done, how much is done, and of how much: 0 where nobody can tell."""

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
        self.tell(done, total)

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self.told < (0.1 if self.watched else 5.0):
            return
        self.told = now
        if self.also:
            self.also(self.what, done, total)
        if now - self.began >= QUIET:
            self.show(done, total)

    def show(self, done: int, total: int) -> None:
        share = min(done / total, 1.0) if total else 0.0
        far = f"{share:4.0%}" if total else f"{done:,}"
        if not self.watched:
            print(f"  {self.what}: {far.strip()}", file=self.out, flush=True)
            return
        filled = int(share * WIDTH)
        bar = f"[{'#' * filled}{'.' * (WIDTH - filled)}] " if total else ""
        print(f"\r  {bar}{far} {self.what}\x1b[K", end="", file=self.out, flush=True)

    def finish(self) -> None:
        """Wipe the bar off."""
        if self.watched and self.what:
            print("\r\x1b[K", end="", file=self.out, flush=True)
        self.what = ""


@contextmanager
def growing(progress: Progress, what: str, file: Path, total: int) -> Iterator[None]:
    """Tell how far a file has grown that somebody else writes, such as the database itself."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            progress(what, file.stat().st_size if file.exists() else 0, total)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        progress.finish()


class Read:
    """A file that is read, telling how far; it stands for the file where only `read` is asked for."""

    def __init__(self, file: IO[bytes], tell: Callable[[int], None]) -> None:
        self.file, self.tell, self.done = file, tell, 0

    def read(self, size: int = -1) -> bytes:
        octets = self.file.read(size)
        self.done += len(octets)
        self.tell(self.done)
        return octets
