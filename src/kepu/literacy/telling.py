"""What this room tells people. No notice says what an item asks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse

from kepu.kernel import clock
from kepu.kernel.divisions import queries as divisions
from kepu.kernel.divisions.queries import parent_path
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Item, Return, Review, Round, Run, Task

if TYPE_CHECKING:
    from kepu.kernel.accounts.models import User

NAMED = 8  # units that a notice names

REVIEW_ASKED = Text(
    "literacy.review_asked",
    Words("有一道题目请您评审", "请评审题目 {code}（{discipline}）。题目内容保密，请勿外传。"),
    Words(
        "An item waits for your review",
        "Please review item {code} ({discipline}). It is confidential: please show it to nobody.",
    ),
)
REVIEWED = Text(
    "literacy.reviewed",
    Words("题目评审意见已收齐", "题目 {code} 的评审专家都已答复，请查看。"),
    Words("All reviewers have answered", "Every expert asked about item {code} has answered."),
)
SENT_BACK = Text(
    "literacy.sent_back",
    Words("题目已退回修改", "题目 {code} 已退回。原因：{reason}"),
    Words("An item came back to you", "Item {code} was sent back. Reason: {reason}"),
)
RETURN_ASKED = Text(
    "literacy.return_asked",
    Words(
        "请填报科普统计年报",
        "{unit}：{year} 年度科普统计年报已开始填报，请于 {deadline} 前提交。",
    ),
    Words(
        "Please fill the yearly kepu statistics",
        "{unit}: the return for {year} is open. Please hand it in by {deadline}.",
    ),
)
RETURN_SENT_BACK = Text(
    "literacy.return_sent_back",
    Words(
        "科普统计年报退回更正",
        "{unit}：{year} 年度年报已退回，请更正后重新提交。原因：{reason}",
    ),
    Words(
        "A statistical return came back",
        "{unit}: the return for {year} was sent back. Please correct it and hand it in. Reason: {reason}",
    ),
)
DEADLINE_NEAR = Text(
    "literacy.return_deadline",
    Words("科普统计年报即将截止", "{unit}：{year} 年度年报尚未提交，截止时间为 {deadline}。"),
    Words(
        "A statistical return is nearly due",
        "{unit}: the return for {year} is not handed in yet. It is due by {deadline}.",
    ),
)
RETURNS_LATE = Text(
    "literacy.returns_late",
    Words(
        "科普统计年报逾期未交",
        "{year} 年度年报已于 {deadline} 截止，{place}还有 {n} 个单位没有提交：{units}。",
    ),
    Words(
        "Statistical returns are late",
        "Returns for {year} were due by {deadline}; in {place} {n} units have not handed in: {units}.",
    ),
)
TASK_NEAR = Text(
    "literacy.task_near",
    Words("目标任务即将到期", "“{task}”的期限是 {due}，还没有登记完成。"),
    Words("A task is nearly due", "“{task}” is due on {due} and is not done yet."),
)
TASK_LATE = Text(
    "literacy.task_late",
    Words("目标任务逾期", "{who}的任务“{task}”已于 {due} 到期，没有登记完成。"),
    Words("A task is late", "“{task}” of {who} was due on {due} and is not done."),
)
RUN_PROPOSED = Text(
    "literacy.run_proposed",
    Words("测评结果待您公布", "{name}提议公布《{title}》，请查看后公布，或说明原因退回。"),
    Words(
        "Survey results wait to be published",
        "{name} proposed “{title}”. Please look at it, and publish it or take it back with a reason.",
    ),
)
TEXTS = (
    REVIEW_ASKED, REVIEWED, SENT_BACK, RETURN_ASKED, RETURN_SENT_BACK, DEADLINE_NEAR, RETURNS_LATE,
    TASK_NEAR, TASK_LATE, RUN_PROPOSED,
)  # fmt: skip


def review_asked(review: Review, *, now: datetime) -> None:
    """The expert has something to judge."""
    context = {"code": review.item.code, "discipline": review.item.discipline.title}
    link = reverse("item-review", args=[review.pk])
    notices.notify(review.expert.person, REVIEW_ASKED.key, context, now=now, link=link)


def reviewed(review: Review, *, now: datetime) -> None:
    """Who asked can decide."""
    link = reverse("item", args=[review.item_id])
    notices.notify(review.asked_by, REVIEWED.key, {"code": review.item.code}, now=now, link=link)


def sent_back(item: Item, reason: str, *, now: datetime) -> None:
    """The writer has something to change."""
    context = {"code": item.code, "reason": reason.strip()}
    link = reverse("item", args=[item.pk])
    notices.notify(item.written_by, SENT_BACK.key, context, now=now, link=link)


def return_asked(one: Return, *, now: datetime) -> None:
    """Whoever fills returns for the unit has one to fill."""
    _tell_unit(one, RETURN_ASKED, now)


def return_sent_back(one: Return, reason: str, *, now: datetime) -> None:
    """The unit has something to correct."""
    _tell_unit(one, RETURN_SENT_BACK, now, reason=reason.strip())


def deadline_near(one: Return, *, now: datetime) -> None:
    """The unit has not much time left."""
    _tell_unit(one, DEADLINE_NEAR, now)


def returns_late(made: Round, path: str, late: Sequence[Return], *, now: datetime) -> None:
    """Officers of the district, or of the nearest place above it that has any, can ask what keeps them."""
    names = [one.organisation.name for one in late]
    context = {
        "year": made.year,
        "deadline": f"{made.deadline.astimezone(clock.BEIJING):%Y-%m-%d %H:%M}",
        "place": divisions.full_names({path})[path],
        "n": len(names),
        "units": "、".join(names[:NAMED]) + ("……" if len(names) > NAMED else ""),
    }
    link = f"{reverse('return-list')}?{urlencode({'year': made.year, 'district': path})}"
    for person in roles.nearest_holders(Verb.RETURN_CHECK, now=now, path=path):
        notices.notify(person, RETURNS_LATE.key, context, now=now, link=link)


def task_near(task: Task, *, now: datetime) -> None:
    """Who is to do it: the unit's people, or officers of the place."""
    context = {"task": task.what, "due": task.due.isoformat()}
    _tell_of_task(task, doers_of(task, now), TASK_NEAR, context, now)


def task_late(task: Task, *, now: datetime) -> None:
    """One level up: whoever keeps the target; of a task of that very place, the place above it."""
    above = task.of.path
    if task.division and task.division.path == above:
        above = parent_path(above) or above
    context = {"task": task.what, "due": task.due.isoformat(), "who": task.responsible}
    keepers = roles.nearest_holders(Verb.TARGET_KEEP, now=now, path=above)
    _tell_of_task(task, keepers, TASK_LATE, context, now)


def doers_of(task: Task, now: datetime) -> Iterable[User]:
    """Who fills returns for the unit, or keeps targets of the place; where nobody does, who gave it."""
    if task.organisation_id:
        people = list(roles.officers_of(task.organisation_id, Verb.RETURN_FILE, now=now))
        if people:
            return people
    place = task.division.path if task.division else task.of.path
    return roles.nearest_holders(Verb.TARGET_KEEP, now=now, path=place)


def _tell_of_task(
    task: Task, people: Iterable[User], text: Text, context: dict[str, str], now: datetime
) -> None:
    link = reverse("target", args=[task.of_id])
    for person in people:
        notices.notify(person, text.key, context, now=now, link=link)


def _tell_unit(one: Return, text: Text, now: datetime, **more: str) -> None:
    deadline = one.round.deadline.astimezone(clock.BEIJING)
    told = {
        "unit": one.organisation.name,
        "year": one.round.year,
        "deadline": f"{deadline:%Y-%m-%d %H:%M}",
    }
    context = {name: value for name, value in told.items() if f"{{{name}}}" in text.zh.text} | more
    link = reverse("return", args=[one.pk])
    for person in roles.officers_of(one.organisation_id, Verb.RETURN_FILE, now=now):
        notices.notify(person, text.key, context, now=now, link=link)


def run_proposed(run: Run, *, now: datetime) -> None:
    """Whoever may publish the results, but the one who proposed them."""
    proposer = run.proposed_by
    assert proposer  # noqa: S101 (held by the database)
    context = {"name": proposer.name, "title": run.title}
    link = reverse("survey-run", args=[run.pk])
    others = roles.holders(Verb.SURVEY_PUBLISH, now=now, path=run.path)
    for person in others.exclude(pk=proposer.pk):
        notices.notify(person, RUN_PROPOSED.key, context, now=now, link=link)
