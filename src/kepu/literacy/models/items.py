"""The item bank: questions, their words, what is known of them, and what was said of them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from kepu.kernel.divisions.models import Placed
from kepu.literacy.states import (
    DifLevel,
    DifMethod,
    Grouping,
    ItemState,
    Model,
    Use,
    Verdict,
)

LETTERS = "ABCDEFGH"


class Item(Placed):
    """One question with one right option. Its place is the city whose bank it stands in.

    `key` is the position of the right option, the same in every language. `version` counts the
    wordings of the draft; a review is of one of them.
    """

    PERSONAL_DATA = False

    code = models.CharField(max_length=20)
    dimension = models.CharField(max_length=20)  # a key of the framework
    discipline = models.ForeignKey("people.Field", models.PROTECT, related_name="+")
    use = models.CharField(max_length=10, choices=Use.choices)
    key = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=200)
    example = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ItemState.choices, default=ItemState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=300, blank=True, default="")  # why it was retired
    written_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    written_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "use", "dimension"])]
        constraints = [
            models.UniqueConstraint(fields=["division_at", "code"], name="item_code_once"),
            models.CheckConstraint(condition=Q(key__lt=len(LETTERS)), name="item_key_is_an_option"),
            models.CheckConstraint(
                condition=~Q(state=ItemState.RETIRED) | ~Q(reason=""), name="item_retired_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def letter(self) -> str:
        """The right option as it stands on paper."""
        return LETTERS[self.key]


class Wording(models.Model):
    """An item in one language."""

    PERSONAL_DATA = False

    item = models.ForeignKey(Item, models.CASCADE, related_name="wordings")
    language = models.CharField(max_length=10)
    stem = models.TextField()
    options: models.JSONField[list[str], Any] = models.JSONField()
    plain = models.TextField()  # question and options in one piece, in which words are looked for

    class Meta:
        ordering = ["-language"]  # Chinese first
        constraints = [
            models.UniqueConstraint(fields=["item", "language"], name="wording_once_a_language")
        ]

    def __str__(self) -> str:
        return self.stem[:40]

    @property
    def lettered(self) -> list[tuple[str, str]]:
        return list(zip(LETTERS, self.options, strict=False))


class ItemStep(models.Model):
    """One thing that happened to an item, for its history. Only ever appended."""

    PERSONAL_DATA = True  # reasons are free text

    item = models.ForeignKey(Item, models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=ItemState.choices)
    version = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.verb}"


class Review(models.Model):
    """An expert was asked about one wording of an item, and perhaps has answered."""

    PERSONAL_DATA = True  # remarks are free text

    item = models.ForeignKey(Item, models.CASCADE, related_name="reviews")
    version = models.PositiveIntegerField()
    expert = models.ForeignKey("people.Expert", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    verdict = models.CharField(max_length=10, choices=Verdict.choices, blank=True, default="")
    remark = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)  # the item went before the answer came

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "version", "expert"], name="review_once_a_wording"
            ),
            models.CheckConstraint(
                condition=Q(verdict="", answered_at__isnull=True)
                | (~Q(verdict="") & Q(answered_at__isnull=False)),
                name="review_answered_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} by expert {self.expert_id}"


class Calibration(models.Model):
    """What one wave taught of an item: difficulty, discrimination and guessing with their errors.

    Logistic with D = 1: the chance to be right is c + (1 - c) / (1 + exp(-a (theta - b))).

    `scale` is the wave whose people are its zero and its unit; empty for that of figures recorded by hand.
    Of a wave that was linked, the figures as its own people gave them stand in `raw_difficulty` and
    `raw_discrimination`; one that could not be linked stands on a scale of its own. Where that scale was
    joined to the bank's later, `joins` keeps by which wave, and the figures as they were, a step each.
    """

    PERSONAL_DATA = False

    item = models.ForeignKey(Item, models.CASCADE, related_name="calibrations")
    model = models.CharField(max_length=5, choices=Model.choices)
    difficulty = models.FloatField()
    difficulty_se = models.FloatField()
    discrimination = models.FloatField(default=1.0)
    discrimination_se = models.FloatField(default=0.0)
    guessing = models.FloatField(default=0.0)
    guessing_se = models.FloatField(default=0.0)
    people = models.PositiveIntegerField()
    on = models.DateField()
    wave = models.CharField(max_length=60)
    example = models.BooleanField(default=False)  # made up, to show how it works
    scale = models.CharField(max_length=60, blank=True, default="")
    raw_difficulty = models.FloatField(null=True)
    raw_discrimination = models.FloatField(null=True)
    joins: models.JSONField[list[dict[str, Any]], Any] = models.JSONField(default=list, blank=True)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["item", "wave"], name="calibration_once_a_wave"),
            models.CheckConstraint(
                condition=Q(raw_difficulty__isnull=True, raw_discrimination__isnull=True)
                | Q(raw_difficulty__isnull=False, raw_discrimination__gt=0),
                name="calibration_raw_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(discrimination__gt=0), name="calibration_discriminates"
            ),
            models.CheckConstraint(
                condition=Q(guessing__gte=0, guessing__lt=1),
                name="calibration_guessing_is_a_chance",
            ),
            models.CheckConstraint(
                condition=Q(difficulty_se__gte=0, discrimination_se__gte=0, guessing_se__gte=0),
                name="calibration_errors_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.wave}"

    @property
    def alone(self) -> bool:
        """Whether it stands on the scale of its own wave."""
        return self.scale == self.wave


class DifFinding(models.Model):
    """Whether an item was found to favour one of two groups of the same ability."""

    PERSONAL_DATA = False

    item = models.ForeignKey(Item, models.CASCADE, related_name="dif")
    grouping = models.CharField(max_length=12, choices=Grouping.choices)
    method = models.CharField(max_length=20, choices=DifMethod.choices)
    size = models.FloatField()
    p_value = models.FloatField()
    level = models.CharField(max_length=1, choices=DifLevel.choices)
    people = models.PositiveIntegerField()
    on = models.DateField()
    wave = models.CharField(max_length=60)
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "wave", "grouping", "method"], name="dif_once_a_wave"
            ),
            models.CheckConstraint(
                condition=Q(p_value__gte=0, p_value__lte=1), name="dif_p_value_is_a_chance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.grouping} {self.level}"


class Exposure(models.Model):
    """How often an item was asked in a month, and where."""

    PERSONAL_DATA = False

    item = models.ForeignKey(Item, models.CASCADE, related_name="exposures")
    use = models.CharField(max_length=10, choices=Use.choices)
    month = models.DateField()  # its first day
    asked = models.PositiveIntegerField(default=0)
    right = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["item", "use", "month"], name="exposure_once_a_month"),
            models.CheckConstraint(
                condition=Q(right__lte=F("asked")), name="exposure_right_among_asked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.month:%Y-%m}: {self.asked}"
