"""Why not? Runs: keeping, proposing, publishing, withdrawing."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from kepu.kernel.accounts.models import User
from kepu.kernel.files.kinds import Kind
from kepu.kernel.files.models import StoredFile
from kepu.kernel.files.purposes import Purpose
from kepu.kernel.roles import queries as roles
from kepu.kernel.roles.verbs import Verb
from kepu.literacy.models import Run
from kepu.literacy.queries import runs as queries
from kepu.literacy.states import RUN


def why_not_handle(by: User | None, path: str, now: datetime) -> str | None:
    """Officers of the survey keep, propose, publish and withdraw."""
    if roles.holds(by, Verb.SURVEY_PUBLISH, now=now, path=path):
        return None
    return _("only a survey officer of this place may do this")


def why_not_keep(digest: str) -> str | None:
    """The same run is kept once."""
    found = queries.same(digest)
    return _("this run is kept already: %(title)s") % {"title": found.title} if found else None


def why_not_move(run: Run, verb: str) -> str | None:
    return RUN.why_not(run.state, verb)


def why_not_propose(run: Run) -> str | None:
    """A share that comes without an error says that something went wrong before it."""
    refused = RUN.why_not(run.state, "propose")
    first = queries.headline(run)
    if refused is None and first.get("withheld"):
        return _("its first figure rests on too few people or communities to be published")
    if refused is None and not first.get("se"):
        return _(
            "its first figure has no error; look at the answers and the plan, and run it again"
        )
    return refused


def why_not_publish(run: Run, by: User) -> str | None:
    """Two officers stand for what is published."""
    refused = RUN.why_not(run.state, "publish")
    if refused:
        return refused
    if run.proposed_by_id == by.pk:
        return _("you proposed these results; another officer publishes them")
    return None


def why_not_step_back(run: Run, verb: str, reason: str) -> str | None:
    """Whoever read the figures is told why they no longer stand."""
    refused = RUN.why_not(run.state, verb)
    if refused is None and not reason.strip():
        return _("say why, in a sentence")
    return refused


def why_not_read_file(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """Files of published results are for everybody, others for officers of the place."""
    for run in queries.of_file(file.pk):
        if run.state in queries.OPEN_TO_ALL or why_not_handle(person, run.path, now) is None:
            return None
    return _("these results are not published")


PURPOSE = Purpose(
    "survey-results", lazy("results of a survey"), frozenset({Kind.PDF, Kind.XLSX}), 32 * 2**20,
    why_not_read_file,
)  # fmt: skip


def why_not_take_archive(run: Run) -> str | None:
    """Runs that were kept before folders were have none."""
    return None if run.archive_id else _("the folder of this run was not kept")


def _by_its_page(person: User | None, file: StoredFile, now: datetime) -> str | None:
    """Microdata: only handed out where it is written down who took it."""
    return _("take it on the page of the run, where it is written down who did")


ARCHIVE = Purpose(
    "survey-archive", lazy("the folder of a run, with microdata"), frozenset({Kind.ZIP}), 2**31,
    _by_its_page,
)  # fmt: skip
INPUTS = Purpose(
    "survey-inputs", lazy("what a run reads, with microdata"), frozenset({Kind.ZIP}), 2**31,
    _by_its_page,
)  # fmt: skip
