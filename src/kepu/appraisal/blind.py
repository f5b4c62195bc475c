"""What a reviewer sees of an application: everything, or by its code alone.

This is the one place that decides it. In a blind review questions and files that tell who applies are
left out, and the names behind the application are blanked wherever text has them.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kepu.appraisal.models import Application, Evidence
from kepu.appraisal.programme import scoring
from kepu.appraisal.programme.facts import FACTS
from kepu.appraisal.programme.schema import Asked, Programme, Question
from kepu.appraisal.states import Blinding
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.fields import ancestors, parts
from kepu.kernel.files.models import FileState

BLANK = "▇▇"
SHORTEST, LONGEST = 2, 40  # letters of a name that is blanked
LARGE = 1000  # m²: an area of so many figures is a name
EXACT = 100  # from here on a number of the register is told apart by few others
REST = 4  # letters that must be left where the place is cut off a unit's name
ENDINGS = (
    "自治县", "街道", "区", "县", "镇", "乡", "市", "村", "社区",
)  # fmt: skip
STEPS = (1, 2, 5)  # of the bands in which a blind reviewer reads a number of the register
FREE = (Asked.TEXT, Asked.LINES, Asked.AMOUNTS)  # answers in the applicant's own words
_UNSEEN = "\u115f\u1160\u3164\uffa0"  # letters by their category that show nothing
_BETWEEN = r"[-\s./·—–_]{0,2}"  # what is written between the groups of a telephone number
_TOPS = (
    "cn|com|net|org|edu|gov|info|biz|museum|top|xyz|vip|club|site|online|shop|wang|ltd|tech|fun"
    "|art|pro|mobi|asia|name|work|cloud|link|app|dev|cc|tv|me|io|co|hk|mo|tw"
)
_MINUTES = r"\s*[°度]\s*\d{1,2}(?:\.\d+)?\s*['′分](?:\s*\d{1,2}(?:\.\d+)?\s*[\"″秒′']{1,2})?"
_DEGREES = rf"\d{{1,3}}(?:\.\d{{2,}}|{_MINUTES})"
_SIDE = r"(?:[东西]经|[南北]纬|经度|纬度|(?<![A-Za-z])(?:[NSEW]|lon(?:gitude)?|lat(?:itude)?))\s*[:=]?\s*"
_PAIR = r"(?<![\d.])\d{1,3}\.\d{3,}°?\s*[NSEW]?\s*[,;/ ]\s*\d{1,3}\.\d{3,}°?\s*[NSEW]?(?![\d.])"
# What leads to somebody by itself: mail, pages, telephones, identity and credit codes, coordinates.
_LEADS = re.compile(
    rf"(?i:{_SIDE}{_DEGREES}°?|{_PAIR})|"
    r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?:https?://|www\.)[^\s，。；、）)]+"
    r"|(?<![0-9A-Z])(?:[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}|\d{17}[\dXx])(?![0-9A-Z])"
    r"|(?<![A-Za-z0-9-])(?:[A-Za-z0-9-]{1,63}[.。]){1,8}"
    rf"(?i:{_TOPS})(?![A-Za-z0-9-])(?::\d+)?(?:/[A-Za-z0-9_./?=&%#+~:-]*)?"
    rf"|(?<!\d)(?:\+?86{_BETWEEN})?1[3-9]\d{_BETWEEN}\d{{4}}{_BETWEEN}\d{{4}}(?!\d)"
    rf"|(?<!\d)(?:\+?86{_BETWEEN})?\(?0\d{{2,3}}\)?{_BETWEEN}\d{{3,4}}[- .]?\d{{4}}(?!\d)"
)


@dataclass(frozen=True)
class Names:
    """Names to blank. Full-width letters, case, and what is no letter among them make no difference."""

    names: frozenset[str]

    def blank(self, text: str) -> str:
        """The text with every name, and whatever leads to somebody, blanked; else letter for letter."""
        plain, origin = _flat(text)
        spans = [one.span() for one in _LEADS.finditer(plain)]
        spans += [one.span() for one in self._pattern.finditer(plain)] if self._pattern else []
        kept, at = [], 0
        for first, last in sorted(spans, key=lambda span: (span[0], -span[1])):
            begin, end = origin[first], origin[last - 1] + 1
            if begin >= at:
                kept += [text[at:begin], BLANK]
            at = max(at, end)
        return "".join([*kept, text[at:]])

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        """The longest name first, with whatever is no letter between two letters."""
        normal = {re.sub(r"[\W_]+", "", _flat(one)[0]) for one in self.names}
        ordered = sorted(
            (one for one in normal if len(one) >= SHORTEST), key=lambda n: (-len(n), n)
        )
        if not ordered:
            return None
        return re.compile("|".join(r"[\W_]*".join(name) for name in ordered), re.IGNORECASE)


def _flat(text: str) -> tuple[str, list[int]]:
    """The text with full-width letters made plain and without those that show nothing.

    Beside it, which letter each of its letters came from.
    """
    letters, origin = [], []
    for at, letter in enumerate(text):
        if letter in _UNSEEN or unicodedata.category(letter) == "Cf":
            continue
        for one in unicodedata.normalize("NFKC", letter):
            letters.append(one)
            origin.append(at)
    return "".join(letters), origin


NOBODY = Names(frozenset())


def names_of(application: Application, programme: Programme, answers: dict[str, Any]) -> Names:
    """Every name that would tell who applies: unit, venue, person, place, address. A few queries.

    So does what was answered to questions that reveal, where it is short enough to be a name.
    """
    found: set[str] = {application.subject_name}
    for one in programme.of_class(programme.form, application.klass):
        told = answers.get(one.key)
        if one.reveals and isinstance(told, str) and SHORTEST <= len(told.strip()) <= LONGEST:
            found.add(told.strip())
    venue = application.venue
    places = _places(application.path)
    units: list[Any] = [application.organisation, venue and venue.organisation]
    for unit in filter(None, units):
        found |= {unit.name, unit.credit_code or ""}
        places |= _places(unit.path)
    if venue:
        found |= {venue.name, venue.address, venue.phone}
        found |= {str(one) for one in (venue.floor_area, venue.hall_area) if one and one >= LARGE}
        places |= _places(venue.path)
    for person in filter(None, (application.person, application.made_by)):
        if person.data_key is not None:
            personal = person.personal
            found |= {personal.name, personal.phone, personal.email, personal.id_number or ""}
    return Names(frozenset(_short(found, places) | places) - {""})


def _places(path: str) -> set[str]:
    """Names of the place and of those above it, but for the city itself, with and without 区 or 县."""
    below = [one for one in ancestors(path) if len(parts(one)) > 1]
    names = divisions.full_names(set(below)).values()
    found = {word for name in names for word in name.split()}
    found |= {one.name for one in divisions.lineage(path) if one.path in below}
    cut = {_cut(name) for name in found}
    return {one for one in found | cut if len(one) >= SHORTEST}


def _cut(place: str) -> str:
    ending = next((one for one in ENDINGS if place.endswith(one)), "")
    stem = place.removesuffix(ending)
    return stem if len(stem) >= SHORTEST else place


def _short(names: Iterable[str], places: Iterable[str]) -> set[str]:
    """Names as they are, and without the city and the place at their beginning."""
    heads = [one for one in (*places, "重庆市", "重庆") if one]
    found, waiting = set(names), list(names)
    while waiting:
        name = waiting.pop()
        rests = {name.removeprefix(head) for head in heads} - found
        new = {rest for rest in rests if len(rest) >= REST}
        found |= new
        waiting += new
    return found


# --- the dossier ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answer:
    """A question and what a reviewer reads as its answer."""

    title: str
    said: str


@dataclass(frozen=True)
class Paper:
    """A file as a reviewer knows it: by its exhibit and a number, never by its name."""

    evidence_id: int
    title: str
    kind: str
    size: int


@dataclass(frozen=True)
class Dossier:
    """What a reviewer sees of one application."""

    code: str
    klass: str
    blind: bool
    applicant: str  # empty where the review is blind
    answers: list[Answer]
    papers: list[Paper]
    held: int  # files that are not shown, or not yet


def is_blind(programme: Programme) -> bool:
    """Whether reviewers may not know who applies; so it is where nothing is said."""
    return programme.reviewing is None or programme.reviewing.blind


def dossier(application: Application, programme: Programme, answers: dict[str, Any]) -> Dossier:
    """The application as its reviewers see it. `answers` are all there are, unsealed.

    The public register tells whose a number or a text of it is: a blind reviewer reads the points that
    such a number is worth, or where it is worth none between which round numbers it lies, and no such
    text or day.
    """
    blind = is_blind(programme)
    names = names_of(application, programme, answers) if blind else NOBODY
    klass = next((str(one) for one in programme.classes if one.key == application.klass), "")
    rows = shown(application, programme)
    exhibits = {one.key: str(one) for one in programme.evidence}
    worth = _worth(programme, application.klass, answers) if blind else {}
    registered = _registered(application) if blind else None
    return Dossier(
        code=application.code,
        klass=klass,
        blind=blind,
        applicant="" if blind else application.subject_name,
        answers=[
            Answer(str(one), worth.get(one.key) or names.blank(_told(one, answers, registered)))
            for one in programme.of_class(programme.form, application.klass)
            if not (blind and (one.reveals or _quotes(one, worth)))
        ],
        papers=[
            Paper(one.pk, f"{exhibits.get(one.key, '')} {n}".strip(), *_look(one, blind=blind))
            for n, one in enumerate(rows, 1)
        ],
        held=_to_show(application, programme) - len(rows),
    )


def _worth(programme: Programme, klass: str, answers: dict[str, Any]) -> dict[str, str]:
    """By key of each question that the register answers and the rubric measures: its points."""
    points = scoring.points_measured(programme, klass, answers)
    facts = {one.key for one in programme.form if one.fact}
    found: dict[str, list[str]] = {}
    for one in programme.criteria(klass):
        if one.measure in facts:
            given = answers.get(one.measure) not in (None, "")
            told = _("%(n)s points") % {"n": f"{float(points[one.key]):g}"}
            found.setdefault(one.measure, []).append(
                told if given else pgettext("answer", "not answered")
            )
    return {key: " / ".join(dict.fromkeys(told)) for key, told in found.items()}


def _quotes(question: Question, worth: dict[str, str]) -> bool:
    """Whether its answer is a text or a day of the register, which anybody may look up."""
    plain = question.kind not in (Asked.NUMBER, Asked.YES)
    return bool(question.fact) and plain and question.key not in worth


def _registered(application: Application) -> frozenset[float]:
    """Numbers by which the public register tells the venue apart, however they came into the form."""
    venue = application.venue
    told = [getattr(venue, name, None) for name in FACTS] if venue else []
    return frozenset(float(one) for one in told if isinstance(one, int | float) and one >= EXACT)


def _told(question: Question, answers: dict[str, Any], registered: frozenset[float] | None) -> str:
    """The answer; to a blind reviewer a number of the register as the band that it lies in."""
    given = answers.get(question.key)
    number = isinstance(given, int | float) and not isinstance(given, bool)
    if registered is None or not number or question.kind is not Asked.NUMBER:
        return _said(question, given)
    assert isinstance(given, int | float)  # noqa: S101 (asked above)
    if not (question.fact or float(given) in registered):
        return _said(question, given)
    least, most = band(float(given))
    said = _("%(least)s to %(most)s") % {"least": f"{least:.15g}", "most": f"{most:.15g}"}
    return f"{said} {question.unit}".strip()


def band(number: float) -> tuple[float, float]:
    """The round numbers, of the series 1, 2, 5, 10, that a number lies between: 900 in 500 to 1,000."""
    if number <= 0:
        return 0.0, 0.0
    power = math.floor(math.log10(number))
    tens = (
        10.0**place for place in (power - 1, power, power + 1)
    )  # the logarithm may be a hair off
    bounds = [step * ten for ten in tens for step in STEPS]
    above = next(at for at, one in enumerate(bounds) if one > number)
    return bounds[above - 1], bounds[above]


def shown(application: Application, programme: Programme) -> list[Evidence]:
    """Files that reviewers may open. One query."""
    blind = is_blind(programme)
    hidden = {one.key for one in programme.evidence if blind and one.reveals}
    known = {one.key for one in programme.evidence}
    rows = application.evidence.select_related("file", "blind")
    return [
        one
        for one in rows
        if one.key in known - hidden
        and one.file.state == FileState.KEPT
        and ((not blind and one.blinding != Blinding.HELD) or one.blinding == Blinding.CLEAN)
    ]


def _to_show(application: Application, programme: Programme) -> int:
    hidden = {one.key for one in programme.evidence if one.reveals and is_blind(programme)}
    kept = application.evidence.filter(file__state=FileState.KEPT)
    return int(kept.exclude(key__in=hidden).count())


def _look(one: Evidence, *, blind: bool) -> tuple[str, int]:
    file = one.blind if blind else one.file
    assert file is not None  # noqa: S101 (a clean one has its copy)
    return file.kind, file.size


def _said(question: Question, given: Any) -> str:
    if given is None or given == "":
        return pgettext("answer", "not answered")
    if question.kind is Asked.YES:
        return _("yes") if given else _("no")
    if question.kind is Asked.NUMBER:
        return (
            f"{given:g} {question.unit}".strip() if isinstance(given, int | float) else str(given)
        )
    return str(given)
