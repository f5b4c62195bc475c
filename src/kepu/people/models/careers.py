"""What an expert's record tells beside disciplines and posts: titles and representative works; fee data."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from kepu.people.models.experts import Expert
from kepu.people.sealing import seal, unseal
from kepu.people.states import TitleLevel, Track, WorkKind

FIRST_YEAR = 1950


class Title(models.Model):
    """A professional title, from when and by which body."""

    PERSONAL_DATA = True

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="titles")
    name = models.CharField(max_length=40)
    track = models.CharField(max_length=10, choices=Track.choices)
    level = models.CharField(max_length=10, choices=TitleLevel.choices)
    since = models.DateField()
    body = models.CharField(max_length=120)

    class Meta:
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["expert", "name", "since"], name="title_once")
        ]

    def __str__(self) -> str:
        return self.name


class Work(models.Model):
    """A representative work; who made it with the expert binds the expert to them.

    Co-authors who are experts here are named by their entry, others by name, sealed.
    """

    PERSONAL_DATA = True
    AUTHORS = "people.work"

    expert = models.ForeignKey(Expert, models.CASCADE, related_name="works")
    kind = models.CharField(max_length=10, choices=WorkKind.choices)
    title = models.CharField(max_length=120)
    year = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(2100)]
    )
    coauthors = models.ManyToManyField(Expert, related_name="+", blank=True)
    authors_sealed = models.BinaryField(default=b"")
    link = models.URLField(max_length=300, default="", blank=True)
    file = models.ForeignKey(
        "files.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-year", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def authors(self) -> list[str]:
        """Co-authors who are not experts here, by name."""
        found = unseal(self.expert.person, self.AUTHORS, self.authors_sealed)
        return list(found.get("names", []))

    def keep_authors(self, names: list[str]) -> None:
        """Seal the names under the expert's key; the caller saves."""
        self.authors_sealed = seal(self.expert.person, self.AUTHORS, {"names": names})


class FeeAccount(models.Model):
    """Where an expert's fee is paid to: identity number and bank account, sealed under the expert's key."""

    PERSONAL_DATA = True
    SEALED = "people.fee"

    expert = models.OneToOneField(Expert, models.CASCADE, related_name="fee")
    sealed = models.BinaryField()
    kept_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"fee account of {self.expert_id}"

    @property
    def values(self) -> dict[str, str]:
        """holder, id_number, bank and account in clear; none when the key is gone."""
        return unseal(self.expert.person, self.SEALED, self.sealed)

    def keep(self, values: dict[str, str]) -> None:
        """Seal the values; the caller saves."""
        self.sealed = seal(self.expert.person, self.SEALED, values)
