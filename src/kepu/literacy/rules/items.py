"""Why not? Items of the bank."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.kernel.accounts.models import User
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Item, Run
from kepu.literacy.queries import reviews
from kepu.literacy.schemas import Framework
from kepu.literacy.states import ITEM, ItemState, Verdict


def why_not_write_in(by: User, path: str, now: datetime) -> str | None:
    """Writers and officers of the bank write items."""
    if roles.holds(by, Verb.ITEM_WRITE, now=now, path=path):
        return None
    return _("only a writer or officer of this item bank may write items")


def why_not_keep(by: User, path: str, now: datetime) -> str | None:
    """Officers of the bank have items reviewed, approve and retire them."""
    if roles.holds(by, Verb.ITEM_APPROVE, now=now, path=path):
        return None
    return _("only an officer of this item bank may do this")


def why_not_see(by: User, item: Item, now: datetime) -> str | None:
    """Officers of the bank, and who wrote the item. Reviewers read it on their review."""
    if why_not_keep(by, item.path, now) is None:
        return None
    if item.written_by_id == by.pk and why_not_write_in(by, item.path, now) is None:
        return None
    return _("this item is confidential")


def why_not_word(dimension: str, options: int, framework: Framework) -> str | None:
    """The framework knows the dimension, and the options are neither too few nor too many."""
    if dimension not in framework.dimensions:
        words = _("the framework has no dimension %(key)s; it has: %(known)s")
        return words % {"key": dimension, "known": ", ".join(framework.dimensions)}
    least, most = framework.review.least_options, framework.review.most_options
    if not least <= options <= most:
        return _("an item has %(least)s to %(most)s options") % {"least": least, "most": most}
    return None


def why_not_code(code: str, taken: Collection[str]) -> str | None:
    """A code names one item of a bank."""
    return _("an item is already called %(code)s") % {"code": code} if code in taken else None


def why_not_change(item: Item, seen: int) -> str | None:
    """Only a draft changes, and nobody overwrites what they have not seen."""
    if item.state == ItemState.IN_REVIEW:
        return _("the item is in review; have it sent back before you change it")
    if item.state != ItemState.DRAFT:
        return _(
            "what is known of an item was learnt by its words, so they stay; write a new item instead"
        )
    if item.version != seen:
        return _("somebody changed this item meanwhile; look at it again")
    return None


def why_not_submit(item: Item, framework: Framework) -> str | None:
    """An item is complete before experts spend time on it."""
    missing = set(framework.review.languages) - {one.language for one in item.wordings.all()}
    if missing:
        words = _("the item is not written yet in: %(languages)s")
        return words % {"languages": ", ".join(sorted(missing))}
    return ITEM.why_not(item.state, "submit")


def why_not_send_back(item: Item, reason: str) -> str | None:
    """The writer is told what to change."""
    return ITEM.why_not(item.state, "send_back") or _why_not_silent(reason)


def why_not_approve_as(by: User, item: Item, now: datetime) -> str | None:
    """An officer of the bank, and not the one who wrote the item."""
    if item.written_by_id == by.pk:
        return _("you wrote this item; another officer approves it")
    return why_not_keep(by, item.path, now)


def why_not_approve(item: Item, framework: Framework) -> str | None:
    """Enough experts found this very wording fit, and none found it unfit."""
    refused = ITEM.why_not(item.state, "approve")
    if refused:
        return refused
    said = list(reviews.of_wording(item).values_list("verdict", flat=True))
    if Verdict.REJECT in said:
        return _("a reviewer found the item not fit for use; send it back")
    short = framework.review.experts - said.count(Verdict.APPROVE)
    if short > 0:
        return ngettext(
            "%(n)s more expert must find this wording fit for use",
            "%(n)s more experts must find this wording fit for use",
            short,
        ) % {"n": short}
    return None


def why_not_retire(item: Item, reason: str) -> str | None:
    """What leaves the bank leaves a reason."""
    return ITEM.why_not(item.state, "retire") or _why_not_silent(reason)


def _why_not_silent(reason: str) -> str | None:
    return None if reason.strip() else _("state the reason")


def why_not_teach(item: Item, run: Run) -> str | None:
    """What invented people answered says something of invented items alone."""
    if run.synthetic and not item.example:
        return _("the run is of invented people, and the item is no example")
    return why_not_learn_of(item)


def why_not_learn_of(item: Item) -> str | None:
    """Figures belong to words that do not change any more."""
    if item.state in (ItemState.APPROVED, ItemState.RETIRED):
        return None
    return _("figures can be recorded once the item is approved: until then its words may change")
