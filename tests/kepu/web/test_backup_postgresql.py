"""Backup and restore where the city lives on PostgreSQL: two databases of their own on its server."""

from __future__ import annotations

import time
from urllib.parse import quote

import pytest
from django.db import connection

from tests.kepu.web.conftest import TABLES, Kepu
from tests.kepu.web.test_backup import WRITING, head

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs a PostgreSQL server"),
]


class OnPostgresql(Kepu):
    """An installation whose database is called like its data folder."""

    def surroundings(self) -> dict[str, str]:
        found = connection.settings_dict
        who = quote(found["USER"]) + (f":{quote(found['PASSWORD'])}" if found["PASSWORD"] else "")
        place = f"{found['HOST']}:{found['PORT'] or 5432}"
        name = f"{found['NAME']}_{self.data.name}"
        return {**super().surroundings(), "DATABASE_URL": f"postgresql://{who}@{place}/{name}"}


@pytest.fixture
def cities(tmp_path):
    """Two installations with empty databases, dropped at the end."""
    names = {name: f"{connection.settings_dict['NAME']}_{name}" for name in ("here", "there")}
    with connection.cursor() as cursor:
        for database in names.values():
            cursor.execute(f'DROP DATABASE IF EXISTS "{database}"')  # of a run that was killed
            cursor.execute(f'CREATE DATABASE "{database}"')
        yield [OnPostgresql(tmp_path / name) for name in names]
        for database in names.values():
            cursor.execute(f'DROP DATABASE "{database}" WITH (FORCE)')


def test_a_city_on_postgresql_that_is_written_to_is_restored_to_the_same_audit_head_elsewhere(
    cities, tmp_path
):
    here, there = cities
    assert here.python(TABLES).wait() == 0
    assert here("user", "add", "zhang", "--name", "张示例").returncode == 0
    writer = here.python(WRITING)
    assert writer.stdout.readline() == "writing\n"
    time.sleep(1)

    backup = here("backup", tmp_path / "city.tar.gz", "--with-keys")
    still_writing = writer.poll() is None
    writer.kill()
    writer.communicate()
    restore = there("restore", tmp_path / "city.tar.gz")
    again = here("restore", tmp_path / "city.tar.gz")

    assert still_writing
    assert restore.returncode == 0, restore.stderr
    assert head(restore.stdout) == head(backup.stdout)
    assert int(head(backup.stdout).split()[2]) > 1
    assert head(there("audit", "verify").stdout) == head(backup.stdout)
    assert (again.returncode, "not empty" in again.stderr) == (2, True)
