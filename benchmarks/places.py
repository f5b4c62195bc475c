"""Places to measure in: a folder of its own, and a PostgreSQL of its own where one can be started."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Place:
    """Where one case is measured: the database's name, the folder, and the environment of it."""

    database: str
    folder: Path
    environment: dict[str, str]


def environment(folder: Path, url: str = "") -> dict[str, str]:
    """The surroundings of a city in `folder`, on SQLite or on the database at `url`."""
    found = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {
        **found,
        **({"DATABASE_URL": url} if url else {}),
        "DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "kepu.config.settings",
        "REQUIRE_SECOND_FACTOR": "offered",
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
    }


@contextmanager
def every_database(names: list[str]) -> Iterator[list[Place]]:
    """The ground on each database that can be had here: a template that every case gets a copy of."""
    with ExitStack() as stack:
        found = []
        if "sqlite" in names:
            folder = stack.enter_context(temporary())
            found.append(Place("SQLite", folder, environment(folder)))
        if "postgresql" in names and (url := stack.enter_context(postgresql())):
            folder = stack.enter_context(temporary())
            found.append(Place("PostgreSQL", folder, environment(folder, f"{url}/postgres")))
        yield found


@contextmanager
def copy(ground: Place) -> Iterator[Place]:
    """A place of its own for one case, as the ground is now."""
    with temporary() as above:
        folder = above / "data"
        shutil.copytree(ground.folder, folder)
        url = ground.environment.get("DATABASE_URL", "")
        if url:
            server, _, template = url.rpartition("/")
            name = f"kepu_{uuid.uuid4().hex[:12]}"
            _ask(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
            url = f"{server}/{name}"
        yield Place(ground.database, folder, environment(folder, url))


def _ask(server: str, sql: str) -> None:
    """Say one thing to the server, from a database that is nobody's template."""
    import psycopg

    with psycopg.connect(f"{server}/template1", autocommit=True) as connection:
        connection.execute(sql)


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kepu-bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server started for this, without a database; empty where none is installed."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parts[-2]))
    found = shutil.which("initdb")
    home = Path(found).parent if found else (programs[-1] if programs else None)
    if home is None:
        yield ""
        return
    with temporary() as folder:
        yield from _serving(home, folder)


def _serving(home: Path, folder: Path) -> Iterator[str]:
    owner = _hand_over(folder)
    port, data = free_port(), str(folder / "data")
    _quietly([*owner, str(home / "initdb"), "-D", data, "-U", "kepu", "-A", "trust", "-E", "UTF8"])
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c shared_buffers=256MB"
    control = [*owner, str(home / "pg_ctl"), "-D", data, "-w"]
    _quietly([*control, "-o", settings, "-l", str(folder / "log"), "start"])
    try:
        yield f"postgresql://kepu@127.0.0.1:{port}"
    finally:
        _quietly([*control, "-m", "immediate", "stop"])


def _hand_over(folder: Path) -> list[str]:
    """PostgreSQL does not run as root: words that run a program as `postgres`, who owns the folder."""
    if os.getuid() != 0:
        return []
    owner = pwd.getpwnam("postgres")
    os.chown(folder, owner.pw_uid, owner.pw_gid)
    return ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]


def _quietly(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
