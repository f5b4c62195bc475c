"""Who hears of the steps of an application: the next hand, and who applied."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.urls import reverse

from kepu.appraisal.models import Application, Objection
from kepu.appraisal.programme.schema import Programme
from kepu.appraisal.queries import calls
from kepu.appraisal.states import ApplicationState
from kepu.kernel.accounts.models import User
from kepu.kernel.notices import actions as notices
from kepu.kernel.notices.texts import Text, Words
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb

SUBMITTED = Text(
    "appraisal.submitted",
    Words("有申报等待推荐", "“{call}”有一份申报等待推荐：{code}，请在限期内办理。"),
    Words("An application waits for you", "{call}: application {code} waits to be recommended."),
)
TO_CHECK = Text(
    "appraisal.to_check",
    Words("有申报等待形式审查", "“{call}”有一份申报等待形式审查：{code}，请在限期内办理。"),
    Words(
        "An application waits to be checked",
        "{call}: application {code} waits for its formal check.",
    ),
)
OBJECTED = Text(
    "appraisal.objected",
    Words("公示收到异议", "“{call}”的申报{code}收到异议，公示已停止计时，请在限期内答复。"),
    Words(
        "An objection was raised",
        "{call}: somebody objects to application {code}. The public notice stands still until you answer.",
    ),
)
ANSWERED = Text(
    "appraisal.answered",
    Words("您的异议已答复", "您对“{call}”申报{code}提出的异议已答复：{reply}"),
    Words("Your objection was answered", "{call}, application {code}: {reply}"),
)
APPEALED = Text(
    "appraisal.appealed",
    Words("收到申诉", "“{call}”的申报{code}对不予认定提出申诉，请由未作出该决定的人员答复。"),
    Words("An appeal was raised", "{call}: application {code} appeals against its refusal."),
)
APPEAL_ANSWERED = Text(
    "appraisal.appeal_answered",
    Words("您的申诉已答复", "您在“{call}”的申报{code}的申诉已答复：{reason}"),
    Words("Your appeal was answered", "{call}, application {code}: {reason}"),
)
LATE = Text(
    "appraisal.late",
    Words("申报办理已超过限期", "“{call}”的申报{code}已超过办理限期，请尽快办理。"),
    Words(
        "An application is overdue",
        "{call}: the time for application {code} has run out. Please see to it.",
    ),
)
ANSWER_LATE = Text(
    "appraisal.answer_late",
    Words(
        "异议或申诉答复已超过限期", "“{call}”的申报{code}有异议或申诉已超过答复期限，请尽快答复。"
    ),
    Words(
        "An answer is overdue",
        "{call}: an objection or appeal about application {code} was not answered in time.",
    ),
)
TOLD = {
    "send_back": Text(
        "appraisal.returned",
        Words("申报材料需要补正", "您在“{call}”的申报{code}被退回补正（仅一次）：{reason}"),
        Words(
            "Please mend your application",
            "{call}: application {code} was returned, once: {reason}",
        ),
    ),
    "pass_check": Text(
        "appraisal.checked",
        Words("申报已通过形式审查", "您在“{call}”的申报{code}已通过形式审查。"),
        Words(
            "Your application passed the check",
            "{call}: application {code} passed the formal check.",
        ),
    ),
    "notice": Text(
        "appraisal.noticed",
        Words("申报进入公示", "您在“{call}”的申报{code}已进入公示。"),
        Words(
            "Your application is in public notice",
            "{call}: application {code} is in public notice.",
        ),
    ),
    "put_forward": Text(
        "appraisal.put_forward",
        Words("申报已上报", "您在“{call}”的申报{code}已推荐上报命名单位，结果另行通知。"),
        Words(
            "Your application was put forward",
            "{call}: application {code} was put forward to the body that names. You hear the outcome.",
        ),
    ),
    "take_back": Text(
        "appraisal.taken_back",
        Words("异议成立，重新评议", "您在“{call}”的申报{code}因异议成立，将重新评议：{reason}"),
        Words(
            "An objection was upheld",
            "{call}: application {code} is judged anew, for an objection was upheld: {reason}",
        ),
    ),
    "refuse": Text(
        "appraisal.refused",
        Words("申报未通过", "您在“{call}”的申报{code}未通过：{reason}。如有异议，可在限期内申诉。"),
        Words(
            "Your application was refused",
            "{call}: application {code} was refused: {reason}. You may appeal in time.",
        ),
    ),
}
TEXTS = (
    SUBMITTED, TO_CHECK, OBJECTED, ANSWERED, APPEALED, APPEAL_ANSWERED, LATE, ANSWER_LATE,
    *TOLD.values(),
)  # fmt: skip


def submitted(application: Application, programme: Programme, *, now: datetime) -> None:
    """The nearest officers who recommend, or the secretaries where nobody does."""
    if programme.recommended_at is None:
        recommended(application, now=now)
        return
    _tell(
        roles.nearest_holders(Verb.APPRAISAL_RECOMMEND, now=now, path=application.path),
        SUBMITTED,
        application,
        now=now,
    )


def recommended(application: Application, *, now: datetime) -> None:
    """The secretaries of the call have it to check."""
    _tell(secretaries(application, now=now), TO_CHECK, application, now=now)


def told(application: Application, verb: str, reason: str, *, now: datetime) -> None:
    """Who applied hears what was done, and why."""
    _tell(applicants(application, now=now), TOLD[verb], application, now=now, reason=reason)


def told_all(found: Sequence[Application], verb: str, *, now: datetime) -> None:
    """The same of many, of which nothing more is to be said."""
    prefetch_related_objects([one for one in found if not one.organisation_id], "made_by")
    units = {one.organisation_id for one in found if one.organisation_id and not one.person_id}
    officers = roles.officers_of_each(units, Verb.APPRAISAL_APPLY, now=now)
    told = [
        (person, {"call": one.call.title, "code": one.code}, reverse("application", args=[one.pk]))
        for one in found
        for person in _applicants(one, officers)
    ]
    notices.notify_each(told, TOLD[verb].key, now=now)


def _applicants(application: Application, officers: Mapping[int, list[User]]) -> list[User]:
    """As `applicants` finds them, with the officers of all units at hand."""
    if application.person is not None:
        return [application.person]
    if application.organisation_id is not None:
        return officers.get(application.organisation_id, [])
    return [application.made_by]


def objected(application: Application, *, now: datetime) -> None:
    """The secretaries have an objection to answer; who raised it is not told on."""
    _tell(secretaries(application, now=now), OBJECTED, application, now=now)


def appealed(application: Application, *, now: datetime) -> None:
    """Officers who decide here have an appeal to answer."""
    path = application.call.path
    _tell(
        roles.nearest_holders(Verb.APPRAISAL_DECIDE, now=now, path=path),
        APPEALED,
        application,
        now=now,
    )


def appeal_answered(application: Application, reply: str, *, now: datetime) -> None:
    """Who applied reads the answer."""
    _tell(applicants(application, now=now), APPEAL_ANSWERED, application, now=now, reason=reply)


def answered(objection: Objection, *, now: datetime) -> None:
    """Who raised the objection reads the answer."""
    application = objection.application
    said = {"call": application.call.title, "code": application.code, "reply": objection.reply}
    link = reverse("appraisal-notice", args=[application.call_id])
    notices.notify(objection.raised_by, ANSWERED.key, said, now=now, link=link)


def late(application: Application, *, now: datetime) -> None:
    """The owners of a step that has run out of time, and those one level up."""
    _tell(
        {one.pk: one for one in _answerable(application, now=now)}.values(),
        LATE,
        application,
        now=now,
    )


def answer_late(application: Application, *, now: datetime) -> None:
    """Secretaries and those who decide hear that an objection or an appeal was not answered in time."""
    path = application.call.path
    deciding = roles.nearest_holders(Verb.APPRAISAL_DECIDE, now=now, path=path)
    told = {one.pk: one for one in (*secretaries(application, now=now), *deciding)}
    _tell(told.values(), ANSWER_LATE, application, now=now)


def _answerable(application: Application, *, now: datetime) -> list[User]:
    """Who has the step in hand, and who watches over them."""
    kept = secretaries(application, now=now)
    if application.state == ApplicationState.RETURNED:
        return [*applicants(application, now=now), *kept]
    here = roles.nearest_holders(Verb.APPRAISAL_RECOMMEND, now=now, path=application.path)
    asked = calls.programme(application.call).recommended_at is not None
    if asked and application.state == ApplicationState.SUBMITTED:
        return [*here, *kept]
    path = application.call.path
    return [*kept, *roles.nearest_holders(Verb.APPRAISAL_DECIDE, now=now, path=path)]


def secretaries(application: Application, *, now: datetime) -> list[User]:
    path = application.call.path
    return list(roles.nearest_holders(Verb.APPRAISAL_KEEP, now=now, path=path))


def applicants(application: Application, *, now: datetime) -> list[User]:
    """Who stands for the applicant now: the person, those of the unit, or who wrote it for a place."""
    unit = application.organisation_id
    units = {unit} if unit and application.person is None else set()
    return _applicants(application, roles.officers_of_each(units, Verb.APPRAISAL_APPLY, now=now))


def _tell(
    people: Iterable[User], text: Text, application: Application, *, now: datetime, reason: str = ""
) -> None:
    said = {"call": application.call.title, "code": application.code}
    said |= {"reason": reason} if reason else {}
    link = reverse("application", args=[application.pk])
    notices.notify_each([(person, said, link) for person in people], text.key, now=now)
