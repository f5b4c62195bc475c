"""What the rulebook of this room may say: what a score is made of, how items are reviewed and used."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Self

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from pydantic import Field, field_validator, model_validator

from kepu.kernel.rulebooks import queries as rulebooks
from kepu.kernel.rulebooks.registry import Kind, Rules, Told
from kepu_engines.core.errors import EngineError

if TYPE_CHECKING:
    from kepu_engines.survey.irt.exposure import Bound

ITEMS_UNIT = pgettext_lazy("unit", "test items")
POINTS = pgettext_lazy("unit", "points")


class Titled(Rules):
    """Something the framework names, in two languages."""

    zh: Annotated[str, Told(_("Chinese name"))] = Field(min_length=1, max_length=40)
    en: Annotated[str, Told(_("English name"))] = Field(min_length=1, max_length=60)

    @property
    def title(self) -> str:
        return self.en if (get_language() or "").startswith("en") else self.zh


class Dimension(Titled):
    """A part of the score."""

    points: Annotated[float, Told(_("Points it is worth"), POINTS)] = Field(gt=0, le=100)


class Level(Titled):
    """A level and the lowest score that reaches it."""

    cut: Annotated[float, Told(_("From a score of"), POINTS)] = Field(gt=0, le=100)


class Reviewing(Rules):
    """What stands between a draft and its use."""

    experts: Annotated[int, Told(_("Experts who must find an item fit"), _("experts"))] = Field(
        ge=1, le=5
    )
    languages: Annotated[tuple[str, ...], Told(_("Languages an item must have"))]
    least_options: Annotated[int, Told(_("Fewest options of an item"), _("options"))] = Field(
        ge=2, le=8
    )
    most_options: Annotated[int, Told(_("Most options of an item"), _("options"))] = Field(
        ge=2, le=8
    )


class Booklets(Rules):
    """How survey booklets are assembled."""

    items: Annotated[int, Told(_("Items of a booklet"), ITEMS_UNIT)] = Field(ge=5, le=100)
    most_overlap: Annotated[float, Told(_("Largest share two booklets have in common"))] = Field(
        ge=0, le=1
    )
    abilities: Annotated[tuple[float, ...], Told(_("Abilities at which booklets measure"))]
    most_waves: Annotated[int, Told(_("An item is asked in at most"), _("waves"))] = Field(ge=1)

    @field_validator("abilities")
    @classmethod
    def _spread(cls, abilities: tuple[float, ...]) -> tuple[float, ...]:
        if not abilities or any(not -4 <= one <= 4 for one in abilities):
            raise ValueError("name at least one ability between -4 and 4")
        return abilities


class SelfTests(Rules):
    """How the self-test chooses its questions, and when it stops."""

    fewest: Annotated[int, Told(_("Fewest questions"), _("questions"))] = Field(ge=5, le=30)
    most: Annotated[int, Told(_("Most questions"), _("questions"))] = Field(ge=5, le=30)
    error: Annotated[float, Told(_("It stops once the ability is known to within"))] = Field(
        gt=0, le=1
    )
    among: Annotated[int, Told(_("Each question is drawn among the best"), ITEMS_UNIT)] = Field(
        ge=1, le=20
    )
    most_share: Annotated[float, Told(_("Largest share of tests an item is asked in"))] = Field(
        gt=0, le=1
    )
    window: Annotated[int, Told(_("Tests in a row in which that share holds"), _("tests"))] = Field(
        500, ge=50, le=5000
    )
    confidence: Annotated[float, Told(_("Confidence of the range that is shown"))] = Field(
        ge=0.5, le=0.99
    )
    keep_days: Annotated[int, Told(_("Answers are kept for"), _("days"))] = Field(ge=1, le=365)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.most < self.fewest:
            raise ValueError("the most questions must not be fewer than the fewest")
        return self

    @model_validator(mode="after")
    def _bound_is_one(self) -> Self:
        try:
            self.bound()
        except EngineError as error:
            raise ValueError("so few tests in a row tell no such share: take more") from error
        return self

    def bound(self) -> Bound:
        """How often an item may be asked of takers in a row."""
        from kepu_engines.survey.irt.exposure import Bound

        return Bound(self.most_share, self.window)

    def longest(self, items: int) -> int:
        """The most questions of a pool: as the rule says, and so that some are left for the next taker."""
        return min(self.most, self.bound().length(items))


class Publishing(Rules):
    """What a figure of the survey rests on before it is published; figures of fewer people are withheld."""

    rows: Annotated[int, Told(_("Fewest people a published figure rests on"), _("people"))] = Field(
        default=30, ge=0, le=1000
    )
    freedom: Annotated[int, Told(_("Fewest degrees of freedom of a published figure"))] = Field(
        default=8, ge=0, le=1000
    )


class Framework(Rules):
    """The literacy rule: dimensions and their points, levels and their cuts, and what goes with them."""

    name: Annotated[str, Told(_("Name of the framework"))] = Field(min_length=1, max_length=40)
    dimensions: Annotated[dict[str, Dimension], Told(_("Dimensions"))]
    levels: Annotated[dict[str, Level], Told(_("Levels, the highest first"))]
    below: Annotated[Titled, Told(_("Below the lowest level"))]
    review: Annotated[Reviewing, Told(_("Review of items"))]
    booklets: Annotated[Booklets, Told(_("Booklets"))]
    self_test: Annotated[SelfTests, Told(_("Self-test"))]
    publish: Annotated[Publishing, Told(_("Publication of figures"))] = Publishing()

    @property
    def most(self) -> float:
        """The highest score there is."""
        return sum(one.points for one in self.dimensions.values())

    def blueprint(self, items: int) -> dict[str, int]:
        """How many of so many items each dimension has: by its points, largest remainders first."""
        exact = {key: items * one.points / self.most for key, one in self.dimensions.items()}
        counts = {key: int(share + 1e-9) for key, share in exact.items()}
        short = sorted(exact, key=lambda key: counts[key] - exact[key])
        for key in short[: items - sum(counts.values())]:
            counts[key] += 1
        return counts

    def level_of(self, score: float) -> str:
        """The highest level that a score reaches; a cut belongs to the level above it."""
        return next((key for key, one in self.levels.items() if score >= one.cut), "")

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if not self.dimensions or not self.levels:
            raise ValueError("a framework has dimensions and levels")
        cuts = [one.cut for one in self.levels.values()]
        if any(low >= high for high, low in pairwise(cuts)):
            raise ValueError("the cuts must fall from the highest level to the lowest")
        if cuts[0] > self.most:
            raise ValueError("a cut must not lie above all points together")
        return self


class Attention(Rules):
    """When a door is named to whoever follows the fieldwork."""

    quiet_days: Annotated[
        int, Told(_("A door waits without an attempt for at most"), _("days"))
    ] = Field(ge=1, le=90)


class Speed(Rules):
    """When an interview was too fast."""

    deviations: Annotated[float, Told(_("Faster than the median by (robust deviations)"))] = Field(
        gt=0, le=10
    )
    floor_seconds: Annotated[float, Told(_("An item takes at least"), _("seconds"))] = Field(
        ge=0, le=60
    )
    floor_share: Annotated[float, Told(_("Largest share of items answered faster"))] = Field(
        gt=0, le=1
    )


class SameLetter(Rules):
    """When the same letter comes too often."""

    chance: Annotated[float, Told(_("Named when chance does as much in fewer than"))] = Field(
        gt=0, lt=1
    )


class WhereAndWhen(Rules):
    """When places and times do not go together."""

    outside_km: Annotated[float, Told(_("Outside the district by at most"), _("km"))] = Field(ge=0)
    kmh: Annotated[float, Told(_("Fastest way from door to door"), _("km/h"))] = Field(gt=0)
    rest_seconds: Annotated[float, Told(_("From one interview to the next"), _("seconds"))] = Field(
        ge=0
    )


class Odd(Rules):
    """When an interviewer's people differ too much from others of the district."""

    deviations: Annotated[float, Told(_("Funnel limits (standard errors)"))] = Field(gt=0, le=10)
    least: Annotated[int, Told(_("From so many interviews on"), _("interviews"))] = Field(ge=2)


class Alike(Rules):
    """When two interviews are nearly the same."""

    same: Annotated[float, Told(_("Share of items answered alike"))] = Field(gt=0, le=1)
    uncommon: Annotated[int, Told(_("Uncommon answers in common"), _("answers"))] = Field(ge=0)


class AskingAgain(Rules):
    """How many interviews somebody else asks about again."""

    share: Annotated[float, Told(_("Share of each interviewer's interviews"))] = Field(ge=0, le=1)
    least: Annotated[int, Told(_("At least, of each interviewer"), _("interviews"))] = Field(ge=0)


class FieldRules(Rules):
    """What is looked at while interviews are held."""

    attention: Annotated[Attention, Told(_("What needs a hand"))]
    speed: Annotated[Speed, Told(_("Speed"))]
    same_letter: Annotated[SameLetter, Told(_("The same letter again and again"))]
    place: Annotated[WhereAndWhen, Told(_("Place and time"))]
    interviewers: Annotated[Odd, Told(_("Odd interviewers"))]
    copies: Annotated[Alike, Told(_("Interviews nearly the same"))]
    back_check: Annotated[AskingAgain, Told(_("Back-checks"))]


FRAMEWORK = "literacy.framework"
FIELDWORK = "literacy.fieldwork"

KINDS = (
    Kind(FRAMEWORK, _("literacy framework"), Framework, "kepu.literacy", "framework.yaml"),
    Kind(
        FIELDWORK, _("fieldwork of the survey"), FieldRules, "kepu.literacy", "fieldwork.yaml",
        example=True,
    ),
)  # fmt: skip


def field_rules(now: datetime) -> FieldRules:
    """What is looked at while interviews are held, as in force."""
    rules: FieldRules = rulebooks.in_force(FIELDWORK, now).rules
    return rules


def framework(now: datetime) -> Framework:
    """The framework in force."""
    rules: Framework = rulebooks.in_force(FRAMEWORK, now).rules
    return rules


def framework_of(version: int) -> Framework:
    """The framework that a score was worked out by."""
    rules: Framework = rulebooks.version(FRAMEWORK, version).rules
    return rules
