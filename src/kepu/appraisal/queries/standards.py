"""Reads of standards: who sees which, what a citation names, what was said of a draft, and votes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import SequenceMatcher

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from kepu.appraisal import policy, standards_policy
from kepu.appraisal.models import (
    Clause,
    Comment,
    CommentRound,
    Standard,
    StandardBallot,
    StandardVoter,
)
from kepu.appraisal.models.standards import key_of
from kepu.appraisal.standards_states import ENDED, OVER, PUBLIC, StandardState
from kepu.kernel import clock
from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.errors import Outside
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.kernel.search import queries as search
from kepu.people.queries import experts

COLUMNS = ("number", "title", "title_en", "organisation__name")
CITED = re.compile(r"^(?P<number>.+?)\s+(?P<clause>\S+)$")


# --- which ----------------------------------------------------------------------------------------


def public(
    *, words: str = "", level: str = "", kind: str = "", state: str = ""
) -> QuerySet[Standard]:
    """Standards that everybody may see, by number; those that ended only when asked for by state.

    A draft that was ever out for comments stays on the list: who commented follows it to its end.
    """
    was_out = Exists(CommentRound.objects.filter(standard=OuterRef("pk")))
    found = Standard.objects.filter(Q(state__in=PUBLIC) | Q(was_out))
    found = found.filter(state=state) if state else found.exclude(state__in=OVER)
    return _narrowed(found, words, level, kind)


def to_keep(
    person: User | None, now: datetime, *, words: str = "", level: str = "", kind: str = "",
    state: str = "",
) -> QuerySet[Standard]:  # fmt: skip
    """Standards of the secretary's and the officer's places that were ever proposed. Two queries."""
    reaches = roles.reaches(person, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now)
    mine = reaches[Verb.APPRAISAL_KEEP].limit() | reaches[Verb.APPRAISAL_DECIDE].limit()
    found = Standard.objects.filter(mine).exclude(state=StandardState.DRAFT)
    return _narrowed(found.filter(state=state) if state else found, words, level, kind)


def drafted_by(person: User, now: datetime) -> QuerySet[Standard]:
    """Standards of the person's units, and those that they draft. Two queries."""
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    own = Q(organisation__in=units) | Q(drafters__person=person)
    return _joined(Standard.objects.filter(own).distinct())


def units_of(person: User, now: datetime) -> QuerySet[Organisation]:
    """Units at work for which the person proposes standards. Two queries."""
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    return Organisation.objects.filter(pk__in=units, active=True)


def to_vote(person: User) -> QuerySet[StandardVoter]:
    """Votes that the person may cast and has not. One query."""
    mine = StandardVoter.objects.filter(person=person, voted=False, ballot__closed_at__isnull=True)
    return mine.select_related("ballot__standard").order_by("ballot__ends_at", "pk")


def seen(standard_id: int, person: User | None, now: datetime) -> Standard:
    """A standard that the person may see; what was never public only those see who work on it.

    Raises Outside.
    """
    standard: Standard | None = _joined(Standard.objects.filter(pk=standard_id)).first()
    if standard is None or not (
        standard.state in PUBLIC
        or standard.rounds.exists()
        or concerns(standard, person, now)
        or votes(standard, person)
    ):
        raise Outside(_("there is no such standard"))
    return standard


def concerns(standard: Standard, person: User | None, now: datetime) -> bool:
    """Whether the person works on it: proposes, drafts, keeps or decides. At most three queries."""
    if person is None:
        return False
    if belongs(standard, person, now):
        return True
    reaches = roles.reaches(person, (Verb.APPRAISAL_KEEP, Verb.APPRAISAL_DECIDE), now)
    proposed = standard.state != StandardState.DRAFT
    return proposed and any(reach.covers(standard.path) for reach in reaches.values())


def belongs(standard: Standard, person: User, now: datetime) -> bool:
    """Whether it is the person's own work: drafted by them, or of a unit they speak for."""
    if drafts(standard, person) or standard.made_by_id == person.pk:
        return True
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    return standard.organisation_id in units


def drafts(standard: Standard, person: User | None) -> bool:
    return person is not None and standard.drafters.filter(person=person).exists()


def votes(standard: Standard, person: User | None) -> bool:
    """Whether the person is a member of the vote that is open. One query."""
    return person is not None and open_vote(standard, person) is not None


def to_revise(person: User, now: datetime) -> QuerySet[Standard]:
    """Published standards of the person's units, which a new one may replace. Two queries."""
    units = roles.reach(person, Verb.APPRAISAL_APPLY, now).organisations
    found = Standard.objects.filter(organisation__in=units, state=StandardState.PUBLISHED)
    return found.order_by("key")


def due(found: QuerySet[Standard], now: datetime) -> QuerySet[Standard]:
    """Of these, published ones whose term ends soon or has ended, the most urgent first."""
    ahead = standards_policy.in_force(now)[1].looking.ahead
    soon = clock.day(now) + timedelta(days=ahead)
    return found.filter(state=StandardState.PUBLISHED, review_on__lte=soon).order_by(
        "review_on", "pk"
    )


def holds(standard: Standard, today: date) -> bool:
    """Whether it is published and its day has come."""
    return (
        standard.state == StandardState.PUBLISHED
        and standard.in_force_on is not None
        and standard.in_force_on <= today
    )


def _narrowed(found: QuerySet[Standard], words: str, level: str, kind: str) -> QuerySet[Standard]:
    if level:
        found = found.filter(level=level)
    if kind:
        found = found.filter(kind=kind)
    if words.strip():
        number = Q(key__contains=key_of(words))
        found = found.filter(search.in_columns(words, COLUMNS) | number)
    return _joined(found)


def _joined(found: QuerySet[Standard]) -> QuerySet[Standard]:
    return found.select_related("organisation", "division_now", "replaces", "made_by")


# --- what it says ---------------------------------------------------------------------------------


def clauses(standard: Standard) -> QuerySet[Clause]:
    """Clauses as they read now, in the order of their numbers. One query."""
    return standard.clauses.filter(struck=False)


def text_for_everybody(standard: Standard) -> list[dict[str, str]]:
    """What everybody may read of it: the draft of the round that is open, or what was published.

    Between rounds and the publication the text is the drafting group's. At most two queries.
    """
    of = open_round(standard)
    if of is not None:
        return list(of.draft)
    return snapshot(standard) if standard.state in PUBLIC else []


def snapshot(standard: Standard) -> list[dict[str, str]]:
    """The text as it reads now, to be kept with a round. One query."""
    return [dict(one) for one in clauses(standard).values("number", "heading", "text")]  # type: ignore[arg-type]


@dataclass(frozen=True)
class Piece:
    """A stretch of a difference: `how` is same, gone or new."""

    how: str
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """What became of a text, character by character: Chinese has no spaces to go by."""
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", old[a:b]))
            continue
        found += [Piece(how, text) for how, text in (("gone", old[a:b]), ("new", new[c:d])) if text]
    return found


@dataclass(frozen=True)
class Reading:
    """One version of a clause, and what it changed."""

    version: int
    by: User
    at: datetime
    heading: str
    struck: bool
    pieces: list[Piece]


def readings(clause: Clause) -> list[Reading]:
    """How the clause came to read as it does, the newest first. One query."""
    rows = list(clause.versions.select_related("by").order_by("version"))
    before = ["", *(row.text for row in rows)]
    found = [
        Reading(
            row.version, row.by, row.at, row.heading, row.struck, difference(before[n], row.text)
        )
        for n, row in enumerate(rows)
    ]
    return found[::-1]


# --- what a citation names ------------------------------------------------------------------------


@dataclass(frozen=True)
class Cited:
    """A citation such as "GB/T 45952-2025 5.2": its words, and what it names where that is known."""

    text: str
    standard: Standard | None = None
    clause: Clause | None = None
    number: str = ""  # of the clause, also where Kepu holds no text of it

    @property
    def ended(self) -> bool:
        """Whether it names a standard that was replaced or abolished."""
        return self.standard is not None and self.standard.state in ENDED


def clause(reference: str) -> Cited:
    """What one citation names; at most three queries."""
    return cited([reference])[0]


def cited(references: Iterable[str]) -> list[Cited]:
    """What each citation names, in their order: a standard by number, by number and year left out, or none.

    A number without its year is read as the newest that is not over. At most two queries for all.
    """
    asked = [reference.strip() for reference in references]
    heads = {head for text in asked for head, _tail in _readings_of(text)}
    by_key = _by_key(heads)
    texts = {
        (row.standard_id, row.number): row
        for row in Clause.objects.filter(
            standard__in={one.pk for one in by_key.values()}, struck=False
        )
    }
    return [_cited(text, by_key, texts) for text in asked]


def _cited(text: str, by_key: dict[str, Standard], texts: dict[tuple[int, str], Clause]) -> Cited:
    for head, tail in _readings_of(text):
        if standard := by_key.get(head):
            return Cited(text, standard, texts.get((standard.pk, tail)), tail)
    return Cited(text)


def _readings_of(text: str) -> list[tuple[str, str]]:
    """The ways to read it: all of it is a number, or its last word is that of a clause."""
    ways = [(key_of(text), "")]
    if found := CITED.match(text):
        tail = found["clause"].removeprefix("第").removesuffix("条").removesuffix("章")
        ways.append((key_of(found["number"]), tail))
    return ways


def _by_key(heads: set[str]) -> dict[str, Standard]:
    """Standards by each of these, exact first, then by the number without its year."""
    heads = {head for head in heads if len(head) > 3}
    if not heads:
        return {}
    asked = Q(key__in=heads)
    for head in heads:
        asked |= Q(key__startswith=f"{head}-")
    found: dict[str, Standard] = {}
    rows = sorted(
        Standard.objects.filter(asked).select_related("organisation"),
        key=lambda one: (one.state in ENDED, -(_year(one.key))),
    )
    for row in rows:
        found.setdefault(row.key.rpartition("-")[0], row)
    return found | {row.key: row for row in rows}


def _year(key: str) -> int:
    tail = key.rpartition("-")[2]
    return int(tail) if re.fullmatch(r"[0-9]{4}", tail) else 0


@dataclass(frozen=True)
class Stale:
    """A criterion of a programme that cites a standard which is over."""

    programme: str
    criterion: str
    cited: Cited
    successor: Standard | None


def stale(now: datetime) -> list[Stale]:
    """Criteria of the programmes in force that cite a standard which was replaced or abolished.

    Two queries for a programme, and three for all citations.
    """
    over = [(str(rule.programme), line, one) for rule, line, one in _citations(now) if one.ended]
    next_ones = {
        one.replaces_id: one
        for one in Standard.objects.filter(
            replaces__in={row[2].standard for row in over}, state=StandardState.PUBLISHED
        )
    }
    return [
        Stale(programme, line, one, next_ones.get(one.standard.pk if one.standard else None))
        for programme, line, one in over
    ]


@dataclass(frozen=True)
class Citing:
    """A criterion that cites a standard: of which programme, and which clause of it."""

    code: str
    programme: str
    criterion: str
    clause: str


def citing(standard: Standard, now: datetime) -> list[Citing]:
    """Criteria of the programmes in force that cite the standard, each once. At the price of `stale`."""
    found = (
        Citing(rule.code, str(rule.programme), line, one.number)
        for rule, line, one in _citations(now)
        if one.standard == standard
    )
    return list(dict.fromkeys(found))  # classes may have a criterion of the same name


def _citations(now: datetime) -> list[tuple[policy.Rule, str, Cited]]:
    """What the rubrics in force cite: programme, criterion, and what it names."""
    rows = [
        (rule, str(line), reference)
        for rule in policy.all_in_force(now)
        for line in rule.programme.rubric
        for reference in line.cites
    ]
    found = cited([reference for _rule, _line, reference in rows])
    return [(rule, line, one) for (rule, line, _ref), one in zip(rows, found, strict=True)]


# --- comments -------------------------------------------------------------------------------------


def open_round(standard: Standard) -> CommentRound | None:
    """The round that is not closed yet. One query."""
    return standard.rounds.filter(closed_at__isnull=True).first()


def last_round(standard: Standard) -> CommentRound | None:
    """The newest round that was closed. One query."""
    return standard.rounds.filter(closed_at__isnull=False).first()


def comments(*, standard: int = 0, verdict: str = "", words: str = "") -> QuerySet[Comment]:
    """Comments on a standard, by round and clause, with `verdict` open for those not answered."""
    found = Comment.objects.filter(round__standard=standard)
    if verdict:
        found = found.filter(verdict="" if verdict == "open" else verdict)
    if words.strip():
        found = found.filter(search.in_columns(words, ("text", "reply", "clause")))
    return found.select_related("round__standard", "organisation", "by").order_by(
        "round", "clause", "pk"
    )


def answered_in_public(found: QuerySet[Comment]) -> QuerySet[Comment]:
    """Of these, what everybody may read: comments of rounds that are closed."""
    return found.filter(round__closed_at__isnull=False)


def comment(comment_id: int) -> Comment:
    """A comment with its round and standard; raises Outside."""
    found: Comment | None = (
        Comment.objects.filter(pk=comment_id)
        .select_related("round__standard__organisation", "organisation", "by")
        .first()
    )
    if found is None:
        raise Outside(_("there is no such comment"))
    return found


def unanswered(of: CommentRound) -> int:
    """How many comments of the round wait for an answer. One query."""
    return of.comments.filter(verdict="").count()


def said_today(person: User, now: datetime) -> int:
    """Comments of the person in the last 24 hours. One query."""
    return Comment.objects.filter(by=person, at__gt=now - timedelta(days=1)).count()


def own_comments(standard: Standard, person: User | None) -> QuerySet[Comment]:
    """What the person said of it, the newest first. One query."""
    found = Comment.objects.filter(round__standard=standard, by=person)
    return found.select_related("round").order_by("-at", "-pk")


@dataclass(frozen=True)
class Tally:
    """How many comments a round had, and what became of them."""

    total: int
    accepted: int
    partly: int
    declined: int


def tally(of: CommentRound) -> Tally:
    """One query."""
    sums = of.comments.aggregate(
        total=Count("pk"),
        accepted=Count("pk", filter=Q(verdict="accepted")),
        partly=Count("pk", filter=Q(verdict="partly")),
        declined=Count("pk", filter=Q(verdict="declined")),
    )
    return Tally(**sums)


# --- votes ----------------------------------------------------------------------------------------


def ballot(standard: Standard) -> StandardBallot | None:
    """The newest vote. One query."""
    return standard.ballots.first()


def open_vote(standard: Standard, person: User) -> StandardVoter | None:
    """The person's place in the vote that is open. One query."""
    mine = StandardVoter.objects.filter(
        ballot__standard=standard, ballot__closed_at__isnull=True, person=person
    )
    return mine.select_related("ballot").first()


def may_vote(standard: Standard, *, drafters: bool, on: date) -> list[User]:
    """Experts at work who may be members of a vote; without drafters and people of their units but when
    `drafters` says so. Two queries.
    """
    able = experts.with_load()
    if not drafters:
        units = [
            standard.organisation_id,
            *standard.drafters.values_list("organisation", flat=True),
        ]
        working = Q(employments__last__isnull=True) | Q(employments__last__gte=on)
        bound = able.filter(
            working, employments__organisation__in=[unit for unit in units if unit],
            employments__first__lte=on,
        )  # fmt: skip
        able = able.exclude(pk__in=bound.order_by().values("pk")).exclude(
            person__in=standard.drafters.values("person")
        )
    return [expert.person for expert in able]
