"""A programme tried on dossiers of the past: what each would get, who is shut out, whose level changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import resources
from typing import Any

import yaml
from django.utils.translation import gettext as _

from kepu.appraisal.programme import fitness, scoring
from kepu.appraisal.programme.conditions import Answer
from kepu.appraisal.programme.schema import Programme


@dataclass(frozen=True)
class Dossier:
    """What an application of the past said, held and was given; `given` in hundredths of a point."""

    name: str
    klass: str
    answers: Mapping[str, Answer]
    titles: frozenset[str] = frozenset()
    given: Mapping[str, Sequence[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What a dossier comes to. `reasons` shut it out; `unscored` are criteria that nobody scored then.

    `level` is the key of the level, empty for none; it is not final while anything is unscored.
    """

    dossier: Dossier
    reasons: tuple[str, ...]
    measured: Decimal
    total: Decimal
    most: Decimal
    level: str
    unscored: tuple[str, ...]
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One dossier under the programme that is tried, and under the one it is compared with."""

    now: Outcome
    before: Outcome | None

    @property
    def changes(self) -> bool:
        """Whether it would come out otherwise than before."""
        return self.before is not None and _result(self.now) != _result(self.before)


def _result(outcome: Outcome) -> str:
    return "" if outcome.reasons else outcome.level


def outcome(programme: Programme, dossier: Dossier) -> Outcome:
    """The dossier through eligibility, measured and judged points, and the cut-offs."""
    klass, known = dossier.klass, {one.key for one in programme.classes}
    if known and klass not in known:
        reasons = [_("its class “%(class)s” is not in this programme") % {"class": klass}]
        return Outcome(
            dossier, tuple(reasons), scoring.NOTHING, scoring.NOTHING, scoring.NOTHING, "", (), ()
        )
    reasons = fitness.why_not_eligible(programme, klass, dossier.answers, dossier.titles)
    measured = scoring.points_measured(programme, klass, dossier.answers)
    tally = scoring.total(programme, klass, dossier.answers, dossier.given)
    names = {one.key: str(one) for one in programme.rubric}
    return Outcome(
        dossier=dossier,
        reasons=tuple(reasons),
        measured=sum(measured.values(), scoring.NOTHING),
        total=tally.total,
        most=scoring.most(programme, klass),
        level=tally.level,
        unscored=tuple(names[key] for key in tally.unscored),
        gaps=tally.gaps,
    )


def tried(
    programme: Programme, before: Programme | None, dossiers: Sequence[Dossier]
) -> list[Line]:
    """Every dossier under both, those that come out otherwise first."""
    lines = [
        Line(outcome(programme, one), outcome(before, one) if before else None) for one in dossiers
    ]
    return sorted(lines, key=lambda one: (not one.changes, -one.now.total))


def samples(code: str) -> list[Dossier]:
    """The fictional dossiers that ship for a programme; none for one that a city added."""
    text = (resources.files("kepu.appraisal") / "data" / "dossiers.yaml").read_text(
        encoding="utf-8"
    )
    return [_dossier(one) for one in yaml.safe_load(text).get(code, ())]


def _dossier(said: Mapping[str, Any]) -> Dossier:
    given = {
        key: [int(scoring.exact(one) * 100) for one in points]
        for key, points in said.get("given", {}).items()
    }
    return Dossier(
        said["name"], said["klass"], said["answers"], frozenset(said.get("titles", ())), given
    )
