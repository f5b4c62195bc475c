"""Standards: what each says and was, who drafts it, what was said of it, and how it was voted on."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from kepu.appraisal.standards_states import (
    NUMBERED,
    OWN_LEVELS,
    SIGNED,
    Choice,
    CommentVerdict,
    DrafterRole,
    StandardKind,
    StandardLevel,
    StandardState,
)
from kepu.kernel import clock
from kepu.kernel.accounts import keys
from kepu.kernel.accounts.models import User
from kepu.kernel.divisions.models import Placed


def key_of(number: str) -> str:
    """What tells two numbers apart, however they were typed: `gb/t 45952—2025` is `GB/T45952-2025`."""
    return re.sub(r"\s+", "", number).upper().translate(str.maketrans("—–－", "---"))


class Standard(Placed):
    """A standard from proposal to abolition, or one made elsewhere that Kepu knows from a list.

    `source` names that list; of its text Kepu then holds nothing. `replaces` is the older one that ends
    on the day this one is published. `review_on` is when its term ends without a new look.
    """

    PERSONAL_DATA = False

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="standards"
    )
    number = models.CharField(max_length=60, default="", blank=True)
    key = models.CharField(max_length=60, default="", blank=True)  # of the number, see `key_of`
    title = models.CharField(max_length=120)
    title_en = models.CharField(max_length=160, default="", blank=True)
    level = models.CharField(max_length=10, choices=StandardLevel.choices)
    kind = models.CharField(max_length=10, choices=StandardKind.choices)
    about = models.TextField(max_length=2000, default="", blank=True)  # why, and for what
    state = models.CharField(
        max_length=10, choices=StandardState.choices, default=StandardState.DRAFT
    )
    version = models.PositiveIntegerField(default=1)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="successors"
    )
    in_force_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=200, default="", blank=True)
    known = models.CharField(max_length=200, default="", blank=True)  # how sure the source is
    rules_version = models.PositiveIntegerField(null=True, blank=True)  # taken up under it
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_at = models.DateTimeField()
    since = models.DateTimeField()

    class Meta:
        ordering = ["key", "pk"]
        indexes = [
            models.Index(fields=["state", "level", "key"]),
            models.Index(fields=["state", "review_on"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="standard_number_once"
            ),
            models.CheckConstraint(
                condition=Q(number="", key="") & ~Q(state__in=NUMBERED)
                | ~Q(number="") & ~Q(key="") & Q(state__in=NUMBERED),
                name="a_published_standard_and_no_other_has_its_number",
            ),
            models.CheckConstraint(
                condition=~Q(source="")
                | Q(organisation__isnull=False, made_by__isnull=False, level__in=OWN_LEVELS),
                name="standard_of_a_unit_or_of_a_source",
            ),
            models.CheckConstraint(
                condition=~Q(state=StandardState.PUBLISHED)
                | Q(in_force_on__isnull=False, review_on__isnull=False),
                name="published_standard_has_its_days",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~Q(state=StandardState.DROPPED),
                name="standard_revised_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()

    @property
    def name(self) -> str:
        """Its title in the language of the reader."""
        chinese = (get_language() or "zh").startswith("zh")
        return self.title if chinese or not self.title_en else self.title_en


class Clause(models.Model):
    """One clause as it reads now; `order` sorts 5.10 after 5.9. A clause struck out has `struck`."""

    PERSONAL_DATA = False

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="clauses")
    number = models.CharField(max_length=20)
    order = models.CharField(max_length=40)
    heading = models.CharField(max_length=120, default="", blank=True)
    text = models.TextField(max_length=8000, default="", blank=True)
    struck = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["standard", "order"]
        constraints = [models.UniqueConstraint(fields=["standard", "number"], name="clause_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.heading}".strip()


class ClauseVersion(models.Model):
    """A clause as it once read, and who wrote it so. Only appended."""

    PERSONAL_DATA = False

    clause = models.ForeignKey(Clause, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    heading = models.CharField(max_length=120, default="", blank=True)
    text = models.TextField(max_length=8000, default="", blank=True)
    struck = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["clause", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["clause", "version"], name="clause_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.clause} v{self.version}"


class Drafter(models.Model):
    """A person of the drafting group, and the unit they write for."""

    PERSONAL_DATA = True

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="drafters")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="drafting")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    role = models.CharField(max_length=6, choices=DrafterRole.choices)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["standard", "role", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "person"], name="drafter_once"),
        ]

    def __str__(self) -> str:
        return f"drafter {self.pk}"


class CommentRound(models.Model):
    """A round in which anybody comments on the draft as it stood when the round began.

    `draft` keeps that text: a list of {number, heading, text}. `closed_at` is when every comment was
    answered and the round was ended; until `ends_at` it takes comments.
    """

    PERSONAL_DATA = False

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    explained = models.TextField(max_length=4000)  # how the draft came to be
    draft = models.JSONField()
    rules_version = models.PositiveIntegerField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["standard", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="round_number_once"),
            models.UniqueConstraint(
                fields=["standard"], condition=Q(closed_at__isnull=True), name="round_open_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("opened_at")), name="round_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("ends_at")),
                name="round_closed_after_its_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: round {self.number}"

    @property
    def last_day(self) -> date:
        """The last day on which comments are taken."""
        return clock.day(self.ends_at - timedelta(seconds=1))


class Comment(models.Model):
    """What somebody says of a draft, and the answer. By which telephone to ask back is sealed.

    A comment in the name of a unit is shown under the unit; of a person nothing is shown but that it
    was one.
    """

    PERSONAL_DATA = True

    round = models.ForeignKey(CommentRound, models.CASCADE, related_name="comments")
    clause = models.CharField(max_length=20, default="", blank=True)  # none: of the whole
    text = models.CharField(max_length=2000)
    reason = models.CharField(max_length=1000, default="", blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    sealed = models.BinaryField(default=b"")
    at = models.DateTimeField()
    verdict = models.CharField(max_length=8, choices=CommentVerdict.choices, default="", blank=True)
    reply = models.CharField(max_length=1000, default="", blank=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["round", "pk"]
        indexes = [models.Index(fields=["by", "at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="", reply="", replied_by__isnull=True, replied_at__isnull=True)
                | ~Q(verdict="")
                & ~Q(reply="")
                & Q(replied_by__isnull=False, replied_at__isnull=False),
                name="comment_answered_with_verdict_and_words",
            )
        ]

    def __str__(self) -> str:
        return f"comment {self.pk}"

    def keep_contact(self, person: User, contact: str) -> None:
        """Seal by which way the person may be asked back, with the person's own key."""
        if contact and person.data_key is not None:
            self.sealed = keys.seal(person.data_key, {"contact": contact}, self._owner(person))

    def contact(self) -> str:
        """By which way to ask back; nothing where none was given, or the person was erased."""
        if not self.sealed or self.by.data_key is None:
            return ""
        return str(keys.unseal(self.by.data_key, self.sealed, self._owner(self.by))["contact"])

    def _owner(self, person: User) -> str:
        return f"comment:{self.round_id}:{person.pseudonym}"


class ReviewOpinion(models.Model):
    """What a review meeting found: how many sat, under which number its minutes are kept."""

    PERSONAL_DATA = False

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="opinions")
    held_on = models.DateField()
    present = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    opinion = models.TextField(max_length=4000)
    reference = models.CharField(max_length=80)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["standard", "-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(present__gt=0), name="somebody_sat_in_the_meeting")
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.held_on}"


class StandardBallot(models.Model):
    """A vote on a standard. Of a secret one only the three sums are kept, never whose vote was which."""

    PERSONAL_DATA = False

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="ballots")
    number = models.PositiveSmallIntegerField()
    secret = models.BooleanField()
    quorum = models.CharField(max_length=7)  # a fraction such as 2/3
    majority = models.CharField(max_length=7)
    of_members = models.BooleanField()
    votes_for = models.PositiveSmallIntegerField(default=0)
    votes_against = models.PositiveSmallIntegerField(default=0)
    abstained = models.PositiveSmallIntegerField(default=0)
    carried = models.BooleanField(null=True, blank=True)
    rules_version = models.PositiveIntegerField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["standard", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="ballot_number_once"),
            models.UniqueConstraint(
                fields=["standard"], condition=Q(closed_at__isnull=True), name="ballot_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, carried__isnull=True)
                | Q(closed_at__isnull=False, carried__isnull=False),
                name="ballot_closed_with_a_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: ballot {self.number}"

    @property
    def last_day(self) -> date:
        """The last day on which members vote."""
        return clock.day(self.ends_at - timedelta(seconds=1))

    @property
    def cast(self) -> int:
        """Votes cast, abstentions among them."""
        return self.votes_for + self.votes_against + self.abstained


class StandardVoter(models.Model):
    """A member who may vote once. `choice` is kept of an open vote alone."""

    PERSONAL_DATA = True

    ballot = models.ForeignKey(StandardBallot, models.CASCADE, related_name="voters")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="standard_votes"
    )
    choice = models.CharField(max_length=8, choices=Choice.choices, default="", blank=True)
    voted = models.BooleanField(default=False)

    class Meta:
        ordering = ["ballot", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["ballot", "person"], name="voter_once"),
            models.CheckConstraint(
                condition=Q(choice="") | Q(voted=True), name="a_choice_is_a_vote"
            ),
        ]

    def __str__(self) -> str:
        return f"voter {self.pk}"


class StandardStep(models.Model):
    """One step: what was done, why, under which paper and which rules, by whom. Only appended."""

    PERSONAL_DATA = False

    standard = models.ForeignKey(Standard, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=16)
    state = models.CharField(max_length=10, choices=StandardState.choices)
    reason = models.CharField(max_length=600, default="", blank=True)
    reference = models.CharField(max_length=80, default="", blank=True)
    rules_version = models.PositiveIntegerField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(verb__in=SIGNED) | Q(by__isnull=False) & ~Q(reference=""),
                name="standard_step_is_signed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d}"
