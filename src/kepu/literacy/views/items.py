"""The item bank as its officers and writers see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel import clock
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import NotAllowed, Outside
from kepu.kernel.registers import one_page, read
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy import hints, schemas
from kepu.literacy.actions import findings, items, reviews
from kepu.literacy.forms import (
    CalibrationForm,
    DifForm,
    ItemForm,
    ReasonForm,
    ReviewerForm,
)
from kepu.literacy.models import Item
from kepu.literacy.queries import items as queries
from kepu.literacy.queries import reviews as said
from kepu.literacy.registers import ITEMS, dimension_of
from kepu.literacy.rules import items as rules
from kepu.literacy.rules import reviews as may
from kepu.literacy.views.shapes import form_page, person_of
from kepu.people.queries import experts
from kepu.ui import toasts
from kepu.ui.cards import Happening

TONES = {"draft": "plain", "in_review": "information", "approved": "success", "retired": "plain"}
VERDICTS = {"approve": "success", "change": "warning", "reject": "danger"}
LABELS = {
    "change": lazy("Change the draft"),
    "submit": lazy("Hand in for review"),
    "ask_review": lazy("Ask experts"),
    "send_back": lazy("Send back to the writer"),
    "approve": lazy("Approve for use"),
    "retire": lazy("Retire"),
    "calibrate": lazy("Record a calibration"),
}
HAPPENED = {
    "write": lazy("written"),
    "change": lazy("worded anew"),
    "submit": lazy("handed in for review"),
    "send_back": lazy("sent back"),
    "approve": lazy("approved"),
    "retire": lazy("retired"),
}
PLAIN: dict[str, Callable[..., Item]] = {"submit": items.submit, "approve": items.approve}
WITH_REASON: dict[str, Callable[..., Item]] = {"send_back": items.send_back, "retire": items.retire}


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """The bank: what there is, in which state, how hard it is and how often it was asked."""
    form, _asked, found, bar = read(request, ITEMS)
    rows, pager = one_page(request, found)
    return render(request, "literacy/items.html", {
        "form": form, "bar": bar, "pager": pager, "tones": TONES,
        "keeps": roles.holds(person_of(request), Verb.ITEM_APPROVE, now=clock.now()),
        "rows": [(one, dimension_of(one)) for one in rows],
    })  # fmt: skip


@login_required
def show(request: HttpRequest, item_id: int) -> HttpResponse:
    """One item: as it is read, what is known of it, what experts said, what happened to it."""
    item, person, now = _seen(request, item_id), person_of(request), clock.now()
    offered = hints.hints(item, person, now)
    return render(request, "literacy/item.html", {
        "item": item, "now": now, "tone": TONES[item.state], "dimension": dimension_of(item),
        "offered": [(hint, LABELS[hint.verb]) for hint in offered],
        "able": {hint.verb for hint in offered},
        "wordings": item.wordings.all(),
        "needed": schemas.framework(now).review.experts,
        "approvals": said.approvals(item),
        "reviews": item.reviews.select_related("expert__person").order_by("-pk")[:50],
        "verdicts": VERDICTS,
        "calibrations": item.calibrations.all()[:50],
        "dif": item.dif.all()[:50],
        "exposures": item.exposures.all()[:12],
        "happenings": _happenings(item),
    })  # fmt: skip


def _happenings(item: Item) -> list[Happening]:
    steps = item.steps.select_related("by")[:100]
    return [
        Happening(
            what=str(HAPPENED.get(one.verb, one.verb)),
            at=one.at,
            who=one.by.name,
            note=one.reason,
            tone=TONES[one.state],
        )
        for one in steps
    ]


@login_required
def write(request: HttpRequest) -> HttpResponse:
    """Write an item, as a draft."""
    person, bank = person_of(request), bank_of(request)
    form = ItemForm(request.POST or None)

    def act() -> HttpResponse:
        made = items.write_item(form.question(), bank=bank, by=person, now=clock.now())
        toasts.say(request, _("Written as a draft. Hand it in when it is ready."))
        return redirect("item", made.pk)

    return form_page(
        request, form, act, title=_("Write an item"), back=reverse("items"),
        submit=_("Keep as a draft"), lead=bank.name,
    )  # fmt: skip


@login_required
def change(request: HttpRequest, item_id: int) -> HttpResponse:
    """Word a draft anew; reviews of the wording before do not count for the new one."""
    item, person = _seen(request, item_id), person_of(request)
    form = ItemForm(request.POST or None, initial=_as_written(item))

    def act() -> HttpResponse:
        seen = form.cleaned_data["seen"] or 0
        items.change_item(item.pk, form.question(), seen=seen, by=person, now=clock.now())
        toasts.say(request, _("Changed."))
        return redirect("item", item.pk)

    return form_page(
        request, form, act, title=_("Change item %(code)s") % {"code": item.code},
        back=reverse("item", args=[item.pk]), submit=_("Keep the change"),
    )  # fmt: skip


def _as_written(item: Item) -> dict[str, Any]:
    said = {
        "dimension": item.dimension, "discipline": item.discipline.key, "use": item.use,
        "key": item.key, "source": item.source, "seen": item.version,
    }  # fmt: skip
    for one in item.wordings.all():
        end = "en" if one.language == "en" else "zh"
        said |= {f"stem_{end}": one.stem, f"options_{end}": "\n".join(one.options)}
    return said


@login_required
def act(request: HttpRequest, item_id: int, verb: str) -> HttpResponse:
    """Hand in, send back, approve or retire an item; with a reason where one is owed."""
    item, person = _seen(request, item_id), person_of(request)
    if verb in WITH_REASON:
        return _with_reason(request, item, verb)
    if verb not in PLAIN or request.method != "POST":
        raise Outside(_("there is no such page"))
    PLAIN[verb](item.pk, by=person, now=clock.now())
    toasts.say(request, _("Done."))
    return redirect("item", item.pk)


def _with_reason(request: HttpRequest, item: Item, verb: str) -> HttpResponse:
    form = ReasonForm(request.POST or None)

    def act() -> HttpResponse:
        reason = form.cleaned_data["reason"]
        WITH_REASON[verb](item.pk, reason=reason, by=person_of(request), now=clock.now())
        toasts.say(request, _("Done."))
        return redirect("item", item.pk)

    return _beside(request, form, act, item, title=LABELS[verb])


@login_required
def ask(request: HttpRequest, item_id: int) -> HttpResponse:
    """Choose experts for an item in review; whoever may not judge it cannot be chosen."""
    item = _kept(request, item_id)
    able = _able(item)
    form = ReviewerForm(request.POST or None, able=[(pk, words) for pk, words in able])

    def act() -> HttpResponse:
        for pk in form.cleaned_data["experts"]:
            expert = experts.expert(int(pk))
            reviews.ask_review(item.pk, expert, by=person_of(request), now=clock.now())
        toasts.say(request, _("The experts have been asked."))
        return redirect("item", item.pk)

    return _beside(request, form, act, item, title=_("Ask experts"), submit=_("Ask them"))


def _able(item: Item) -> list[tuple[int, str]]:
    """Experts who may judge the item, those of its discipline first, then the least loaded."""
    on, found = clock.day(clock.now()), []
    for one in experts.with_load().prefetch_related("fields")[:200]:
        if may.why_not_ask(item, one, on) is None:
            known = [field.title for field in one.fields.all()]
            fits = item.discipline.title in known
            found.append((not fits, one.pk, " · ".join([one.person.name, *known])))
    return [(pk, words) for _unlike, pk, words in sorted(found, key=lambda row: row[0])]


@login_required
def calibrate(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record what a wave taught: difficulty, discrimination and guessing, with their errors."""
    item = _kept(request, item_id)
    form = CalibrationForm(request.POST or None)

    def act() -> HttpResponse:
        known = findings.Parameters(**form.cleaned_data)
        findings.record_calibration(item.pk, known, by=person_of(request), now=clock.now())
        toasts.say(request, _("Kept."))
        return redirect("item", item.pk)

    return _beside(
        request, form, act, item, title=LABELS["calibrate"], submit=_("Keep the figures")
    )


@login_required
def tell_dif(request: HttpRequest, item_id: int) -> HttpResponse:
    """Record whether an item was found to favour a group."""
    item = _kept(request, item_id)
    form = DifForm(request.POST or None)

    def act() -> HttpResponse:
        known = findings.Dif(**form.cleaned_data)
        findings.record_dif(item.pk, known, by=person_of(request), now=clock.now())
        toasts.say(request, _("Kept."))
        return redirect("item", item.pk)

    title = _("Record a finding of differential functioning")
    return _beside(request, form, act, item, title=title, submit=_("Keep the figures"))


def _beside(
    request: HttpRequest, form: Any, act: Callable[[], HttpResponse], item: Item, **said: Any
) -> HttpResponse:
    """A form about one item, from which one goes back to it."""
    submit = said.pop("submit", said["title"])
    back = reverse("item", args=[item.pk])
    return form_page(request, form, act, back=back, submit=submit, lead=item.code, **said)


def bank_of(request: HttpRequest) -> Division:
    """The bank the reader writes for; the first one where there are several."""
    bank = queries.banks(person_of(request), clock.now()).first()
    if bank is None:
        raise NotAllowed(_("only a writer or officer of this item bank may write items"))
    return bank


def _seen(request: HttpRequest, item_id: int) -> Item:
    """What is not the reader's to see is not there."""
    item = queries.item(item_id)
    if rules.why_not_see(person_of(request), item, clock.now()):
        raise Outside(_("there is no such item"))
    return item


def _kept(request: HttpRequest, item_id: int) -> Item:
    item = _seen(request, item_id)
    if refused := rules.why_not_keep(person_of(request), item.path, clock.now()):
        raise NotAllowed(refused)
    return item
