"""Every verb of the order loop and of the menu."""

from kepu.orders.actions.claiming import claim, hand_over, let_go, release, schedule
from kepu.orders.actions.computing import take_up_plan, work_on_plan
from kepu.orders.actions.delivering import (
    answer,
    check_in,
    check_out,
    deliver,
    rate,
    report_no_show,
)
from kepu.orders.actions.dispatching import (
    accept,
    decline,
    decline_offer,
    dispatch,
    offer,
    open_to_teams,
    reopen,
    widen,
)
from kepu.orders.actions.evidence import Shot, attach, take_away
from kepu.orders.actions.forgetting import forget_pictures, forget_titles, withdraw_drafts
from kepu.orders.actions.hours import certify_hours, confirm_hours
from kepu.orders.actions.menu import (
    Dish,
    answer_for,
    change_service,
    move_service,
    sign_contract,
    write_service,
    write_services,
)
from kepu.orders.actions.ordering import (
    Wish,
    cancel,
    draft,
    let_be_found_again,
    merge,
    place,
    redraft,
    withdraw,
)
from kepu.orders.actions.planning import apply_plan, cancel_plan, drop_plan, make_plan
from kepu.orders.actions.ranking import prioritise
from kepu.orders.actions.rehoming import lose_venue, regain_venue, rehome
from kepu.orders.actions.reporting import file_report
from kepu.orders.actions.ringing import Line, show_leader_phone, show_resident_phone
from kepu.orders.actions.rostering import cannot_come, mark_roster, set_roster, take_off
from kepu.orders.actions.syncing import receive, receive_shot, settle
from kepu.orders.actions.timing import run_clocks, run_out
from kepu.orders.actions.waiting import run_lines, stop_waiting, wait

__all__ = [
    "Dish",
    "Line",
    "Shot",
    "Wish",
    "accept",
    "answer",
    "answer_for",
    "apply_plan",
    "attach",
    "cancel",
    "cancel_plan",
    "cannot_come",
    "certify_hours",
    "change_service",
    "check_in",
    "check_out",
    "claim",
    "confirm_hours",
    "decline",
    "decline_offer",
    "deliver",
    "dispatch",
    "draft",
    "drop_plan",
    "file_report",
    "forget_pictures",
    "forget_titles",
    "hand_over",
    "let_be_found_again",
    "let_go",
    "lose_venue",
    "make_plan",
    "mark_roster",
    "merge",
    "move_service",
    "offer",
    "open_to_teams",
    "place",
    "prioritise",
    "rate",
    "receive",
    "receive_shot",
    "redraft",
    "regain_venue",
    "rehome",
    "release",
    "reopen",
    "report_no_show",
    "run_clocks",
    "run_lines",
    "run_out",
    "schedule",
    "set_roster",
    "settle",
    "show_leader_phone",
    "show_resident_phone",
    "sign_contract",
    "stop_waiting",
    "take_away",
    "take_off",
    "take_up_plan",
    "wait",
    "widen",
    "withdraw",
    "withdraw_drafts",
    "work_on_plan",
    "write_service",
    "write_services",
]
