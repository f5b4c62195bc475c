"""Why not?"""

from __future__ import annotations

import re
from datetime import datetime

from django.utils.translation import gettext as _

from kepu.kernel.accounts.models import User
from kepu.kernel.notices import channels, queries
from kepu.kernel.notices.channels.webhook import why_not_knock
from kepu.kernel.notices.models import Notice
from kepu.kernel.notices.schemas import NoticeRules
from kepu.kernel.notices.states import KEPT, Way


def why_not_read(person: User, notice: Notice) -> str | None:
    """A notice is for one person."""
    return None if notice.person_id == person.pk else _("this notice is for somebody else")


def why_not_by(way: Way, notice: Notice, rules: NoticeRules) -> str | None:
    """A way is taken when it is open, reaches the person, is wanted, and has an approved text."""
    if channels.open_way(way) is None:
        return _("this way is not set up")
    if way in queries.opted_out(notice.person):
        return _("the person does not want to be told this way")
    if queries.contact(notice.person, way) is None:
        return _("no address is known for this way")
    if rules.approved(way, notice.template) is None:
        return _("the text has no approved template")
    return None


def why_not_spend(person: User, rules: NoticeRules, now: datetime) -> str | None:
    """Short messages cost money: so much for a person and so much for everybody each day. Three queries.

    Sign-in codes are never held up, but what they cost is taken from everybody's.
    """
    price = rules.sms.price_fen
    if queries.spent_fen(Way.SMS, now, person) + price > rules.sms.person_day_fen:
        return _("the day's short messages for this person are used up")
    codes = queries.spent_on_codes_fen(price, now)
    if codes + queries.spent_fen(Way.SMS, now) + price > rules.sms.city_day_fen:
        return _("the city's short messages of the day are used up")
    return None


OPENID = re.compile(r"[A-Za-z0-9_-]{6,64}")
SECRET = 16  # characters that a receiver's secret has at least


def why_not_reach(way: Way, address: str, secret: str) -> str | None:
    """Telephone and mail are kept with the person; an address elsewhere has to be one."""
    if way not in KEPT:
        return _("telephone and mail are kept with the person")
    if way == Way.WECHAT:
        return None if OPENID.fullmatch(address) else _("this is no openid of WeChat")
    inside = getattr(channels.open_way(way), "allow_private", False)
    if reason := why_not_knock(address, allow_private=inside):
        return _(reason)
    if len(secret) < SECRET:
        return _("a receiver's secret has 16 characters or more")
    return None


def why_not_keep_contact(by: User, person: User) -> str | None:
    """People say themselves where they are reached."""
    return None if by.pk == person.pk else _("only the person may do this")
