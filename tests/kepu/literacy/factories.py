"""What tests of this room need: a bank's officer and writer, experts, and items in any state."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import tempfile
import zipfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from kepu.kernel.accounts.models import Organisation, User
from kepu.kernel.divisions.models import Division
from kepu.literacy import statistics, study_tables
from kepu.literacy.actions import (
    booklets,
    estimates,
    findings,
    items,
    returns,
    reviews,
    rounds,
    runs,
    samples,
    studies,
)
from kepu.literacy.bridge import capacity as index
from kepu.literacy.models import (
    BookletSet,
    Calibration,
    Estimate,
    Item,
    Return,
    Round,
    Run,
    Sample,
    Study,
    Wording,
)
from kepu.literacy.statistics import Statistics
from kepu.people.actions import experts
from kepu.people.models import Expert
from tests.factories import NOW, division, field, officer, organisation, user

BANK = "50."
_count = itertools.count(1)
ZH = items.Words(
    "zh-hans", "天空为什么是蓝色的（示例）？", ("空气散射蓝光更多", "海水映照", "云是蓝的")
)
EN = items.Words(
    "en", "Why is the sky blue (example)?", ("Air scatters blue more", "The sea", "Blue clouds")
)


def question(**traits: Any) -> items.Question:
    said: dict[str, Any] = {
        "dimension": "knowledge",
        "discipline": field(),
        "key": 0,
        "source": "本系统示例",
        "wordings": (ZH, EN),
    }
    return items.Question(**(said | traits))


def keeper(path: str = BANK) -> User:
    """Who keeps a bank."""
    division(path)
    return officer("item_officer", path, "题库示例")


def writer(path: str = BANK) -> User:
    division(path)
    return officer("item_writer", path, "命题示例")


def expert(person: User | None = None) -> Expert:
    """An expert at work."""
    city = officer("city_officer", "50.")
    person = person or user(f"专家{next(_count)}")
    asked = experts.invite(person, home=division("50."), fields=[field()], by=city, now=NOW)
    experts.accept(asked.pk, consent=True, by=person, now=NOW)
    return experts.activate(asked.pk, by=city, now=NOW)


def item(
    state: str = "draft", *, by: User | None = None, officer: User | None = None, **traits: Any
) -> Item:
    """An item brought to a state by the real actions."""
    made = items.write_item(question(**traits), bank=division(BANK), by=by or writer(), now=NOW)
    if state != "draft":
        items.submit(made.pk, by=made.written_by, now=NOW)
    if state in ("approved", "retired"):
        judge(made, officer or keeper())
    if state == "retired":
        items.retire(made.pk, reason="过时（示例）", by=officer or keeper(), now=NOW)
    return Item.objects.get(pk=made.pk)


def judge(made: Item, officer: User, verdicts: tuple[str, ...] = ("approve", "approve")) -> None:
    """Experts say what they think, and where all found it fit the officer approves."""
    for verdict in verdicts:
        asked = reviews.ask_review(made.pk, expert(), by=officer, now=NOW)
        reviews.answer_review(
            asked.pk, verdict=verdict, remark="改一改", by=asked.expert.person, now=NOW
        )
    if set(verdicts) == {"approve"}:
        items.approve(made.pk, by=officer, now=NOW)


def calibrate(made: Item, officer: User, **traits: Any) -> None:
    known = {
        "model": "3pl", "difficulty": 0.0, "difficulty_se": 0.1, "discrimination": 1.2,
        "discrimination_se": 0.1, "guessing": 0.2, "guessing_se": 0.05, "people": 600,
        "on": NOW.date(), "wave": "示例轮次",
    }  # fmt: skip
    findings.record_calibration(
        made.pk, findings.Parameters(**(known | traits)), by=officer, now=NOW
    )


SHELF = {"knowledge": 8, "method": 4, "spirit": 4, "application": 4}


def stock(use: str = "survey", counts: dict[str, int] | None = None) -> Division:
    """A bank of approved and calibrated items, straight into the tables: actions would take minutes."""
    city, by = division(BANK), user()
    for dimension, number in (counts or SHELF).items():
        for n in range(number):
            made = Item(
                code=f"{use[:2]}-{dimension}{n}", dimension=dimension, discipline=field(), use=use,
                key=n % 3, source="示例", state="approved", written_by=by, written_at=NOW,
            )  # fmt: skip
            made.place(city)
            made.save()
            for language in ("zh-hans", "en")[: 1 + n % 2]:
                stem = f"第 {n} 题，下面哪一个是对的（示例）？"
                Wording.objects.create(
                    item=made, language=language, stem=stem, options=["甲", "乙", "丙"], plain=stem
                )
            Calibration.objects.create(
                item=made, model="2pl", difficulty=(n - number / 2) / 3, difficulty_se=0.1,
                discrimination=1.3, people=500, on=NOW.date(), wave="一", recorded_by=by,
                recorded_at=NOW,
            )  # fmt: skip
    return city


def assembled(bank: Division, by: User, **traits: Any) -> BookletSet:
    """Booklets as the worker assembles them."""
    said: dict[str, Any] = {"title": "示例题本", "booklets": 2, "items": 10, "most_common": 2}
    made = booklets.ask_booklets(**(said | traits), bank=bank, by=by, now=NOW)
    assert booklets.ASSEMBLIES.take_up(made.pk, now=NOW)
    booklets.ASSEMBLIES.work_on(made.pk, taken=NOW)
    made.refresh_from_db()
    return made


LINES = (
    ("city", "city", "advanced or above", 0.02), ("city", "city", "literate or above", 0.1234),
    ("city", "city", "basic or above", 0.3), ("sex", "female", "literate or above", 0.11),
    ("sex", "male", "literate or above", 0.13),
)  # fmt: skip


def _segment(number: int, size: float, venue: float, share: float) -> list[dict[str, Any]]:
    told = (("size", "", size), ("venue", "yes", venue), ("venue", "no", 1 - venue),
            ("literate", "or above", share), ("sex", "male", 0.5))  # fmt: skip
    return [
        {"segment": number, "table": t, "cell": c, "estimate": v, "se": 0.02, "low": v * 0.8,
         "high": min(v * 1.2, 1.0), "withheld": ""}
        for t, c, v in told
    ]  # fmt: skip


SEGMENTS = {
    "lines": [*_segment(1, 0.7, 0.1, 0.06), *_segment(2, 0.3, 0.8, 0.27)],
    "marks": [[["venue", "yes", -0.21]], [["venue", "yes", 0.49]]],
    "models": [{"segments": 1, "taken": 0}, {"segments": 2, "taken": 1}],
    "entropy": 0.62, "missing": 0.02, "people": 540.0,
}  # fmt: skip


def results(folder: Path, title: str = "示例测评") -> Path:
    """A folder such as `kepu literacy run` writes, made by hand: no engine, two districts."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = ["table,cell,measure,estimate,se,low,high,deff,n,withheld"]
    figures += [f"{t},{c},{m},{v},0.01,{v / 2},{v * 2},1.2,600," for t, c, m, v in LINES]
    figures.append("age,18-29,literate or above,,,,,,7,rows")
    head = (
        "code,name,people,n,direct,direct_se,direct_low,direct_high,withheld,model,model_se,"
        "model_low,model_high,place,place_low,place_high"
    )
    districts = [
        head,
        "500103,渝中区,500000.0,300,0.15,0.02,0.11,0.2,,0.14,0.02,0.1,0.19,1,1,2",
        "500105,江北区,700000.0,12,,,,,rows,0.1,0.04,0.03,0.2,2,1,2",
    ]
    (folder / "figures.csv").write_text("\n".join(figures) + "\n", "utf-8")
    (folder / "districts.csv").write_text("\n".join(districts) + "\n", "utf-8")
    (folder / "report.pdf").write_bytes(b"%PDF-1.7\n% an example\n%%EOF\n")
    with xlsxwriter.Workbook(folder / "tables.xlsx") as book:
        book.add_worksheet("figures").write(0, 0, title)
    record = {
        "title": title, "year": 2026, "synthetic": True, "framework": "cast-2024",
        "level": "literate", "seed": 1, "interval": 0.95, "drawn": 900, "answered": 600,
        "agreement": None, "segments": SEGMENTS,
        "outputs": {
            one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()
        },
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record, ensure_ascii=False), "utf-8")
    return folder


def run(state: str = "kept", title: str = "示例测评") -> Run:
    """A run that the city keeps, as far along as asked; by officers of its own."""
    place = division(BANK)
    first, second = (officer("survey_officer", BANK, name) for name in ("测评甲", "测评乙"))
    with tempfile.TemporaryDirectory() as above:
        made = runs.keep_run(results(Path(above) / "run", title), place=place, by=first, now=NOW)
    if state in ("proposed", "published"):
        made = runs.propose_run(made.pk, by=first, now=NOW)
    return runs.publish_run(made.pk, by=second, now=NOW) if state == "published" else made


def estimate(state: str = "computing", **traits: Any) -> Estimate:
    """An estimate that waits for the worker, or straight into the tables as one that failed.

    Of a place, for each has one at work.
    """
    place = division(traits.pop("path", BANK))
    by = officer("survey_officer", place.path, "估计示例")
    sent = io.BytesIO()
    with zipfile.ZipFile(sent, "w") as archive:
        archive.writestr("plan.yaml", PLAN)
        archive.writestr("answers.csv", "person\n1\n")
        archive.writestr("items.csv", "item\nq1\n")
    made = estimates.estimate_files(sent, 1, place=place, by=by, now=NOW)
    Estimate.objects.filter(pk=made.pk).update(state=state, **traits)
    return Estimate.objects.get(pk=made.pk)


PLAN = """\
title: 示例测评
year: 2026
synthetic: true
framework: cast-2024
seed: 1
answers: {file: answers.csv, person: person, weight: weight, strata: district, psu: community}
items: items.csv
"""


def registered(begins_on: date, *, compared: bool = True) -> studies.Registered:
    """A plan of an invented activity in eight schools."""
    comparison = {"comparison": 40, "comparison_clusters": 4} if compared else {
        "comparison": 0, "comparison_clusters": 0
    }  # fmt: skip
    return studies.Registered(
        title="示例：科技节进校园", begins_on=begins_on, synthetic=True,
        inputs="讲解员 6 人，展品 12 件", activities="四所学校各办一场，每场半天",
        outputs="参加学生不少于 1000 人", outcomes="学生能用对照实验的思路判断说法",
        measure="自拟的 20 题测验（示例），由教师收卷，0 至 100 分", aimed=1200,
        plan={
            "attending": 40, "attending_clusters": 4, **comparison, "deviation": 8.0,
            "correlation": 0.7, "together": 0.05, "lost": 0.1,
        },
    )  # fmt: skip


def measured(*, compared: bool = True) -> str:
    """Measurements of 80 invented pupils, ten of each school; who attended gained five points more."""
    lines = [",".join(str(one.header) for one in study_tables.COLUMNS)]
    for pupil in range(80):
        school, attends = pupil // 10, pupil < 40
        if not attends and not compared:
            continue
        key = f"{'A' if attends else 'B'}{pupil:02d}"
        before = 50 + 3 * (school % 4) + (pupil * 7) % 13
        gain = 1 + (pupil * 5) % 7 + school % 2 + (5 if attends else 0)
        group = "参加" if attends else "对照"
        lines.append(f"{key},学校{school + 1},{group},前测,{before},")
        if pupil % 20 != 19:  # the others were away that day
            lines.append(f"{key},学校{school + 1},{group},后测,{before + gain},")
    return "\n".join(lines) + "\n"


def outcome(text: str = "") -> studies.Outcome:
    """What came of the activity."""
    rows, digest, faults = study_tables.read(io.BytesIO((text or measured()).encode()), "m.csv")
    assert not faults
    return studies.Outcome(rows, digest, 900, Decimal(45000))


def study(state: str = "measured", *, by: list[User] | None = None, compared: bool = True) -> Study:
    """A study of an activity that begins tomorrow, as far along as asked."""
    place, tomorrow = division(BANK), NOW + timedelta(days=1)
    first, second = by or [officer("survey_officer", BANK, name) for name in ("评甲", "评乙")]
    plan = registered(tomorrow.date(), compared=compared)
    made = studies.register_study(plan, place=place, by=first, now=NOW)
    later = NOW + timedelta(days=40)
    if state != "registered":
        found = outcome(measured(compared=compared))
        made = studies.measure_study(made.pk, outcome=found, by=first, now=later)
    if state in ("proposed", "published"):
        made = studies.propose_study(made.pk, by=first, now=later)
    return studies.publish_study(made.pk, by=second, now=later) if state == "published" else made


def sample(state: str = "proposed") -> Sample:
    """A sample that is being drawn, or straight into the tables as one that was."""
    place, by = division(BANK), officer("survey_officer", BANK, "抽样示例")
    design = samples.Design(
        title="示例抽样", interviews=240, sharing="between", least=60, together=20, share=0.15,
        deff=1.5, response=0.7, seed=7, frame_on=NOW.date(),
    )  # fmt: skip
    made = samples.ask_sample(design, place=place, by=by, now=NOW)
    if state == "proposed":
        row = {
            "path": "50.103.", "name": "渝中区", "people": 600_000, "communities": 8,
            "interviews": 160, "half_width": 0.068,
        }  # fmt: skip
        Sample.objects.filter(pk=made.pk).update(
            state=state,
            digest="1" * 64,
            summary={
                "interviews": 160, "communities": 8, "approached": 229, "half_width": 0.068,
                "districts": [row],
            },
        )  # fmt: skip
    made.refresh_from_db()
    return made


# --- statistical returns --------------------------------------------------------------------------


def form() -> Statistics:
    return statistics.in_force(NOW)[1]


def figures(**said: float) -> dict[str, Decimal]:
    """A whole form: nothing but what is said."""
    return {key: Decimal(str(said.get(key, 0))) for key in form().asked}


def unit(path: str = "50.103.", name: str = "") -> tuple[Organisation, User]:
    """A unit, and who fills its returns."""
    made = organisation(name or f"示例单位{next(_count)}", path)
    return made, officer("statistician", made, "统计示例")


def statistics_round(year: int = 2025, by: User | None = None, now: datetime = NOW) -> Round:
    """A year of statistics of the whole city: every unit there is now is asked."""
    place = division(BANK)
    by = by or officer("survey_officer", BANK)
    return rounds.open_round(place=place, year=year, days=20, by=by, now=now)


def compared(by: User, year: int = 2022) -> tuple[Round, Round]:
    """A published year with a capacity index of four districts, and a locked one of which nothing is
    known: straight into the tables, for nine returns handed in by the actions take a second.
    """
    place, rows = division(BANK), []
    for n, path in enumerate(("50.103.", "50.104.", "50.105.", "50.106.")):
        told = {key: str((n + 2) * (3 + len(key) % 4)) for key in form().asked}
        rows.append({
            "path": path, "name": division(path).name, "asked": 3, "counted": 3 if n < 3 else 0,
            "people": 100_000, "why_no_people": "", "values": told if n < 3 else {}, "per_head": "1.00",
            "growth": None, "compared": 0, "revenue": None, "verdict": "unknown",
        })  # fmt: skip
    total = rows[0] | {"path": BANK, "name": place.name, "people": 400_000}
    table = {
        "rows": rows, "total": total, "keys": [], "withheld": 0, "census": 2020,
        "cells": form().cells.version,
    }  # fmt: skip
    other = officer("survey_officer", BANK)
    shared = {"rules": 0, "deadline": NOW, "opened_by": by, "opened_at": NOW, "locked_by": by,
              "locked_at": NOW}  # fmt: skip
    told = Round(
        year=year, state="published", published=table | {"capacity": index.in_force(table, NOW)},
        published_by=other, published_at=NOW, **shared,
    )  # fmt: skip
    waits = Round(year=year + 1, state="locked", **shared)
    for one in (told, waits):
        one.place(place)
        one.save()
    return told, waits


def return_of(made: Round, of: Organisation) -> Return:
    return Return.objects.get(round=made, organisation=of)


def handed_in(one: Return, by: User, state: str = "submitted", **said: float) -> Return:
    """A return taken as far as `state`, checked by an officer of its place."""
    returns.keep_figures(one.pk, figures(**said), by=by, now=NOW)
    if state == "draft":
        return one
    returns.submit_return(one.pk, by=by, now=NOW)
    checker = officer("district_officer", one.path)
    if state == "returned":
        remarks = {"fund_gov": "请核对拨款文件"}
        returns.send_back_return(one.pk, reason="请核对", remarks=remarks, by=checker, now=NOW)
    if state in ("checked", "locked"):
        returns.accept_return(one.pk, by=checker, now=NOW)
    if state == "locked":
        returns.lock_return(one.pk, by=checker, now=NOW)
    one.refresh_from_db()
    return one
