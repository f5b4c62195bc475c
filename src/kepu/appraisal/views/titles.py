"""Titles for everybody: the register, each title with its history, whether a certificate holds.

For its holder: the certificate, on paper and signed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache

from kepu.appraisal import printing
from kepu.appraisal.forms.titles import NumberForm
from kepu.appraisal.inspection_states import STANDING as UNDER_WAY
from kepu.appraisal.models import Title, TitleStep
from kepu.appraisal.queries import awards, certificates, terms
from kepu.appraisal.queries import inspections as found_by
from kepu.appraisal.queries import titles as queries
from kepu.appraisal.rules import terms as rules
from kepu.appraisal.rules import titles as title_rules
from kepu.appraisal.states import HELD, STANDING, TITLE, TitleState
from kepu.appraisal.title_registers import TITLES
from kepu.appraisal.views.rim import person_of, somebody
from kepu.kernel import clock
from kepu.kernel.accounts.models import User
from kepu.kernel.api.entrance import count_address
from kepu.kernel.credentials import views as credentials
from kepu.kernel.crosswalk import maps
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.errors import Outside
from kepu.kernel.registers import as_list_and_map, one_page, read
from kepu.ui.cards import Happening
from kepu.ui.maps import Dot

MOST_DOTS = 400
TONES = {
    TitleState.ACTIVE: "success",
    TitleState.WARNED: "warning",
    TitleState.SUSPENDED: "danger",
    TitleState.REVOKED: "danger",
}
DONE = {
    "grant": lazy("the title was given"),
    "recognise": lazy("given in recognition of another title"),
    "warn": lazy("warned"),
    "rectified": lazy("put right"),
    "suspend": lazy("suspended"),
    "reinstate": lazy("reinstated"),
    "downgrade": lazy("set to a lower level"),
    "restore": lazy("set back to its level"),
    "revoke": lazy("revoked"),
    "expire": lazy("ended with its term"),
    "renew": lazy("followed by a new title"),
}
STEP_TONES = {
    "warn": "warning", "suspend": "danger", "downgrade": "warning", "revoke": "danger",
    "expire": "plain", "renew": "plain",
}  # fmt: skip
VERBS = {
    "warn": lazy("Warn the holder"),
    "rectified": lazy("It was put right"),
    "suspend": lazy("Suspend the title"),
    "reinstate": lazy("Reinstate the title"),
    "downgrade": lazy("Set to a lower level"),
    "revoke": lazy("Revoke the title"),
}
GRAVE = ("suspend", "downgrade", "revoke")


def listed(request: HttpRequest) -> HttpResponse:
    """Titles by place, as a list or on the map."""
    form, asked, found, bar = read(request, TITLES)
    rows, pager = one_page(request, found)
    context: dict[str, Any] = {
        "form": form,
        "bar": bar,
        "rows": [(one, queries.named(one), queries.public_name(one)) for one in rows],
        "pager": pager,
        "tones": TONES,
        "views": as_list_and_map(request),
        "view": asked.get("view", ""),
        "now": clock.now(),
    }
    if context["view"] == "map":
        context["map"], context["note"] = _map(found, asked.get("district", ""))
    return render(request, "appraisal/titles.html", context)


def _map(found: Any, district: str) -> Any:
    """Titles by district; those of venues with a position of their own have a dot."""
    placed = found.filter(venue__lon__isnull=False)[:MOST_DOTS]
    dots = [
        Dot(one.holder_name, one.venue.lon, one.venue.lat, page_of(one), _dot(one))
        for one in placed
    ]
    return maps.by_district(
        found.values_list("path", flat=True),
        clock.now(),
        unit=pgettext("unit", "titles"),
        href=lambda path: f"{reverse('titles')}?district={path}",
        dots=dots,
        selected=district,
    )


def _dot(title: Title) -> str:
    return "plain" if title.state in HELD else "danger"


def show(request: HttpRequest, number: str) -> HttpResponse:
    """One title: what it is, how it came to stand there, and what this reader may do with it."""
    person, now = somebody(request), clock.now()
    title = queries.seen(number)
    keeps = queries.keeps(person, title, now)
    officer = rules.why_not_visit_as(person, title, now) is None
    context = {
        "title": title,
        "name": queries.full_name(title) if keeps or officer else queries.public_name(title),
        "named": queries.named(title),
        "place": divisions.full_name(title.path),
        "tone": TONES.get(TitleState(title.state), "plain"),
        "stands": title.state in STANDING,
        "reason": _reason(title),
        "history": [_happening(one, told=officer) for one in queries.steps(title)],
        "linked": linked(title),
        "keeps": keeps,
        "signed_for": may_take_signed(person, title, now),
        "appeals": keeps and rules.why_not_ask_again(title, now) is None,
        "officer": officer,
        **_inspections(person, title, now),
        "decisions": decisions(person, title, now),
        "recognised_by": recognised_by(person, title, now),
        "reports": terms.reports(title) if keeps or officer else (),
        "visits": title.spot_checks.all() if keeps or officer else (),
        "grievances": grievances(person, title, now),
        "now": now,
    }
    return render(request, "appraisal/title.html", context)


def _inspections(person: User | None, title: Title, now: datetime) -> dict[str, Any]:
    """Whether inspectors can be sent, and who is on the way: for officers, never for the holder."""
    checks = rules.why_not_check_as(person, title, now) is None
    if not checks or queries.programme_of(title).inspection is None:
        return {}
    under_way = found_by.of(title).filter(state__in=UNDER_WAY)
    return {"inspects": True, "under_way": list(under_way)}


def _reason(title: Title) -> str:
    step = title.steps.exclude(reason="").last()
    return step.reason if step is not None and step.state == title.state else ""


def _happening(step: TitleStep, *, told: bool) -> Happening:
    """A step for everybody; who took it, for officers alone."""
    said = [step.reason, step.reference]
    return Happening(
        what=str(DONE.get(step.verb, step.verb)),
        at=step.at,
        who=step.by.name if told and step.by else "",
        tone=STEP_TONES.get(step.verb, "success"),
        note=" · ".join(one for one in said if one),
    )


def linked(title: Title) -> list[tuple[str, Title]]:
    """Titles before and after this one, and those recognised, each in words."""
    after = getattr(title, "followed_by", None)
    found = [
        (_("Follows"), title.follows),
        (_("Followed by"), after),
        (_("Given in recognition of"), title.recognises),
        *((_("Recognised as"), one) for one in title.recognised_as.all()),
    ]
    return [(words, one) for words, one in found if one is not None]


def may_take_signed(person: User | None, title: Title, now: datetime) -> bool:
    """The signed certificate is its holder's: of a person, that person's alone."""
    ours = not title.named_by  # what another body named, that body certifies
    return ours and title.state in STANDING and queries.keeps(person, title, now)


def decisions(person: User | None, title: Title, now: datetime) -> list[tuple[str, Any, bool]]:
    """What this reader may decide now: the verb, its words, whether it is grave."""
    decides = title_rules.why_not_decide_as(person, title, now) is None
    checks = rules.why_not_check_as(person, title, now) is None
    able = {
        "warn": decides and TITLE.why_not(title.state, "warn") is None,
        "rectified": checks and TITLE.why_not(title.state, "rectified") is None,
    } | {verb: decides and rules.why_not_take(title, verb) is None for verb in rules.DECIDED}
    return [(verb, words, verb in GRAVE) for verb, words in VERBS.items() if able[verb]]


def recognised_by(person: User | None, title: Title, now: datetime) -> list[tuple[str, str]]:
    """Programmes that recognise this title, for who may give theirs: code and name."""
    if title.state not in HELD or title_rules.why_not_recognise_as(person, title, now):
        return []
    return [
        (rule.code, str(rule.programme))
        for rule in queries.recognising(title, now)
        if not queries.of_holder(title).filter(programme=rule.code).exists()
    ]


def grievances(person: User | None, title: Title, now: datetime) -> list[tuple[Any, str, bool]]:
    """Appeals with their words, for who raised them and who decides; whether the reader may answer."""
    decides = title_rules.why_not_decide_as(person, title, now) is None
    found = []
    for one in title.appeals.select_related("raised_by", "against").order_by("-raised_at"):
        own = person is not None and one.raised_by_id == person.pk
        if decides or own:
            may = rules.why_not_answer_as(person, title, one, now) is None
            found.append((one, queries.appeal_words(one), may and one.state == "open"))
    return found


# --- whether a certificate holds -------------------------------------------------------------------


def verify_form(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a certificate."""
    form = NumberForm(request.GET or None)
    if form.is_valid():
        number = form.cleaned_data["number"].strip()
        return verify(request, number) if "/" in number else redirect("title-verified", number)
    return render(request, "appraisal/title_verify.html", {"form": form})


@never_cache
def verify(request: HttpRequest, number: str) -> HttpResponse:
    """Say whether the certificate of this number holds now; 404 when there is none.

    An address asks no oftener than it may ask the API.
    """
    count_address(request, "t")
    title = queries.by_number(number)
    context = {
        "form": NumberForm(initial={"number": number}),
        "title": title,
        "asked": number,
        "name": queries.public_name(title) if title else "",
        "named": queries.named(title) if title else None,
        "holds": title is not None and title.state in HELD,
        "reason": _reason(title) if title else "",
    }
    return render(request, "appraisal/title_verify.html", context, status=200 if title else 404)


# --- for its holder --------------------------------------------------------------------------------


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    """Titles that the reader holds, alone or for a unit, and what each owes."""
    person, now = person_of(request), clock.now()
    found = queries.held_by(person, now).order_by("-since", "-pk")
    rows, pager = one_page(request, found)
    told = [(one, queries.named(one), queries.full_name(one), owed_report(one)) for one in rows]
    listed = awards.listed(rows)
    context = {"rows": told, "pager": pager, "tones": TONES, "now": now, "listed": listed}
    return render(request, "appraisal/title_mine.html", context)


def owed_report(title: Title) -> Any:
    """The oldest report that waits for the holder, if any."""
    return title.reports.filter(state__in=("due", "returned")).order_by("year").first()


@login_required
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """The certificate on paper, for its holder and for officers who keep it."""
    person, now = person_of(request), clock.now()
    title = queries.seen(number)
    keeper = title.person_id is None and rules.why_not_check_as(person, title, now) is None
    may = keeper or queries.keeps(person, title, now)
    if title.named_by or title.state not in STANDING or not may:
        raise Outside(pgettext("title", "there is no such certificate"))
    url = request.build_absolute_uri(reverse("title-verified", args=[title.number]))
    drawn = printing.certificate_pdf(title, verify_url=url)
    answer = HttpResponse(drawn, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{title.number}.pdf"'
    return answer


@login_required
def credential(request: HttpRequest, number: str) -> HttpResponse:
    """The signed certificate as an Open Badges 3.0 file, for its holder alone."""
    person, now = person_of(request), clock.now()
    title = queries.seen(number)
    if not may_take_signed(person, title, now):
        raise Outside(pgettext("title", "there is no such certificate"))
    signed = certificates.signed(title, addresses(request, title), now)
    answer = JsonResponse(
        signed,
        content_type=credentials.TYPE,
        json_dumps_params={"ensure_ascii": False, "indent": 2},
    )
    answer["Content-Disposition"] = f'attachment; filename="{title.number}.json"'
    return answer


def addresses(request: HttpRequest, title: Title) -> certificates.Addresses:
    """Whole addresses, by the public address of this city."""
    return certificates.Addresses(
        title=credentials.whole(request, page_of(title)),
        register=credentials.whole(request, reverse("titles")),
        issuer=credentials.issuer_address(request),
        page=credentials.whole(request, "/"),
        list_of=lambda purpose, number: credentials.list_address(
            request, certificates.SERIES, purpose, number
        ),
    )


def page_of(title: Title) -> str:
    return reverse("title", args=[title.number])
