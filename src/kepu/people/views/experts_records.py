"""Pages of an expert's own record: the application, employers, titles, works, bonds, fee account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.errors import Outside
from kepu.kernel.files import actions as files
from kepu.people.actions import experts as actions
from kepu.people.actions import experts_records as record
from kepu.people.actions import joining
from kepu.people.evidence import WORK
from kepu.people.experts_forms import ApplyForm, ExpertiseForm, FeeForm, TitleForm, WorkForm
from kepu.people.models import Employment, Expert, Title, Work
from kepu.people.office_forms import ConflictForm, EmploymentForm
from kepu.people.queries import experts as queries
from kepu.people.queries import experts_records as records
from kepu.people.views.shapes import form_page, home_of, person_of
from kepu.ui import toasts


def own_entry(request: HttpRequest) -> Expert:
    """The entry of who asks; raises Outside for who has none."""
    expert = queries.expert_of(person_of(request))
    if expert is None:
        raise Outside(_("you have not been invited as an expert"))
    return expert


def kept(
    request: HttpRequest, form: forms.Form, action: Callable[..., Any], *, title: Any, **more: Any
) -> HttpResponse:
    """A form of the expert's own page: what it says is kept."""
    expert = own_entry(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        action(expert.pk, by=person_of(request), now=clock.now(), **data)
        toasts.say(request, _("Kept."))
        return redirect("expert-me")

    back = reverse("expert-me")
    return form_page(
        request, form, act, title=title, back=back, submit=_("Keep the changes"), **more
    )


@login_required
def apply(request: HttpRequest) -> HttpResponse:
    """Write an application, or go on with it: kept half done, seen by nobody until it is handed in."""
    person = person_of(request)
    expert = queries.expert_of(person)
    start = _written(expert) if expert else {"home": home_of(person)}

    def act(data: dict[str, Any]) -> HttpResponse:
        joining.draft(by=person, now=clock.now(), **data)
        toasts.say(request, _("Kept. Nobody sees it until you hand it in."))
        return redirect("expert-me")

    return form_page(
        request, ApplyForm(request.POST or None, initial=start), act,
        title=_("Apply to be an expert"), back=reverse("expert-me"), submit=_("Keep and go on"),
    )  # fmt: skip


def _written(expert: Expert) -> dict[str, Any]:
    return {**_known(expert), "home": expert.division_now.name, "about": expert.about}


def _known(expert: Expert) -> dict[str, Any]:
    return {"fields_known": expert.fields.all(), "languages": expert.languages}


@login_required
def expertise(request: HttpRequest) -> HttpResponse:
    """Say what one knows, and in which languages."""
    form = ExpertiseForm(request.POST or None, initial=_known(own_entry(request)))
    return kept(request, form, record.update_expertise, title=_("What I know"))


@login_required
def employment(request: HttpRequest) -> HttpResponse:
    """State where one works or worked: the ground for most conflicts of interest."""
    form = EmploymentForm(request.POST or None)
    return kept(request, form, actions.state_employment, title=WHAT["employment"])


@login_required
def title(request: HttpRequest) -> HttpResponse:
    """State a professional title."""
    return kept(request, TitleForm(request.POST or None), record.state_title, title=WHAT["title"])


@login_required
def work(request: HttpRequest) -> HttpResponse:
    """State a representative work, by a link or with a file."""
    own_entry(request)
    form = WorkForm(request.POST or None, request.FILES or None)
    return kept(request, form, _with_file(request), title=WHAT["work"])


def _with_file(request: HttpRequest, **row: Any) -> Callable[..., Any]:
    """Keep a work; a file is looked at before the record is locked."""

    def act(expert_id: int, *, upload: Any, by: Any, now: Any, **said: Any) -> Work:
        path = own_entry(request).path
        file = files.store(upload, WORK, upload.name, by=by, now=now, path=path) if upload else None
        return record.state_work(expert_id, file=file, by=by, now=now, **row, **said)

    return act


WHAT = {
    "employment": lazy("Where I work or worked"),
    "title": lazy("My professional title"),
    "work": lazy("My representative work"),
}


@login_required
def change(request: HttpRequest, part: str, row_id: int) -> HttpResponse:
    """Change an employer, a title or a work on the own record."""
    row = records.any_part(own_entry(request), part, row_id)
    form, action = _form_of(request, row)
    remove = reverse("expert-remove", args=[part, row_id])
    return kept(
        request, form, action, title=WHAT[part], template="people/expert_part.html", remove=remove
    )


def _form_of(
    request: HttpRequest, row: Employment | Title | Work
) -> tuple[forms.Form, Callable[..., Any]]:
    data = request.POST or None
    if isinstance(row, Employment):
        unit = row.organisation.name if row.organisation else ""
        start = {"organisation": unit, **_values(row, "named", "post", "first", "last")}
        return EmploymentForm(data, initial=start), _row(
            actions.state_employment, employment_id=row.pk
        )
    if isinstance(row, Title):
        start = _values(row, "name", "track", "level", "since", "body")
        return TitleForm(data, initial=start), _row(record.state_title, title_id=row.pk)
    start = _values(row, "title", "kind", "year", "link")
    start["authors"] = "\n".join(
        [*(one.person.pseudonym for one in row.coauthors.all()), *row.authors]
    )
    form = WorkForm(data, request.FILES or None, initial=start)
    return form, _with_file(request, work_id=row.pk)


def _row(action: Callable[..., Any], **row: int) -> Callable[..., Any]:
    return lambda expert_id, **said: action(expert_id, **row, **said)


def _values(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


@login_required
@require_POST
def remove(request: HttpRequest, part: str, row_id: int) -> HttpResponse:
    """Take an employer, a title or a work off the own record."""
    expert = own_entry(request)
    record.remove_part(expert.pk, part, row_id, by=person_of(request), now=clock.now())
    toasts.say(request, _("Taken off your record."))
    return redirect("expert-me")


@login_required
def conflict(request: HttpRequest) -> HttpResponse:
    """Declare a bond; what one judges then goes to somebody else."""
    form = ConflictForm(request.POST or None)
    return kept(request, form, actions.declare_conflict, title=_("Declare a bond"))


@login_required
@require_POST
def end_conflict(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Say that a bond holds no longer after today."""
    expert, now = own_entry(request), clock.now()
    actions.end_conflict(expert.pk, conflict_id, on=clock.day(now), by=person_of(request), now=now)
    toasts.say(request, _("Kept: this bond ends today. It stays on your record."))
    return redirect("expert-me")


@login_required
def fee(request: HttpRequest) -> HttpResponse:
    """Say where a fee is paid to; what is there already is typed anew, never shown."""
    form = FeeForm(request.POST or None)
    lead = _(
        "Sealed under your own key, and read only by who pays the fee; each reading is written down."
    )
    return kept(
        request, form, record.keep_fee_account, title=_("Where my fee is paid to"), lead=lead
    )


@login_required
@require_POST
def forget_fee(request: HttpRequest) -> HttpResponse:
    """Take identity number and bank account back."""
    record.forget_fee_account(own_entry(request).pk, by=person_of(request), now=clock.now())
    toasts.say(request, _("Removed. Nothing of it is kept."))
    return redirect("expert-me")
