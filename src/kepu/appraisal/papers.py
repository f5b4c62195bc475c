"""Minutes and opinion sheets of a meeting, as PDF and as DOCX: one content, drawn two ways.

What they tell stands still once the meeting is closed, so the same paper is drawn next year. Names are
looked up for the paper alone and stand in no record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from kepu.appraisal import word
from kepu.appraisal.bridge import ticket
from kepu.appraisal.meeting_states import MeetingKind
from kepu.appraisal.models import Meeting, MeetingItem, MeetingMember
from kepu.appraisal.programme import panelling
from kepu.appraisal.programme.schema import Panel, Programme
from kepu.appraisal.queries import meetings
from kepu.appraisal.standards_states import Choice
from kepu.kernel.clock import BEIJING

Row = list[str]
MARKS = {Choice.FOR: "同意", Choice.AGAINST: "不同意", Choice.ABSTAIN: "弃权"}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Part:
    """A heading with lines of text and a table below it; either may be empty."""

    heading: str
    lines: list[str] = field(default_factory=list)
    head: Row = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Paper:
    """A paper as plain data, whoever draws it."""

    title: str
    facts: list[tuple[str, str]]
    parts: list[Part]
    foot: str


@dataclass(frozen=True)
class _Held:
    """A meeting with what its papers are written from."""

    meeting: Meeting
    programme: Programme
    panel: Panel
    members: list[MeetingMember]
    items: list[MeetingItem]

    def names(self, of: set[int]) -> str:
        found = [one.expert.person.name for one in self.members if one.pk in of]
        return "、".join(found) or "无"


# --- drawing --------------------------------------------------------------------------------------


def drawn(meeting: Meeting, what: str, form: str) -> tuple[bytes, str]:
    """The paper and its media type. Five queries."""
    programme, panel = meetings.panel_of(meeting.call)
    held = _Held(meeting, programme, panel, meetings.members(meeting), meetings.items(meeting))
    return FORMS[form](WHAT[what](held), meeting)


def _pdf(paper: Paper, meeting: Meeting) -> tuple[bytes, str]:
    import typst  # asked late: web start-up does without it

    assert meeting.closed_at is not None  # noqa: S101 (papers are of closed meetings)
    made = typst.compile(  # type: ignore[call-overload]
        _template(),
        font_paths=[_font_folder()],
        ignore_system_fonts=True,
        sys_inputs={"values": json.dumps(asdict(paper), ensure_ascii=False)},
        timestamp=int(meeting.closed_at.timestamp()),
        format="pdf",
    )
    return bytes(made), "application/pdf"


def _docx(paper: Paper, _meeting: Meeting) -> tuple[bytes, str]:
    parts: list[word.Block] = [word.Title(paper.title), word.Facts(paper.facts)]
    for part in paper.parts:
        parts += [word.Heading(part.heading), *(word.Line(line) for line in part.lines)]
        if part.rows:
            parts.append(word.Table(part.head, part.rows))
    return word.document(parts, foot=paper.foot), DOCX


@cache
def _template() -> bytes:
    return (resources.files("kepu.appraisal") / "typst" / "paper.typ").read_bytes()


@cache
def _font_folder() -> str:
    return str(resources.files("noto_cjk_sans_otc"))


# --- what stands in them --------------------------------------------------------------------------


def _minutes(held: _Held) -> Paper:
    parts = [_attendance(held), _order(held), _results(held)]
    if not held.panel.secret:
        parts.append(_open_votes(held))
    parts.append(_signatures(held))
    return Paper(f"{held.programme.title}评审会会议记录", _facts(held), parts, _foot(held))


def _opinions(held: _Held) -> Paper:
    signed = [one for one in held.members if one.signed_at is not None]
    parts = [_results(held)]
    parts += [
        Part(
            f"{one.number} 号评委：{one.expert.person.name}",
            [
                *(one.opinion.splitlines() or ["无补充意见。"]),
                f"签名时间：{_moment(one.signed_at)}",
            ],
        )
        for one in signed
    ]
    return Paper(f"{held.programme.title}评审会专家意见表", _facts(held), parts, _foot(held))


def _facts(held: _Held) -> list[tuple[str, str]]:
    meeting, panel = held.meeting, held.panel
    came = [one for one in held.members if one.joined_at is not None]
    base = "应参加委员" if panel.of_members else "参加表决委员"
    return [
        ("会议", meeting.title),
        ("申报通知", meeting.call.title),
        *_panel_of(held),
        ("地点", meeting.place),
        ("时间", f"{_moment(meeting.opened_at)} 至 {_moment(meeting.closed_at)}"),
        ("出席", f"应到 {len(held.members)} 人，实到 {len(came)} 人"),
        ("表决方式", "无记名投票" if panel.secret else "记名投票"),
        ("法定人数", f"不少于应参加委员的 {panel.quorum:.2%}（回避的不计）"),
        ("通过条件", f"同意票不少于{base}的 {panel.majority:.2%}"),
        ("记录", meeting.closed_by.name if meeting.closed_by else ""),
    ]


def _panel_of(held: _Held) -> list[tuple[str, str]]:
    """The class or track that the panel was formed for; of a panel for all of them, nothing."""
    of = meetings.class_of(held.meeting.klass, held.programme)
    return [("评审组", of.title)] if of else []


def _attendance(held: _Held) -> Part:
    rows = [
        [
            str(one.number), one.expert.person.name, _moment(one.joined_at) or "未到会",
            _moment(one.pledged_at) or "—", _moment(one.left_at) or "—",
        ]
        for one in held.members
    ]  # fmt: skip
    return Part("出席人员", head=["编号", "姓名", "签到", "承诺保密", "离会"], rows=rows)


def _order(held: _Held) -> Part:
    meeting = held.meeting
    rows = [
        [str(one.position), _called(held, one),
         str(ticket(meeting.seed or 0, one.application.code, meeting.pk))]
        for one in held.items
    ]  # fmt: skip
    told = (
        f"种子 {meeting.seed}，盐 {meeting.seed_salt}；"
        f"安排会议时已公布“种子:盐”的 SHA-256 {meeting.seed_digest}。"
        f"取“种子:编码:{meeting.pk}”的 SHA-256 前三位十六进制数，从小到大排列，相同的按编码。"
    )
    return Part("评议顺序", [told], ["顺序", "申报", "抽签数"], rows)


def _results(held: _Held) -> Part:
    rows = [
        [
            str(one.position), _called(held, one),
            held.names({row.member_id for row in one.recusals.all()}),
            f"{one.present}/{one.entitled}", _counted(one), "通过" if one.carried else "未通过",
        ]
        for one in held.items
    ]  # fmt: skip
    head = ["顺序", "申报", "回避", "实到/应参加", "结果", "结论"]
    again = [
        f"{one.application.code} 曾 {one.put_off} 次暂缓，当次所投的票作废。"
        for one in held.items
        if one.put_off
    ]
    return Part("评议结果", again, head, rows)


def _open_votes(held: _Held) -> Part:
    name = {one.pk: one.expert.person.name for one in held.members}
    rows = [
        [one.application.code, name[vote.member_id], MARKS.get(vote.mark, vote.mark)]  # type: ignore[call-overload]
        for one in held.items
        for vote in one.votes.all()
    ]
    return Part("记名表决", head=["申报", "委员", "表决"], rows=rows)


def _signatures(held: _Held) -> Part:
    rows = [
        [one.expert.person.name, _moment(one.signed_at)]
        for one in held.members
        if one.signed_at is not None
    ]
    said = ["以下委员登录本人账号后签名。"] if rows else ["没有委员签名。"]
    return Part("签名", said, ["委员", "签名时间"] if rows else [], rows)


def _called(held: _Held, one: MeetingItem) -> str:
    """By the code alone where those who judge may not know who applies."""
    name = meetings.name_of(one.application, held.programme)
    return f"{one.application.code} {name}".strip()


def _counted(one: MeetingItem) -> str:
    if one.kind == MeetingKind.SCORE:
        return f"{panelling.cast(one.tally)} 人打分，平均 {float(panelling.mean(one.tally)):.2f} 分"
    return "，".join(f"{words} {one.tally.get(key, 0)}" for key, words in MARKS.items())


def _foot(held: _Held) -> str:
    return f"本件由存档记录生成，记录的 SHA-256：{held.meeting.digest}"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if at else ""


WHAT: dict[str, Callable[[_Held], Paper]] = {"minutes": _minutes, "opinions": _opinions}
FORMS: dict[str, Callable[[Paper, Meeting], tuple[bytes, Any]]] = {"pdf": _pdf, "docx": _docx}
