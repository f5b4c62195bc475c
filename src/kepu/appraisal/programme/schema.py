"""What the text of a programme may say: a rulebook, dated, versioned, and checked by this schema.

Keys (`key`) are the programme's own short words, [a-z0-9_]; whatever people read stands in `title`
and `text`, in Chinese, with English beside it where the city has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise
from math import isfinite
from typing import Annotated, Any, Self, TypeVar

from django.db.models import TextChoices
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import ConfigDict, Field, field_validator, model_validator

from kepu.appraisal.programme.conditions import Condition
from kepu.appraisal.programme.facts import FACTS
from kepu.kernel.clock import workdays
from kepu.kernel.divisions.states import Level
from kepu.kernel.files.kinds import Kind as FileKind
from kepu.kernel.rulebooks.registry import Rules, Told
from kepu.people.states import Track

Row = TypeVar("Row", "Question", "Exhibit", "Criterion", "Requirement", "Check")
KEY = r"^[a-z][a-z0-9_]{0,29}$"
WORKDAYS = _("working days")
POINTS = pgettext_lazy("unit", "points")
YEARS = pgettext_lazy("term", "years")
MB = 1024 * 1024

Key = Annotated[str, Field(pattern=KEY)]


class Subject(TextChoices):
    """Who or what is judged; a place (a county, a community) is applied for by its officer."""

    VENUE = "venue", pgettext_lazy("what is judged", "a venue")
    UNIT = "unit", pgettext_lazy("what is judged", "a unit")
    PERSON = "person", pgettext_lazy("what is judged", "a person")
    PLACE = "place", pgettext_lazy("what is judged", "a place")
    WORK = "work", pgettext_lazy("what is judged", "a work")


VOTED_ON = (Subject.PERSON, Subject.WORK)


class Part(Rules):
    """A part whose numbers are numbers: neither infinite nor NaN."""

    model_config = ConfigDict(allow_inf_nan=False)


class Named(Part):
    """Something with a name in Chinese, and in English where the city gives it."""

    title: Annotated[str, Told(pgettext_lazy("of a programme", "Name"))] = Field(
        min_length=1, max_length=80
    )
    title_en: Annotated[str, Told(_("Name in English"))] = Field(default="", max_length=120)

    def __str__(self) -> str:
        """Its name in the language of the reader."""
        chinese = (get_language() or "zh").startswith("zh")
        return self.title if chinese or not self.title_en else self.title_en


class Class(Named):
    """A category, track or discipline; applications of one class are judged among themselves.

    Reviewers of the `fields` or with titles of the `tracks` fit it best, and are found for it first.
    """

    key: Annotated[Key, Told(_("Key"))]
    fields: Annotated[list[str], Told(_("Fields of the reviewers who fit best"))] = []
    tracks: Annotated[list[Track], Told(_("Tracks of their titles"))] = []

    @property
    def picky(self) -> bool:
        """Whether it says at all which experts fit it."""
        return bool(self.fields or self.tracks)

    def fitted_by(self, fields: frozenset[str], tracks: frozenset[str]) -> bool:
        """Whether an expert of these fields and tracks fits it best."""
        return not (fields.isdisjoint(self.fields) and tracks.isdisjoint(self.tracks))


class Grade(Named):
    """A level that may be reached, with the least score it takes; the highest stands first."""

    key: Annotated[Key, Told(_("Key"))]
    cut: Annotated[float, Told(_("Score, at least"), POINTS)] = Field(ge=0, le=1000)
    base_level: Annotated[str, Told(_("Level of the base that holds it"))] = Field(
        default="", pattern=r"^(district|municipal|national)?$"
    )


class Asked(TextChoices):
    """What kind of answer a question wants.

    Lines (representative works, one a line) are compared by their number, amounts (a budget, each line
    ending with one) by their sum.
    """

    TEXT = "text", pgettext_lazy("kind of answer", "words")
    NUMBER = "number", pgettext_lazy("kind of answer", "a number")
    DAY = "day", pgettext_lazy("kind of answer", "a day")
    CHOICE = "choice", pgettext_lazy("kind of answer", "one of several choices")
    YES = "yes_no", pgettext_lazy("kind of answer", "yes or no")
    LINES = "lines", pgettext_lazy("kind of answer", "a list, one line for each")
    AMOUNTS = "amounts", pgettext_lazy("kind of answer", "a budget, one line for each amount")


COUNTED = (Asked.NUMBER, Asked.LINES, Asked.AMOUNTS)  # what bands can measure


class Question(Named):
    """One field of the form.

    `fact` takes the answer from the venue's registration (`hall_area`, `open_days`), and nobody types
    it twice. What `reveals` who applies is kept from reviewers of a blind stage.
    """

    key: Annotated[Key, Told(_("Key"))]
    kind: Annotated[Asked, Told(_("Kind of answer"))]
    required: Annotated[bool, Told(_("Asked of everybody"))] = True
    unit: Annotated[str, Told(_("Counted in"))] = Field(default="", max_length=20)
    longest: Annotated[int, Told(_("Characters, at most"))] = Field(default=1000, ge=1, le=10_000)
    choices: Annotated[list[str], Told(_("Choices"))] = Field(default=[], max_length=60)
    entries: Annotated[int, Told(_("Lines, at most"))] = Field(default=10, ge=1, le=100)
    least: Annotated[float, Told(_("Number, at least"))] = 0
    most: Annotated[float, Told(_("Number, at most"))] = 1e9
    classes: Annotated[list[Key], Told(_("Only of these classes"))] = []
    fact: Annotated[str, Told(_("Taken from the registration"))] = Field(
        default="", pattern=r"^[a-z_]*$"
    )
    reveals: Annotated[bool, Told(_("Tells who applies"))] = False

    @model_validator(mode="after")
    def _has_choices(self) -> Self:
        if (self.kind is Asked.CHOICE) != bool(self.choices):
            raise ValueError(gettext("a question by choice, and no other, lists its choices"))
        if self.fact and self.fact not in FACTS:
            raise ValueError(gettext("a registration does not tell %(fact)s") % {"fact": self.fact})
        if self.least > self.most:
            raise ValueError(gettext("the least number is not above the most"))
        return self


class Exhibit(Named):
    """One entry of the list of evidence."""

    key: Annotated[Key, Told(_("Key"))]
    required: Annotated[bool, Told(_("Asked of everybody"))] = True
    kinds: Annotated[list[FileKind], Told(_("Kinds of file"))] = [FileKind.PDF, FileKind.DOCX]
    most: Annotated[int, Told(_("Files, at most"))] = Field(default=5, ge=1, le=100)
    megabytes: Annotated[int, Told(_("Size of one file, at most"), "MB")] = Field(
        default=50, ge=1, le=500
    )
    classes: Annotated[list[Key], Told(_("Only of these classes"))] = []
    reveals: Annotated[bool, Told(_("Tells who applies"))] = False


class Requirement(Rules):
    """A condition of eligibility, and the reason that is told to whom it shuts out."""

    text: Annotated[str, Told(_("Words of the rule"))] = Field(min_length=1, max_length=300)
    classes: Annotated[list[Key], Told(_("Only of these classes"))] = []
    needs: Annotated[Condition, Told(_("Condition"))]

    @field_validator("needs")
    @classmethod
    def _of_numbers(cls, needs: Condition) -> Condition:
        if not _finite(needs):
            raise ValueError(gettext("an answer is compared with a finite number"))
        return needs


def _finite(needs: Condition) -> bool:
    bounds = [one for one in (needs.at_least, needs.at_most) if one is not None]
    return all(map(isfinite, bounds)) and all(map(_finite, (*needs.all, *needs.any)))


class Band(Part):
    """From this much on, so many points."""

    least: Annotated[float, Told(pgettext_lazy("band", "From"))]
    points: Annotated[float, Told(pgettext_lazy("band", "Points"), POINTS)] = Field(ge=0)


class Criterion(Named):
    """One line of the rubric: judged by people, or measured from an answer by bands."""

    key: Annotated[Key, Told(_("Key"))]
    points: Annotated[float, Told(_("Points at most"), POINTS)] = Field(gt=0, le=1000)
    text: Annotated[str, Told(_("What is judged"))] = Field(default="", max_length=600)
    measure: Annotated[str, Told(_("Measured by the answer to"))] = Field(default="", max_length=30)
    bands: Annotated[list[Band], Told(_("Bands"))] = []
    least: Annotated[float, Told(_("Must reach"), POINTS)] = Field(default=0, ge=0)
    classes: Annotated[list[Key], Told(_("Only of these classes"))] = []
    cites: Annotated[list[str], Told(_("Clauses of standards"))] = Field(default=[], max_length=20)

    @field_validator("bands")
    @classmethod
    def _falling(cls, bands: list[Band]) -> list[Band]:
        if any(a.least <= b.least or a.points < b.points for a, b in pairwise(bands)):
            raise ValueError(gettext("bands go from the highest to the lowest"))
        return bands

    @model_validator(mode="after")
    def _within(self) -> Self:
        if bool(self.measure) != bool(self.bands):
            raise ValueError(gettext("what is measured has bands, and nothing else has"))
        if self.least > self.points or any(band.points > self.points for band in self.bands):
            raise ValueError(
                gettext("no band and no threshold goes beyond the points of the criterion")
            )
        return self


class Reviewing(Rules):
    """How reviewers are found and what they may know."""

    each: Annotated[int, Told(_("Reviewers of each application"))] = Field(ge=1, le=15)
    load: Annotated[int, Told(_("Applications of a reviewer, at most"))] = Field(ge=1, le=500)
    blind: Annotated[bool, Told(_("Names are hidden from reviewers"))] = True
    by_lot: Annotated[bool, Told(_("Drawn by lot from a published seed"))] = False
    calibrated: Annotated[
        bool, Told(_("Scores are corrected for severe and lenient reviewers"))
    ] = True
    years: Annotated[int, Told(_("Worked in the same unit within"), YEARS)] = Field(ge=0, le=30)
    own_district: Annotated[
        bool, Told(_("Reviewers of the applicant's own district may judge"))
    ] = False
    fields: Annotated[list[str], Told(_("Fields of the reviewers"))] = []


class Inspection(Rules):
    """A visit on the spot before anything is proposed. Who goes knows who applies, and reviews nothing."""

    inspectors: Annotated[int, Told(_("Inspectors, at least"))] = Field(default=2, ge=2, le=9)
    percent: Annotated[
        int, Told(_("Applications inspected, by lot where it is less than all"), "%")
    ] = Field(default=100, ge=1, le=100)
    unannounced: Annotated[bool, Told(_("The applicant is not told before the visit"))] = False
    workdays: Annotated[int, Told(_("Report handed in within"), WORKDAYS)] = Field(
        default=20, ge=1, le=120
    )

    @property
    def by_lot(self) -> bool:
        """Whether it is drawn which applications are inspected."""
        return self.percent < 100


class Noted(TextChoices):
    """What an inspector writes down for one item."""

    YES = "yes_no", pgettext_lazy("kind of answer", "yes or no")
    NUMBER = "number", pgettext_lazy("kind of answer", "a number")
    CHOICE = "choice", pgettext_lazy("kind of answer", "one of several choices")
    TEXT = "text", pgettext_lazy("kind of answer", "words")


class Check(Named):
    """One item of the checklist. A must is missed by a no, or by a number below `reach`."""

    key: Annotated[Key, Told(_("Key"))]
    part: Annotated[str, Told(_("Stands under the heading"))] = Field(default="", max_length=60)
    kind: Annotated[Noted, Told(_("Kind of answer"))]
    text: Annotated[str, Told(_("How it is looked at"))] = Field(default="", max_length=400)
    unit: Annotated[str, Told(_("Counted in"))] = Field(default="", max_length=20)
    least: Annotated[float, Told(_("Number, at least"))] = 0
    most: Annotated[float, Told(_("Number, at most"))] = 1e6
    choices: Annotated[list[str], Told(_("Choices"))] = Field(default=[], max_length=20)
    needed: Annotated[bool, Told(_("Has to be filled in"))] = True
    photo: Annotated[bool, Told(_("Needs a photograph"))] = False
    must: Annotated[bool, Told(_("A must: who fails it is told so beside the scores"))] = False
    reach: Annotated[float | None, Told(_("A must by number: at least"))] = None
    criterion: Annotated[str, Told(_("Evidence for the criterion"))] = Field(
        default="", max_length=30
    )
    classes: Annotated[list[Key], Told(_("Only of these classes"))] = []

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind is Noted.CHOICE) != bool(self.choices):
            raise ValueError(gettext("an item by choice, and no other, lists its choices"))
        if self.least > self.most:
            raise ValueError(gettext("the least number is not above the most"))
        if self.must and self.kind not in (Noted.YES, Noted.NUMBER):
            raise ValueError(gettext("a must is answered by yes or no, or by a number"))
        if (self.must and self.kind is Noted.NUMBER) != (self.reach is not None):
            raise ValueError(gettext("a must by number, and nothing else, says what is reached"))
        return self


class Panel(Part):
    """The meeting that proposes."""

    quorum: Annotated[float, Told(_("Share of members present, at least"))] = Field(gt=0, le=1)
    majority: Annotated[float, Told(_("Share of votes for, at least"))] = Field(gt=0, le=1)
    of_members: Annotated[bool, Told(_("Counted of all members, not of those present"))] = False
    secret: Annotated[bool, Told(_("Votes are secret"))] = True


class Notice(Rules):
    workdays: Annotated[int, Told(_("Public notice"), WORKDAYS)] = Field(ge=1, le=60)
    reply: Annotated[int, Told(_("An objection is answered within"), WORKDAYS)] = Field(ge=1, le=60)


class Clocks(Rules):
    """How long each step may take; who owns it is told when it runs out, and one level up."""

    recommend: Annotated[int, Told(_("Recommendation"), WORKDAYS)] = Field(default=10, ge=1, le=120)
    check: Annotated[int, Told(_("Formal check"), WORKDAYS)] = Field(default=5, ge=1, le=120)
    mend: Annotated[int, Told(_("Mending"), WORKDAYS)] = Field(default=10, ge=1, le=120)
    review: Annotated[int, Told(_("Expert review"), WORKDAYS)] = Field(default=20, ge=1, le=120)
    panel: Annotated[int, Told(_("Panel"), WORKDAYS)] = Field(default=20, ge=1, le=120)
    decide: Annotated[int, Told(_("Decision after the notice"), WORKDAYS)] = Field(
        default=10, ge=1, le=120
    )
    appeal: Annotated[int, Told(_("Appeal within"), WORKDAYS)] = Field(default=15, ge=1, le=120)

    def ends(self, step: str, since: datetime) -> datetime:
        """When a step that began at `since` should be done."""
        return self.ends_in(getattr(self, step), since)

    @staticmethod
    def ends_in(days: int, since: datetime) -> datetime:
        """The same time of day, so many working days later."""
        return workdays.add_workdays(since, days)


class Quota(Rules):
    """How many may be named; none where nothing is said."""

    total: Annotated[int | None, Told(_("In all"))] = Field(default=None, ge=0)
    each_class: Annotated[dict[Key, Annotated[int, Field(ge=0)]], Told(_("Of a class"))] = {}
    each_district: Annotated[int | None, Told(_("Of a district"))] = Field(default=None, ge=0)


class Nominating(Rules):
    """How others put somebody forward, where a programme is `nominated`."""

    by_units: Annotated[bool, Told(_("Only units nominate"))] = False
    each: Annotated[int, Told(_("Nominations of one person or unit, at most"))] = Field(
        default=3, ge=1, le=100
    )
    named: Annotated[bool, Told(_("Reviewers learn who nominated"))] = True
    days: Annotated[int, Told(_("The nominee answers within"), _("days"))] = Field(
        default=14, ge=1, le=90
    )


class Ballot(Part):
    """The final vote of a selection, after the review of each class. Secret, each member once."""

    nominees: Annotated[int, Told(_("Come to the final vote, of each class"))] = Field(ge=1, le=100)
    seats: Annotated[int, Told(_("Elected at most"))] = Field(default=10, ge=1, le=100)
    quorum: Annotated[float, Told(_("Share of the jury that votes, at least"))] = Field(
        default=0.6666, gt=0, le=1
    )
    majority: Annotated[float, Told(_("Share of votes for, at least"))] = Field(
        default=0.5001, gt=0, le=1
    )
    of_electors: Annotated[bool, Told(_("Counted of the whole jury, not of who voted"))] = False
    days: Annotated[int, Told(_("Voted within"), _("days"))] = Field(default=7, ge=1, le=60)
    run_off: Annotated[bool, Told(_("Places left open are voted on once more"))] = True
    elected: Annotated[str, Told(_("Level of who is elected"))] = Field(default="", max_length=30)
    public: Annotated[
        bool, Told(_("The public may vote too; it is advice and gives no points"))
    ] = False
    public_picks: Annotated[int, Told(_("Choices of one account, at most"))] = Field(
        default=3, ge=1, le=50
    )
    public_daily: Annotated[bool, Told(_("An account votes once a day, not once in all"))] = False


class Term(Rules):
    """How long a title holds, and what its holder owes in that time."""

    years: Annotated[int | None, Told(_("Holds for"), YEARS)] = Field(default=None, ge=1, le=30)
    report_due: Annotated[str, Told(_("Yearly report by (month-day)"))] = Field(
        default="", pattern=r"^(\d\d-\d\d)?$"
    )
    at_risk: Annotated[int, Told(_("At risk, days before it is due"), _("days"))] = Field(
        default=30, ge=0, le=3650
    )
    warn_after: Annotated[int | None, Told(_("Warned by Kepu when so late"), WORKDAYS)] = Field(
        default=None, ge=1
    )
    rectify: Annotated[int, Told(_("Time to rectify"), WORKDAYS)] = Field(default=60, ge=1, le=500)
    renew: Annotated[int, Told(_("Renewal opens before the end"), _("days"))] = Field(
        default=180, ge=1, le=3650
    )
    binds_venue: Annotated[
        bool, Told(_("A venue whose title is suspended or revoked takes no booking"))
    ] = False
    names_public: Annotated[bool, Told(_("Names of persons who hold it are public"))] = False

    @field_validator("report_due")
    @classmethod
    def _a_day(cls, told: str) -> str:
        if told:
            date.fromisoformat(f"2001-{told}")  # a day that every year has
        return told


class Programme(Named):
    """A programme from call to revocation. It costs the applicant nothing: there is no field for a fee."""

    text: Annotated[str, Told(_("Where it comes from"))] = Field(min_length=1, max_length=1000)
    subject: Annotated[Subject, Told(_("What is judged"))]
    decided_at: Annotated[Level, Told(_("Decided at"))] = Level.PROVINCE
    named_by: Annotated[str, Told(_("Named by another body, to which it is put forward"))] = Field(
        default="", max_length=60
    )
    recommended_at: Annotated[Level | None, Told(_("Recommended at"))] = None
    classes: Annotated[list[Class], Told(_("Classes"))] = []
    levels: Annotated[list[Grade], Told(_("Levels"))] = Field(min_length=1)
    level_asked: Annotated[str, Told(_("Question about the level asked for"))] = Field(
        default="", max_length=30
    )
    eligibility: Annotated[list[Requirement], Told(_("Eligibility"))] = []
    form: Annotated[list[Question], Told(pgettext_lazy("of a programme", "Form"))] = Field(
        default=[], max_length=100
    )
    evidence: Annotated[list[Exhibit], Told(_("Evidence"))] = Field(default=[], max_length=40)
    rubric: Annotated[list[Criterion], Told(_("Rubric"))] = Field(min_length=1, max_length=100)
    reviewing: Annotated[Reviewing | None, Told(_("Expert review"))] = None
    inspection: Annotated[Inspection | None, Told(_("Field inspection"))] = None
    checklist: Annotated[list[Check], Told(_("Checklist of the inspection"))] = Field(
        default=[], max_length=120
    )
    panel: Annotated[Panel | None, Told(_("Panel"))] = None
    nominated: Annotated[bool, Told(_("Put forward by others, with the person's consent"))] = False
    nominating: Annotated[Nominating, Told(_("Nomination"))] = Nominating()
    ballot: Annotated[Ballot | None, Told(_("Final vote"))] = None
    notice: Annotated[Notice, Told(_("Public notice"))]
    clocks: Annotated[Clocks, Told(_("Clocks"))] = Clocks()
    quota: Annotated[Quota, Told(_("How many are named at most"))] = Quota()
    term: Annotated[Term, Told(_("How long a title holds"))] = Term()
    recognises: Annotated[
        list[str], Told(_("Titles of other programmes that count as this one's"))
    ] = []

    @model_validator(mode="before")
    @classmethod
    def _said_inspected(cls, said: Any) -> Any:
        """Earlier versions said only that there is an inspection: two inspectors and no checklist."""
        if not isinstance(said, dict) or "inspected" not in said:
            return said
        kept = {key: one for key, one in said.items() if key != "inspected"}
        return {"inspection": {}, **kept} if said["inspected"] else kept

    @model_validator(mode="after")
    def _has_each_key_once(self) -> Self:
        for what in ("classes", "levels", "form", "evidence", "rubric", "checklist"):
            keys = [one.key for one in getattr(self, what)]
            if twice := {key for key in keys if keys.count(key) > 1}:
                raise ValueError(gettext("the key %(key)s stands twice") % {"key": min(twice)})
        if any(a.cut <= b.cut for a, b in pairwise(self.levels)):
            raise ValueError(gettext("levels go from the highest cut to the lowest"))
        return self

    @model_validator(mode="after")
    def _names_classes_there_are(self) -> Self:
        rows: list[Question | Exhibit | Criterion | Requirement | Check] = []
        rows += [*self.form, *self.evidence, *self.rubric, *self.eligibility, *self.checklist]
        named = {key for row in rows for key in row.classes} | set(self.quota.each_class)
        if unknown := named - {one.key for one in self.classes}:
            raise ValueError(gettext("there is no class %(key)s") % {"key": min(unknown)})
        return self

    @model_validator(mode="after")
    def _names_questions_there_are(self) -> Self:
        numbers = {one.key for one in self.form if one.kind in COUNTED}
        measured = {one.measure for one in self.rubric} - {""}
        if unknown := measured - numbers:
            words = gettext("no question with a number is called %(key)s")
            raise ValueError(words % {"key": min(unknown)})
        asked = {key for one in self.eligibility for key in one.needs.answers()}
        if unknown := asked - {one.key for one in self.form}:
            raise ValueError(gettext("no question is called %(key)s") % {"key": min(unknown)})
        return self

    @model_validator(mode="after")
    def _checks_for_criteria_there_are(self) -> Self:
        if self.checklist and self.inspection is None:
            raise ValueError(gettext("a checklist needs a field inspection"))
        supported = {one.criterion for one in self.checklist} - {""}
        if unknown := supported - {one.key for one in self.rubric}:
            raise ValueError(gettext("there is no criterion %(key)s") % {"key": min(unknown)})
        return self

    @model_validator(mode="after")
    def _asks_for_levels_there_are(self) -> Self:
        if not self.level_asked:
            return self
        asked = next((one for one in self.form if one.key == self.level_asked), None)
        if asked is None or set(asked.choices) - {one.title for one in self.levels}:
            raise ValueError(gettext("the choices of the level asked for are the names of levels"))
        return self

    @model_validator(mode="after")
    def _lets_no_vote_score(self) -> Self:
        """Votes of the public never weigh on a district, a unit or a venue."""
        if self.ballot is None:
            return self
        if self.ballot.public and self.subject not in VOTED_ON:
            raise ValueError(gettext("the public votes on persons and works alone"))
        if self.ballot.elected and self.ballot.elected not in {one.key for one in self.levels}:
            raise ValueError(gettext("there is no level %(key)s") % {"key": self.ballot.elected})
        return self

    def of_class(self, rows: Sequence[Row], key: str) -> list[Row]:
        """Those rows that concern a class."""
        return [row for row in rows if not row.classes or key in row.classes]

    def criteria(self, key: str = "") -> list[Criterion]:
        """The rubric of one class."""
        return self.of_class(self.rubric, key)

    def checks(self, key: str = "") -> list[Check]:
        """The checklist of one class."""
        return self.of_class(self.checklist, key)

    @property
    def judged(self) -> bool:
        """Whether people score it, or everything is measured."""
        return any(not one.measure for one in self.rubric)
