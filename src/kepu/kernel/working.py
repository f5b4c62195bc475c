"""What the worker computes beside its deliveries: taken up, held, and begun again after a kill.

Nothing is locked while it computes. Every write asks first whether the row is still the worker's, in
the same transaction; so what was stopped, or what another worker took up after this one had gone
silent, is never written to again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.errors import Refusal, require

log = logging.getLogger(__name__)

SILENCE = timedelta(minutes=2)  # a worker that gave no sign for so long is gone
TRIES = 3  # workers that one row may take along
BEAT = 20.0  # seconds between signs of life where nothing else gives any
AT_ONCE = 5  # rows begun again in one round of the duty


class Lost(Exception):
    """The row is not ours any more: stopped, taken up by another worker, or gone."""


class Worked(models.Model):
    """A row that the worker computes. `begun_at` also names the worker that has it.

    `beat_at` is that worker's last sign of life. Each such model has a `state` too, with words of its own.
    """

    language = models.CharField(max_length=10, default="zh-hans")  # of what is said of it
    begun_at = models.DateTimeField(null=True, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)  # how often a worker took it up

    class Meta:
        abstract = True


class Watched(Worked):
    """One that takes long enough to be watched: the worker tells how far it is."""

    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=Worked)


@dataclass(frozen=True)
class Hold(Generic[Row]):
    """A worker's hold on a row, in the state in which it was taken up."""

    row: Row
    state: str
    taken: datetime

    def keep(self, **told: object) -> None:
        """Write some columns, and that we are alive; raises Lost when the row is not ours any more.

        Inside a transaction nobody can take it away until the end of that.
        """
        rows = type(self.row)._default_manager.filter(
            pk=self.row.pk, state=self.state, begun_at=self.taken
        )
        if rows.update(beat_at=clock.now(), **told) == 0:
            raise Lost

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Give signs of life while something computes that gives none, such as another program.

        None inside a transaction, as that of the demo city: nobody else sees the row yet, and on SQLite
        the sign would wait for the very lock that is held here.
        """
        if connection.in_atomic_block:
            yield
            return
        over = threading.Event()
        beat = threading.Thread(target=self._beat, args=(over,), daemon=True)
        beat.start()
        try:
            yield
        finally:
            over.set()
            beat.join()

    def _beat(self, over: threading.Event) -> None:
        try:
            while not over.wait(BEAT):
                self._beat_once()
        except Lost:
            log.info("%s is not ours any more", self.row)
        finally:
            connection.close()

    def _beat_once(self) -> None:
        try:
            self.keep()
        except (OperationalError, InterfaceError):
            log.warning("no sign of life could be given", exc_info=True)

    def tell(self, stage: str, done: int, total: int, /) -> None:
        """Say how far it is, as engines do; raises Lost as `keep` does."""
        self.keep(stage=stage, done=done, total=total)


@dataclass(frozen=True)
class Work(Generic[Row]):
    """A kind of rows to compute: in which states they wait or are worked on, how, and how one fails.

    `compute` and `fail` run outside any transaction. `taking` is what else is written when one is taken up.
    """

    model: type[Row]
    states: tuple[str, ...]
    compute: Callable[[Hold[Row]], None]
    fail: Callable[[Hold[Row], str], None]
    taking: Mapping[str, object] = field(default_factory=dict)

    def without_worker(self, now: datetime) -> QuerySet[Row]:
        """Rows that nobody works on: new ones, and those whose worker went silent."""
        silent = Q(beat_at__isnull=True) | Q(beat_at__lt=now - SILENCE)
        found: QuerySet[Row] = self._rows().filter(
            Q(begun_at__isnull=True) | silent, state__in=self.states
        )
        return found.order_by("pk")

    def take_up(self, pk: int, *, now: datetime) -> bool:
        """Make a row ours; False when another worker was quicker. One statement decides."""
        ours = {"begun_at": now, "beat_at": now, "tries": F("tries") + 1}
        return self.without_worker(now).filter(pk=pk).update(**ours, **self.taking) == 1

    def work_on(self, pk: int, *, taken: datetime) -> None:
        """Compute what was taken up at `taken`, outside any transaction of the caller.

        A database that is not there for a moment is no reason to fail: it is taken up again later.
        """
        row: Any = self._rows().filter(pk=pk, begun_at=taken, state__in=self.states).first()
        if row is None:
            return
        name = f"{self.model._meta.label} {pk}"
        with translation.override(row.language):
            try:
                self._carry_out(Hold(row, row.state, taken), name)
            except Lost:
                log.info("%s was stopped or taken over", name)
            except (OperationalError, InterfaceError):
                log.warning("%s is taken up again later", name, exc_info=True)

    def begin(self, pk: int, now: datetime) -> None:
        """Take a row up, and compute it as soon as that is committed."""
        if self.take_up(pk, now=now):
            transaction.on_commit(lambda: self.start(pk, now))

    def begin_again(self, now: datetime) -> None:
        """Take up what a worker that was killed left half done."""
        for pk in self.without_worker(now).values_list("pk", flat=True)[:AT_ONCE]:
            self.begin(pk, now)

    def start(self, pk: int, taken: datetime) -> threading.Thread:
        """A daemon with a connection of its own: a worker that stops leaves the rest to the next."""
        thread = threading.Thread(target=self._work_and_close, args=(pk, taken), daemon=True)
        thread.start()
        return thread

    def _work_and_close(self, pk: int, taken: datetime) -> None:
        try:
            self.work_on(pk, taken=taken)
        finally:
            connection.close()

    def _carry_out(self, hold: Hold[Row], name: str) -> None:
        try:
            require(why_not_try_again(hold.row))
            self.compute(hold)
        except (Lost, OperationalError, InterfaceError):
            raise
        except Refusal as refusal:
            self.fail(hold, refusal.reason)
        except Exception:
            log.exception("%s failed", name)
            self.fail(hold, _("the computation failed; tell the administrator"))

    def _rows(self) -> QuerySet[Row]:
        return self.model._default_manager.all()


def why_not_try_again(row: Worked) -> str | None:
    """What ended its worker several times would end the next one too."""
    if row.tries <= TRIES:
        return None
    return _("the worker was stopped at it %(n)s times; tell the administrator") % {"n": TRIES}
