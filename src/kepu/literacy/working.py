"""What the worker computes beside its deliveries: how a computation ends, whatever becomes of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db import InterfaceError, OperationalError
from django.utils import translation
from django.utils.translation import gettext as _

from kepu.kernel.errors import Refusal

if TYPE_CHECKING:
    from kepu.literacy.models import BookletSet, Sample

log = logging.getLogger(__name__)


def carry_out(
    wanted: BookletSet | Sample, compute: Callable[[], None], fail: Callable[[str], None]
) -> None:
    """Compute what is wanted; `fail` is told why not, in the language of who asked.

    A database that is not there for a moment is no reason: the work is taken up again later.
    """
    name = f"{wanted._meta.label} {wanted.pk}"
    with translation.override(wanted.language):
        try:
            compute()
        except (OperationalError, InterfaceError):
            log.warning("%s is taken up again later", name, exc_info=True)
        except Refusal as refusal:
            fail(refusal.reason)
        except Exception:
            log.exception("%s failed", name)
            fail(_("the computation failed; tell the administrator"))
