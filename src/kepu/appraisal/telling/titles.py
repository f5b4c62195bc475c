"""What holders and officers are told of titles: given, warned, taken, reports due, appeals answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from kepu.appraisal.models import Appeal, Title, YearReport
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import titles as queries
from kepu.kernel.accounts.models import User
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

GIVEN = Text(
    "appraisal.title_given",
    Words("称号已命名", "“{programme}”已命名，证书编号 {number}，可在称号页面下载证书。"),
    Words(
        "A title was given",
        "{programme}: the title was given under number {number}. Its page has the certificate.",
    ),
)


def _decided(verb: str, zh: str, zh_text: str, en: str, en_text: str) -> Text:
    return Text(
        f"appraisal.title_{verb}",
        Words(zh, f"称号 {{number}} {zh_text}原因：{{reason}}"),
        Words(en, f"Title {{number}} {en_text} Reason: {{reason}}"),
    )


DECIDED = {
    "warn": _decided(
        "warned", "称号收到警告", "收到警告，请按页面所示期限整改。",
        "Your title was warned", "was warned; please put it right by the day its page shows.",
    ),
    "rectified": _decided(
        "rectified", "整改已通过", "整改已通过，称号恢复正常。",
        "Put right", "is in good standing again.",
    ),
    "suspend": _decided(
        "suspended", "称号已被暂停", "自即刻起暂停，可在期限内申诉。",
        "Your title is suspended", "is suspended from now on; you may appeal in time.",
    ),
    "reinstate": _decided(
        "reinstated", "称号已恢复", "已恢复。",
        "Your title is reinstated", "is reinstated.",
    ),
    "downgrade": _decided(
        "downgraded", "称号已降级", "已降级，可在期限内申诉。",
        "Your title was downgraded", "was set to a lower level; you may appeal in time.",
    ),
    "revoke": _decided(
        "revoked", "称号已撤销", "已撤销，可在期限内申诉。",
        "Your title was revoked", "was revoked; you may appeal in time.",
    ),
}  # fmt: skip
EXPIRED = Text(
    "appraisal.title_expired",
    Words("称号已到期", "称号 {number} 已于 {day} 到期，不再有效。"),
    Words("Your title has ended", "Title {number} ended on {day} and holds no more."),
)
RENEWAL = Text(
    "appraisal.title_renewal",
    Words("称号将到期", "称号 {number} 于 {day} 到期，现在可以申请延续。"),
    Words("Your title ends soon", "Title {number} ends on {day}; its renewal is open now."),
)
REPORT_DUE = Text(
    "appraisal.report_due",
    Words("年度报告待提交", "称号 {number} 的 {year} 年度报告请于 {day} 前提交。"),
    Words("A yearly report is due", "The report of {year} for title {number} is due by {day}."),
)
REPORT_HANDED_IN = Text(
    "appraisal.report_handed_in",
    Words("年度报告等待审核", "称号 {number} 提交了 {year} 年度报告，请审核。"),
    Words(
        "A yearly report waits", "Title {number} handed in its report of {year}. Please check it."
    ),
)
REPORT_CHECKED = {
    "pass": Text(
        "appraisal.report_passed",
        Words("年度报告已通过", "称号 {number} 的 {year} 年度报告已通过。{reason}"),
        Words("Yearly report passed", "The report of {year} for title {number} passed. {reason}"),
    ),
    "send_back": Text(
        "appraisal.report_returned",
        Words("年度报告被退回", "称号 {number} 的 {year} 年度报告被退回，请补充后重新提交。原因：{reason}"),
        Words(
            "Yearly report returned",
            "The report of {year} for title {number} was returned; please mend it. Reason: {reason}",
        ),
    ),
    "fail": Text(
        "appraisal.report_failed",
        Words("年度报告不合格", "称号 {number} 的 {year} 年度报告不合格。原因：{reason}"),
        Words(
            "Yearly report failed",
            "The report of {year} for title {number} failed. Reason: {reason}",
        ),
    ),
}  # fmt: skip
APPEALED = Text(
    "appraisal.title_appealed",
    Words("有称号申诉等待答复", "称号 {number} 的持有者提出申诉，请于 {day} 前答复。"),
    Words("An appeal waits", "The holder of title {number} appeals. Please answer by {day}."),
)
ANSWERED = Text(
    "appraisal.title_appeal_answered",
    Words("申诉已答复", "关于称号 {number} 的申诉已答复：{reason}"),
    Words("Your appeal was answered", "Your appeal about title {number} was answered: {reason}"),
)
APPEAL_LATE = Text(
    "appraisal.title_appeal_late",
    Words("称号申诉答复已超过限期", "称号 {number} 的申诉已超过答复期限，请尽快答复。"),
    Words("An answer is overdue", "Title {number}: an appeal was not answered in time."),
)
RECTIFY_OVER = Text(
    "appraisal.title_rectify_over",
    Words("称号整改期限已到", "称号 {number} 的整改期限已过，请核实整改情况并作出决定。"),
    Words(
        "The time to put it right is over",
        "Title {number} was to be put right by now. Please see whether it was, and decide.",
    ),
)
TEXTS = (
    GIVEN, *DECIDED.values(), EXPIRED, RENEWAL, REPORT_DUE, REPORT_HANDED_IN,
    *REPORT_CHECKED.values(), APPEALED, ANSWERED, APPEAL_LATE, RECTIFY_OVER,
)  # fmt: skip


def holders(title: Title, now: datetime) -> Iterable[User]:
    """Who is told of a title: the person, who applies for the unit, or the officer of the place."""
    if title.person is not None:
        return [title.person]
    if title.organisation_id is not None:
        return roles.officers_of(title.organisation_id, Verb.APPRAISAL_APPLY, now=now)
    return roles.nearest_holders(Verb.APPRAISAL_APPLY, now=now, path=title.path)


def given(title: Title, programme: Programme, *, now: datetime) -> None:
    """The holder hears that the title was given."""
    _tell(title, GIVEN, now, programme=programme.title, number=title.number)


def decided(title: Title, verb: str, reason: str, *, now: datetime) -> None:
    """The holder hears what was decided about the title, and why."""
    _tell(title, DECIDED[verb], now, number=title.number, reason=reason)


def ended(title: Title, *, now: datetime) -> None:
    _tell(title, EXPIRED, now, number=title.number, day=title.until)


def renewal_opens(title: Title, *, now: datetime) -> None:
    _tell(title, RENEWAL, now, number=title.number, day=title.until)


def report_due(report: YearReport, *, now: datetime) -> None:
    """The holder hears that a report is due."""
    title = report.title
    _tell(title, REPORT_DUE, now, number=title.number, year=report.year, day=report.due_on)


def report_handed_in(report: YearReport, *, now: datetime) -> None:
    """Officers who check it hear that a report waits."""
    said = {"number": report.title.number, "year": report.year}
    _tell_officers(report.title, REPORT_HANDED_IN, said, now)


def report_checked(report: YearReport, verb: str, *, now: datetime) -> None:
    """The holder hears what became of the report."""
    said = {"number": report.title.number, "year": report.year, "reason": report.reason}
    _tell(report.title, REPORT_CHECKED[verb], now, **said)


def appealed(appeal: Appeal, title: Title, *, now: datetime) -> None:
    """Who decides hears that an appeal waits for an answer."""
    said = {"number": title.number, "day": appeal.due_at.date()}
    _tell_officers(title, APPEALED, said, now)


def appeal_late(appeal: Appeal, title: Title, *, now: datetime) -> None:
    """Who decides hears that an appeal was not answered in time."""
    _tell_officers(title, APPEAL_LATE, {"number": title.number}, now)


def rectify_over(title: Title, *, now: datetime) -> None:
    """Who decides hears that the time to put a title right is over."""
    _tell_officers(title, RECTIFY_OVER, {"number": title.number}, now)


def answered(appeal: Appeal, title: Title, *, now: datetime) -> None:
    """Who appealed hears the answer."""
    said = {"number": title.number, "reason": appeal.reply}
    notices.notify(appeal.raised_by, ANSWERED.key, said, now=now, link=_link(title))


def _tell(title: Title, text: Text, now: datetime, **said: object) -> None:
    for person in holders(title, now):
        notices.notify(person, text.key, said, now=now, link=_link(title))


def _tell_officers(title: Title, text: Text, said: dict[str, object], now: datetime) -> None:
    for officer in roles.nearest_holders(Verb.APPRAISAL_DECIDE, now=now, path=queries.seat(title)):
        notices.notify(officer, text.key, said, now=now, link=_link(title))


def _link(title: Title) -> str:
    return reverse("title", args=[title.number])
