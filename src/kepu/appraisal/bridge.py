"""From applications and experts to arrays, through the engine, and back to the seats of panels."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kepu.appraisal.models import Application, Call
from kepu.appraisal.programme.schema import Class, Programme, Reviewing
from kepu.appraisal.queries import reviewing as queries
from kepu.appraisal.queries.reviewing import Key, Party
from kepu.appraisal.rules import reviewing as rules
from kepu.appraisal.states import PanelsStage
from kepu.kernel.accounts import keys
from kepu.people.queries import experts
from kepu.people.queries.experts import Candidate
from kepu_engines.core.progress import Progress, silent

if TYPE_CHECKING:
    from kepu_engines.matching.reviewers import Longs, Panels

# Points of a pair. Who is in the pool knows the fields that the programme asks for: what all applications
# of a call would gain alike from an expert decides nothing between them.
TRACK = 300  # the expert's own title or field is of the class that is judged
ELSEWHERE = 100  # from another district than the applicant
ANY = 100  # a review at all
CHANCE = 100  # below this, pairs that fit alike differ by chance, the same each time
AGAIN = 40  # what a second reviewer of one district counts less
PATIENCE = 20.0  # seconds in which the best panels are made fairer and spread wider
MOST_LOSS = 0.005  # of the total, for the worst-served application and for the spread
ROUNDS = 3
TICKETS = 4096  # numbers in the draw of one pair


@dataclass(frozen=True)
class Place:
    """One seat on a panel: the expert and why, or nobody and why not."""

    application_id: int
    expert_id: int | None
    fit: int
    reason: str


@dataclass(frozen=True)
class Proposal:
    """All seats, the engine's figures, and of a draw what decided it."""

    places: list[Place]
    summary: dict[str, Any]
    inputs: dict[str, Any]
    numbered: list[int]


@dataclass(frozen=True)
class Field:
    """What is matched: parties (a), experts (r), who may not meet (a, r), reviews wanted and load left."""

    classes: Mapping[str, Class]
    parties: list[Party]
    experts: list[Candidate]
    barred: np.ndarray
    wanted: np.ndarray
    room: np.ndarray

    def fits(self, klass: str, expert: Candidate) -> bool:
        """Whether the expert knows the class that somebody applies in."""
        one = self.classes.get(klass)
        return one is not None and one.fitted_by(expert.fields, expert.tracks)


def propose(
    call: Call, programme: Programme, *, on: date, seed: int | None, progress: Progress = silent
) -> Proposal:
    """Reviewers for every application of a call that lacks some, the best or by lot.

    `seed` is that of the call where the programme draws by lot. About a dozen queries, then the engine.
    """
    progress(PanelsStage.READING, 0, 1)
    market = field_of(call, programme, on)
    progress(PanelsStage.BONDS, 1, 1)
    if seed is not None:
        return _drawn(call, market, seed, progress)
    return _fitting(market, progress)


# --- reading --------------------------------------------------------------------------------------


def field_of(call: Call, programme: Programme, on: date) -> Field:
    """The applications that lack reviewers, the experts there are, and who may not meet."""
    reviewing = programme.reviewing
    assert reviewing  # noqa: S101 (the rule has asked)
    rows = list(queries.lacking(call, reviewing.each))
    parties = queries.parties(
        Application.objects.filter(pk__in=[one.pk for one in rows]), on, reviewing.years
    )
    pool = experts.pool(fields=reviewing.fields, on=on)
    lacks = {one.pk: reviewing.each - one.sitting for one in rows}
    wanted = np.array([lacks[one.application_id] for one in parties], dtype=np.int64)
    has = queries.load_in(call)
    room = [
        max(0, min(reviewing.load - has.get(one.id, 0), one.most_duties - one.open_duties))
        for one in pool
    ]
    barred = barred_pairs(parties, pool, reviewing, on)
    classes = {one.key: one for one in programme.classes}
    return Field(classes, parties, pool, barred, wanted, np.array(room, dtype=np.int64))


def barred_pairs(
    parties: Sequence[Party], pool: Sequence[Candidate], reviewing: Reviewing, on: date
) -> np.ndarray:
    """Whether application i and expert j may not meet, (a, r) bool: what `why_not_review` says of each.

    Looked up from both sides by key, so that a million pairs take no million rules.
    """
    barred = np.zeros((len(parties), len(pool)), dtype=bool)
    behind: dict[Key, list[int]] = defaultdict(list)
    for i, party in enumerate(parties):
        for key in party.keys:
            behind[key].append(i)
    bonds = experts.bonds([one.id for one in pool])
    column = {one.id: j for j, one in enumerate(pool)}
    for j, one in enumerate(pool):
        for tie in rules.ties(one, bonds[one.id], reviewing, on):
            barred[behind.get(tie.key, []), j] = True
    position = {party.application_id: i for i, party in enumerate(parties)}
    for application, met in queries.met(list(position)).items():
        barred[position[application], [column[one] for one in met if one in column]] = True
    return barred


def affinity_of(market: Field) -> Longs:
    """How well each pair fits, (a, r) whole points; seniority counts for nothing."""
    classes = sorted({party.klass for party in market.parties})
    by_class = np.array(
        [[TRACK * market.fits(klass, one) for one in market.experts] for klass in classes],
        dtype=np.int64,
    ).reshape(len(classes), len(market.experts))
    row = [classes.index(party.klass) for party in market.parties]
    _names, of_party, of_expert = _places(market)
    elsewhere = ELSEWHERE * (of_party[:, None] != of_expert[None, :])
    chance = np.random.default_rng(len(row)).integers(0, CHANCE, elsewhere.shape)
    fit: Longs = ANY + by_class[row] + elsewhere + chance
    return fit


def _places(market: Field) -> tuple[dict[str, int], np.ndarray, np.ndarray]:
    """The districts of parties and of experts as numbers."""
    names: dict[str, int] = {}
    of_party = [names.setdefault(one.district, len(names)) for one in market.parties]
    of_expert = [names.setdefault(one.district, len(names)) for one in market.experts]
    return names, np.array(of_party, dtype=np.int64), np.array(of_expert, dtype=np.int64)


# --- the best panels ------------------------------------------------------------------------------


def _fitting(market: Field, progress: Progress) -> Proposal:
    from kepu_engines.matching.reviewers import CONFLICT, assign

    fit = affinity_of(market)
    fit[market.barred] = CONFLICT
    best = assign(
        fit, reviews=_at_most(market.wanted, market.room), load=market.room, progress=progress
    )
    panels = _fairer(market, fit, best, progress)
    summary = _figures(market, panels) | {
        "value": _worth(fit, panels), "bound": best.bound, "worst": _worst(fit, panels, market),
        "worst_bound": best.worst_bound,
    }  # fmt: skip
    places = [
        place
        for i, party in enumerate(market.parties)
        for place in _seats(market, party, i, panels.reviewers[i], fit[i])
    ]
    return Proposal(places, summary, {}, [])


def _at_most(wanted: np.ndarray, room: Sequence[int] | np.ndarray) -> np.ndarray:
    """No more reviewers of one application than there are experts; what that leaves empty is told."""
    return np.minimum(wanted, max(len(room), 1))


def _fairer(market: Field, fit: Longs, best: Panels, progress: Progress) -> Panels:
    """The worst-served application served as well as can be, and districts spread, while patience lasts.

    What is found until then is kept: a call in which everybody wants the same few experts can take long.
    """
    from kepu_engines.core.progress import Cancelled
    from kepu_engines.matching.reviewers import protect

    patient, found = _patient(progress), best
    try:
        found = protect(
            fit, reviews=_at_most(market.wanted, market.room), load=market.room,
            most_loss=MOST_LOSS, progress=patient,
        )  # fmt: skip
        found = _spread(market, fit, found, patient)
    except Cancelled:
        return found
    return found


def _patient(progress: Progress) -> Progress:
    """The same progress, that stops the engine after a while."""
    from kepu_engines.core.progress import Cancelled

    end = time.monotonic() + PATIENCE

    def told(stage: str, done: int, total: int, /) -> None:
        progress(stage, done, total)
        if time.monotonic() > end:
            raise Cancelled

    return told


def _spread(market: Field, fit: Longs, best: Panels, progress: Progress) -> Panels:
    """Panels with fewer reviewers of one district, where that costs next to nothing.

    Who doubles a district on a panel counts a little less there, and the whole is solved again; kept is
    the plan with the fewest doubles that serves the worst-served no worse and loses no more than MOST_LOSS.
    """
    from kepu_engines.matching.reviewers import protect

    _names, _of_party, district = _places(market)
    worth, found, least = fit.copy(), best, (1 - MOST_LOSS) * best.bound
    for _round in range(ROUNDS):
        doubled = _doubles(found.reviewers, district)
        if not doubled:
            break
        for i, j in doubled:
            worth[i, j] = max(0, worth[i, j] - AGAIN)
        tried = protect(
            worth,
            reviews=_at_most(market.wanted, market.room),
            load=market.room,
            most_loss=MOST_LOSS,
            progress=progress,
        )
        kept = (
            len(_doubles(tried.reviewers, district)) < len(doubled)
            and _worth(fit, tried) >= least
            and _worst(fit, tried, market) >= _worst(fit, found, market)
            and (tried.reviewers >= 0).sum() >= (found.reviewers >= 0).sum()
        )
        found = tried if kept else found
    return found


def _doubles(reviewers: np.ndarray, district: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of application and reviewer whose district sits on that panel already."""
    found = []
    for i, panel in enumerate(reviewers):
        seen = set()
        for j in panel[panel >= 0]:
            if district[j] in seen:
                found.append((i, int(j)))
            seen.add(district[j])
    return found


def _sums(fit: Longs, panels: Panels) -> Longs:
    sat = panels.reviewers >= 0
    points = np.take_along_axis(fit, np.where(sat, panels.reviewers, 0).astype(np.int64), axis=1)
    sums: Longs = np.where(sat, points, 0).sum(axis=1)
    return sums


def _worth(fit: Longs, panels: Panels) -> int:
    return int(_sums(fit, panels).sum()) if fit.size else 0


def _worst(fit: Longs, panels: Panels, market: Field) -> int:
    """The least sum among applications that could have a whole panel."""
    could = (~market.barred & (market.room > 0)[None, :]).sum(axis=1) >= market.wanted
    return int(_sums(fit, panels)[could].min()) if fit.size and could.any() else 0


def _figures(market: Field, panels: Panels) -> dict[str, Any]:
    _names, _of_party, district = _places(market)
    sat = panels.reviewers >= 0
    return {
        "applications": len(market.parties),
        "experts": len(market.experts),
        "barred": int(market.barred.sum()),
        "seats": int(market.wanted.sum()),
        "filled": int(sat.sum()),
        "doubles": len(_doubles(panels.reviewers, district)),
        "heaviest": int(panels.load.max(initial=0)),
    }


def _seats(market: Field, party: Party, i: int, panel: np.ndarray, fit: np.ndarray) -> list[Place]:
    sat = [int(j) for j in panel[panel >= 0]]
    places = [
        Place(
            party.application_id,
            market.experts[j].id,
            int(fit[j]),
            _why(market, market.experts[j], party),
        )
        for j in sat
    ]
    lacking = int(market.wanted[i]) - len(sat)
    reason = _why_nobody(market, i, len(sat)) if lacking else ""
    return places + [Place(party.application_id, None, 0, reason)] * lacking


def _why(market: Field, expert: Candidate, party: Party) -> str:
    """Why this expert: fields, class, district and load, in words."""
    said = []
    if expert.fields:
        n = len(expert.fields)
        said.append(ngettext("%(n)s field of science", "%(n)s fields of science", n) % {"n": n})
    if market.fits(party.klass, expert):
        said.append(_("knows the class"))
    said.append(
        _("from another district") if expert.district != party.district else _("same district")
    )
    n = expert.open_duties
    said.append(ngettext("%(n)s other duty", "%(n)s other duties", n) % {"n": n})
    return _(", ").join(said)


def _why_nobody(market: Field, i: int, sat: int) -> str:
    """What keeps a seat empty: how many experts there are, are bound, or carry the most."""
    bound = int(market.barred[i].sum())
    full = int((~market.barred[i] & (market.room == 0)).sum())
    return _(
        "of %(all)s experts %(bound)s may not judge it and %(full)s carry the most already; "
        "%(sat)s found"
    ) % {"all": len(market.experts), "bound": bound, "full": full, "sat": sat}


# --- by lot ---------------------------------------------------------------------------------------


def ticket(seed: int, code: str, number: int) -> int:
    """What one application and one expert draw together, 0 to 4,095: three digits of SHA-256."""
    return int(hashlib.sha256(f"{seed}:{code}:{number}".encode()).hexdigest()[:3], 16)


def replay(inputs: dict[str, Any], progress: Progress = silent) -> dict[str, list[int]]:
    """The panels that these inputs of a draw lead to: draw numbers of experts by code.

    Among all panels that fill as many seats as can be filled, those whose tickets sum up to the most.
    """
    reviewers = _draw(inputs, progress).reviewers
    return {
        code: [int(j) + 1 for j in panel if j >= 0]
        for code, panel in zip(inputs["codes"], reviewers, strict=True)
    }


def _draw(inputs: dict[str, Any], progress: Progress) -> Panels:
    from kepu_engines.matching.reviewers import CONFLICT, assign

    codes, room = inputs["codes"], inputs["room"]
    tickets = np.array(
        [[ticket(inputs["seed"], code, j + 1) for j in range(len(room))] for code in codes],
        dtype=np.int64,
    ).reshape(len(codes), len(room))
    for i, code in enumerate(codes):
        tickets[i, [number - 1 for number in inputs["barred"].get(code, [])]] = CONFLICT
    wanted = _at_most(np.array(inputs["wanted"], dtype=np.int64), room)
    return assign(tickets, reviews=wanted, load=room, progress=progress)


def _drawn(call: Call, market: Field, seed: int, progress: Progress) -> Proposal:
    """A draw: experts stand under numbers that tell nobody who they are."""
    order = sorted(
        range(len(market.experts)),
        key=lambda j: keys.digest("lot", f"{call.pk}:{market.experts[j].id}"),
    )
    experts_in = [market.experts[j] for j in order]
    turned = replace(
        market, experts=experts_in, barred=market.barred[:, order], room=market.room[order]
    )
    inputs = {
        "seed": seed,
        "codes": [party.code for party in turned.parties],
        "wanted": [int(n) for n in turned.wanted],
        "room": [int(n) for n in turned.room],
        "barred": {
            party.code: [int(j) + 1 for j in np.flatnonzero(turned.barred[i])]
            for i, party in enumerate(turned.parties)
            if turned.barred[i].any()
        },
    }
    panels = _draw(inputs, progress)
    places = [
        place
        for i, party in enumerate(turned.parties)
        for place in _lots(turned, party, i, panels.reviewers[i], seed)
    ]
    return Proposal(places, _figures(turned, panels), inputs, [one.id for one in experts_in])


def _lots(market: Field, party: Party, i: int, panel: np.ndarray, seed: int) -> list[Place]:
    sat = [int(j) for j in panel[panel >= 0]]
    places = []
    for j in sat:
        drew = ticket(seed, party.code, j + 1)
        reason = _("number %(number)s drew %(ticket)s") % {"number": j + 1, "ticket": drew}
        places.append(Place(party.application_id, market.experts[j].id, drew, reason))
    lacking = int(market.wanted[i]) - len(sat)
    reason = _why_nobody(market, i, len(sat)) if lacking else ""
    return places + [Place(party.application_id, None, 0, reason)] * lacking
