"""Pages of signing in, registering and signing out. They work without script."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kepu.kernel import clock
from kepu.kernel.accounts import actions, browsers, entrance, oidc, phones, queries
from kepu.kernel.accounts.actions import Consenting
from kepu.kernel.accounts.entrance import Outcome
from kepu.kernel.accounts.forms import CodeForm, PhoneForm, RegisterForm, StaffForm
from kepu.kernel.accounts.models import Personal, User
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.models import Division
from kepu.kernel.errors import Refusal
from kepu.ui import preferences

_SENT = "sent-code"
_PROVED = "proved-phone"


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Two ways in: a code sent to the telephone, or a login name with a password."""
    if request.user.is_authenticated:
        return redirect(entrance.way_on(request))
    staff = request.GET.get("way") == "staff"
    if request.method == "POST":
        request.session["next"] = entrance.way_on(request)
        return _try_staff(request) if staff else _try_phone(request)
    return _show_sign_in(request, StaffForm() if staff else PhoneForm(), staff=staff)


def _show_sign_in(
    request: HttpRequest, form: Form, *, staff: bool, status: int = 200, refused: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "staff": staff,
        "next": entrance.way_on(request),
        "refused": refused,
        "provider": oidc.offered() if staff else None,
        "demonstration": settings.SHOW_SIGN_IN_CODES,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def _try_phone(request: HttpRequest) -> HttpResponse:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _show_sign_in(request, form, staff=False, status=422)
    try:
        _send(request, form.cleaned_data["phone"])
    except Refusal as refusal:
        form.add_error("phone", refusal.reason)
        return _show_sign_in(request, form, staff=False, status=refusal.status)
    return redirect("sign-in-code")


def _send(request: HttpRequest, phone: str) -> None:
    owner = queries.by_phone(phone)
    known = owner is not None and browsers.knows(request, owner.pseudonym)
    address = browsers.number(request) if known else entrance.address(request)
    sent = actions.send_code(phone, address=address, known=known, now=clock.now())
    shown = {"code": sent.code} if settings.SHOW_SIGN_IN_CODES else {}
    entrance.keep_sealed(request, _SENT, {"id": sent.kept.pk, "phone": phone, **shown})


def _try_staff(request: HttpRequest) -> HttpResponse:
    form = StaffForm(request.POST)
    if not form.is_valid():
        return _show_sign_in(request, form, staff=True, status=422)
    name, password = form.cleaned_data["username"], form.cleaned_data["password"]
    outcome = entrance.try_password(request, name, password, clock.now())
    if outcome in (Outcome.IN, Outcome.SECOND):
        return _go_on(request, outcome)
    form.add_error(None, _words(outcome))
    return _show_sign_in(
        request, form, staff=True, status=429 if outcome is Outcome.LOCKED else 422
    )


def _words(outcome: Outcome) -> str:
    if outcome is Outcome.LOCKED:
        return _("Too many failed attempts. Please wait 15 minutes, or sign in by telephone.")
    return _("Login name or password is not right.")


def _go_on(request: HttpRequest, outcome: Outcome) -> HttpResponse:
    if outcome is Outcome.SECOND:
        return redirect("sign-in-second")
    response = redirect(entrance.way_on(request))
    assert isinstance(request.user, User)  # noqa: S101 (they have just come in)
    person = _as_chosen_before(request, request.user)
    preferences.remember(request, response, language=person.language, large=person.large_type)
    return response


def _as_chosen_before(request: HttpRequest, person: User) -> User:
    """The account, once it has taken over what its owner chose on the way in."""
    chosen = preferences.chosen_before(request)
    language = chosen.get("language", person.language)
    large = chosen["type"] == "large" if "type" in chosen else person.large_type
    if (language, large) == (person.language, person.large_type):
        return person
    return actions.change_preferences(
        person, language=language, large_type=large, by=person, now=clock.now()
    )


@never_cache
def code(request: HttpRequest) -> HttpResponse:
    """Type the code that was sent."""
    sent = entrance.read_sealed(request, _SENT)
    if sent is None:
        return redirect("sign-in")
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        proved = actions.prove_code(sent["id"], code=form.cleaned_data["code"], now=clock.now())
        if proved:
            entrance.drop_sealed(request, _SENT)
            return _welcome(request, proved)
        form.add_error(
            "code", _("This code is not right or too old. After five tries, ask for a new one.")
        )
        status = 422
    context = {"form": form, "phone": phones.mask(phones.normalise(sent["phone"]))}
    return render(
        request, "accounts/code.html", {**context, "shown": sent.get("code")}, status=status
    )


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send another code to the same number."""
    sent = entrance.read_sealed(request, _SENT)
    if sent is None:
        return redirect("sign-in")
    _send(request, sent["phone"])
    return redirect("sign-in-code")


def _welcome(request: HttpRequest, phone: str) -> HttpResponse:
    """The number is proved: only now does it matter, and show, whether it is known."""
    known = queries.by_phone(phone)
    if known is None or not known.is_active:
        entrance.keep_sealed(request, _PROVED, {"phone": phone, "at": clock.now().isoformat()})
        return redirect("sign-in-register")
    return _go_on(request, entrance.admit(request, known, clock.now()))


@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The number is proved and new: who are you, and where do you live?"""
    proved = entrance.read_sealed(request, _PROVED)
    now = clock.now()
    if proved is None or now - datetime.fromisoformat(proved["at"]) > entrance.PATIENCE:
        return redirect("sign-in")
    form = RegisterForm(request.POST or None)
    places: list[Division] = []
    if request.method == "POST" and form.is_valid():
        places = queries.homes_named(form.cleaned_data["place"])
        home = _chosen(places, request.POST.get("home", ""))
        if home:
            person = actions.register(
                Personal(name=form.cleaned_data["name"], phone=proved["phone"]),
                home=home,
                by=None,
                now=now,
                consent=Consenting(settings.PRIVACY_TEXT),
                of_age=settings.PRIVACY_TEXT,
            )
            entrance.drop_sealed(request, _PROVED)
            return _go_on(request, entrance.admit(request, person, now))
        if not places:
            form.add_error("place", _("We found no place of this name. Try a shorter part of it."))
    found = [(place.pk, divisions.full_name(place.path)) for place in places]
    status = 422 if form.errors else 200
    return render(request, "accounts/register.html", {"form": form, "places": found}, status=status)


def _chosen(places: list[Division], home: str) -> Division | None:
    if len(places) == 1:
        return places[0]
    return next((place for place in places if str(place.pk) == home), None)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Leave; this browser forgets who was here."""
    entrance.leave(request, clock.now())
    return redirect("home")


@require_POST
def sign_in_again(request: HttpRequest) -> HttpResponse:
    """Leave and come back: what is asked for next wants a fresh proof of who is here."""
    way = entrance.way_on(request)
    entrance.leave(request, clock.now())
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': way})}")
