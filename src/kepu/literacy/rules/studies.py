"""Why not? Studies of what an activity changed: registering, measuring, publishing."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.literacy.models import Study
from kepu.literacy.rules.runs import why_not_handle
from kepu.literacy.states import STUDY

__all__ = ["why_not_handle"]

FEWEST = 10  # people of a group in a wave whose mean is published


def why_not_register(begins_on: date, now: datetime) -> str | None:
    """What is to be found is written down before anything can be seen of it."""
    if begins_on > clock.day(now):
        return None
    return _("the activity has begun already: a study is registered before it, or it proves little")


def why_not_measure(study: Study, now: datetime) -> str | None:
    """Measurements before and after come when there is an after."""
    refused = STUDY.why_not(study.state, "measure")
    if refused is None and clock.day(now) < study.begins_on:
        return _("the activity has not begun yet; come back with measurements before and after it")
    return refused


def why_not_comparison(study: Study, compared: bool) -> str | None:
    """A comparison that was promised is in the table."""
    if compared or not study.plan["comparison"]:
        return None
    return _(
        "the plan has a comparison group, the table has none measured both before and after; put it "
        "in, or say in a new study that there is none"
    )


def why_not_propose(study: Study) -> str | None:
    refused = STUDY.why_not(study.state, "propose")
    if refused is None and (study.result or {})["effect"]["se"] is None:
        return _("no error can be told: a group has one cluster; measure another, and import again")
    return refused or _why_not_so_few(study)


def _why_not_so_few(study: Study) -> str | None:
    """Means of few people tell what single persons scored."""
    if all(cell["n"] >= FEWEST for cell in (study.result or {})["cells"]):
        return None
    return _(
        "a group has fewer than %(n)s people before or after: its mean would tell of single persons; "
        "measure more, and import again"
    ) % {"n": FEWEST}


def why_not_publish(study: Study, by: User) -> str | None:
    """Two officers stand for what is published."""
    refused = STUDY.why_not(study.state, "publish")
    if refused:
        return refused
    if study.proposed_by_id == by.pk:
        return _("you proposed these results; another officer publishes them")
    return _why_not_so_few(study)


def why_not_step_back(study: Study, verb: str, reason: str) -> str | None:
    """Whoever reads it later is told why."""
    refused = STUDY.why_not(study.state, verb)
    if refused is None and not reason.strip():
        return _("say why, in a sentence")
    return refused
