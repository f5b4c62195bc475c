"""Take what the ledgers tell into an application, as evidence that nobody typed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from kepu.appraisal import ledgers, rules
from kepu.appraisal.actions.moving import locked
from kepu.appraisal.models import LedgerExtract
from kepu.appraisal.models.applications import seal
from kepu.kernel.accounts.models import User
from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require


@transaction.atomic
def take(application_id: int, *, by: User, now: datetime) -> LedgerExtract:
    """Take the figures as they are now; a second time takes them anew, until the application is handed in.

    Raises NotAllowed for who does not write the application, RuleBroken once it was handed in or where
    the ledgers tell of nobody like the applicant.
    """
    application = locked(application_id)
    authorize(rules.applications.why_not_write(by, application, now))
    require(rules.evidence.why_not_take(application))

    found = ledgers.figures(application, now)
    said = {"as_of": now, "digest": ledgers.digest(found, now), "taken_by": by}
    if application.person is not None:
        said |= {"figures": [], "sealed_figures": seal({"figures": found}, application.person)}
    else:
        said |= {"figures": found, "sealed_figures": None}
    made, _new = LedgerExtract.objects.update_or_create(application=application, defaults=said)
    audit.record(by, "appraisal.take_ledgers", application, now=now, digest=made.digest)
    return made
