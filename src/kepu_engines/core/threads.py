"""How many threads work on sums of matrices: one, where the last digits must not tell."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import util
from pathlib import Path
from typing import Any

import scipy.linalg  # noqa: F401 (loads the library whose threads are set)

# The wheels of NumPy and SciPy bring an OpenBLAS each, whose functions have a suffix of their own.
WHEELS = (
    ("numpy", "libscipy_openblas64_*", "64_"),
    ("scipy", "libscipy_openblas*", ""),
)


class _Count:
    """How many are inside at once, and the libraries' numbers from before the first of them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.inside = 0
        self.before: list[int] = []

    def enter(self) -> None:
        with self.lock:
            if self.inside == 0:
                self.before = [library.get() for library in _libraries()]
                for library in _libraries():
                    library.put(1)
            self.inside += 1

    def leave(self) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                for library, many in zip(_libraries(), self.before, strict=True):
                    library.put(many)


_COUNT = _Count()


@contextmanager
def one_thread() -> Iterator[None]:
    """Let one thread do all products of matrices in here, so that sums come in one order.

    OpenBLAS parts a product among its threads, and the parts' sums differ in the last digits with
    their number. It holds for the whole process: another thread's products meanwhile go by one
    thread too. Where NumPy or SciPy was built with another library, that library's number stays.
    """
    _COUNT.enter()
    try:
        yield
    finally:
        _COUNT.leave()


class _Library:
    """A loaded OpenBLAS: how many threads it has, and setting it."""

    def __init__(self, file: Path, suffix: str) -> None:
        library: Any = ctypes.CDLL(str(file))
        self.get = getattr(library, f"scipy_openblas_get_num_threads{suffix}")
        self.put = getattr(library, f"scipy_openblas_set_num_threads{suffix}")


@cache
def _libraries() -> tuple[_Library, ...]:
    """Of the wheels that are here."""
    found = []
    for package, pattern, suffix in WHEELS:
        spec = util.find_spec(package)
        beside = Path(spec.origin).parents[1] if spec and spec.origin else Path()
        for folder in (beside / f"{package}.libs", beside / package / ".dylibs"):
            for file in sorted(folder.glob(pattern)) if folder.is_dir() else ():
                try:
                    found.append(_Library(file, suffix))
                except (OSError, AttributeError):
                    continue  # another build of it: its number of threads stays
    return tuple(found)
