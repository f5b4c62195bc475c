"""A clock that a test may put forward in a city of its own, served by other processes.

Python reads this file where its folder stands on PYTHONPATH. The file that KEPU_TEST_CLOCK names
holds by how many seconds the clock is ahead.
"""

import os
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

_ahead, _true = Path(os.environ["KEPU_TEST_CLOCK"]), timezone.now


def _now():
    return _true() + timedelta(seconds=float(_ahead.read_text()))


timezone.now = _now
