"""What the server loads."""

import gc
import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.config.settings")

application = get_wsgi_application()

# A thread that comes back from the database waits for the others at most this long, not the usual
# five milliseconds: it may hold a lock that other processes wait for.
sys.setswitchinterval(0.0005)
# What start-up made stays for good; the collector need not look through it again and again.
gc.freeze()
