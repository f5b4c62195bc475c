"""Fixtures for everybody."""

from __future__ import annotations

from datetime import datetime

import pytest

from kepu.kernel.clock import BEIJING

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=BEIJING)  # a Thursday, a working day


@pytest.fixture
def now() -> datetime:
    return NOW
