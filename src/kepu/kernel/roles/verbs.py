"""What may be done, and which role may do it. Data; who holds which role is in the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kepu.kernel.divisions.states import Level


class Verb(StrEnum):
    """One coarse permission. Rules about the object itself live in the rooms."""

    ORDER_PLACE_FOR = "order.place_for"  # place an order in somebody's name
    ORDER_DISPATCH = "order.dispatch"
    ORDER_ACCEPT = "order.accept"
    ORDER_SUPERVISE = "order.supervise"
    MENU_PUBLISH = "menu.publish"
    TEAM_APPROVE = "team.approve"
    TEAM_LEAD = "team.lead"
    HOURS_CERTIFY = "hours.certify"
    VOLUNTEER_APPROVE = "volunteer.approve"
    EXPERT_INVITE = "expert.invite"
    EXPERT_ADMIT = "expert.admit"  # read the expert register of a place, answer applications to it
    EXPERT_PAY = "expert.pay"  # read where an expert's fee is paid to
    ITEM_WRITE = "item.write"
    ITEM_APPROVE = "item.approve"  # keep an item bank: reviews, approval, retirement, booklets
    SURVEY_ASK = "survey.ask"  # knock at the doors one was given, and interview
    SURVEY_SUPERVISE = "survey.supervise"  # hand out doors, follow and check the interviews
    SURVEY_PUBLISH = "survey.publish"  # keep, propose and publish results of the survey
    RETURN_FILE = "return.file"  # fill the yearly statistical return of a unit
    RETURN_CHECK = "return.check"  # check returns of units, send them back, lock them
    ROUND_KEEP = "round.keep"  # open, lock and publish a year of kepu statistics
    TARGET_KEEP = "target.keep"  # state the literacy targets of a place, and the tasks under them
    POST_APPOINT = "post.appoint"
    CAMPAIGN_RUN = "campaign.run"
    CONTRACT_SIGN = "contract.sign"
    VENUE_KEEP = "venue.keep"  # register the venues of a unit, keep them and count who came
    VENUE_JUDGE = "venue.judge"  # confirm, warn, suspend and revoke venues of a place
    APPRAISAL_APPLY = "appraisal.apply"  # apply for a unit or a place in a call
    APPRAISAL_RECOMMEND = (
        "appraisal.recommend"  # recommend applications of a place to the level above
    )
    APPRAISAL_KEEP = "appraisal.keep"  # the secretary of calls: checks, reviewers, panels, notices
    APPRAISAL_DECIDE = (
        "appraisal.decide"  # name, refuse, warn, suspend and revoke, by a signed paper
    )
    RULEBOOK_ISSUE = "rulebook.issue"
    DIVISION_CHANGE = "division.change"
    ROLE_GRANT = "role.grant"
    ACCOUNT_MANAGE = "account.manage"
    FIGURES_READ = "figures.read"
    SYSTEM_OPERATE = "system.operate"
    AUDIT_READ = "audit.read"


# Running the system and its tree. A zone that keeps its business to itself does not shut these out,
# or nobody could ever appoint anybody in it, or redraw it.
ADMINISTRATION = frozenset(
    {
        Verb.RULEBOOK_ISSUE,
        Verb.DIVISION_CHANGE,
        Verb.ROLE_GRANT,
        Verb.ACCOUNT_MANAGE,
        Verb.SYSTEM_OPERATE,
        Verb.AUDIT_READ,
    }
)


class HeldAt(StrEnum):
    """Where a role can be held."""

    PATH = "path"
    ZONE = "zone"
    ORGANISATION = "organisation"


@dataclass(frozen=True)
class Role:
    """A role: its name, its duty in plain words, where it is held and what it may do.

    One that is for whole cities is held at their `levels` only; most are held at any.
    Whoever does more by their role than read figures proves twice who they are: reads other people's
    personal data, says something to the public or in official figures, or administers.
    """

    key: str
    title: Promise | str
    duty: Promise | str
    held_at: frozenset[HeldAt]
    verbs: frozenset[Verb]
    second_factor: bool = False
    levels: tuple[Level, ...] = tuple(Level)


def _role(
    key: str,
    title: Promise,
    duty: Promise,
    held_at: set[HeldAt],
    verbs: set[Verb],
    *,
    staff: bool = False,
) -> Role:
    return Role(key, title, duty, frozenset(held_at), frozenset(verbs), second_factor=staff)


PLACE = {HeldAt.PATH, HeldAt.ZONE}
WHOLE_CITY = (Level.PROVINCE, Level.PREFECTURE)  # a municipality is a province


def _over_a_city(role: Role) -> Role:
    """What it may do concerns everybody, so it is held for a whole city or province."""
    return replace(role, levels=WHOLE_CITY)


ROLES: dict[str, Role] = {
    role.key: role
    for role in (
        _role(
            "community_worker",
            _("community worker"),
            _("receives, merges and dispatches orders, and places them for people by telephone"),
            PLACE,
            {Verb.ORDER_PLACE_FOR, Verb.ORDER_DISPATCH, Verb.APPRAISAL_APPLY},
            staff=True,
        ),
        _role(
            "department_officer",
            _("department officer"),
            _("accepts orders for a department, opens them to teams, publishes its services"),
            {HeldAt.ORGANISATION},
            {
                Verb.ORDER_ACCEPT,
                Verb.MENU_PUBLISH,
                Verb.HOURS_CERTIFY,
                Verb.CONTRACT_SIGN,
                Verb.RETURN_FILE,
                Verb.APPRAISAL_APPLY,
            },
            staff=True,
        ),
        _role(
            "district_officer",
            _("district officer"),
            _(
                "watches over orders of the district, approves teams, confirms venues and appoints posts"
            ),
            PLACE,
            {
                Verb.ORDER_PLACE_FOR,
                Verb.ORDER_DISPATCH,
                Verb.ORDER_SUPERVISE,
                Verb.TEAM_APPROVE,
                Verb.VOLUNTEER_APPROVE,
                Verb.EXPERT_ADMIT,
                Verb.POST_APPOINT,
                Verb.HOURS_CERTIFY,
                Verb.CAMPAIGN_RUN,
                Verb.RETURN_CHECK,
                Verb.TARGET_KEEP,
                Verb.VENUE_JUDGE,
                Verb.APPRAISAL_APPLY,
                Verb.APPRAISAL_RECOMMEND,
                Verb.APPRAISAL_DECIDE,  # in calls of the district; those of the city lie above it
            },
            staff=True,
        ),
        _over_a_city(
            _role(
                "city_officer",
                _("city officer"),
                _("plans, supervises and issues rulebooks for the whole city"),
                {HeldAt.PATH},
                {
                    Verb.ORDER_SUPERVISE,
                    Verb.TEAM_APPROVE,
                    Verb.EXPERT_INVITE,
                    Verb.EXPERT_ADMIT,
                    Verb.EXPERT_PAY,
                    Verb.POST_APPOINT,
                    Verb.CAMPAIGN_RUN,
                    Verb.RULEBOOK_ISSUE,
                    Verb.DIVISION_CHANGE,
                    Verb.TARGET_KEEP,
                    Verb.VENUE_JUDGE,
                    Verb.APPRAISAL_DECIDE,
                },
                staff=True,
            ),
        ),
        _role(
            "venue_manager",
            _("venue manager"),
            _(
                "registers a museum, base or other venue, keeps it and offers its services on the menu"
            ),
            {HeldAt.ORGANISATION},
            {Verb.MENU_PUBLISH, Verb.RETURN_FILE, Verb.VENUE_KEEP, Verb.APPRAISAL_APPLY},
            staff=True,
        ),
        _role(
            "appraisal_secretary",
            _("appraisal secretary"),
            _(
                "keeps the calls of a place: checks applications, finds reviewers, prepares panels and "
                "public notices; decides nothing alone"
            ),
            {HeldAt.PATH},
            {Verb.APPRAISAL_KEEP, Verb.EXPERT_INVITE},
            staff=True,
        ),
        _role(
            "statistician",
            _("unit statistician"),
            _("fills the yearly statistical return of one unit; sees no other"),
            {HeldAt.ORGANISATION},
            {Verb.RETURN_FILE},
            staff=True,
        ),
        _role(
            "analyst",
            _("analyst"),
            _("reads figures and the rules behind them; sees no personal data"),
            PLACE,
            {Verb.FIGURES_READ},
        ),
        _role(
            "item_writer",
            _("item writer"),
            _("writes items for the literacy survey; sees only the own ones"),
            {HeldAt.PATH},
            {Verb.ITEM_WRITE},
            staff=True,
        ),
        _role(
            "item_officer",
            _("item officer"),
            _(
                "keeps the item bank: has items reviewed, approves and retires them, assembles booklets"
            ),
            {HeldAt.PATH},
            {Verb.ITEM_WRITE, Verb.ITEM_APPROVE},
            staff=True,
        ),
        _role(
            "survey_officer",
            _("survey officer"),
            _(
                "keeps results of the literacy survey and the yearly statistics, and publishes them "
                "with a second officer"
            ),
            {HeldAt.PATH},
            {
                Verb.SURVEY_PUBLISH,
                Verb.SURVEY_SUPERVISE,
                Verb.ROUND_KEEP,
                Verb.RETURN_CHECK,
                Verb.FIGURES_READ,
            },
            staff=True,
        ),
        _role(
            "field_supervisor",
            _("field supervisor"),
            _(
                "hands out the doors of a survey in a district, follows the interviews and checks them"
            ),
            {HeldAt.PATH},
            {Verb.SURVEY_SUPERVISE},
            staff=True,
        ),
        _role(
            "interviewer",
            _("interviewer"),
            _("knocks at the doors of a survey and interviews, also without a network"),
            {HeldAt.PATH},
            {Verb.SURVEY_ASK},
            staff=True,
        ),
        _role(
            "partner_officer",
            _("partner officer"),
            _("looks at figures for a neighbouring region that shares resources"),
            PLACE,
            {Verb.FIGURES_READ},
        ),
        _over_a_city(
            _role(
                "system_administrator",
                _("system administrator"),
                _("runs the installation: worker, backup, dead letters; sees no personal data"),
                {HeldAt.PATH},
                {Verb.SYSTEM_OPERATE},
                staff=True,
            ),
        ),
        _role(
            "security_administrator",
            _("security administrator"),
            _("manages accounts and grants roles; does no business"),
            {HeldAt.PATH},
            {Verb.ROLE_GRANT, Verb.ACCOUNT_MANAGE},
            staff=True,
        ),
        _over_a_city(
            _role(
                "audit_administrator",
                _("audit administrator"),
                _("reads and verifies the audit; changes nothing"),
                {HeldAt.PATH},
                {Verb.AUDIT_READ},
                staff=True,
            ),
        ),
    )
}

# Nobody holds two of these: the one who acts, the one who grants and the one who checks are three.
SEPARATED = ("system_administrator", "security_administrator", "audit_administrator")


def roles_with(verb: Verb) -> list[str]:
    """Keys of the roles that may do `verb`."""
    return [role.key for role in ROLES.values() if verb in role.verbs]


def title_of(key: str) -> str:
    """What a role is called; one that is no longer known keeps its key."""
    return str(ROLES[key].title) if key in ROLES else key
