"""How a long computation says how far it is, and how it is stopped."""

from typing import Protocol


class Cancelled(Exception):
    """Raised by a progress callback to stop the computation that called it."""


class Progress(Protocol):
    """Called now and then by a long computation.

    `stage` is a word for what is being done, of which `done` in `total` steps are ready; `total` is 0
    where nobody can tell.
    To stop the computation, raise `Cancelled`: it passes through, and nothing is kept.
    """

    def __call__(self, stage: str, done: int, total: int, /) -> None:
        """Take note, or raise `Cancelled`."""


def silent(stage: str, done: int, total: int, /) -> None:
    """Take no notice; the progress of whoever did not ask."""
