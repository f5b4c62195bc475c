"""Backup and restore where the city lives on PostgreSQL: two databases of their own on its server."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.db import connection

from tests.kepu.web.conftest import TABLES, Kepu

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


def test_a_city_on_postgresql_is_restored_to_the_same_audit_head_and_only_into_an_empty_place(
    cities, tmp_path
):
    here, there = cities
    assert here.python(TABLES).wait() == 0
    assert here("user", "add", "zhang", "--name", "张示例").returncode == 0

    backup = here("backup", tmp_path / "city.tar.gz", "--with-keys")
    restore = there("restore", tmp_path / "city.tar.gz")
    again = here("restore", tmp_path / "city.tar.gz")

    assert restore.returncode == 0, restore.stderr
    head = backup.stdout.splitlines()[-1]
    assert head.startswith("audit head: 1 ")
    assert restore.stdout.splitlines()[-1] == head
    assert there("audit", "verify").stdout.splitlines()[-1] == head
    assert (again.returncode, "not empty" in again.stderr) == (2, True)
