"""PostgreSQL's own programs, where backup and restore need them."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kepu.kernel.errors import BadInput
from kepu.web.speech import n_, say

DEBIAN = Path("/usr/lib/postgresql")


def tool(name: str) -> str:
    """The program called `name`; Debian keeps the newest version's outside PATH."""
    found = shutil.which(name)
    if found:
        return found
    versions = sorted(DEBIAN.glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3]))
    if not versions:
        raise BadInput(
            say(
                n_("%(name)s is needed and not installed; on Debian install postgresql-client"),
                name=name,
            )
        )
    return str(versions[-1])


def connection_words() -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that lead to Kepu's database; the password is never an argument."""
    from django.db import connection

    found = connection.settings_dict
    pairs = {"--host": found["HOST"], "--port": found["PORT"], "--username": found["USER"]}
    words = [f"{option}={value}" for option, value in pairs.items() if value]
    password = {"PGPASSWORD": found["PASSWORD"]} if found["PASSWORD"] else {}
    return [*words, f"--dbname={found['NAME']}"], {**os.environ, **password}
