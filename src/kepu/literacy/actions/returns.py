"""Fill a statistical return and hand it in; check it, send it back, lock and unlock it.

Every move locks the round before the return, so that nothing passes while the city closes a year. A draft
locks the return alone: thousands of units fill at once, and what is not handed in counts nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from kepu.kernel.audit import actions as audit
from kepu.kernel.errors import authorize, require
from kepu.literacy import cross_checks, statistics, telling
from kepu.literacy.models import Figure, Return, ReturnStep, Round
from kepu.literacy.queries import returns as queries
from kepu.literacy.reminding import Near
from kepu.literacy.rules import returns as rules
from kepu.literacy.states import RETURN

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

MOST_WORDS = 300


@transaction.atomic
def keep_figures(
    return_id: int,
    values: Mapping[str, Decimal | None],
    *,
    explanations: Mapping[str, str] | None = None,
    confirm: bool = True,
    by: User,
    now: datetime,
) -> Return:
    """Keep what was filled so far, as a draft. None empties a figure; what is not named stays.

    A figure from Kepu's records keeps its source while it is kept as it was, and is confirmed by that,
    unless `confirm` says that nobody has looked at it: a page that keeps every change does not confirm.
    """
    found = Return.objects.select_for_update(of=("self",)).select_related("round")
    one: Return = found.get(pk=return_id)
    authorize(rules.why_not_file(by, one.organisation_id, now))
    require(rules.why_not_fill(one))
    form = statistics.of_version(one.round.rules)
    require(rules.why_not_say(form, values))

    emptied = [key for key, value in values.items() if value is None]
    one.figures.filter(key__in=emptied).delete()
    _keep(one, {key: value for key, value in values.items() if value is not None}, confirm)
    if explanations:
        known = cross_checks.explainable(form) & explanations.keys()
        said = {key: explanations[key].strip()[:MOST_WORDS] for key in known}
        one.explanations = {key: w for key, w in (one.explanations | said).items() if w}
        one.save(update_fields=["explanations"])
    audit.record(by, "return.fill", one, now=now, figures=len(values))
    return one


def _keep(one: Return, values: Mapping[str, Decimal], confirm: bool) -> None:
    taken, made = queries.from_records(one), []
    for key, value in values.items():
        figure = Figure(of=one, key=key, value=value)
        if key in taken and taken[key].value == value:
            figure.source, figure.as_of = taken[key].source, taken[key].as_of
            figure.confirmed = confirm or taken[key].confirmed
        made.append(figure)
    _write(made)


def _write(figures: list[Figure]) -> None:
    Figure.objects.bulk_create(
        figures, update_conflicts=True, unique_fields=["of", "key"],
        update_fields=["value", "source", "as_of", "confirmed"],
    )  # fmt: skip


@transaction.atomic
def take_from_records(return_id: int, *, by: User, now: datetime) -> Return:
    """Fill what is empty with what Kepu's records know today; each figure then waits to be confirmed."""
    found = Return.objects.select_for_update(of=("self",)).select_related("round")
    one: Return = found.get(pk=return_id)
    authorize(rules.why_not_file(by, one.organisation_id, now))
    known = queries.unfilled(one)
    require(rules.why_not_take(one, known))

    _write([
        Figure(of=one, key=key, value=told.value, source=told.source, as_of=now, confirmed=False)
        for key, told in known.items()
    ])  # fmt: skip
    audit.record(by, "return.take_from_records", one, now=now, figures=len(known))
    return one


@transaction.atomic
def submit_return(return_id: int, *, by: User, now: datetime) -> Return:
    """Hand the return in to the district."""
    one = _locked(return_id)
    authorize(rules.why_not_file(by, one.organisation_id, now))
    require(rules.why_not_submit(one, statistics.of_version(one.round.rules)))
    one.submitted_by, one.submitted_at = by, now
    return _move(one, "submit", "submitted_by", "submitted_at", by=by, now=now)


@transaction.atomic
def accept_return(return_id: int, *, by: User, now: datetime) -> Return:
    """Say of a return that its figures hold; somebody else than who handed it in."""
    one = _locked(return_id)
    authorize(rules.why_not_accept_as(by, one, now))
    require(rules.why_not_step(one, "accept"))
    return _move(one, "accept", by=by, now=now)


@transaction.atomic
def send_back_return(
    return_id: int,
    *,
    reason: str,
    remarks: Mapping[str, str] | None = None,
    by: User,
    now: datetime,
) -> Return:
    """Give a return back to its unit, with what has to be looked at again, figure by figure."""
    one = _checked(return_id, by, now)
    require(rules.why_not_step_with(one, "send_back", reason))
    known = statistics.of_version(one.round.rules).indicators
    said = {key: w.strip()[:MOST_WORDS] for key, w in (remarks or {}).items() if key in known}
    said = {key: words for key, words in said.items() if words}
    _move(one, "send_back", by=by, now=now, reason=reason, remarks=said)
    telling.return_sent_back(one, reason, now=now)
    return one


@transaction.atomic
def lock_return(return_id: int, *, by: User, now: datetime) -> Return:
    """Close a checked return for good."""
    one = _checked(return_id, by, now)
    require(rules.why_not_step(one, "lock"))
    return _move(one, "lock", by=by, now=now)


@transaction.atomic
def lock_checked(round_id: int, path: str, *, by: User, now: datetime) -> int:
    """Lock every checked return of a place at once; returns how many. Who comes second locks none."""
    made = Round.objects.select_for_update().get(pk=round_id)
    authorize(rules.why_not_check_at(by, path, now))
    require(rules.why_not_be_open(made))
    found = list(queries.lockable(made.pk, path).select_for_update().order_by("pk"))
    for one in found:
        _move(one, "lock", by=by, now=now)
    return len(found)


@transaction.atomic
def unlock_return(return_id: int, *, reason: str, by: User, now: datetime) -> Return:
    """Open a locked return again for the checker, and say why."""
    one = _checked(return_id, by, now)
    require(rules.why_not_step_with(one, "unlock", reason))
    return _move(one, "unlock", by=by, now=now, reason=reason)


@transaction.atomic
def remind(return_id: int, near: Near, *, by: User | None, now: datetime) -> bool:
    """Tell a unit that its time is nearly over, once each time it is nearer; False if there is no need."""
    one = _locked(return_id)
    if one.reminded >= near or rules.why_not_fill(one) is not None:
        return False
    one.reminded_at, one.reminded = now, near
    one.save(update_fields=["reminded_at", "reminded"])
    telling.deadline_near(one, now=now)
    audit.record(by, "return.remind", one, now=now)
    return True


@transaction.atomic
def tell_late(round_id: int, path: str, *, by: User | None, now: datetime) -> int:
    """Tell the officers of a district, once, which of its units let the deadline pass; returns how many."""
    made = Round.objects.select_for_update().get(pk=round_id)
    if rules.why_not_be_open(made) is not None:
        return 0
    late = list(queries.late(made, path).select_for_update(of=("self",)))
    if not late:
        return 0
    Return.objects.filter(pk__in=[one.pk for one in late]).update(reminded=Near.OVER)
    telling.returns_late(made, path, late, now=now)
    audit.record(by, "round.tell_late", made, now=now, returns=len(late))
    return len(late)


def _move(
    one: Return,
    verb: str,
    *named: str,
    by: User,
    now: datetime,
    reason: str = "",
    remarks: Mapping[str, str] | None = None,
) -> Return:
    one.state = RETURN.after(one.state, verb)
    one.save(update_fields=["state", *named])
    ReturnStep.objects.create(
        of=one, verb=verb, state=one.state, by=by, at=now, reason=reason.strip()[:MOST_WORDS],
        remarks=dict(remarks or {}),
    )  # fmt: skip
    audit.record(by, f"return.{verb}", one, now=now)
    return one


def _checked(return_id: int, by: User, now: datetime) -> Return:
    one = _locked(return_id)
    authorize(rules.why_not_check(by, one, now))
    return one


def _locked(return_id: int) -> Return:
    """The return under a lock, after its round: a year that is being closed lets nothing pass."""
    round_id = Return.objects.values_list("round", flat=True).get(pk=return_id)
    made = Round.objects.select_for_update().get(pk=round_id)
    one: Return = Return.objects.select_for_update().get(pk=return_id)
    one.round = made
    return one
