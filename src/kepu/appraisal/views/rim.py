"""What every page of this room begins with: who asks, and how states look."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest

from kepu.appraisal.states import ApplicationCallState, ApplicationState
from kepu.kernel import forming
from kepu.kernel.accounts.models import User

form_page = partial(forming.form_page, template="appraisal/form.html")
A = ApplicationState
TONES = {
    A.SUBMITTED: "information",
    A.RECOMMENDED: "information",
    A.RETURNED: "warning",
    A.CHECKED: "information",
    A.IN_REVIEW: "information",
    A.REVIEWED: "information",
    A.PROPOSED: "accent",
    A.NOTICED: "accent",
    A.OBJECTED: "warning",
    A.PUT_FORWARD: "accent",
    A.NAMED: "success",
    A.REFUSED: "danger",
    ApplicationCallState.OPEN: "success",
    ApplicationCallState.CANCELLED: "danger",
}


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that only opens to somebody signed in."""
    assert isinstance(request.user, User)  # noqa: S101 (login_required)
    return request.user


def somebody(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def number(words: object) -> int:
    """A version that a form sent; 0, which no record has, for anything else."""
    text = str(words or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
