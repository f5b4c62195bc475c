"""The four districts that the change of 2025-11-06 is about, as they stood before it."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import transaction

from kepu.kernel.clock import BEIJING
from kepu.kernel.divisions import actions

EARLIER = datetime(2025, 10, 1, 9, 0, tzinfo=BEIJING)
DISTRICTS = ("500103", "500105", "500109", "500112")


@pytest.fixture(scope="module")
def frame(django_db_setup, django_db_blocker):
    """Loaded once for a file of tests; each test rolls its own changes back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield actions.load_frame(now=EARLIER, provinces=("50",), districts=DISTRICTS)
        transaction.set_rollback(True)
