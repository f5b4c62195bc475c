"""A call of ten thousand applications with sixty thousand files: boards, a decision, notice, an upload."""

from __future__ import annotations

import http
import http.client
import os
import subprocess
import time
from typing import Any

from benchmarks import dossiers, ground, large, line
from benchmarks.boards import _analyse as tidy_up
from benchmarks.dossiers import Filled
from benchmarks.load import Ask, fire
from benchmarks.serving import cpu_seconds, family, granian, worker

TIMES = 40
SIZE, FULL = (2_000, 100), (10_000, 500)  # applications; MB of the file handed in
SETTLE = 8.0  # seconds in which a worker that begins does what is due
PATIENCE, LOOK = 120.0, 0.1  # seconds
Server = tuple[int, subprocess.Popen[bytes]]
BOARD, DECISION, NOTICE, RISE = 200, 5.0, 100, 64  # ms p95; s; ms p95; MiB


def run(database: str, options: Any) -> None:
    """Fill one call, then measure it as its officers, the public and an applicant meet it."""
    ground.start()
    from kepu.web.simulation import sessions, town

    now = ground.now()
    usual = FULL if options.full else SIZE
    size, megabytes = options.applications or usual[0], options.megabytes or usual[1]
    city = town.build(now=now, teams=100, residents=2000)
    line.note(f"appraisal on {database}: {size} applications")
    filled = dossiers.fill(city, size, now)
    tidy_up()
    doors = sessions.sign_in([filled.secretary, filled.district, filled.applicant], now)
    about = {"database": database, "applications": size}
    call = f"/appraisal/calls/{filled.call.pk}"
    with granian(dict(os.environ)) as server:
        _boards(server, filled, call, doors, about)
        _decision(server, filled, call, doors, about)
    _put_in_notice(filled, now, about)
    tidy_up()
    with granian(dict(os.environ)) as server:
        _page(server, "notice", Ask("GET", f"{call}/notice/", {}), NOTICE, about)
        _page(server, "notice-api", Ask("GET", f"/api{call}/notice?limit=100", {}), NOTICE, about)
    _upload(filled, doors[filled.applicant.pk], megabytes, about)


def _boards(server: Server, filled: Filled, call: str, doors: Any, about: dict[str, Any]) -> None:
    secretary, district = doors[filled.secretary.pk], doors[filled.district.pk]
    pages = {
        "desk": Ask("GET", f"/applications/desk/?call={filled.call.pk}", secretary),
        "desk-score": Ask("GET", "/applications/desk/?sort=score", secretary),
        "call": Ask("GET", f"{call}/", secretary),
        "reviewers": Ask("GET", f"{call}/reviewers/", secretary),
        "recommend": Ask("GET", "/applications/desk/?state=submitted", district),
        "api": Ask("GET", "/api/appraisal/applications?limit=100", secretary),
        "own": Ask("GET", "/applications/", doors[filled.applicant.pk]),
    }
    for name, ask in pages.items():
        _page(server, name, ask, BOARD, about)


def _page(server: Server, name: str, ask: Ask, most: float, about: dict[str, Any]) -> None:
    """One person opens one page again and again: nobody else is asking."""
    port, process = server
    fire(port, [[ask] * 6])
    before = cpu_seconds(process)
    answers = fire(port, [[ask] * TIMES]).flat
    figures: dict[str, Any] = line.spans(answer.seconds for answer in answers)
    figures["server_cpu_ms"] = round((cpu_seconds(process) - before) / TIMES * 1000, 1)
    figures["statuses"] = sorted({answer.status for answer in answers})
    line.tell(f"appraisal-{name}", figures, {"p95_ms": ("<=", most)}, **about)


def _decision(server: Server, filled: Filled, call: str, doors: Any, about: dict[str, Any]) -> None:
    """The secretary has all scores weighed and proposes what they come to: two presses of a button."""
    port, _process = server
    door = doors[filled.secretary.pk]
    with worker(dict(os.environ)):
        time.sleep(SETTLE)
        first, again = _weighed(port, call, door), _weighed(port, call, door)
        propose = Ask("POST", f"{call}/judgements/2/propose/", door)
        proposed = fire(port, [[propose]]).flat[0]
    states = filled.call.applications.filter(state="proposed")
    line.tell(
        "appraisal-decision",
        {
            "seconds": first + proposed.seconds,
            "weigh_s": first,
            "weigh_again_s": again,
            "propose_s": proposed.seconds,
            "proposed": states.count(),
            "status": proposed.status,
        },
        {"seconds": ("<=", DECISION)},
        **about,
    )
    _page(server, "ranking", Ask("GET", f"{call}/judgements/2/", door), BOARD, about)
    one = filled.call.applications.exclude(score=None).order_by("-score", "pk").last()
    _page(server, "application", Ask("GET", f"/applications/{one.pk}/", door), BOARD, about)


def _weighed(port: int, call: str, door: dict[str, str]) -> float:
    """Seconds from the press of the button until the ranking is there, watched as its page does."""
    browser = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    began = time.perf_counter()
    browser.request("POST", f"{call}/weigh/", headers={**door, "Content-Length": "0"})
    answer = browser.getresponse()
    page = answer.headers["Location"]
    answer.read()
    while f"{call}/judgements/" not in page:
        browser.request("GET", page, headers=door)
        answer = browser.getresponse()
        text = answer.read().decode()
        page = answer.headers.get("Location", page)
        if answer.status == http.HTTPStatus.OK and "weighing-progress" not in text:
            raise RuntimeError("the scores could not be weighed")
        if time.perf_counter() - began > PATIENCE:
            raise TimeoutError("the scores are not weighed yet")
        time.sleep(LOOK)
    return time.perf_counter() - began


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
