"""What a run is to do, as a plan that somebody wrote in YAML; and sentences about what is wrong in it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from kepu.literacy.run.frameworks import Scored, Word
from kepu.literacy.run.vocabulary import Language, Tongue
from kepu_engines.core.errors import EngineError
from kepu_engines.survey.literacy import Framework
from kepu_engines.survey.modes.combining import Rule

HOMES, MIXED = "home", "home+online"  # how people were asked, in a series of years
LARGEST = 100_000  # characters of a plan

Name = Annotated[str, Field(min_length=1, max_length=80)]


class Part(BaseModel):
    """A part of a plan. A word that is not known is refused: it may be a slip of the pen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answers(Part):
    """The file of answers: a row for each person drawn, and which column means what.

    `answered` holds 1 for who answered and 0 for who did not; without it everybody did.
    """

    file: Name
    person: Name
    weight: Name
    strata: Name
    psu: Name
    answered: Name | None = None


class Classes(Part):
    """Columns known of everybody drawn; alike in all of them, people stand in for each other.

    `left_out` are places that were drawn and in which nobody answered, whose people are not in the file:
    those beside them weigh more. The report says so.
    """

    classes: Annotated[list[Name], Field(min_length=1)]
    left_out: list[Name] = []


class Margins(Part):
    """A file of `margin, category, people`: each margin is a column of the answers."""

    file: Name
    low: Annotated[float, Field(ge=0, lt=1)] = 0
    high: Annotated[float, Field(gt=1)] = 1e6


# Who belongs to something: the words that each of some columns may hold.
Member = Annotated[dict[Name, Annotated[list[Name], Field(min_length=1)]], Field(min_length=1)]


class Replicates(Part):
    """How often the sample is drawn again from itself; the variance comes from these.

    `lonely` is what holds of a stratum of which one cluster was drawn: it is refused, or it was sure
    to be drawn. Replicates can follow no other rule.
    """

    count: Annotated[int, Field(ge=50, le=2000)] = 200
    lonely: Literal["fail", "certainty"] = "fail"


class Areas(Part):
    """Districts: their column in the answers, and a file `code, name, people` and what else is known.

    `known` are columns of that file, which the model of small areas leans on.
    """

    column: Name
    file: Name
    known: list[Name] = []


class Overlap(Part):
    """People asked at home, online, or both ways: what the way of asking does is told from them.

    `mode` holds the words `home` and `online`; a person may come twice. `covariates` are what else
    may differ between the two halves, where these were not drawn by lot.
    """

    file: Name
    person: Name
    mode: Name
    home: Name = "home"
    online: Name = "online"
    covariates: list[Name] = []


class Modes(Part):
    """Volunteers who answered online, beside the homes that were drawn.

    `covariates` are what tells volunteers from others; each is a margin of the plan. `cluster` is the
    place or channel through which volunteers came, if they came in groups. Where the districts' column
    is a covariate, a district from which at least `least` came has a combined figure of its own.
    """

    file: Name
    person: Name
    method: Literal["propensity", "mass-imputation", "doubly-robust"]
    covariates: Annotated[list[Name], Field(min_length=1)]
    weight: Rule = "precision"
    cluster: Name | None = None
    least: Annotated[int, Field(ge=30)] = 100
    overlap: Overlap | None = None


class Scoring(Part):
    """How points come from answers: `sum` of what was right, or `plausible` where booklets left items out.

    `not_asked` stands in the answers where a booklet did not hold an item; a blank is a wrong answer
    either way. `condition` says in what people may differ in ability: one column, in whose categories
    they differ in spread too; or a list, each column of which moves the mean. What is not named is drawn
    toward the middle. Left out, it is all by which the plan tells figures apart.
    """

    method: Literal["sum", "plausible"] = "sum"
    draws: Annotated[int, Field(ge=2, le=50)] = 10
    not_asked: Name = "-"
    condition: Name | list[Name] | None = None

    @model_validator(mode="before")
    @classmethod
    def one_word_will_do(cls, given: Any) -> Any:
        """`scoring: sum` is short for a method without more."""
        return {"method": given} if isinstance(given, str) else given


class Target(Part):
    """A share to be reached by a year."""

    year: Annotated[int, Field(ge=1990, le=2100)]
    share: Annotated[float, Field(gt=0, lt=1)]


class Linking(Part):
    """Items asked before too: a file `item, a, b` of what they were then, on a scale D = 1.

    `form` is a file `item, dimension, a, b` of all items by which the earlier shares were scored, on the
    same scale: with it this year's shares are told as they would be by those items. `scale` is the word
    by which the file of years names that scale. `through` is the year whose items the common ones are,
    where that year came to the scale by a link of its own; `links` is a file of such links (`chains`).
    Where they are not known, `error` is what they add to the standard error of the city's share.
    `covariance` is a file of what the earlier year knew of its items, on that scale too
    (`item_covariance.csv` of its run): with it the link's error counts that year's sampling of people.
    """

    file: Name
    form: Name | None = None
    covariance: Name | None = None
    through: Annotated[int, Field(ge=1900, le=2100)] | None = None
    links: Name | None = None
    error: Annotated[float, Field(ge=0, lt=1)] = 0
    scale: Annotated[str, Field(max_length=40)] = ""
    method: Literal["mean-sigma", "haebara", "stocking-lord"] = "stocking-lord"


class Trend(Part):
    """A file of published years: `year, estimate, se, framework, modes`; `se` may be empty.

    Where those years stand on several scales, the column `scale` names that of each; where links brought
    them there, `linking` is what those add to the error, apart from `se`. Without `linking`
    this year stands on a scale of its own: the series breaks.
    `figure` says which of this run's figures goes on with them: that of the homes, or the combined one.
    """

    file: Name
    figure: Literal["home", "combined"] = "home"
    target: Target | None = None
    linking: Linking | None = None


class Contrast(Part):
    """Two groups by the words that a column holds: does an item favour one of them?"""

    first: Annotated[list[Name], Field(min_length=1)]
    second: Annotated[list[Name], Field(min_length=1)]

    @model_validator(mode="after")
    def nobody_is_of_both(self) -> Contrast:
        """A group is compared with others."""
        if both := sorted(set(self.first) & set(self.second)):
            raise ValueError(f"{', '.join(both)} stands in both groups")
        return self


class Segments(Part):
    """Columns of the answers by which the public falls into segments: how people meet science.

    An empty cell is an answer that is missing. `classes` fixes how many segments there are; else
    BIC chooses among one to `most`. `profile` are columns that describe them; the plan's groups,
    unless named.
    """

    questions: Annotated[list[Name], Field(min_length=3, max_length=20)]
    most: Annotated[int, Field(ge=1, le=8)] = 6
    classes: Annotated[int, Field(ge=1, le=8)] | None = None
    starts: Annotated[int, Field(ge=1, le=200)] = 20
    profile: list[Name] | None = None


class Publish(Part):
    """What a figure must rest on before it is printed, and how wide its interval is.

    The intervals of places hold `jointly`, for all districts at once, or for `each` on its own.
    """

    rows: Annotated[int, Field(ge=0)] = 30
    freedom: Annotated[int, Field(ge=0)] = 8
    level: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    places: Literal["jointly", "each"] = "jointly"
    public_cell: Annotated[int, Field(ge=2)] = 3  # alike in all groups and outcome in an area


class RuleVersion(Part):
    """The rulebook of the city that scores and limits are from: its kind and version."""

    kind: Annotated[str, Field(min_length=1, max_length=60)]
    version: Annotated[int, Field(ge=0)]


class Plan(Part):
    """A run: its files, in the order in which it goes through them.

    `groups` are columns that part everybody. `sets` are people one may belong to several of: of each
    set its members by name, and of each member the words its columns hold. `dif` are columns in which
    two groups are compared item by item. `people` says who is counted in margins and districts: `adults`
    of the age asked, or, for want of their numbers, `residents` of all ages.
    """

    title: Name
    year: Annotated[int, Field(ge=1990, le=2100)]
    synthetic: bool = False
    language: Language = "zh"  # of the methods report
    framework: Scored
    level: Name = "literate"
    seed: Annotated[int, Field(ge=0)]
    answers: Answers
    items: Name
    nonresponse: Classes | None = None
    margins: Margins | None = None
    replicates: Replicates = Replicates()
    groups: list[Word] = []
    sets: dict[Word, Annotated[dict[Word, Member], Field(min_length=1)]] = {}
    dif: dict[Word, Contrast] = {}
    areas: Areas | None = None
    publish: Publish = Publish()
    rules: RuleVersion | None = None
    people: Literal["adults", "residents"] | None = None
    scoring: Scoring = Scoring()
    modes: Modes | None = None
    trend: Trend | None = None
    segments: Segments | None = None

    @model_validator(mode="after")
    def level_is_known(self) -> Plan:
        """The level whose share is the run's first figure is one of the framework's."""
        if self.level not in self.rule.cuts:
            raise ValueError(f"level must be one of {', '.join(self.rule.cuts)}")
        return self

    @model_validator(mode="after")
    def tables_have_names_of_their_own(self) -> Plan:
        """A table of figures is named by its group or set."""
        known = {"city", "area", *self.groups}
        if odd := sorted(known & set(self.sets)):
            raise ValueError(f"sets: {', '.join(odd)} is the name of another table")
        return self

    @model_validator(mode="after")
    def modes_stand_on_margins(self) -> Plan:
        """What volunteers are compared by is known of the population, and asked of the overlap too."""
        if self.modes is None:
            return self
        if self.margins is None:
            raise ValueError("modes need margins: what is known of the population")
        asked = self.modes.overlap.covariates if self.modes.overlap else []
        if odd := sorted(set(asked) - set(self.modes.covariates)):
            raise ValueError(f"modes.overlap: {', '.join(odd)} must be among modes.covariates")
        return self

    @model_validator(mode="after")
    def trend_has_its_figure(self) -> Plan:
        """A series of combined figures needs the modes that are combined."""
        if self.trend and self.trend.figure == "combined" and self.modes is None:
            raise ValueError("trend.figure is combined: the plan must have modes")
        return self

    @property
    def tongue(self) -> Tongue:
        """What the report speaks."""
        return Tongue(self.language, self.framework.titles(self.language))

    @property
    def plausible(self) -> bool:
        """Whether answers to items that were not asked are drawn."""
        return self.scoring.method == "plausible"

    @property
    def not_asked(self) -> str | None:
        """What stands in the answers for an item that a booklet did not hold, if booklets differ."""
        return self.scoring.not_asked if self.plausible else None

    @property
    def conditions(self) -> list[str]:
        """Columns that tell in what people may differ in ability, where answers are drawn."""
        given = self.scoring.condition
        if not self.plausible or isinstance(given, str):
            return [given] if isinstance(given, str) else []
        if given is not None:
            return given
        areas = [self.areas.column] if self.areas else []
        return list(dict.fromkeys([*self.groups, *self._members(), *areas]))

    def _members(self) -> list[str]:
        """Columns that tell who belongs to a set."""
        members = [m for held in self.sets.values() for m in held.values()]
        return [column for member in members for column in member]

    @property
    def rule(self) -> Framework:
        """Points and cuts."""
        return self.framework.rule

    def columns(self) -> list[str]:
        """Columns of the answers that the plan names, each once."""
        asked = self.answers
        classes = self.nonresponse.classes if self.nonresponse else []
        areas = [self.areas.column] if self.areas else []
        named = [asked.person, asked.weight, asked.strata, asked.psu, asked.answered]
        compared = self.modes.covariates if self.modes else []
        told = [*self.groups, *self._members()]
        met = [*self.segments.questions, *(self.segments.profile or [])] if self.segments else []
        every = [*named, *classes, *told, *areas, *compared, *self.dif, *met]
        every += self.conditions
        return list(dict.fromkeys(n for n in every if n))

    def files(self) -> list[str]:
        """Files beside the plan that it names, each once."""
        online = [self.modes.file] if self.modes else []
        both = [self.modes.overlap.file] if self.modes and self.modes.overlap else []
        more = [part.file for part in (self.margins, self.areas) if part]
        then = [self.trend.file] if self.trend else []
        rule = self.trend.linking if self.trend else None
        linking = [rule.file, rule.form, rule.links, rule.covariance] if rule else []
        every = [self.answers.file, self.items, *more, *online, *both, *then, *linking]
        return list(dict.fromkeys(name for name in every if name))


def load(file: Path) -> Plan:
    """Read a plan.

    Raises
    ------
    EngineError
        If it is no plan; the sentence names the line, or each place and what is wrong there.
    OSError
        If it cannot be read.
    """
    try:
        text = file.read_text("utf-8-sig")
        if len(text) > LARGEST:
            raise EngineError(f"{file.name} has more than {LARGEST:,} characters")
        return Plan.model_validate(yaml.safe_load(text))
    except UnicodeDecodeError as error:
        raise EngineError(f"{file.name} is not a text in UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise EngineError(f"{file.name}, line {line} cannot be read as YAML") from error
    except ValidationError as error:
        raise EngineError(f"{file.name}: {_sentences(error)}") from error
    except RecursionError as error:
        raise EngineError(f"{file.name} cannot be read as YAML") from error


def _sentences(error: ValidationError) -> str:
    """What is wrong, place by place."""
    found = []
    for fault in error.errors():
        where = ".".join(map(str, fault["loc"])) or "the plan"
        found.append(f"{where}: {fault['msg'].removeprefix('Value error, ')}")
    return "; ".join(found)
