"""Why not? By noun: teams, volunteers, hours and the rest."""

from kepu.people.rules.absences import excused_when_told, hours_of_notice, why_not_suggest
from kepu.people.rules.hours import why_not_certify_as, why_not_confirm_as
from kepu.people.rules.oneself import why_not_decide_about
from kepu.people.rules.teams import why_not_act_for
from kepu.people.rules.volunteers import why_not_see_record, why_not_serve

__all__ = [
    "excused_when_told",
    "hours_of_notice",
    "why_not_act_for",
    "why_not_certify_as",
    "why_not_confirm_as",
    "why_not_decide_about",
    "why_not_see_record",
    "why_not_serve",
    "why_not_suggest",
]
