"""The rulebook of standards: how long comments are taken, who votes, when a standard is looked at anew."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Annotated

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from pydantic import Field, field_validator, model_validator

from kepu.appraisal.standards_states import OWN_LEVELS, StandardLevel
from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told

PROCEDURE = "standards.procedure"
DAYS = _("days")
# A share of people is written as a fraction, so that 2/3 of three is two and nothing is rounded.
Share = Annotated[str, Field(pattern=r"^[1-9]\d?/[1-9]\d?$")]


class Article(Rules):
    """A rule that Kepu carries out, with the words of the rule beside it."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1)


class Way(Rules):
    """What a level of standards asks before one is published."""

    level: Annotated[StandardLevel, Told(_("Level of the standard"))]
    comment_days: Annotated[int, Told(_("Comments taken for, at least"), DAYS)] = Field(
        ge=0, le=365
    )
    vote: Annotated[bool, Told(_("Voted on"))]

    @field_validator("level")
    @classmethod
    def _ours(cls, level: StandardLevel) -> StandardLevel:
        if level not in OWN_LEVELS:
            raise ValueError("national and sector standards are made elsewhere")
        return level


class Drafting(Article):
    ways: Annotated[list[Way], Told(_("Level by level"))]

    @model_validator(mode="after")
    def _each_once(self) -> Drafting:
        if sorted(way.level for way in self.ways) != sorted(OWN_LEVELS):
            raise ValueError("each of local, group and enterprise stands once")
        return self


class Commenting(Article):
    most_a_day: Annotated[int, Told(_("Comments of one person in a day, at most"))] = Field(
        ge=1, le=200
    )


class Meeting(Article):
    present: Annotated[int, Told(_("Present at the review meeting, at least"))] = Field(ge=1, le=99)


class Voting(Article):
    members: Annotated[int, Told(_("Members who may vote, at least"))] = Field(ge=1, le=200)
    quorum: Annotated[Share, Told(_("Share of members who vote, at least"))]
    majority: Annotated[Share, Told(_("Share of votes for, at least"))]
    of_members: Annotated[bool, Told(_("Counted of all members, not of votes cast"))] = False
    secret: Annotated[bool, Told(_("Votes are secret"))] = True
    drafters_vote: Annotated[bool, Told(_("Drafters and people of their units may vote"))] = False
    days: Annotated[int, Told(_("Voted within"), DAYS)] = Field(ge=1, le=90)

    @field_validator("quorum", "majority")
    @classmethod
    def _a_part(cls, share: str) -> str:
        if Fraction(share) > 1:
            raise ValueError("a share is a part of the whole")
        return share


class Looking(Article):
    years: Annotated[
        int, Told(_("Looked at anew every"), pgettext_lazy("length of time", "years"))
    ] = Field(ge=1, le=20)
    ahead: Annotated[int, Told(_("Shown as due so long before"), DAYS)] = Field(ge=0, le=730)


class Procedure(Rules):
    """How a standard comes to be and how it ends (S163-S165)."""

    drafting: Annotated[Drafting, Told(_("Drafting"))]
    comments: Annotated[Commenting, Told(_("Comments"))]
    meeting: Annotated[Meeting, Told(_("Review meeting"))]
    voting: Annotated[Voting, Told(_("Vote"))]
    looking: Annotated[Looking, Told(_("Review of standards in force"))]

    def way(self, level: str) -> Way:
        """What this level asks; one that is made elsewhere has none here and raises StopIteration."""
        return next(way for way in self.drafting.ways if way.level == level)


KIND = Kind(PROCEDURE, _("procedure of standards"), Procedure, "kepu.appraisal", "standards.yaml")


def in_force(now: datetime) -> tuple[int, Procedure]:
    """The version in force at `now`, and its rules."""
    ruling = rulebooks.in_force(PROCEDURE, now)
    return ruling.version, _read(ruling.rules)


def as_of(version: int) -> Procedure:
    """The rules as a version says them: what was taken up under it goes by it to the end."""
    return _read(rulebooks.version(PROCEDURE, version).rules)


def _read(rules: object) -> Procedure:
    assert isinstance(rules, Procedure)  # noqa: S101 (the registry's promise, for the reader)
    return rules
