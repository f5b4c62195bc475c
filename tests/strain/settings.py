"""Settings of a server that shares the database of the test which started it."""

from __future__ import annotations

import os

from kepu.config.settings_test import *  # noqa: F403

DATABASES["default"]["NAME"] = os.environ["STRAIN_DATABASE"]  # noqa: F405
AXES_ENABLED = False
