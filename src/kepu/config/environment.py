"""What the surroundings may decide: DATA, PORT, HOSTS, DATABASE_URL, DURABLE, DEBUG, PUBLIC_ADDRESS."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

DATA = Path(os.environ.get("DATA", "data")).resolve()
HOSTS = os.environ.get("HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DEBUG = os.environ.get("DEBUG") == "1"
DURABLE = os.environ.get("DURABLE") == "1"


def database(url: str | None) -> dict[str, Any]:
    """Django's settings for PostgreSQL at `url`, or for SQLite in DATA when there is none."""
    return postgresql(url) if url else sqlite(DATA / "kepu.sqlite3")


def sqlite(path: Path) -> dict[str, Any]:
    """WAL lets readers go on beside the one writer; IMMEDIATE makes writers queue, not deadlock.

    synchronous=NORMAL keeps every acknowledged write when the process is killed, but not when
    the power fails; DURABLE=1 sets FULL, which keeps it then too.
    """
    synchronous = "FULL" if DURABLE else "NORMAL"
    return {
        "ENGINE": "kepu.config.sqlite3",
        "NAME": path,
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": (
                f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};"
                "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384;"
            ),
        },
    }


def postgresql(url: str) -> dict[str, Any]:
    """Whoever opens a transaction and falls silent is cut off, so that nobody waits for it for ever.

    prepare_threshold is how often a query is asked before its plan is kept; only `kept_cursor` may.
    """
    parts = urlsplit(url)
    return {
        "ENGINE": "kepu.config.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": "-c idle_in_transaction_session_timeout=10min",
            "prepare_threshold": 1,
        },
    }


def public_address() -> str:
    """Where the city is found, without a slash at its end: what is signed names it, whoever asks.

    PUBLIC_ADDRESS, else the only name in HOSTS where HTTPS=1; empty where neither tells.
    """
    told = os.environ.get("PUBLIC_ADDRESS", "").rstrip("/")
    if told and urlsplit(told).scheme not in ("http", "https"):
        raise ValueError(f"PUBLIC_ADDRESS is a whole address, https://kepu.example.org, not {told}")
    alone = len(HOSTS) == 1 and HOSTS[0][:1] not in ("", ".", "*")
    return told or (f"https://{HOSTS[0]}" if alone and os.environ.get("HTTPS") == "1" else "")


def secret(name: str) -> str:
    """A secret kept in DATA/keys, made on first use and readable by its owner alone."""
    path = DATA / "keys" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_once(path, secrets.token_urlsafe(48))
    return path.read_text()


def write_once(path: Path, text: str) -> None:
    """Two processes starting together must end with one secret: the first to link it wins."""
    own = path.with_name(f".{path.name}.{os.getpid()}")
    own.write_text(text)
    own.chmod(0o600)
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
