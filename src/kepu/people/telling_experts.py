"""What experts and their officers are told: applications, and the yearly confirmation."""

from __future__ import annotations

from datetime import datetime

from kepu.kernel.divisions import queries as divisions
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.people.models import Expert, Worker

APPLIED = Text(
    "people.expert_applied",
    Words("有人申请加入专家库", "{place}有一份新的专家申请，请审核。"),
    Words(
        "Somebody applies to be an expert", "There is a new application of an expert in {place}."
    ),
)
ADMITTED = Text(
    "people.expert_admitted",
    Words(
        "您已进入专家库", "您的专家申请已通过。请填好空闲时间和利害关系，任务会发到“我的专家信息”。"
    ),
    Words(
        "You are in the expert register",
        "Your application was accepted. Please tell when you are free and whom you are bound to; duties "
        "arrive on your expert page.",
    ),
)
REFUSED = Text(
    "people.expert_refused",
    Words("您的专家申请未通过", "理由：{reason}。您可以修改后重新申请。"),
    Words(
        "Your application as an expert was not accepted",
        "Reason: {reason}. You may change it and apply anew.",
    ),
)
DUE = Text(
    "people.expert_confirm_due",
    Words(
        "请确认您的专家信息", "请在 {day} 前确认您的专家信息和利害关系是否仍然属实，一分钟即可。"
    ),
    Words(
        "Please confirm your record as an expert",
        "Please confirm by {day} that your record and your bonds are still true. It takes a minute.",
    ),
)
LATE = Text(
    "people.expert_confirm_late",
    Words(
        "您的专家信息已过确认期限",
        "确认期限为 {day}。超过宽限期仍未确认的，暂不安排新任务；确认后立即恢复。",
    ),
    Words(
        "Your record as an expert is past its confirmation",
        "It was to be confirmed by {day}. After the days of grace no new duty comes until you confirm.",
    ),
)
WORKER_NAMED = Text(
    "people.worker_named",
    Words(
        "{unit}将您登记为科普人员",
        "{unit}请您确认是否同意登记为该单位的科普人员。不同意的，姓名不会保留在名册中。",
    ),
    Words(
        "{unit} puts you on its list of kepu workers",
        "Please say whether {unit} may keep you by name as a kepu worker. If not, you are not on the list.",
    ),
)
TEXTS = (APPLIED, ADMITTED, REFUSED, DUE, LATE, WORKER_NAMED)
PAGE = "/people/expert/"


def applied(expert: Expert, *, now: datetime) -> None:
    """The officers nearest to the place hear that somebody applies; the page tells who."""
    said = {"place": divisions.full_name(expert.path)}
    link = f"/people/experts/{expert.pk}/"
    for officer in roles.nearest_holders(Verb.EXPERT_ADMIT, now=now, path=expert.path):
        if officer.pk != expert.person_id:
            notices.notify(officer, APPLIED.key, said, now=now, link=link)


def admitted(expert: Expert, *, now: datetime) -> None:
    """The applicant hears the good news."""
    notices.notify(expert.person, ADMITTED.key, {}, now=now, link=PAGE)


def refused(expert: Expert, *, now: datetime) -> None:
    """The applicant hears why not."""
    notices.notify(expert.person, REFUSED.key, {"reason": expert.reason}, now=now, link=PAGE)


def due(expert: Expert, *, late: bool, now: datetime) -> None:
    """The expert hears by when record and bonds are to be confirmed, or that the day has passed."""
    text = LATE if late else DUE
    said = {"day": str(expert.confirmed_until)}
    notices.notify(expert.person, text.key, said, now=now, link=PAGE)


def named(worker: Worker, *, now: datetime) -> None:
    """Who is put on a unit's list of kepu workers is asked."""
    said = {"unit": worker.organisation.name}
    notices.notify(worker.person, WORKER_NAMED.key, said, now=now, link="/people/worker/")
