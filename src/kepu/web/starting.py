"""From nothing to a city that can be served: the folder, Django, the tables, the frame, the demo."""

from __future__ import annotations

import fcntl
import gc
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kepu.kernel.errors import BadInput
from kepu.web.progress import Progress
from kepu.web.speech import n_, say

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor


def data() -> Path:
    """The folder that DATA names; asked before Django is started."""
    return Path(os.environ.get("DATA") or "data").resolve()


def need_writable(folder: Path) -> None:
    """Make the folder; raises BadInput when nothing can be written there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BadInput(
            say(
                n_(
                    "the data folder %(folder)s cannot be written to (%(strerror)s); choose "
                    "another with DATA=... or --data"
                ),
                folder=folder,
                strerror=error.strerror,
            )
        ) from None


def start_django() -> None:
    """Load settings and rooms; raises BadInput when the surroundings do not allow it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.config.settings")
    need_place()
    import django

    with all_is_kept():
        django.setup()


@contextmanager
def all_is_kept() -> Iterator[None]:
    """While Kepu is loaded: nothing of it is waste, and looking for waste takes a quarter of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def need_place() -> None:
    """Raises BadInput where nobody can work in DATA. Asked before Django is started."""
    need_writable(data())
    need_not_moved()
    stay()
    (data() / "static").mkdir(exist_ok=True)  # looked for when the server starts


# Held until the process ends, by every one of a city on SQLite beside the others; a move holds it alone.
_held: IO[str] | None = None


def stay() -> None:
    """Let nobody move or empty the city while this process works in it; raises BadInput while one does."""
    global _held
    if _held is not None or os.environ.get("DATABASE_URL"):
        return
    file = (data() / "in-use.lock").open("a")
    if not _lock(file, fcntl.LOCK_SH):
        raise BadInput(
            say(n_("this city is being moved to PostgreSQL, or emptied; wait until that has ended"))
        )
    _held = file


def need_alone() -> None:
    """Raises BadInput while another process works in the city: what it wrote later would be lost."""
    with (data() / "in-use.lock").open("a") as file:
        if not _lock(_held or file, fcntl.LOCK_EX):
            raise BadInput(say(n_("Kepu is running here; stop it first, nothing was changed")))


def let_others_in() -> None:
    """Give back what `need_alone` took: this process goes on beside others."""
    if _held is not None:
        _lock(_held, fcntl.LOCK_SH)


def _lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system that knows no locks
        return True
    return True


def moved() -> Path:
    """Stands where a city on SQLite has moved away: going on there would write what is lost."""
    return data() / "moved-to-postgresql"


def mark_moved() -> None:
    moved().write_text("kepu.sqlite3 beside this file is the city as it was before the move\n")


def need_not_moved() -> None:
    if moved().exists() and not os.environ.get("DATABASE_URL"):
        raise BadInput(
            say(
                n_(
                    "this city moved to PostgreSQL: set DATABASE_URL. To go back to the "
                    "state before the move, delete %(moved)s"
                ),
                moved=moved(),
            )
        )


def start_city(*, reading: bool = False) -> None:
    """Start Django where a city stands already; raises BadInput when there is none yet.

    Half a demo city may be read, and nothing else.
    """
    start_django()
    from django.db import OperationalError

    try:
        waiting = waiting_migrations()
    except OperationalError as error:
        raise BadInput(
            say(n_("the database cannot be reached: %(why)s"), why=str(error).strip())
        ) from None
    if waiting:
        raise BadInput(
            say(
                n_(
                    "the database in %(data)s is not set up, or is older than this Kepu; "
                    "start `kepu run` once"
                ),
                data=data(),
            )
        )
    if not reading:
        from kepu.web import unfinished

        unfinished.need_finished()


def waiting_migrations() -> list[str]:
    """Names of migrations that were not applied yet."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    _refuse_older_than_the_fold(executor)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [str(migration) for migration, _ in plan]


def _refuse_older_than_the_fold(executor: MigrationExecutor) -> None:
    """A folded migration takes the place of all that it replaces or of none (decision 0016)."""
    applied = executor.loader.applied_migrations
    for folded in executor.loader.disk_migrations.values():
        there = [name in applied for name in folded.replaces]
        if any(there) and not all(there):
            raise BadInput(
                say(
                    n_(
                        "the database in %(data)s is older than the Kepu before this one; start "
                        "that one once, then this"
                    ),
                    data=data(),
                )
            )


def migrate(progress: Progress) -> None:
    """Bring the tables up to this version."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from kepu.kernel.migrating import only_what_is_new

    total = len(waiting_migrations())
    done = 0

    def tell(action: str, migration: Any | None = None, fake: bool | None = False) -> None:
        nonlocal done
        done += action == "apply_success"
        progress("tables", done, total)

    if total:
        executor = MigrationExecutor(connection, tell)
        with only_what_is_new():
            executor.migrate(executor.loader.graph.leaf_nodes())
        progress.finish()


# Each part of a city: a module with `complete() -> bool` and `build(progress)`. A part whose module
# is not shipped is not asked for.
FRAME = "kepu.web.frame"
DEMO = "kepu.web.demo"


def missing_parts(demo: bool) -> list[str]:
    """Parts that still have to be built."""
    wanted = [FRAME, DEMO] if demo else [FRAME]
    return [name for name in wanted if shipped(name) and not part(name, "complete")()]


def shipped(name: str) -> bool:
    return find_spec(name) is not None


def part(name: str, function: str) -> Callable[..., Any]:
    return getattr(import_module(name), function)


# What stood here at the last start. Where the same is asked of the same Kepu, the server is started while
# it is still looked at whether all is there: it takes as long to load.
def stood(demo: bool) -> bool:
    """Whether nothing was missing at the last start, and no migration came or went since."""
    return _standing().exists() and _standing().read_text() == _asked(demo)


def mark_standing(demo: bool) -> None:
    _standing().write_text(_asked(demo))


def forget_standing() -> None:
    _standing().unlink(missing_ok=True)


def _standing() -> Path:
    return data() / "standing"


def _asked(demo: bool) -> str:
    """Which database, which migrations, and whether the demo city."""
    source = Path(__file__).resolve().parent.parent
    names = sorted(str(path.relative_to(source)) for path in source.rglob("migrations/0*.py"))
    told = [os.environ.get("DATABASE_URL", ""), *names, str(demo)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


# While this file stands, the site answers 503 and shows how far it is. A set-up that was killed
# leaves it behind, so a half-made city is never served.
def notice() -> Path:
    return data() / "being-set-up.json"


def put_up_notice() -> None:
    tell_visitors("", 0, 1)


def tell_visitors(what: str, done: int, total: int) -> None:
    fresh = notice().with_suffix(".new")
    fresh.write_text(json.dumps({"what": what, "done": done, "total": total}), encoding="utf-8")
    fresh.replace(notice())


def take_down_notice() -> None:
    notice().unlink(missing_ok=True)
