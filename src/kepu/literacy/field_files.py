"""What the run reads of a fieldwork: answers with design weights, items, districts, margins, a plan.

Who was asked an item and did not know has `dk`; an item that one's booklet does not hold has `-`, by
design, and where booklets differ the plan has plausible answers drawn for it.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kepu.kernel.divisions.models import Division
from kepu.literacy import field_years, schemas
from kepu.literacy.bridge.interviewing import MOST_LISTED
from kepu.literacy.heard import MEETING, UNSAID
from kepu.literacy.models import LETTERS, BookletItem, Case, Fieldwork, Item, Wording
from kepu.literacy.queries import fieldwork as queries
from kepu.literacy.rules.classes import classes, left_out
from kepu.literacy.run.vocabulary import BELONGING, CONTRASTS, DO_NOT_KNOW

NOT_ASKED = "-"
BACKGROUND = ("sex", "age", "residence", "education", "occupation")
GROUPS = BACKGROUND[:4]
SET = "key"  # the people who belong to the key groups
Member = dict[str, list[str]]  # the words that columns hold of who belongs to a group
SOURCE = {
    "zh": "规则手册 {kind} 第 {version} 版",
    "en": "rulebook {kind}, version {version}",
}
OUT_OF_SCOPE = "4"  # how the codes begin of doors where nobody of the survey lives
PLAN = """\
# {title}
# 先看一遍再运行：margins.csv 有各区县的人口和配额页上填的各类人口。
# 真实访问的 synthetic 为 false；题目列的 - 是题本里没有的题，dk 是“不知道”。
# Look it over before running: margins.csv has people of districts, and of the kinds that quotas name.
# Where real people answered, synthetic is false. Of items, - is not in the person's booklet (by
# design); dk is "do not know".
# class 是无应答调整和校准所用的区县：无人（或很少社区有人）应答的区县并入名单上最近的区县；
# 随机抽中的区县不接受并入；没有区县可并入时，无人应答的被抽区县不列入（left_out），同层其余的加权。
# class is a district, or of one where hardly anybody answered the nearest in the list that stands in
# (never one that was itself drawn by chance). Where none can take it, a drawn district without an
# answer is left out, and those drawn beside it weigh more.
title: {title}
year: {year}
language: {language}
synthetic: {synthetic}
rules: {rules}
framework: {framework}
level: literate
seed: {seed}
answers:
  file: answers.csv
  person: person
  weight: weight
  strata: stratum
  psu: psu
  answered: answered
items: items.csv
scoring: {scoring}
nonresponse:
  classes: [class]
{left_out}{margins}replicates:
  count: 200
groups: [{groups}]
{sets}{dif}{areas}{trend}{segments}people: {people}
publish: {publish}
"""
AREAS = """\
areas:
  column: district
  file: districts.csv
"""
MARGINS = """\
margins:
  file: margins.csv
  low: 0.2
  high: 5
"""
SEGMENTS = """\
segments:
  questions: [{questions}]
"""
FEWEST_QUESTIONS = 3  # that tell segments apart
FEWEST_AREAS = 3  # districts heard; fewer lend each other no strength


@dataclass(frozen=True)
class _Held:
    """The interview that stands of a door."""

    answers: dict[str, str]
    background: dict[str, str]


def folder(
    of: Fieldwork, now: datetime, *, language: str = "zh", synthetic: bool | None = None
) -> bytes:
    """A ZIP of the files that `kepu literacy run` reads, as far as the fieldwork has come.

    Where nobody said whether people were real, the plan calls them invented until somebody does.
    """
    out = io.BytesIO()
    districts = of.sample.summary.get("districts", [])
    codes = _codes([row["path"] for row in districts])
    booklets = _booklets(of)
    items = sorted({one for held in booklets.values() for one in held}, key=lambda one: one.code)
    differ = any(held != set(items) for held in booklets.values())
    known = [one.background for one in _interviews(of).values()]
    people = [(codes[row["path"]], row["name"], row["people"]) for row in districts]
    each = of.sample.districts is None  # others stand for districts that were not drawn
    stands = _Standing.read(of, list(codes.values()), codes)
    margins = list(_margins(of, people if each else [], stands.classes))
    sets = _met(BELONGING, known)
    before = field_years.before(
        of, now.year, items={one.code for one in items}, synthetic=synthetic,
        tables=[*GROUPS, *([SET] if sets else [])],
    )  # fmt: skip
    plan = PLAN.format(
        rules=json.dumps({"kind": schemas.FRAMEWORK, "version": of.rules_version}),
        publish=json.dumps(schemas.framework_of(of.rules_version).publish.model_dump()),
        people="adults" if of.sample.adults else "residents",
        framework=json.dumps(_framework(of, language), ensure_ascii=False),
        title=_plain(of.title), year=now.year, seed=of.seed, groups=", ".join(GROUPS),
        sets=_line("sets", {SET: sets}), dif=_line("dif", _comparable(known)),
        areas=AREAS if each and len(_districts_heard(of)) >= FEWEST_AREAS else "",
        margins=MARGINS if margins else "", trend=before.plan if before else "",
        left_out=f"  left_out: {json.dumps(stands.left_out)}\n" if stands.left_out else "",
        language=language, synthetic=str(synthetic is not False).lower(),
        scoring=_scoring(sets) if differ else "sum", segments=_segments(of, known),
    )  # fmt: skip
    rows = _answers(of, items, booklets, codes, stands)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _write(archive, "answers.csv", _heads(of, items), rows)
        _write(archive, "items.csv", ("item", "dimension", "key", "options"), _keys(items))
        _write(archive, "districts.csv", ("code", "name", "people"), people)
        _write(archive, "margins.csv", ("margin", "category", "people"), margins)
        for name, heads, lines in before.files() if before else ():
            _write(archive, name, heads, lines)
        archive.writestr("plan.yaml", plan)
    return out.getvalue()


def _keys(items: Sequence[Item]) -> Iterator[tuple[str, str, str, str]]:
    """The items with what is right and all options there are: a run refuses any other letter."""
    many: dict[int, int] = {}
    wordings = Wording.objects.filter(item__in=items).values_list("item", "options")
    for item, options in wordings:
        many[item] = max(many.get(item, 0), len(options))
    for one in items:
        yield one.code, one.dimension, one.letter, " ".join(LETTERS[: many.get(one.pk, 0)])


def _framework(of: Fieldwork, language: str) -> dict[str, Any]:
    """The framework of the rulebook by which the fieldwork was planned, and which version that is.

    Points or cuts that the city changed under a published name go by another name: they are no series.
    """
    from kepu.literacy.run.frameworks import (
        form_of,
        scored_otherwise,
    )  # asked late, as all engines are

    rules = schemas.framework_of(of.rules_version)
    told = {
        "name": rules.name,
        "source": SOURCE[language].format(kind=schemas.FRAMEWORK, version=of.rules_version),
        "dimensions": {key: one.model_dump() for key, one in rules.dimensions.items()},
        "levels": {key: one.model_dump() for key, one in rules.levels.items()},
    }
    if scored_otherwise(told):
        return told | {"name": f"{rules.name[:30]} v{of.rules_version}"}
    return told | form_of(rules.name)


def _districts_heard(of: Fieldwork) -> set[str]:
    """Districts where an interview counts."""
    paths = queries.counted(of).order_by().values_list("case__community__division__path", flat=True)
    return {queries.district_of(of, path) for path in paths.distinct()}


@dataclass(frozen=True)
class _Standing:
    """By district, whose people stand in for those who did not answer; and which are left out."""

    classes: dict[str, str]
    left_out: list[str]
    factors: dict[str, float]  # by stratum, how much more the others weigh

    @classmethod
    def read(cls, of: Fieldwork, districts: list[str], codes: dict[str, str]) -> _Standing:
        """As far as the fieldwork has come."""
        heard: dict[str, dict[str, bool]] = {code: {} for code in districts}
        drawn: dict[str, str] = {}  # and in which stratum
        people: defaultdict[tuple[str, str], float] = defaultdict(float)
        answered = set(queries.counted(of).values_list("case__community", flat=True))
        for one in of.sample.communities.select_related("division").order_by("division__path"):
            path = queries.district_of(of, one.division.path)
            district = codes.get(path, path)
            units = heard.setdefault(district, {})
            units[one.psu] = units.get(one.psu, False) or one.pk in answered
            people[one.stratum, district] += one.weight * one.interviews
            if one.psu == path:
                drawn[district] = one.stratum
        by_unit = {code: list(held.values()) for code, held in heard.items()}
        silent = left_out(by_unit, drawn)
        kept = {code: held for code, held in by_unit.items() if code not in silent}
        strata = {drawn[code] for code in silent}
        factors = {stratum: _more(people, stratum, silent) for stratum in strata}
        return cls(classes(kept, drawn), silent, factors)


def _more(people: Mapping[tuple[str, str], float], stratum: str, silent: Sequence[str]) -> float:
    """All people of a stratum over those of the districts that are kept; 1 where none is."""
    here = {district: number for (of, district), number in people.items() if of == stratum}
    kept = sum(number for district, number in here.items() if district not in silent)
    return sum(here.values()) / kept if kept else 1.0


def _margins(
    of: Fieldwork, districts: Sequence[tuple[str, str, int]], stands: dict[str, str]
) -> Iterator[tuple[str, str, Any]]:
    """People of each class, and of each kind that has a quota: as shares of the same people."""
    people = Counter[str]()
    for code, _name, number in districts:
        people[stands[code]] += number
    yield from (("class", code, number) for code, number in people.items())
    whole = of.sample.summary.get("people") or people.total()
    for question, held in of.quotas.items():
        said = sum(held.values())
        for answer, number in held.items():
            yield question, answer, f"{number / said * whole:.6f}"


def _met(rules: dict[str, Member], known: list[dict[str, str]]) -> dict[str, Member]:
    """The groups of which somebody was asked."""
    return {
        name: rule
        for name, rule in rules.items()
        if any(all(said.get(key) in words for key, words in rule.items()) for said in known)
    }


def _comparable(known: list[dict[str, str]]) -> dict[str, Member]:
    """The comparisons of which somebody of either group was asked."""
    return {
        column: sides
        for column, sides in CONTRASTS.items()
        if all(any(said.get(column) in words for said in known) for words in sides.values())
    }


def _scoring(sets: dict[str, Member]) -> str:
    """Answers to items of other booklets are drawn from what one answered, who one is and where one lives.

    Occupation is known of everybody where the plan has key groups.
    """
    condition = ", ".join([*GROUPS, *(["occupation"] if sets else []), "district"])
    return f'{{method: plausible, not_asked: "{NOT_ASKED}", condition: [{condition}]}}'


def _line(key: str, held: dict[str, Any]) -> str:
    """A line of the plan, if there is something to say in it."""
    return f"{key}: {json.dumps(held)}\n" if any(held.values()) else ""


def _plain(title: str) -> str:
    """A title as YAML takes it: nothing in it ends the line or begins something else."""
    return '"' + " ".join(title.split()).replace("\\", "").replace('"', "") + '"'


def _write(
    archive: zipfile.ZipFile, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    with archive.open(name, "w") as file, io.TextIOWrapper(file, "utf-8", newline="") as text:
        written = csv.writer(text, lineterminator="\n")
        written.writerow(heads)
        written.writerows(rows)


def _codes(paths: list[str]) -> dict[str, str]:
    """The official code of each district, or its path."""
    known = dict(Division.objects.filter(path__in=paths).values_list("path", "official_code"))
    return {path: known.get(path) or path for path in paths}


def _booklets(of: Fieldwork) -> dict[int, set[Item]]:
    """The items that each booklet holds, by its number."""
    held: dict[int, set[Item]] = {}
    for line in BookletItem.objects.filter(of=of.booklets).select_related("item"):
        held.setdefault(line.number, set()).add(line.item)
    return held


def _person(of: Fieldwork) -> tuple[str, ...]:
    """Columns about the person, as the fieldwork asks them."""
    return (*BACKGROUND, *(one.key for one in MEETING if of.meets_science))


def _segments(of: Fieldwork, known: list[dict[str, str]]) -> str:
    """The questions on which people differ; no segments where those are too few."""
    told = {
        one.key: {said[one.key] for said in known if said.get(one.key, UNSAID) != UNSAID}
        for one in MEETING
        if of.meets_science
    }
    questions = [key for key, answers in told.items() if len(answers) > 1]
    if len(questions) < FEWEST_QUESTIONS:
        return ""
    return SEGMENTS.format(questions=", ".join(questions))


def _heads(of: Fieldwork, items: list[Item]) -> list[str]:
    told = [
        "person", "district", "class", "stratum", "psu", "community", "booklet", "outcome", "weight",
        "answered",
    ]  # fmt: skip
    return [*told, *_person(of), *(one.code for one in items)]


def _answers(
    of: Fieldwork,
    items: list[Item],
    booklets: dict[int, set[Item]],
    codes: dict[str, str],
    stands: _Standing,
) -> Iterator[list[Any]]:
    """A row for each door in scope. Whether somebody who was not reached lives there is not known:
    they stay, as who did not answer.
    """
    held, stand_for = _interviews(of), _adults_stood_for(of)
    told = [stand_for[case] for case in held if case in stand_for]
    usual = sum(told) / len(told) if told else 1.0
    person = _person(of)
    asked = {number: [item in some for item in items] for number, some in booklets.items()}
    for case in _cases(of):
        path = case.community.division.path
        one = held.get(case.pk)
        grown = stand_for.get(case.pk, usual) / usual if one else 1.0
        weight = case.community.weight * case.community.interviews / case.community.approached
        weight *= stands.factors.get(case.community.stratum, 1.0)
        here = queries.district_of(of, path)
        district = codes.get(here, here)
        if district in stands.left_out:
            continue
        begin = [
            f"{path}{case.number:03}", district, stands.classes.get(district, district),
            case.community.stratum, case.community.psu, path, case.booklet, case.outcome,
            f"{weight * grown:.6f}", int(one is not None),
        ]  # fmt: skip
        yield [*begin, *_said(one, person, items, asked[case.booklet])]


def _said(
    one: _Held | None, person: Sequence[str], items: list[Item], asked: list[bool]
) -> list[str]:
    if one is None:
        return [""] * (len(person) + len(items))
    known = [one.background.get(key, "") for key in person]
    known = ["" if answer == UNSAID else answer for answer in known]
    told = {code: letter or DO_NOT_KNOW for code, letter in one.answers.items()}
    return known + [
        told.get(item.code, "") if was else NOT_ASKED
        for item, was in zip(items, asked, strict=True)
    ]


def _cases(of: Fieldwork) -> Iterator[Case]:
    cases = of.cases.exclude(outcome__startswith=OUT_OF_SCOPE)
    cases = cases.select_related("community__division").defer("address")
    yield from cases.order_by("community__division__path", "number").iterator(2000)


def _interviews(of: Fieldwork) -> dict[int, _Held]:
    rows = queries.counted(of).values_list("case", "answers", "background").iterator(2000)
    return {case: _Held(answers, background) for case, answers, background in rows}


def _adults_stood_for(of: Fieldwork) -> dict[int, float]:
    """For how many adults of the household the one who was chosen stands, as told last.

    It is 1 / the chance by Kish's tables, which do not choose the five of a household alike. Of seven
    they choose among six, who stand for the seventh too. Whom no table can have chosen (a supervisor
    let it stand) counts as drawn by lot.
    """
    from kepu_engines.survey.sampling.households import (
        chance_by_table,
    )  # asked late, as all engines

    told = of.cases.filter(attempts__adults__gt=0).order_by("attempts__at", "attempts__pk")
    rows = told.values_list("pk", "attempts__adults", "attempts__chosen")
    last = {case: (adults, chosen or MOST_LISTED + 1) for case, adults, chosen in rows if adults}
    listed = {
        case: (adults, chosen)
        for case, (adults, chosen) in last.items()
        if chosen <= min(adults, MOST_LISTED)
    }
    many = [adults for adults, _chosen in listed.values()]
    chances = chance_by_table(many, [chosen for _adults, chosen in listed.values()])
    stand_for = {case: float(adults) for case, (adults, _chosen) in last.items()}
    for case, adults, chance in zip(listed, many, chances, strict=True):
        stand_for[case] = max(1.0, adults / MOST_LISTED) / float(chance)
    return stand_for
