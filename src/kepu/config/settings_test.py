"""Settings of the tests: a data folder of their own, quick passwords, the database DATABASE_URL names."""

from __future__ import annotations

import os
import tempfile

os.environ["DATA"] = os.environ.get("KEPU_TEST_DATA") or tempfile.mkdtemp(prefix="kepu-test-")

from kepu.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
PUBLIC_ADDRESS = "http://testserver"
REQUIRE_SECOND_FACTOR = "offered"  # tests of the requirement switch it on

# A file, not memory: threads and processes of a test meet in it as they would in a city's.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(DATA / "test.sqlite3")}  # noqa: F405
else:
    # A test that waits for ever says where it waits.
    DATABASES["default"]["OPTIONS"]["options"] = (  # noqa: F405
        "-c lock_timeout=60s -c statement_timeout=120s -c idle_in_transaction_session_timeout=120s"
    )

# All processes of tests compile a template once.
COMPILED_TEMPLATES = SOURCE.parents[1] / ".pytest_cache" / "templates"  # noqa: F405

STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405  nothing is collected, and WhiteNoise warns of no folder

# Tests quote the English texts, whether or not catalogues have been compiled; Chinese ones say so.
LANGUAGE_CODE = "en"
