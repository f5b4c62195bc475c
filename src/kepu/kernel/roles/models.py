"""Who holds which role where, since when, and who stands in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from kepu.kernel.divisions.fields import PathField
from kepu.kernel.roles.verbs import SEPARATED


class Grant(models.Model):
    """A role held by a person at a path, a zone or an organisation, for a time.

    Posts come in pairs: `A` acts; `B` stands in and acts while A is on leave or the post is empty.
    """

    PERSONAL_DATA = False

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40)
    path = PathField(blank=True, default="", follows=False)  # ended and begun again
    zone = models.ForeignKey(
        "divisions.Zone", models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="grants"
    )
    post = models.CharField(max_length=1, choices=[("A", "A"), ("B", "B")], default="A")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["role", "path"]),
            models.Index(fields=["organisation", "role"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(zone__isnull=True, organisation__isnull=True)
                & ~models.Q(path="")
                | models.Q(zone__isnull=False, organisation__isnull=True, path="")
                | models.Q(zone__isnull=True, organisation__isnull=False, path=""),
                name="grant_held_at_one_kind_of_place",
            ),
            # One for each kind of place: SQLite would take two empty columns for two places.
            models.UniqueConstraint(
                fields=["person", "role", "path"],
                condition=models.Q(valid_to__isnull=True) & ~models.Q(path=""),
                name="grant_open_once_at_a_path",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "zone"],
                condition=models.Q(valid_to__isnull=True, zone__isnull=False),
                name="grant_open_once_in_a_zone",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "organisation"],
                condition=models.Q(valid_to__isnull=True, organisation__isnull=False),
                name="grant_open_once_in_a_unit",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(role__in=SEPARATED, valid_to__isnull=True),
                name="one_administrator_post_a_person",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True)
                | models.Q(valid_to__gte=models.F("valid_from")),
                name="grant_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} ({self.post})"

    def meets(self, begin: datetime, until: datetime | None) -> bool:
        """Whether a term overlaps this one's, or follows without a break."""
        return (self.valid_to is None or begin <= self.valid_to) and (
            until is None or self.valid_from <= until
        )

    def widen(self, begin: datetime, until: datetime | None, post: str) -> bool:
        """Take in another grant of the same seat, so that nothing it gave is lost; False if all was held.

        The earlier begin, the later end and the better post of the two. The terms meet: between two
        that do not lie days on which neither was held.
        """
        both = (until, self.valid_to)
        end = None if None in both else max(one for one in both if one)
        wider = (min(begin, self.valid_from), end, min(post, self.post))
        if wider == (self.valid_from, self.valid_to, self.post):
            return False
        self.valid_from, self.valid_to, self.post = wider
        self.save(update_fields=["valid_from", "valid_to", "post"])
        return True


class Leave(models.Model):
    """Days on which a person is away and the deputy acts."""

    PERSONAL_DATA = False

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="leaves")
    first = models.DateField()
    last = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last__gte=models.F("first")), name="leave_ends_later"
            )
        ]

    def __str__(self) -> str:
        return f"{self.first} - {self.last}"
