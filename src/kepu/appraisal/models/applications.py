"""Applications: who asks to be judged, what they say and show, and every step since."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from kepu.appraisal.programme.timing import last_moment
from kepu.appraisal.states import OVER, ApplicationState, Blinding
from kepu.kernel.accounts import keys
from kepu.kernel.divisions.models import Placed
from kepu.kernel.errors import RuleBroken

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User


class Application(Placed):
    """One applicant in one call. A person's answers are sealed with that person's key.

    `code` is what a blind reviewer calls it by; it tells neither who applied nor when. `due_at` is the
    end of the step it stands in; while an objection is open it has none, and `notice_left` keeps the
    working days the notice still has to run.
    """

    PERSONAL_DATA = True

    call = models.ForeignKey("appraisal.Call", models.PROTECT, related_name="applications")
    code = models.CharField(max_length=8)
    klass = models.CharField(max_length=30, default="", blank=True)
    venue = models.ForeignKey(
        "venues.Venue", models.PROTECT, null=True, blank=True, related_name="applications"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="applications"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="applications"
    )
    subject_name = models.CharField(max_length=120, default="", blank=True)  # none of a person's
    answers = models.JSONField(default=dict, blank=True)
    sealed_answers = models.BinaryField(null=True, blank=True)
    state = models.CharField(
        max_length=12, choices=ApplicationState.choices, default=ApplicationState.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    told_late_at = models.DateTimeField(null=True, blank=True)  # that this step has run out of time
    mended = models.BooleanField(default=False)  # it was returned once, and is not a second time
    notice_from = models.DateTimeField(null=True, blank=True)
    notice_left = models.PositiveSmallIntegerField(null=True, blank=True)
    score = models.DecimalField(max_digits=7, decimal_places=3, null=True, blank=True)
    # The level that the scores reached when they were last weighed: empty for none, NULL before that.
    reached = models.CharField(max_length=30, null=True, blank=True)  # noqa: DJ001 (two answers)
    grade = models.CharField(max_length=30, default="", blank=True)  # the level proposed or given
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["call", "code"]
        indexes = [
            models.Index(fields=["call", "state", "code"]),
            models.Index(fields=["state", "due_at"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["call", "code"], name="application_code_once"),
            models.UniqueConstraint(
                fields=["call", "venue"],
                condition=Q(venue__isnull=False) & ~Q(state=ApplicationState.WITHDRAWN),
                name="venue_applies_once",
            ),
            models.UniqueConstraint(
                fields=["call", "person", "klass"],
                condition=Q(person__isnull=False) & ~Q(state=ApplicationState.WITHDRAWN),
                name="person_applies_once",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True, sealed_answers__isnull=True)
                | Q(person__isnull=False, answers={}, subject_name=""),
                name="answers_of_a_person_are_sealed",
            ),
            models.CheckConstraint(
                condition=Q(notice_left__isnull=True) | Q(state=ApplicationState.OBJECTED),
                name="only_an_objection_stops_the_notice",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | ~Q(state__in=OVER),
                name="what_is_over_is_not_due",
            ),
            models.CheckConstraint(
                condition=~Q(state=ApplicationState.NAMED) | ~Q(grade=""),
                name="what_is_named_has_a_level",
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.code}"

    @property
    def last_moment(self) -> datetime | None:
        """Within the last day of its public notice; None while an objection stops it."""
        return last_moment(self.due_at) if self.due_at else None

    @property
    def said(self) -> dict[str, Any]:
        """What it says, by key; nothing is left of a person who was erased."""
        if self.person is None:
            return dict(self.answers)
        return unseal(self.sealed_answers, self.person)


def seal(words: dict[str, Any], person: User) -> bytes:
    """What a person writes in this room, closed with that person's key."""
    if person.data_key is None:
        raise RuleBroken(_("this person was erased"))
    return keys.seal(person.data_key, words, _owner(person))


def unseal(sealed: Any, person: User) -> dict[str, Any]:
    """The same opened; nothing is left of a person who was erased."""
    if person.data_key is None or not sealed:
        return {}
    return keys.unseal(person.data_key, sealed, _owner(person))


def _owner(person: User) -> str:
    return f"{person.pseudonym}:appraisal"


class Evidence(models.Model):
    """One file of the list of evidence. `blind` is the same without what its metadata tells."""

    PERSONAL_DATA = True

    application = models.ForeignKey(Application, models.CASCADE, related_name="evidence")
    key = models.CharField(max_length=30)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    blind = models.ForeignKey(
        "files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    blinding = models.CharField(max_length=10, choices=Blinding.choices, default=Blinding.WAITING)
    blind_note = models.CharField(max_length=200, default="", blank=True)  # why reviewers have none
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["application", "key", "pk"]
        indexes = [models.Index(fields=["application", "blinding"])]
        constraints = [
            models.UniqueConstraint(fields=["application", "file"], name="evidence_once"),
            models.CheckConstraint(
                condition=Q(blinding=Blinding.CLEAN, blind__isnull=False, blind_note="")
                | Q(blinding=Blinding.WAITING, blind__isnull=True, blind_note="")
                | Q(blinding=Blinding.HELD) & ~Q(blind_note=""),
                name="evidence_held_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.file_id}"


class ApplicationStep(models.Model):
    """One step: what was done, why, under which paper and which rules, by whom. Only appended."""

    PERSONAL_DATA = False

    application = models.ForeignKey(Application, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=12, choices=ApplicationState.choices)
    reason = models.CharField(max_length=600, default="", blank=True)
    reference = models.CharField(max_length=80, default="", blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["by", "verb", "application"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb="name") | ~Q(reference="") & Q(by__isnull=False),
                name="naming_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"
