"""Every verb is atomic, audited, and names its actor and its time. Read off the syntax tree."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"

# Functions of action modules that are not verbs of a person, each with its reason.
EXCEPTIONS = {
    "kernel/audit/actions.py": "writes the audit itself, inside the caller's transaction",
    "kernel/facts/actions.py:publish": "part of the caller's action, which is audited",
    "kernel/idempotency/actions.py": "wraps actions; the action inside is audited",
    "kernel/search/actions.py": "part of the caller's action; a copy of what it already audits",
    "kernel/accounts/actions/codes.py:send_code": "nobody is signed in yet; limited by number",
    "kernel/accounts/actions/codes.py:prove_code": "nobody is signed in yet; signing in is audited",
    "kernel/accounts/actions/codes.py:mark_sent": "the worker's mark on its own delivery",
    "kernel/accounts/actions/consents.py:record_consent": "part of the caller's action; it audits",
    "kernel/accounts/actions/devices.py:open_device": "part of signing in: the actor is the person",
    "kernel/accounts/actions/devices.py:free_device": "part of setting up a factor, which is audited",
    "kernel/accounts/actions/factors.py:prove_by_code": "part of signing in, by the person named",
    "kernel/accounts/actions/factors.py:prove_by_passkey": "part of signing in, by the person named",
    "kernel/accounts/actions/identities.py:recognise": "part of signing in, by the person named",
    "kernel/accounts/actions/forgetting.py:forget_words": "part of erasing a person, which is audited",
    "people/actions/no_show.py:carry_out": "by Kepu itself after an absence; audited as such",
    "people/actions/forgetting.py:retitle": "part of erasing a person, which is audited",
    "people/actions/forgetting.py:forget_titles": "part of erasing a person, which is audited",
    "orders/actions/forgetting.py:forget_titles": "part of erasing a person, which is audited",
    "orders/actions/forgetting.py:forget_pictures": "part of erasing a person, which is audited",
    "orders/actions/forgetting.py:withdraw_drafts": "moves by Kepu itself, each audited by `move`",
    "kernel/files/actions.py:remove_with_person": "part of erasing a person, which is audited",
    "kernel/crosswalk/actions.py:sweep": "done by Kepu itself after a change; audited as such",
    "kernel/files/actions.py:store": "slow checking of content stands outside its transaction",
    "kernel/files/actions.py:remove_personal": "part of erasing a person, which is audited",
    "kernel/files/actions.py:put_away": "Kepu makes a copy anew; the one before goes, which is audited",
    "kernel/notices/actions.py:notify": "Kepu tells what an audited action did; nobody acts",
    "kernel/notices/actions.py:notify_each": "the same to many at once",
    "kernel/notices/actions.py:mark_all_read": "one's own reading; not a deed worth a chain entry",
    "kernel/notices/actions.py:mark_read": "one's own reading; not a deed worth a chain entry",
    "literacy/actions/self_tests.py": "nobody is named, and a chain entry for each answer would name them",
    "literacy/actions/estimates.py:estimate_fieldwork": "files are packed outside its transaction",
    "literacy/actions/estimates.py:estimate_files": "files are looked at outside its transaction",
    "literacy/actions/interviewing.py:receive": "the event is kept even when the action inside is refused",
    "literacy/actions/runs.py:keep_run": "files are read and looked at outside its transaction",
    "literacy/actions/samples.py:draw_again": "drawn outside its transaction",
    "appraisal/actions/evidence.py:add": "a content is looked at outside the transaction of `enter`",
    "appraisal/actions/evidence.py:free": "a copy is made outside any transaction; Kepu itself does",
    "appraisal/actions/evidence.py:make_again": "part of sending an application to its reviewers",
    "appraisal/actions/papers.py:open_paper": "a scan is looked at outside its transaction",
    "appraisal/actions/reviewing.py:remind": "Kepu itself reminds, each in a transaction of its own",
    "appraisal/actions/inspecting.py:receive": "the event is kept even when the action inside is refused",
    "appraisal/actions/inspecting.py:receive_photo": "as `receive`, with a picture that is slow to unpack",
    "appraisal/actions/inspections.py:step": "one step inside each action of an inspection, audited there",
    "appraisal/actions/moving.py:move": "one step inside each action of an application, audited there",
    "orders/actions/evidence.py:attach": "a picture is unpacked outside the transaction of `enter`",
    "venues/actions/keeping.py:add_file": "a picture is unpacked outside its transaction",
    "venues/actions/facilities.py:report_progress": "a picture is unpacked outside its transaction",
    "venues/actions/money.py:enter_contribution": "a receipt is looked at outside its transaction",
    "orders/actions/ordering.py:let_be_found_again": "the search's copy of what an audited change moved",
    "orders/actions/syncing.py:receive_shot": "as `receive`, with a picture that is slow to unpack",
    "orders/actions/hours.py:propose_all": "each proposal is an action of its own, so one may fail",
    "orders/actions/hours.py:end_presence": "part of ending a visit, which is audited",
    "orders/actions/rostering.py:stand_down": "part of letting an order go, which is audited",
    "orders/actions/rostering.py:take_off": "done by Kepu itself after a leaving; audited as such",
    "orders/actions/syncing.py:receive": "the event is kept even when the action inside is refused",
    "orders/actions/delivering.py:check_in": "a tried code counts even when wrong; `arrive` is one",
}


# What time does, or the end of a team: Kepu itself acts, so nobody is named.
BY_TIME = (
    "appraisal/actions/applications.py:tell_late",
    "appraisal/actions/timing.py:expire",
    "appraisal/actions/timing.py:open_reports",
    "appraisal/actions/timing.py:tell_due",
    "appraisal/actions/timing.py:tell_out_of_time",
    "appraisal/actions/timing.py:tell_renewals",
    "appraisal/actions/inspections.py:remind",
    "appraisal/actions/timing.py:warn_late",
    "orders/actions/claiming.py:let_go",
    "orders/actions/timing.py:expire",
    "orders/actions/timing.py:run_out",
)

# What the worker ends after minutes of computing: `now` would be when it began, so the clock is read.
READS_THE_CLOCK = {
    "kernel/exports/actions.py:_end": "a table is ready, or failed",
    "appraisal/actions/panels.py:_end": "panels are found, their reviewers asked, or it failed",
    "literacy/actions/booklets.py:_propose": "booklets are assembled",
    "literacy/actions/booklets.py:_fail": "or could not be",
    "literacy/actions/estimates.py:_finish": "a run is kept",
    "literacy/actions/estimates.py:_fail": "or failed",
    "literacy/actions/samples.py:_propose": "a sample is drawn",
    "literacy/actions/samples.py:_fail": "or could not be",
    "orders/actions/computing.py:_end": "a plan is computed, applied, or failed",
}
CLOCKS = {"clock.now", "clock.today", "timezone.now", "datetime.now", "time.time"}

# `entry` is the row itself, for what writes it in one message with its own rows.
WRITES_AUDIT = ("audit.record", "audit.entry")


def modules() -> list[Path]:
    rooms = SOURCE / "kepu"
    return sorted(
        {*rooms.rglob("actions.py"), *rooms.rglob("actions/*.py"), *rooms.rglob("actions_*.py")}
    )


def verbs() -> dict[str, tuple[ast.FunctionDef, ast.Module]]:
    """Public functions that take an actor or open a transaction, by `room/actions.py:name`."""
    found = {}
    for path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        place = str(path.relative_to(SOURCE / "kepu"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and is_verb(node) and place not in EXCEPTIONS:
                found[f"{place}:{node.name}"] = (node, tree)
    return {name: verb for name, verb in found.items() if name not in EXCEPTIONS}


def is_verb(node: ast.FunctionDef) -> bool:
    keyword_only = {argument.arg for argument in node.args.kwonlyargs}
    return not node.name.startswith("_") and ("by" in keyword_only or is_atomic(node))


def is_atomic(node: ast.FunctionDef) -> bool:
    return any("transaction.atomic" in ast.unparse(mark) for mark in node.decorator_list)


def calls(node: ast.AST) -> set[str]:
    return {ast.unparse(call.func) for call in ast.walk(node) if isinstance(call, ast.Call)}


def reaches_audit(node: ast.FunctionDef, tree: ast.Module, depth: int = 4) -> bool:
    """Whether it records, itself or through functions of its own or a neighbouring action module."""
    if depth == 0:
        return False
    known = functions(tree)
    for name in calls(node):
        if name in WRITES_AUDIT:
            return True
        if name in known and known[name][0] is not node and reaches_audit(*known[name], depth - 1):
            return True
    return False


def functions(tree: ast.Module) -> dict[str, tuple[ast.FunctionDef, ast.Module]]:
    """Functions that the module defines, and those it takes from other modules of actions."""
    found = {each.name: (each, tree) for each in tree.body if isinstance(each, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and ".actions" in (node.module or ""):
            path = SOURCE / (node.module or "").replace(".", "/")
            if path.with_suffix(".py").exists():
                theirs = ast.parse(path.with_suffix(".py").read_text(encoding="utf-8"))
                inside = {e.name: e for e in theirs.body if isinstance(e, ast.FunctionDef)}
                for alias in node.names:
                    if alias.name in inside:
                        found[alias.asname or alias.name] = (inside[alias.name], theirs)
    return found


VERBS = verbs()


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_one_transaction(name):
    assert is_atomic(VERBS[name][0])


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_is_written_into_the_audit(name):
    assert reaches_audit(*VERBS[name])


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_names_its_actor_and_its_time_by_keyword(name):
    keyword_only = {argument.arg for argument in VERBS[name][0].args.kwonlyargs}

    assert "now" in keyword_only
    assert "by" in keyword_only or name in BY_TIME


def test_no_action_reads_the_clock_but_those_that_end_what_a_worker_computed():
    found = {
        f"{path.relative_to(SOURCE / 'kepu')}:{node.name}"
        for path in modules()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and calls(node) & CLOCKS
    }

    assert found == set(READS_THE_CLOCK)


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_says_in_a_sentence_what_it_does(name):
    assert (ast.get_docstring(VERBS[name][0]) or "").partition("\n")[0].endswith((".", ":"))


def test_every_exception_still_stands():
    """An exception for a function that is gone would hide the next one of that name."""
    for name in EXCEPTIONS:
        path, _, function = name.partition(":")
        assert (SOURCE / "kepu" / path).is_file(), name
        assert not function or f"def {function}(" in (SOURCE / "kepu" / path).read_text(), name
