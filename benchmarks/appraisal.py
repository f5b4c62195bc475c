"""A call of ten thousand applications with sixty thousand files: boards, a decision, notice, an upload."""

from __future__ import annotations

import os
import time
from typing import Any

from benchmarks import dossiers, ground, large, line
from benchmarks.boards import _analyse as tidy_up
from benchmarks.dossiers import Filled
from benchmarks.load import Ask, fire
from benchmarks.serving import family, granian

TIMES = 40
BOARD, DECISION, NOTICE, RISE = 200, 5.0, 100, 64  # ms p95; s; ms p95; MiB


def run(database: str, options: Any) -> None:
    """Fill one call, then measure it as its officers, the public and an applicant meet it."""
    ground.start()
    from kepu.web.simulation import sessions, town

    now = ground.now()
    city = town.build(now=now, teams=100, residents=2000)
    line.note(f"appraisal on {database}: {options.applications} applications")
    filled = dossiers.fill(city, options.applications, now)
    tidy_up()
    doors = sessions.sign_in([filled.secretary, filled.district, filled.applicant], now)
    about = {"database": database, "applications": options.applications}
    call = f"/appraisal/calls/{filled.call.pk}"
    with granian(dict(os.environ)) as (port, _process):
        _boards(port, filled, call, doors, about)
        _decision(port, filled, call, doors, about)
    _put_in_notice(filled, now, about)
    tidy_up()
    with granian(dict(os.environ)) as (port, _process):
        _page(port, "notice", Ask("GET", f"{call}/notice/", {}), NOTICE, about)
        _page(port, "notice-api", Ask("GET", f"/api{call}/notice?limit=100", {}), NOTICE, about)
    _upload(filled, doors[filled.applicant.pk], options.megabytes, about)


def _boards(port: int, filled: Filled, call: str, doors: Any, about: dict[str, Any]) -> None:
    secretary, district = doors[filled.secretary.pk], doors[filled.district.pk]
    pages = {
        "desk": Ask("GET", f"/applications/desk/?call={filled.call.pk}", secretary),
        "desk-score": Ask("GET", "/applications/desk/?sort=score", secretary),
        "call": Ask("GET", f"{call}/", secretary),
        "reviewers": Ask("GET", f"{call}/reviewers/", secretary),
        "recommend": Ask("GET", "/applications/desk/?state=submitted", district),
        "api": Ask("GET", "/api/appraisal/applications?limit=100", secretary),
    }
    for name, ask in pages.items():
        _page(port, name, ask, BOARD, about)


def _page(port: int, name: str, ask: Ask, most: float, about: dict[str, Any]) -> None:
    """One person opens one page again and again: nobody else is asking."""
    fire(port, [[ask] * 6])
    answers = fire(port, [[ask] * TIMES]).flat
    figures: dict[str, Any] = line.spans(answer.seconds for answer in answers)
    statuses = sorted({answer.status for answer in answers})
    line.tell(
        f"appraisal-{name}", {**figures, "statuses": statuses}, {"p95_ms": ("<=", most)}, **about
    )


def _decision(port: int, filled: Filled, call: str, doors: Any, about: dict[str, Any]) -> None:
    """The secretary weighs all scores and proposes what they come to: two presses of a button."""
    door = doors[filled.secretary.pk]
    weighed = fire(port, [[Ask("POST", f"{call}/weigh/", door)]]).flat[0]
    proposed = fire(port, [[Ask("POST", f"{call}/judgements/1/propose/", door)]]).flat[0]
    states = filled.call.applications.filter(state="proposed")
    line.tell(
        "appraisal-decision",
        {
            "seconds": weighed.seconds + proposed.seconds,
            "weigh_s": weighed.seconds,
            "propose_s": proposed.seconds,
            "proposed": states.count(),
            "statuses": [weighed.status, proposed.status],
        },
        {"seconds": ("<=", DECISION)},
        **about,
    )
    ranking = Ask("GET", f"{call}/judgements/1/", door)
    _page(port, "ranking", ranking, BOARD, about)


def _put_in_notice(filled: Filled, now: Any, about: dict[str, Any]) -> None:
    from kepu.appraisal.actions import deciding

    began = time.perf_counter()
    found = deciding.put_in_notice(filled.call.pk, by=filled.secretary, now=now)
    figures = {"seconds": time.perf_counter() - began, "noticed": len(found)}
    line.tell("appraisal-put-in-notice", figures, **about)


# --- a large file over HTTP -----------------------------------------------------------------------


def _upload(filled: Filled, door: dict[str, str], megabytes: int, about: dict[str, Any]) -> None:
    """One file of so many MB, sent in pieces; what the server's memory rises by meanwhile, and after."""
    page = f"/applications/{filled.draft.pk}/evidence/rules/"
    with granian(dict(os.environ)) as (port, process):
        for _time in range(4):  # whatever is loaded once, in each of the processes
            large.send(port, page, door, 2**20)
        pids = family(process.pid)
        large.forget_peaks(pids)
        before = {pid: large.memory(pid, "VmRSS") for pid in pids}
        began = time.perf_counter()
        status = large.send(port, page, door, megabytes * 2**20)
        seconds = time.perf_counter() - began
        rise = max(large.memory(pid, "VmHWM") - before[pid] for pid in pids)
    line.tell(
        "appraisal-upload",
        {"rise_mib": rise, "seconds": seconds, "status": status, "megabytes": megabytes},
        {"rise_mib": ("<=", RISE)},
        **about,
    )
