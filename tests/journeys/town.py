"""A small town in which every page has something to show, and who may look at each page."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from django.conf import settings
from django.test import Client
from django.urls import reverse

from kepu.kernel.accounts import actions as accounts
from kepu.kernel.accounts import totp
from kepu.kernel.clock import BEIJING
from kepu.kernel.exports import actions as exports
from kepu.kernel.rulebooks import actions as rulebooks
from kepu.kernel.rulebooks.registry import KINDS
from kepu.orders import actions
from kepu.orders.actions.syncing import Sent
from kepu.people.actions import campaigns, certificates, hours, places
from kepu.people.models import Field, Skill
from tests import factories
from tests.journeys import (
    appraisals,
    ballots,
    contributions,
    facilities,
    inspections,
    registers,
    titles,
)
from tests.journeys.sight import NOBODY, Sight, Town, client

__all__ = ["MORNING", "NOBODY", "NO_PAGE", "SIGHTS", "Sight", "Town", "build", "client"]

MORNING = datetime(2026, 3, 5, 10, 0, tzinfo=BEIJING)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
HOME = "50.103.001.001."
CLOCKS = "orders.clocks"
OFFICES = {
    "district": ("district_officer", "50.103."),
    "city": ("city_officer", "50."),
    "analyst": ("analyst", "50."),
    "surveyor": ("survey_officer", "50."),
    "system": ("system_administrator", "50."),
    "security": ("security_administrator", "50."),
    "auditor": ("audit_administrator", "50."),
}


# --- what leads to a page that one step of signing in must come before --------------------------


def _told_a_code(_town: Town, browser: Client, phone: str = "13800009998") -> None:
    browser.post(reverse("sign-in"), {"phone": phone})


def _proved_a_new_number(town: Town, browser: Client) -> None:
    assert settings.SHOW_SIGN_IN_CODES
    _told_a_code(town, browser, "13800009999")
    page = browser.get(reverse("sign-in-code")).content.decode()
    (code,) = set(re.findall(r"(?<![\w#&-])\d{6}(?!\w)", page))
    browser.post(reverse("sign-in-code"), {"code": code})


def _gave_a_password(town: Town, browser: Client) -> None:
    secret = {"username": town.people["twice"].login, "password": "correct horse battery"}
    browser.post(reverse("sign-in") + "?way=staff", secret)


def _told_a_new_number(_town: Town, browser: Client) -> None:
    browser.post(reverse("account-phone"), {"phone": "13800009997"})


# --- the pages ----------------------------------------------------------------------------------

NEW_ORDER = {"place": HOME}
SIGHTS = (
    Sight("home"),
    Sight("home", "resident"),
    Sight("home", "district"),
    Sight("about"),
    Sight("accessibility"),
    Sight("sources"),
    Sight("privacy"),
    Sight("api-docs"),
    Sight("ui:gallery"),
    Sight("places"),
    Sight("places", query={"q": "示例"}),
    # Signing in and the account
    Sight("sign-in"),
    Sight("sign-in", query={"way": "staff"}),
    Sight("sign-in-code", before=_told_a_code),
    Sight("sign-in-register", before=_proved_a_new_number),
    Sight("sign-in-second", before=_gave_a_password),
    Sight("account", "resident"),
    Sight("account-personal", "resident"),
    Sight("account-password", "resident"),
    Sight("account-erase", "resident"),
    Sight("account-child", "resident"),
    Sight("second-factor", "resident"),
    Sight("second-factor", "twice"),
    Sight("second-factor-totp", "resident"),
    Sight("notices", "resident"),
    # Orders, as each hand sees them
    Sight("menu", query=NEW_ORDER),
    Sight("new-order", "resident", query=NEW_ORDER),
    Sight("new-order", "worker", query={**NEW_ORDER, "for": "caller"}),
    Sight("new-order", "resident", query={**NEW_ORDER, "service": "service"}),
    Sight("my-orders", "resident"),
    Sight("my-orders", "leader"),
    Sight("order", "resident", {"order_id": "scheduled"}),
    Sight("order", "resident", {"order_id": "rated"}),
    Sight("order", "worker", {"order_id": "placed"}),
    Sight("order", "officer", {"order_id": "open"}),
    Sight("order", "leader", {"order_id": "open"}),
    Sight("order-act", "worker", {"order_id": "placed", "verb": "dispatch"}),
    Sight("order-act", "worker", {"order_id": "placed", "verb": "merge"}),
    Sight("order-act", "worker", {"order_id": "placed", "verb": "prioritise"}),
    Sight("order-act", "officer", {"order_id": "dispatched", "verb": "decline"}),
    Sight("order-act", "leader", {"order_id": "claimed", "verb": "schedule"}),
    Sight("order-act", "leader", {"order_id": "claimed", "verb": "hand_over"}),
    Sight("order-act", "leader", {"order_id": "rated", "verb": "answer"}),
    Sight("order-act", "resident", {"order_id": "delivered", "verb": "rate"}),
    Sight("visit", "leader", {"order_id": "scheduled"}),
    Sight("desk", "worker"),
    Sight("department", "officer"),
    Sight("plan", "officer", {"plan_id": "plan"}),
    Sight("team-board", "leader"),
    Sight("team-board", "stranger"),
    Sight("order-list", "district"),
    Sight("rehoming", "district"),
    Sight("order", "district", {"order_id": "order_lost"}),
    Sight("order-act", "district", {"order_id": "order_lost", "verb": "rehome"}),
    Sight("order-list", "district", query={"q": "没有"}),
    Sight("month-reports", "district"),
    Sight("month-reports", "district", query={"month": "2026-02"}),
    Sight("manage-menu", "officer"),
    Sight("write-dish", "officer"),
    Sight("import-menu", "officer"),
    Sight("contracts", "officer"),
    Sight("department-topics", "officer", {"department_id": "department"}),
    Sight("export", "district", {"key": "export"}),
    # Volunteers, teams and places
    Sight("people-me", "leader"),
    Sight("people-me", "stranger"),
    Sight("volunteer-sign-up", "stranger"),
    Sight("volunteer-profile", "leader"),
    Sight("person-record", "leader", {"person_id": "leader"}),
    Sight("person-record", "district", {"person_id": "leader"}),
    Sight("certificate-revoke", "district", {"code": "certificate"}),
    Sight("hours-ask", "leader"),
    Sight("ledger-correct", "district", {"entry_id": "entry"}),
    Sight("teams"),
    Sight("team", at={"team_id": "team"}),
    Sight("team", "leader", {"team_id": "team"}),
    Sight("team-new", "leader"),
    Sight("team-edit", "leader", {"team_id": "team"}),
    Sight("people-desk", "district"),
    Sight("volunteers", "district"),
    Sight("stars", "district"),
    Sight("people-import", "district", {"kind": "teams"}),
    Sight("stations"),
    Sight("notice-board"),
    Sight("calls"),
    Sight("calls", "leader"),
    Sight("verify"),
    Sight("verify-code", at={"code": "certificate"}),
    # The offices
    Sight("rulebooks", "city"),
    Sight("rulebook", "city", {"key": CLOCKS}),
    Sight("rulebook-issue", "city", {"key": CLOCKS}),
    Sight("rulebook-version", "city", {"key": CLOCKS, "number": "version"}),
    Sight("roles", "security"),
    Sight("role-deed", "security", {"grant_id": "grant", "verb": "leave"}),
    Sight("units", "security"),
    Sight("unit-new", "security"),
    Sight("unit-change", "security", {"organisation_id": "unit"}),
    Sight("deliveries", "system"),
    Sight("audit", "auditor"),
    Sight("office", "district"),
    Sight("my-roles", "district"),
    Sight("division-changes", "city"),
    Sight("division-change-new", "city"),
    Sight("zones", "city"),
    Sight("zone-new", "city"),
    Sight("station-new", "district"),
    Sight("station", "district", {"station_id": "station"}),
    Sight("station-edit", "district", {"station_id": "station"}),
    Sight("hours-ledger", "district"),
    Sight("posts", "district"),
    Sight("post-new", "district"),
    Sight("expert-me", "resident"),
    Sight("experts", "city"),
    Sight("expert-invite", "city"),
    Sight("campaigns", "district"),
    Sight("campaign-new", "district"),
    Sight("nominations", "district"),
    Sight("nomination-new", "district"),
    Sight("nomination", "city", {"nomination_id": "nomination"}),
    Sight("call-new", "district"),
    Sight("call", "district", {"call_id": "call"}),
    Sight("volunteering-rules"),
    Sight("courses"),
    Sight("course-new", "district"),
    Sight("division-change", "city", {"change_id": "change"}),
    Sight("zone", "city", {"zone_id": "zone"}),
    Sight("zone-edit", "city", {"zone_id": "zone"}),
    Sight("zone-figures", "city", {"zone_id": "zone"}),
    Sight("zone-figures", "city", {"zone_id": "zone-at-work"}),
    Sight("post-end", "district", {"post_id": "post"}),
    Sight("expert-me", "expert"),
    Sight("expert-week", "expert"),
    Sight("expert-employment", "expert"),
    Sight("expert-conflict", "expert"),
    Sight("expert-expertise", "expert"),
    Sight("expert-title", "expert"),
    Sight("expert-work", "expert"),
    Sight("expert-change", "expert", {"part": "part", "row_id": "work"}),
    Sight("expert-fee", "expert"),
    Sight("expert-apply", "resident"),
    Sight("expert-me", "applicant"),
    Sight("expert", "district", {"expert_id": "application"}),
    Sight("expert-refuse", "district", {"expert_id": "application"}),
    Sight("worker-me", "expert"),
    Sight("staff", "staff_keeper"),
    Sight("staff-unit", "staff_keeper", {"unit_id": "staff_unit"}),
    Sight("staff-state", "staff_keeper", {"unit_id": "staff_unit"}),
    Sight("staff-name", "staff_keeper", {"unit_id": "staff_unit"}),
    Sight("staff-change", "staff_keeper", {"unit_id": "staff_unit", "staffing_id": "staffing"}),
    Sight("staff-figures", "city"),
    Sight("staff-figures", "analyst"),
    Sight("expert", "city", {"expert_id": "expert"}),
    Sight("campaign", at={"campaign_id": "campaign"}),
    Sight("course", at={"course_id": "course"}),
    Sight("course", "leader", {"course_id": "course"}),
    Sight("course", "district", {"course_id": "course"}),
    Sight("order-roster", "leader", {"order_id": "scheduled"}),
    Sight("edit-dish", "leader", {"service_id": "service"}),
    Sight("account-mail", "resident"),
    Sight("account-phone", "resident"),
    Sight("account-phone-code", "resident", before=_told_a_new_number),
    Sight("account-child-phone", "resident", {"child_id": "ward"}),
    Sight("account-child-erase", "resident", {"child_id": "ward"}),
    Sight("calls", "resident"),
    Sight("team", "resident", {"team_id": "team"}),
    Sight("course", "resident", {"course_id": "course"}),
    Sight("people-me", "resident"),
    Sight("person-record", "resident", {"person_id": "ward"}),
    # Venues
    Sight("venues"),
    Sight("venues", query={"view": "map"}),
    Sight("venues", query={"q": "没有"}),
    Sight("venue", at={"venue_id": "venue"}),
    Sight("venue", "venue_manager", {"venue_id": "venue_draft"}),
    Sight("venue", "district", {"venue_id": "venue_waiting"}),
    Sight("my-venues", "venue_manager"),
    Sight("venue-new", "venue_manager"),
    Sight("venue-edit", "venue_manager", {"venue_id": "venue_draft"}),
    Sight("venue-opening", "venue_manager", {"venue_id": "venue"}),
    Sight("venue-count", "venue_manager", {"venue_id": "venue"}),
    Sight("venue-desk", "district"),
    Sight("venue-propose", "venue_manager", {"venue_id": "venue_old"}),
    Sight("venue-change", "district", {"change_id": "venue_change"}),
    Sight("venue-change", "venue_manager", {"change_id": "venue_change"}),
    Sight("venue-year", "venue_manager", {"venue_id": "venue_old"}),
    Sight("venue-years", "district"),
    Sight("venue", "venue_manager", {"venue_id": "venue_old"}),
    Sight("venue-album", "venue_manager", {"venue_id": "venue_old"}),
    Sight("venue-counter", "venue_manager", {"venue_id": "venue_old"}),
    *facilities.SIGHTS,
    Sight("alliances"),
    Sight("alliance-new", "district"),
    Sight("alliance", "district", {"alliance_id": "alliance"}),
    Sight("pass-new", "district", {"alliance_id": "alliance"}),
    Sight("my-passes", "resident"),
    Sight("pass", "resident", {"code": "pass"}),
    Sight("pass", "venue_manager", {"code": "pass"}),
    Sight("venue-decide", "district", {"venue_id": "venue", "verb": "suspend"}),
    *appraisals.SIGHTS,
    *ballots.SIGHTS,
    *contributions.SIGHTS,
    *inspections.SIGHTS,
    # Standards
    Sight("standards"),
    Sight("standards", query={"q": "没有"}),
    Sight("standard", at={"standard_id": "known_standard"}),
    Sight("standard", "resident", {"standard_id": "standard_comments"}),
    Sight("standard", "drafter", {"standard_id": "standard_drafting"}),
    Sight("standard", "secretary", {"standard_id": "standard_vote"}),
    Sight("standard", at={"standard_id": "standard_published"}),
    Sight("standard-conformance", at={"standard_id": "standard_published"}),
    Sight("standard-conformance", at={"standard_id": "known_standard"}),
    Sight("my-standards", "drafter"),
    Sight("my-standards", "voter"),
    Sight("standard-desk", "secretary"),
    Sight("standard-new", "drafter"),
    Sight("standard-edit", "drafter", {"standard_id": "standard_draft"}),
    Sight("standard-drafters", "drafter", {"standard_id": "standard_drafting"}),
    Sight("clause-new", "drafter", {"standard_id": "standard_drafting"}),
    Sight("clause", "drafter", {"standard_id": "standard_drafting", "clause_number": "5.2"}),
    Sight("standard-round", "secretary", {"standard_id": "standard_drafting"}),
    Sight("standard-comment", "resident", {"standard_id": "standard_comments"}),
    Sight("standard-comments", "drafter", {"standard_id": "standard_comments"}),
    Sight("standard-comments", at={"standard_id": "standard_comments"}),
    Sight("standard-reply", "drafter", {"comment_id": "comment"}),
    Sight("standard-opinion", "secretary", {"standard_id": "standard_review"}),
    Sight("standard-members", "secretary", {"standard_id": "standard_reviewed"}),
    Sight("standard-vote", "voter", {"standard_id": "standard_vote"}),
    Sight("standard-decide", "city", {"standard_id": "standard_published", "verb": "abolish"}),
    Sight("standard-decide", "city", {"standard_id": "standard_approved", "verb": "publish"}),
    # Science literacy
    Sight("items", "keeper"),
    Sight("items", "keeper", query={"q": "没有"}),
    Sight("item-new", "item_writer"),
    Sight("item", "keeper", {"item_id": "used_item"}),
    Sight("item", "keeper", {"item_id": "asked_item"}),
    Sight("item", "item_writer", {"item_id": "draft_item"}),
    Sight("item-change", "item_writer", {"item_id": "draft_item"}),
    Sight("item-act", "keeper", {"item_id": "asked_item", "verb": "send_back"}),
    Sight("item-ask", "keeper", {"item_id": "asked_item"}),
    Sight("item-calibrate", "keeper", {"item_id": "used_item"}),
    Sight("item-dif", "keeper", {"item_id": "used_item"}),
    Sight("items-import", "item_writer"),
    Sight("items-away", "keeper"),
    Sight("item-reviews", "reviewer"),
    Sight("item-reviews", "stranger"),
    Sight("item-review", "reviewer", {"review_id": "review"}),
    Sight("booklets", "keeper"),
    Sight("booklets-new", "keeper"),
    Sight("booklet-set", "keeper", {"set_id": "booklets"}),
    Sight("survey-results"),
    Sight("survey-runs", "surveyor"),
    Sight("survey-samples", "surveyor"),
    Sight("survey-sample-new", "surveyor"),
    Sight("survey-sample", "surveyor", {"sample_id": "computing_sample"}),
    Sight("survey-sample", "surveyor", {"sample_id": "drawn_sample"}),
    Sight("survey-fieldworks", "surveyor"),
    Sight("survey-fieldwork-new", "surveyor"),
    Sight("survey-fieldwork", "surveyor", {"fieldwork_id": "fieldwork"}),
    Sight("survey-fieldwork", "supervisor", {"fieldwork_id": "fieldwork"}),
    Sight("survey-fieldwork-act", "surveyor", {"fieldwork_id": "fieldwork", "verb": "close"}),
    Sight("survey-fieldwork-doors", "supervisor", {"fieldwork_id": "fieldwork"}),
    Sight(
        "survey-fieldwork-community",
        "supervisor",
        {"fieldwork_id": "fieldwork", "community_id": "sampled_community"},
    ),
    Sight("survey-fieldwork-addresses", "supervisor", {"fieldwork_id": "fieldwork"}),
    Sight("survey-fieldwork-quotas", "surveyor", {"fieldwork_id": "fieldwork"}),
    Sight("survey-fieldwork-odk", "surveyor", {"fieldwork_id": "fieldwork"}),
    Sight("survey-fieldwork-checks", "supervisor", {"fieldwork_id": "fieldwork"}),
    Sight("survey-fieldwork-back-checks", "supervisor", {"fieldwork_id": "fieldwork"}),
    Sight(
        "survey-fieldwork-back-check",
        "supervisor",
        {"fieldwork_id": "fieldwork", "check_id": "back_check"},
    ),
    Sight("interviews", "interviewer"),
    Sight("interviews-stuck", "supervisor"),
    Sight("survey-fieldwork", "surveyor", {"fieldwork_id": "closed_fieldwork"}),
    Sight("survey-fieldwork-estimate", "surveyor", {"fieldwork_id": "closed_fieldwork"}),
    Sight("survey-estimate-new", "surveyor"),
    Sight("survey-estimate", "surveyor", {"estimate_id": "computing_estimate"}),
    Sight("survey-estimate", "surveyor", {"estimate_id": "failed_estimate"}),
    Sight("survey-run", at={"run_id": "published_run"}),
    Sight("survey-run", "surveyor", {"run_id": "proposed_run"}),
    Sight("survey-studies", "surveyor"),
    Sight("survey-study-new", "surveyor"),
    Sight("survey-study", at={"study_id": "published_study"}),
    Sight("survey-study", "surveyor", {"study_id": "planned_study"}),
    Sight("survey-study", "surveyor", {"study_id": "measured_study"}),
    Sight("survey-study-measure", "surveyor", {"study_id": "planned_study"}),
    Sight("survey-study-act", "surveyor", {"study_id": "measured_study", "verb": "drop"}),
    Sight("survey-run-act", "surveyor", {"run_id": "proposed_run", "verb": "take_back"}),
    Sight("survey-run-act", "surveyor", {"run_id": "proposed_run", "verb": "publish"}),
    Sight("statistics"),
    Sight("statistics-year", at={"round_id": "published_round"}),
    Sight("capacity", at={"round_id": "compared_round"}),
    Sight("capacity", at={"round_id": "compared_round"}, query={"district": "50.105."}),
    Sight("capacity", "surveyor", {"round_id": "locked_round"}),
    Sight("capacity", "surveyor", {"round_id": "open_round"}),
    Sight("targets"),
    Sight("target", at={"target_id": "target"}),
    Sight("target", "district", {"target_id": "target"}),
    Sight("target-new", "city"),
    Sight("target-correct", "district", {"target_id": "target"}),
    Sight("task-new", "district", {"target_id": "target"}),
    Sight("task-change", "district", {"target_id": "target", "task_id": "task"}),
    Sight("task-act", "district", {"target_id": "target", "task_id": "task", "verb": "finish"}),
    Sight(
        "task-act", "district", {"target_id": "target", "task_id": "done_task", "verb": "reopen"}
    ),
    Sight("return-rounds", "surveyor"),
    Sight("return-rounds", "district"),
    Sight("return-round-new", "surveyor"),
    Sight("return-round", "surveyor", {"round_id": "open_round"}),
    Sight("return-round", "district", {"round_id": "open_round"}),
    Sight("return-figures", "surveyor", {"round_id": "open_round"}),
    Sight("return-figures", "surveyor", {"round_id": "published_round"}),
    Sight("return-revenue", "surveyor", {"round_id": "open_round", "path": "50.103."}),
    Sight("return-round-act", "surveyor", {"round_id": "published_round", "verb": "withdraw"}),
    Sight("return-list", "district"),
    Sight("return-list", "district", query={"q": "没有"}),
    Sight("returns", "statistician"),
    Sight("returns", "officer"),
    Sight("return", "statistician", {"return_id": "returned_return"}),
    Sight("return", "district", {"return_id": "submitted_return"}),
    Sight("return-fill", "statistician", {"return_id": "returned_return", "section": "staff"}),
    Sight("return-fill", "statistician", {"return_id": "returned_return", "section": "activities"}),
    Sight("return-import", "statistician", {"return_id": "returned_return"}),
    Sight("return-act", "district", {"return_id": "submitted_return", "verb": "send_back"}),
    Sight("self-test"),
    Sight("self-test-walk", at={"key": "begun_test"}),
    Sight("self-test-walk", at={"key": "done_test"}),
    Sight("objection", "resident", {"nomination_id": "nomination"}),
    # Titles
    Sight("titles"),
    Sight("titles", query={"view": "map"}),
    Sight("titles", query={"q": "没有"}),
    Sight("title", at={"number": "title"}),
    Sight("title", "title_holder", {"number": "title"}),
    Sight("title", "city", {"number": "title"}),
    Sight("title", at={"number": "title_revoked"}),
    Sight("title-verify"),
    Sight("title-verified", at={"number": "title"}),
    Sight("title-verified", at={"number": "title_revoked"}),
    Sight("my-titles", "title_holder"),
    Sight("my-titles", "resident"),
    Sight("title-report", "title_holder", {"report_id": "title_report"}),
    Sight("title-report", "city", {"report_id": "title_report_in"}),
    Sight("title-visit", "city", {"number": "title"}),
    Sight("title-decide", "city", {"number": "title", "verb": "suspend"}),
    Sight("title-decide", "city", {"number": "title", "verb": "downgrade"}),
    Sight("title-appeal", "title_holder", {"number": "title_suspended"}),
    Sight("title-appeal-answer", "city", {"appeal_id": "title_appeal"}),
    Sight("title-recognise", "city", {"number": "title_lower", "programme": "base"}),
    Sight("title-board", "city"),
    Sight("title-board", "city", query={"standing": "passed"}),
)

# Addresses that answer GET with something that is no page, and what it is.
NO_PAGE = {
    "api": "leads on to api-docs",
    "api-unknown": "a problem body",
    "appraisal-lot-file": "a file of data",
    "appraisal-review-file": "a file",
    "booklet-xlsform": "a spreadsheet",
    "capacity-file": "a spreadsheet",
    "meeting-code": "a picture",
    "meeting-paper": "a PDF or a document",
    "staff-file": "a spreadsheet",
    "contribution-pdf": "a paper",
    "appraisal-dossiers": "an archive",
    "statistics-report": "a PDF",
    "certificate-pdf": "a PDF",
    "evidence-picture": "a picture",
    "venue-picture": "a picture",
    "pass-code": "a picture",
    "progress-photo": "a picture",
    "evidence-remove": "leads back to the order",
    "export-file": "a spreadsheet",
    "favicon": "leads on to a picture",
    "file": "a file",
    "health": "one word for machines",
    "interviews-pack": "what a device takes along, for machines",
    "inspections-pack": "what a device takes along, for machines",
    "items-template": "a spreadsheet",
    "menu-template": "a spreadsheet",
    "order-claim": "leads back to the order",
    "order-export": "a spreadsheet",
    "people-export": "a spreadsheet",
    "people-import-template": "a spreadsheet",
    "register-export": "a spreadsheet",
    "report-export": "a spreadsheet",
    "return-round-file": "a spreadsheet",
    "return-table": "a spreadsheet",
    "rulebook-file": "a text in YAML",
    "service-worker": "a script",
    "survey-fieldwork-doors-file": "a spreadsheet",
    "survey-fieldwork-quotas-file": "a spreadsheet",
    "survey-fieldwork-odk-doors": "a spreadsheet",
    "survey-fieldwork-odk-form": "a spreadsheet",
    "survey-run-file": "a file of data",
    "survey-study-file": "a file of data",
    "survey-study-template": "a spreadsheet",
    "survey-sample-file": "a spreadsheet",
    "sign-in-provider": "leads on to another house",
    "sign-in-provider-back": "leads on from another house",
    "targets-file": "a spreadsheet",
    "tasks-file": "a spreadsheet",
    "title-ceremony-file": "a document",
    "title-certificate": "a PDF",
    "title-credential": "a signed file",
    "credential-issuer": "keys, for machines",
    "credential-status": "a list of what is revoked, for machines",
    "totp-qr": "a picture",
    "inspection-photo": "a picture",
    "inspection-report": "a PDF",
    "visit-code": "a picture",
}


# --- the town -----------------------------------------------------------------------------------


def build() -> Town:
    """Everybody, an order in every state, and one of each thing that has a page."""
    loop = factories.loop()
    loop.resident.home = loop.community
    loop.resident.save(update_fields=["home"])
    people = {
        "resident": loop.resident, "worker": loop.worker, "officer": loop.officer,
        "leader": loop.leader, "stranger": factories.user("路人示例"),
        "twice": factories.user("双重示例"), NOBODY: factories.user("未登录示例"),
        **{who: factories.officer(role, at) for who, (role, at) in OFFICES.items()},
    }  # fmt: skip
    Skill.objects.filter(key="health").update(title_zh="健康")
    Field.objects.filter(pk=factories.field().pk).update(title_zh="物理学")
    town = Town(loop, people)
    town.values = {"team": loop.team.pk, "department": loop.department.pk, "leader": loop.leader.pk}
    _orders(town)
    _offices(town)
    _volunteering(town)
    registers.keep(town)
    appraisals.keep(town)
    inspections.keep(town)
    titles.keep(town)
    contributions.keep(town)
    ballots.keep(town)
    return town


def _orders(town: Town) -> None:
    loop = town.loop
    states = ("placed", "dispatched", "accepted", "open", "claimed", "scheduled", "delivered")
    for day, state in enumerate((*states, "rated")):
        start = factories.NOW + DAY + day * 3 * HOUR
        town.values[state] = loop.order(state, wanted_from=start).pk
    leads = {"by": loop.leader, "now": factories.NOW}
    actions.set_roster(town.values["scheduled"], people_ids=[loop.leader.pk], **leads)
    actions.answer_for(loop.department, [factories.skill()], by=None, now=factories.NOW)
    dish = actions.Dish(
        title="合理用药小课堂", topic=factories.skill(), division=loop.community,
        areas=("50.103.",), first_day=factories.NOW.date(), team=loop.team,
    )  # fmt: skip
    written = actions.write_service(dish, by=loop.leader, now=factories.NOW)
    actions.move_service(written.pk, "publish", by=loop.leader, now=factories.NOW)
    town.values["service"] = written.pk
    sent = Sent(
        uuid="6f1c0f52-7d6c-4e0a-9c29-0d4f1c0a2222", kind="check_out",
        order_id=town.values["scheduled"], device_time=factories.NOW - HOUR, data={},
    )  # fmt: skip
    actions.receive(sent, by=loop.leader, now=factories.NOW)
    plan = loop.plan()
    town.values["plan"] = plan.pk


def _offices(town: Town) -> None:
    now, district = factories.NOW, town.people["district"]
    asked = exports.ask("orders", query="", format="csv", total=3, by=district, now=now)
    town.values["export"] = asked.key
    town.values["unit"] = town.loop.department.pk
    town.values["grant"] = town.people["district"].grants.get().pk
    changed = KINDS[CLOCKS].shipped().replace("similar_days: 7", "similar_days: 9")
    city = town.people["city"]
    issued = rulebooks.issue(
        CLOCKS, text=changed, effective_from=now.date() + DAY, by=city, now=now
    )
    town.values["version"] = issued.version
    secret = totp.new_secret()
    code = totp.at(secret, int(now.timestamp()) // totp.STEP)
    twice = town.people["twice"]
    accounts.add_totp(twice, secret=secret, code=code, by=twice, now=now)


def _volunteering(town: Town) -> None:
    now, loop, district = factories.NOW, town.loop, town.people["district"]
    here = {"place": loop.community, "by": district, "now": now}
    opened = places.open_station(name="示例文明实践站", kind="civilisation", tier="station", **here)
    called = campaigns.call_for_volunteers(
        title="防汛科普志愿者", target=20, deadline=now + DAY, **here
    )
    named = campaigns.nominate(year=2026, deeds="讲了一百场", person=loop.leader, **here)
    campaigns.pass_nomination(named.pk, by=town.people["city"], now=now)
    campaigns.publish_nomination(named.pk, by=town.people["city"], now=now)
    town.values |= {"station": opened.pk, "call": called.pk, "nomination": named.pk}
    served = hours.propose_service(
        person=loop.leader, source="event", source_id=1, place=loop.community,
        began_at=now - 3 * HOUR, ended_at=now - HOUR, team=loop.team, receiver=loop.resident,
        organisation=loop.department, title="院坝会科普", by=loop.leader, now=now,
    )  # fmt: skip
    hours.certify(served.pk, by=loop.officer, now=now)
    hours.confirm(served.pk, by=loop.resident, now=now)
    town.values["entry"] = served.entries.get().pk
    issued = certificates.issue_certificate(loop.leader, by=loop.leader, now=now)
    town.values["certificate"] = issued.code
