"""The base programme from its call to a revocation and an appeal, in a browser, by all it takes.

The programme is the one that ships. What a hand presses is named in English here and said in Chinese on
the page. Days are those of the real calendar: the notice runs over the holiday of October 2026.

With KEPU_SCREENSHOTS=docs/images the pictures of docs/appraisal.md are made anew.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
import time_machine
from django.utils import translation
from PIL import Image

from kepu.appraisal.actions import attending, meetings, timing
from kepu.appraisal.actions.panels import PANELS_WORK
from kepu.appraisal.models import Application, Inspection, Panels, Review, Title, Weighing
from kepu.kernel.accounts.models import User
from kepu.kernel.clock import BEIJING, workdays
from kepu.kernel.divisions.models import Division
from kepu.people.models import Expert
from kepu.venues import queries as venues
from tests import factories
from tests.journeys.conftest import PHONE, sign_in
from tests.journeys.conftest import photograph as take
from tests.journeys.test_order_loop import DESK, Hand
from tests.kepu.appraisal import inspection_world as on_the_spot
from tests.kepu.appraisal.review_world import expert, weighed
from tests.kepu.venues import factories as houses

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

AUGUST = datetime(2026, 8, 31, 9, 0, tzinfo=BEIJING)
PAPER = "示例科协〔2026〕21号"


def zh(words: str, context: str = "") -> str:
    """What a page says for English words."""
    with translation.override("zh-hans"):
        return translation.pgettext(context, words) if context else translation.gettext(words)


class Clerk(Hand):
    """A hand that fills in forms by the names of their fields."""

    def __init__(self, browser, person, url: str, **screen) -> None:
        super().__init__(browser, person, url, **screen)
        self.person = person
        self.signs_in_again = lambda: sign_in(self.context, person, url)

    def does(self, words: str, context: str = "") -> None:
        self.presses(zh(words, context))

    def fills(self, **said: str) -> None:
        for name, value in said.items():
            found = self.page.locator(f"[name={name}]")
            if found.first.get_attribute("type") == "radio":
                self.page.locator(f"[name={name}][value='{value}']").check()
            elif found.evaluate("one => one.tagName") == "SELECT":
                found.select_option(label=value)
            else:
                found.fill(value)

    def reads(self, words: str, context: str = "") -> None:
        self.sees(zh(words, context))


class Town:
    """Everybody who has a hand in it."""

    def __init__(self, browser, url: str) -> None:
        city, there = factories.division("50."), factories.division(houses.HERE)
        Division.objects.filter(pk=city.pk).update(name="示例市")
        Division.objects.filter(pk=there.pk).update(name="示例区")
        factories.division("50.107.")
        self.manager_person = houses.manager()
        self.house = houses.venue(by=self.manager_person, name="示例科技馆")
        people = {
            "manager": self.manager_person,
            "district": factories.officer("district_officer", houses.HERE, "区科协示例"),
            "secretary": factories.officer("appraisal_secretary", "50.", "秘书示例"),
            "officer": factories.officer("city_officer", "50.", "市科协示例"),
            "second": factories.officer("city_officer", "50.", "市科协第二人"),
            "resident": factories.user("居民示例"),
        }
        self.hands = {name: Clerk(browser, one, url, **DESK) for name, one in people.items()}
        self.experts = [
            expert(f"专家示例{n}", "50.107.", ("communication", "education")) for n in range(3)
        ]
        screens = (PHONE, DESK, DESK)  # one of them sits in a meeting room with a telephone
        self.judges = [
            Clerk(browser, one.person, url, **screen)
            for one, screen in zip(self.experts, screens, strict=True)
        ]
        self._hold_a_district_title()

    def wakes(self, at: datetime, traveller) -> None:
        """Time has gone on; sessions have ended, so everybody signs in again."""
        traveller.move_to(at)
        for hand in self.hands.values():
            hand.signs_in_again()

    def _hold_a_district_title(self) -> None:
        """The title that a municipal base needs first, of an earlier year."""
        title = Title(
            programme="district_base", rules_version=0, klass="hall", grade="district",
            number="KP-DISTRICT-BASE-2024-0001", venue=self.house, organisation=self.house.organisation,
            holder_name=self.house.name, since=datetime(2024, 5, 1).date(),
            granted_at=datetime(2024, 5, 1, tzinfo=BEIJING),
        )  # fmt: skip
        title.place(self.house.division_now)
        title.save()


@pytest.fixture
def paper(tmp_path: Path, settings) -> Path:
    settings.DATA = tmp_path / "data"
    page = Image.new("RGB", (800, 1100), "#fdfcf8")
    path = tmp_path / "证明.png"
    page.save(path)
    return path


def test_a_base_is_named_revoked_and_given_back(browser, live_server, paper):
    with time_machine.travel(AUGUST, tick=True) as traveller:
        town = Town(browser, live_server.url)
        hands = town.hands
        _call(hands["secretary"])
        one = _apply(hands["manager"], paper)
        _recommend_and_check(hands, one)
        _review(town, one)
        _inspect(hands["secretary"], one)
        _weigh_and_propose(hands["secretary"], one, town.experts)
        town.wakes(datetime(2026, 9, 29, 10, 0, tzinfo=BEIJING), traveller)
        _notice(town, one, traveller)
        title = _name(hands["officer"], one)
        town.wakes(datetime(2028, 1, 10, 10, 0, tzinfo=BEIJING), traveller)
        _report(hands, title)
        _spot_check_and_warn(hands, title)
        town.wakes(datetime(2028, 7, 31, 10, 0, tzinfo=BEIJING), traveller)
        _not_put_right(hands["officer"], title)
        _revoke(hands["officer"], town, title)
        _appeal(hands, town, title)


def _call(secretary: Clerk) -> None:
    secretary.opens("/appraisal/calls/desk/")
    secretary.does("Prepare a call")
    secretary.fills(
        programme="市级科普基地", place="示例市", title="2026 年市级科普基地申报", first="2026-08-31",
        last="2026-09-25",
    )  # fmt: skip
    secretary.does("Keep the draft")
    secretary.does("Open the call")
    secretary.reads("The call is public. It takes applications from its first day on.")


def _apply(manager: Clerk, paper: Path) -> Application:
    manager.opens("/appraisal/calls/")
    manager.presses("2026 年市级科普基地申报")
    manager.does("Apply")
    manager.fills(venue="示例科技馆", klass="hall")
    manager.does("Begin the application")
    manager.fills(
        answer_legal_person="yes", answer_rules="yes", answer_budgeted="yes", answer_renewal="15",
        answer_summary="每周有实验表演",
    )  # fmt: skip
    manager.does("Keep the answers")
    one = Application.objects.get()
    for key in ("charter", "activities"):
        manager.opens(f"/applications/{one.pk}/evidence/{key}/")
        manager.page.locator("[name=files]").set_input_files(paper)
        manager.does("Send the files")
    manager.reads("something is missing still")
    _show_documents(one, manager, paper.parent)
    manager.opens(f"/applications/{one.pk}/")
    take(manager.page, "appraisal-1-application")
    manager.does("Hand the application in")
    manager.reads("Handed in. You are told of every step.")
    return Application.objects.get(pk=one.pk)


def _show_documents(one: Application, manager: Clerk, folder: Path) -> None:
    """A plan and a budget: PDFs of one page."""
    for key in ("plan", "budget"):
        pdf = pikepdf.new()
        pdf.add_blank_page()
        pdf.save(folder / f"{key}.pdf")
        manager.opens(f"/applications/{one.pk}/evidence/{key}/")
        manager.page.locator("[name=files]").set_input_files(folder / f"{key}.pdf")
        manager.does("Send the files")


def _recommend_and_check(hands: dict[str, Clerk], one: Application) -> None:
    district, secretary = hands["district"], hands["secretary"]
    district.opens("/applications/desk/")
    district.presses("示例科技馆")
    district.does("Recommend")
    district.fills(reason="材料属实，同意推荐")
    district.does("Recommend")
    district.reads("Recommended. The secretary was told.")

    secretary.opens(f"/applications/{one.pk}/")
    secretary.does("Pass the formal check")
    secretary.reads("Passed. The applicant was told.")


def _review(town: Town, one: Application) -> None:
    secretary = town.hands["secretary"]
    secretary.opens(f"/appraisal/calls/{one.call_id}/reviewers/")
    secretary.does("Find reviewers")
    panels = Panels.objects.get()
    _work(panels)
    secretary.opens(f"/appraisal/panels/{panels.pk}/")
    secretary.does("Ask these reviewers")
    _work(panels)
    for judge, who in zip(town.judges, town.experts, strict=True):
        review = Review.objects.get(expert=who)
        judge.opens("/appraisal/reviews/")
        judge.presses(one.code)
        judge.page.locator("[name=confidential]").check()
        judge.page.locator("[name=unbound]").check()
        judge.does("Pledge and open the dossier")
        for key, points in (
            ("organisation", 8), ("funds", 8), ("activities", 16), ("effect", 8), ("exhibits", 12),
        ):  # fmt: skip
            row = judge.page.locator(f"#row-{key}")
            row.locator("[name=points]").fill(str(points))
            row.get_by_role("button").click()
            judge.page.locator(f"#row-{key}").get_by_text(zh("kept")).wait_for()
        if judge is town.judges[0]:
            judge.shows(zh("Your points"))
            take(judge.page, "appraisal-2-review")
        judge.opens(f"/appraisal/reviews/{review.pk}/")
        judge.page.locator("form[action$='hand-in/'] [name=comment]").fill("展示有特色")
        judge.does("Hand the review in")


def _inspect(secretary: Clerk, one: Application) -> None:
    """The secretary sends two experts and countersigns; their own page is a journey of its own."""
    who = [expert(f"考察示例{n}", "50.107.", ("communication",)).person for n in (1, 2)]
    secretary.opens(f"/appraisal/calls/{one.call_id}/inspections/")
    secretary.does("Assign inspectors")
    for person in who:
        secretary.page.locator(f"[name=people][value='{person.pk}']").check()
    secretary.does("Assign the inspectors")
    made, now = Inspection.objects.get(), datetime.now(BEIJING)
    answers: dict[str, Any] = {
        "open_now": True, "hours_told": True, "exits": True, "fire": True, "staff_seen": 18,
        "area_seen": 1450, "working": 32, "records": True,
    }  # fmt: skip
    for person in who:
        for item, value in answers.items():
            assert on_the_spot.note(made, person, item, value, now).receipt == "done"
        for item in ("open_now", "exits", "fire", "working"):
            on_the_spot.photograph(made, person, item, now)
        assert on_the_spot.sign(made, person, now).receipt == "done"
    secretary.opens(f"/appraisal/inspections/{made.pk}/")
    take(secretary.page, "appraisal-2-inspection")
    secretary.does("Countersign")
    secretary.reads("Countersigned. What follows from it, people decide.")


def _work(panels: Panels) -> None:
    """As the worker does it, in this process."""
    now = datetime.now(BEIJING)
    assert PANELS_WORK.take_up(panels.pk, now=now)
    PANELS_WORK.work_on(panels.pk, taken=now)


def _hold_a_panel(by: User, one: Application, judges: list[Expert]) -> None:
    """The panel carries it; how that looks in the room is shown in test_meeting."""
    now = datetime.now(BEIJING)
    meeting = meetings.plan(
        one.call_id, title="示例评审会", place="示例会议室", starts_at=now + timedelta(hours=1),
        kind="vote", experts=[each.pk for each in judges], applications=[one.pk], by=by, now=now,
    )  # fmt: skip
    meetings.draw(meeting.pk, by=by, now=now)
    meetings.open_meeting(meeting.pk, by=by, now=now)
    item = meeting.items.get()
    for each in judges:
        seat, hand = meeting.members.get(expert=each), {"by": each.person, "now": now}
        attending.join(seat.pk, code=meeting.code, **hand)
        attending.pledge(seat.pk, confidential=True, **hand)
    meetings.call_up(item.pk, by=by, now=now)
    meetings.let_vote(item.pk, by=by, now=now)
    for each in judges:
        attending.vote(item.pk, mark="for", by=each.person, now=now)
    meetings.count(item.pk, by=by, now=now)
    meetings.close(meeting.pk, by=by, now=now)


def _weigh_and_propose(secretary: Clerk, one: Application, judges: list[Expert]) -> None:
    secretary.opens(f"/appraisal/calls/{one.call_id}/")
    secretary.does("Weigh the scores")
    weighed(Weighing.objects.get(), now=datetime.now(BEIJING))
    secretary.opens(f"/appraisal/weighings/{Weighing.objects.get().pk}/")
    take(secretary.page, "appraisal-3-judgement")
    # 52 judged points, all staff, area, opening and renewal: 10 + 10 + 10 + 5.
    secretary.sees("87.00")
    _hold_a_panel(secretary.person, one, judges)
    secretary.does("Propose these levels")
    secretary.sees("1份申报已列为拟认定。")


def _notice(town: Town, one: Application, traveller) -> None:
    hands = town.hands
    secretary, resident, second = hands["secretary"], hands["resident"], hands["second"]
    secretary.opens(f"/appraisal/calls/{one.call_id}/")
    secretary.page.locator("form[action$='/notice/put/'] button").click()
    # Counted: 30 September, 8, 9, 10 October (a Saturday that is worked) and 12 October.
    assert Application.objects.get(pk=one.pk).due_at == datetime(2026, 10, 13, tzinfo=BEIJING)

    resident.opens(f"/appraisal/calls/{one.call_id}/notice/")
    take(resident.page, "appraisal-4-notice")
    resident.page.get_by_role(
        "link", name=zh("Object to: %(name)s") % {"name": "示例科技馆"}
    ).click()
    resident.fills(text="该馆去年停业半年")
    resident.does("Send the objection")
    resident.sees(zh("stopped by an objection"))

    town.wakes(datetime(2026, 10, 9, 10, 0, tzinfo=BEIJING), traveller)
    second.opens(f"/applications/{one.pk}/")
    second.does("Answer")
    second.fills(verb="reject", reply="经核实，去年仅闭馆检修五日")
    second.does("Send the answer")
    # Five whole working days again: 10, 12, 13, 14 and 15 October.
    assert Application.objects.get(pk=one.pk).due_at == datetime(2026, 10, 16, tzinfo=BEIJING)
    town.wakes(datetime(2026, 10, 16, 9, 0, tzinfo=BEIJING), traveller)


def _name(officer: Clerk, one: Application) -> Title:
    officer.opens(f"/applications/{one.pk}/")
    officer.does("Name it")
    officer.fills(reference=PAPER)
    officer.does("Name it")
    officer.reads("Named. The title holds from today on, and the applicant was told.")
    title: Title = Title.objects.get(application=one)
    officer.opens(f"/titles/verify/{title.number}/")
    officer.reads("This title holds")
    return title


def _report(hands: dict[str, Clerk], title: Title) -> None:
    """The report of 2027 is handed in, stands on the board, and fails."""
    manager, officer = hands["manager"], hands["officer"]
    timing.run_terms(datetime.now(BEIJING))
    one = title.reports.get(year=2027)
    assert (one.due_on, title.until) == (date(2028, 1, 31), date(2031, 10, 15))
    manager.opens(f"/titles/reports/{one.pk}/")
    words = "全年开放一百八十天，其余时间闭馆改造展厅，观众主要是周边学校的学生。"
    manager.fills(text=words * 2, open_days="180")
    manager.does("Hand the report in")
    manager.reads("Handed in. You will hear when it was checked.")

    officer.opens("/titles/board/?programme=base&year=2027")
    officer.reads("Read the report; pass it, return it or fail it.")
    officer.opens(f"/titles/reports/{one.pk}/")
    officer.fills(verb="fail", reason="开放天数不足250天")
    officer.does("Decide about the report")
    officer.reads("Done. The holder was told.")
    assert title.reports.get(year=2027).state == "failed"


def _spot_check_and_warn(hands: dict[str, Clerk], title: Title) -> None:
    """The district goes and sees; the warning gives 110 working days to put it right."""
    district, officer = hands["district"], hands["officer"]
    district.opens(f"/titles/{title.number}/visit/")
    district.fills(passed="no", text="两个展厅仍未开放")
    district.does("Keep the spot check")
    district.reads("Kept. What follows from it, an officer decides.")

    officer.opens(f"/titles/{title.number}/decide/warn/")
    officer.fills(reason="开放天数不足，限期整改")
    officer.page.locator("main form button[type=submit]").last.click()
    officer.reads("Done. It holds from now on, and the holder was told.")
    warned = Title.objects.get(pk=title.pk)
    assert warned.state == "warned"
    assert warned.rectify_by == workdays.add_workdays(warned.steps.last().at, 110)


def _not_put_right(officer: Clerk, title: Title) -> None:
    """Its days to rectify are over: the board says so, and nothing happens by itself."""
    timing.run_terms(datetime.now(BEIJING))
    officer.opens("/titles/board/?programme=base&year=2027")
    officer.reads("Go and see; then end the warning, or decide what follows.")
    assert Title.objects.get(pk=title.pk).state == "warned"


def _revoke(officer: Clerk, town: Town, title: Title) -> None:
    officer.opens(f"/titles/{title.number}/decide/revoke/")
    officer.fills(reason="整改不到位", reference=PAPER)
    officer.page.locator("main form button[type=submit]").last.click()
    officer.page.wait_for_load_state()
    assert Title.objects.get(pk=title.pk).state == "revoked"
    officer.opens(f"/titles/verify/{title.number}/")
    officer.sees("整改不到位")


def _appeal(hands: dict[str, Clerk], town: Town, title: Title) -> None:
    manager, second = hands["manager"], hands["second"]
    manager.opens(f"/titles/{title.number}/appeal/")
    manager.fills(text="整改已于六月完成，附验收记录")
    manager.page.locator("main form button[type=submit]").last.click()
    manager.page.wait_for_load_state()
    raised = title.appeals.get()
    second.opens(f"/titles/appeals/{raised.pk}/")
    second.fills(upheld="yes", reply="验收合格，申诉成立", reference=PAPER)
    second.page.locator("main form button[type=submit]").last.click()
    second.page.wait_for_load_state()
    assert Title.objects.get(pk=title.pk).state == "active"
    assert venues.why_not_usable(town.house.pk) is None
