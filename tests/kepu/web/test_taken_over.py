"""A database that was made before migrations were folded is taken over as it stands."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from kepu.kernel.errors import BadInput
from kepu.web.starting import waiting_migrations

pytestmark = pytest.mark.django_db


def remember_as_before(*, but: tuple[str, str] | None = None) -> None:
    """Forget the folded migrations; of the old names, which Django writes down too, forget `but`."""
    written = MigrationRecorder.Migration.objects
    for (app, name), folded in MigrationExecutor(connection).loader.disk_migrations.items():
        if folded.replaces:
            written.filter(app=app, name=name).delete()
    if but:
        written.filter(app=but[0], name=but[1]).delete()


def test_nothing_is_made_again():
    remember_as_before()

    assert MigrationRecorder.Migration.objects.filter(app="orders", name="0005_roster_told")
    assert waiting_migrations() == []


def test_a_database_that_stopped_on_the_way_is_not_taken_for_a_finished_one():
    remember_as_before(but=("orders", "0005_roster_told"))

    with pytest.raises(BadInput, match="older than the Kepu before this one"):
        waiting_migrations()
