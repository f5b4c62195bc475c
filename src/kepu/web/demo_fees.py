"""The demo city's fees: a list that waits for its second signature, with one expert who gave an account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kepu.appraisal.actions import fees
from kepu.kernel import clock
from kepu.people.actions import experts_records

if TYPE_CHECKING:
    from kepu.appraisal.models import Call
    from kepu.people.models import Expert
    from kepu.web.demo_appraisal import Office

NUMBER = "11010519491231002X"  # the example of the standard of identity numbers; nobody's


def build(call: Call, known: Expert, office: Office, *, now: datetime) -> None:
    """Worked out by the secretary for the reviews handed in, with half a day of a visit."""
    experts_records.keep_fee_account(
        known.pk, holder=known.person.name, id_number=NUMBER, bank="示例银行示例支行",
        account="6200000000000000001", by=known.person, now=now,
    )  # fmt: skip
    month = clock.day(now).replace(day=1)
    made = fees.build(call.pk, month, by=office.secretary, now=now)
    fees.add_line(
        made.pk, expert_id=known.pk, kind="half_day", fen=0, about="现场考察（示例）",
        seen=made.version, by=office.secretary, now=now,
    )  # fmt: skip
