"""Figures by one button: from a fieldwork or from files, by the worker, kept as the shell keeps them."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kepu.kernel.audit.models import Entry
from kepu.kernel.errors import BadInput, NotAllowed, RuleBroken
from kepu.kernel.facts import worker
from kepu.kernel.files import queries as files
from kepu.kernel.working import Hold, Work
from kepu.literacy import packing
from kepu.literacy.actions import estimates, runs
from kepu.literacy.bridge import estimates as bridge
from kepu.literacy.models import Estimate, Run
from kepu.literacy.run.disclosure_rules import RULES
from tests import factories
from tests.factories import NOW
from tests.kepu.literacy import field_factories as field

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CITY = "50."


@pytest.fixture
def by():
    return factories.officer("survey_officer", CITY, "测评甲")


@pytest.fixture
def place(by):
    return factories.division(CITY)


@pytest.fixture(scope="session")
def small(tmp_path_factory, survey):
    """The invented survey with as few replicates as there may be, packed, and one that cannot be run."""
    folder = tmp_path_factory.mktemp("small")
    made = {}
    for name, (old, new) in {
        "right": ("count: 60", "count: 50"), "wrong": ("strata: district", "strata: nowhere"),
    }.items():  # fmt: skip
        plan = (survey / "plan.yaml").read_text("utf-8")
        assert old in plan
        packed = folder / f"{name}.zip"
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in survey.iterdir():
                text = file.read_bytes()
                if file.name == "plan.yaml":
                    text = plan.replace(old, new).encode()
                archive.writestr(file.name, text)
        made[name] = packed.read_bytes()
    return made


def asked(content: bytes, place, by) -> Estimate:
    return estimates.estimate_files(io.BytesIO(content), len(content), place=place, by=by, now=NOW)


def worked_on(of: Estimate, now=NOW) -> Estimate:
    assert estimates.ESTIMATES.take_up(of.pk, now=now)
    estimates.ESTIMATES.work_on(of.pk, taken=now)
    return Estimate.objects.get(pk=of.pk)


def client_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_plan_that_is_handed_in_becomes_a_run_as_the_shell_keeps_it(
    small, place, by, no_r, tmp_path
):
    done = worked_on(asked(small["right"], place, by))

    assert (done.state, done.failure) == ("kept", "")
    run = done.run
    packing.take_out(io.BytesIO(small["right"]), tmp_path / "survey")
    bridge.carry_out(tmp_path / "survey", tmp_path / "out", lambda *told: None)
    assert runs.bring(tmp_path / "out").found.digest == run.digest  # to the last bit
    assert (run.state, run.kept_by, run.path) == ("kept", by, CITY)
    page = client_of(by).get(reverse("survey-run", args=[run.pk])).content.decode()
    assert "not checked in this run: R is not installed on this server" in page
    verbs = list(
        Entry.objects.filter(object_type="literacy.estimate").values_list("verb", flat=True)
    )
    assert verbs == ["estimate.ask", "estimate.finish"]


def test_the_same_estimate_again_leads_to_the_same_run(small, place, by, no_r, monkeypatch):
    once = worked_on(asked(small["right"], place, by))
    other = factories.officer("survey_officer", CITY, "测评乙")

    again = worked_on(asked(small["right"], place, other))

    assert again.run == once.run
    assert Run.objects.get().kept_by == by


def test_an_estimate_of_what_was_withdrawn_leads_to_a_run_that_can_be_published(
    small, place, by, no_r
):
    other = factories.officer("survey_officer", CITY, "测评乙")
    once = worked_on(asked(small["right"], place, by)).run
    runs.propose_run(once.pk, by=by, now=NOW)
    runs.publish_run(once.pk, by=other, now=NOW)
    runs.withdraw_run(once.pk, reason="误撤", by=by, now=NOW)

    again = worked_on(asked(small["right"], place, by)).run

    assert (again.digest, again.state) == (once.digest, "kept")
    assert again.pk != once.pk


def test_a_fault_of_the_plan_is_told_in_the_engines_own_words(small, place, by, no_r):
    done = worked_on(asked(small["wrong"], place, by))

    assert done.state == "failed"
    assert "answers.csv has no column nowhere" in done.failure
    page = client_of(by).get(reverse("survey-estimate", args=[done.pk])).content.decode()
    assert "answers.csv has no column nowhere" in page
    assert not Run.objects.exists()


def test_a_plan_that_cannot_be_read_is_refused_before_anybody_waits(place, by):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("plan.yaml", "title: [")
    sent = SimpleUploadedFile("x.zip", out.getvalue())

    answer = client_of(by).post(reverse("survey-estimate-new"), {"packed": sent})

    assert answer.status_code == 422
    assert "plan.yaml, line 1 cannot be read as YAML" in answer.content.decode()
    assert not Estimate.objects.exists()


def test_a_zip_that_is_typed_in_is_asked_for_and_watched(small, place, by):
    client = client_of(by)
    sent = SimpleUploadedFile("survey.zip", small["right"])

    answer = client.post(reverse("survey-estimate-new"), {"packed": sent})

    of = Estimate.objects.get()
    address = reverse("survey-estimate", args=[of.pk])
    assert answer["Location"] == address
    page = client.get(address).content.decode()
    assert "Waiting for the worker" in page
    assert 'hx-trigger="every 1s"' in page
    Estimate.objects.update(begun_at=NOW, stage="replicates", done=20, total=50)
    part = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Weighing the replicates" in part
    assert "20 of 50" in part
    assert of.title in client.get(reverse("survey-runs")).content.decode()


def test_the_worker_begins_when_that_is_committed(
    small, place, by, monkeypatch, django_capture_on_commit_callbacks
):
    begun = []
    monkeypatch.setattr(Work, "start", lambda _work, *told: begun.append(told))
    of = asked(small["right"], place, by)

    with django_capture_on_commit_callbacks(execute=True):
        worker.work_off(NOW)

    assert begun == [(of.pk, NOW)]


def test_one_estimate_of_a_place_at_a_time(small, place, by):
    of = asked(small["right"], place, by)

    with pytest.raises(RuleBroken, match="is being computed; wait for it, or cancel it"):
        asked(small["right"], place, by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Estimate.objects.create(
            title="x", inputs=of.inputs, made_by=by, made_at=NOW, division_at=place,
            division_now=place, path=CITY,
        )  # fmt: skip

    client_of(by).post(reverse("survey-estimate-cancel", args=[of.pk]))
    assert asked(small["right"], place, by).state == "computing"


def test_an_estimate_that_is_cancelled_while_it_is_computed_keeps_nothing(
    small, place, by, no_r, monkeypatch
):
    of, tell = asked(small["right"], place, by), Hold.tell

    def cancelled_on_the_way(hold, stage, done, total):
        if stage == "replicates" and Estimate.objects.get(pk=of.pk).state == "computing":
            estimates.cancel_estimate(of.pk, by=by, now=NOW)
        tell(hold, stage, done, total)

    monkeypatch.setattr(Hold, "tell", cancelled_on_the_way)
    done = worked_on(of)

    assert (done.state, done.run) == ("cancelled", None)
    assert not Run.objects.exists()


class Killed(BaseException):
    """The worker is gone, without a word."""


def test_what_a_killed_worker_left_is_taken_up_again_three_times(
    small, place, by, no_r, monkeypatch
):
    of = asked(small["right"], place, by)

    def killed(*given):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(bridge, "carry_out", killed)
        for number in range(2):
            then = NOW + number * timedelta(minutes=5)
            with pytest.raises(Killed):
                worked_on(of, then)
            Estimate.objects.update(beat_at=then)
    assert worked_on(of, NOW + timedelta(hours=1)).state == "kept"

    second = asked(small["right"], place, by)
    Estimate.objects.filter(pk=second.pk).update(tries=3)
    assert "stopped at it 3 times" in worked_on(second).failure


@pytest.mark.parametrize("role", ["city_officer", "field_supervisor", None])
def test_only_survey_officers_of_the_place_have_figures_estimated(small, place, by, role):
    person = factories.officer(role, CITY) if role else factories.user()
    of = asked(small["right"], place, by)

    with pytest.raises(NotAllowed):
        asked(small["right"], place, person)
    with pytest.raises(NotAllowed):
        estimates.cancel_estimate(of.pk, by=person, now=NOW)
    client = client_of(person)
    for name in ("survey-estimate", "survey-estimate-cancel"):
        answer = client.post if name.endswith("cancel") else client.get
        assert answer(reverse(name, args=[of.pk])).status_code == 404
    assert client.get(reverse("file", args=[of.inputs_id])).status_code == 404


def test_a_zip_that_is_too_large_is_refused(place, by):
    with pytest.raises(RuleBroken, match="at most 64 MB"):
        estimates.estimate_files(io.BytesIO(b""), 65 * 2**20, place=place, by=by, now=NOW)


def test_a_bad_zip_leaves_nothing(place, by):
    with pytest.raises(BadInput, match="damaged, or none at all"):
        asked(b"no zip", place, by)

    assert not Estimate.objects.exists()


# --- of a fieldwork -------------------------------------------------------------------------------


def inside(of: Estimate) -> dict[str, str]:
    with files.open_file(of.inputs) as packed, zipfile.ZipFile(packed) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_figures_are_of_a_fieldwork_that_is_over():
    of = field.fieldwork("open")

    with pytest.raises(RuleBroken, match="close the fieldwork first"):
        estimates.estimate_fieldwork(of.pk, language="zh", synthetic=True, by=of.made_by, now=NOW)
    page = client_of(of.made_by).get(reverse("survey-fieldwork", args=[of.pk])).content.decode()
    assert reverse("survey-fieldwork-estimate", args=[of.pk]) not in page


def test_the_button_takes_the_answers_as_they_are_exported(no_r):
    of = field.fieldwork("closed")
    client = client_of(of.made_by)
    address = reverse("survey-fieldwork-estimate", args=[of.pk])
    assert address in client.get(reverse("survey-fieldwork", args=[of.pk])).content.decode()
    nobody = client.post(address, {"language": "en"})
    assert nobody.status_code == 422  # who answered is for the officer to say

    client.post(address, {"language": "en", "people": "real"})

    made = Estimate.objects.get()
    held = inside(made)
    assert sorted(held) == ["answers.csv", "districts.csv", "items.csv", "margins.csv", "plan.yaml"]
    assert "language: en\nsynthetic: false\n" in held["plan.yaml"]
    assert held["answers.csv"].count("\n") == 1 + of.cases.count()
    failed = worked_on(made)
    assert failed.state == "failed"  # nobody was at home
    assert "answers.csv: nobody answered" in failed.failure


# --- the folder of a run --------------------------------------------------------------------------


@pytest.fixture
def kept(results, place, by):
    return runs.keep_run(results, place=place, by=by, now=NOW)


def published(run, by):
    other = factories.officer("survey_officer", CITY, "测评乙")
    runs.propose_run(run.pk, by=by, now=NOW)
    return runs.publish_run(run.pk, by=other, now=NOW)


def test_the_whole_folder_is_for_officers_and_who_takes_it_is_written_down(kept, by, results):
    published(kept, by)
    address = reverse("survey-run-archive", args=[kept.pk])
    assert client_of(factories.user()).post(address).status_code == 404
    assert Client().post(address).status_code == 302
    for person in (by, factories.user()):
        assert client_of(person).get(reverse("file", args=[kept.archive_id])).status_code == 404
    assert not Entry.objects.filter(verb="run.take_archive").exists()

    answer = client_of(by).post(address)

    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = set(archive.namelist())
        assert json.loads(archive.read("run.json")) == kept.record
    assert names == {
        file.relative_to(results).as_posix() for file in results.rglob("*") if file.is_file()
    }
    assert Entry.objects.get(verb="run.take_archive").actor == by.pseudonym


def test_open_files_are_everybodys_once_published_and_not_before(kept, by, results):
    names = ["figures.csv", "figures.parquet", "figures.sdmx.csv", "structure.sdmx.xml",
             "districts.csv", "public.csv", "public.parquet"]  # fmt: skip
    addresses = {name: reverse("survey-run-file", args=[kept.pk, name]) for name in names}
    assert {Client().get(one).status_code for one in addresses.values()} == {404}
    assert client_of(by).get(addresses["figures.csv"]).status_code == 200

    published(kept, by)

    page = Client().get(reverse("survey-run", args=[kept.pk])).content.decode()
    for name, address in addresses.items():
        place = results / ("r" if name.startswith("public") else "") / name
        assert b"".join(Client().get(address).streaming_content) == place.read_bytes()
        assert address in page


def test_persons_are_closed_once_a_run_is_withdrawn_and_where_weaker_rules_made_them(kept, by):
    def open_files() -> dict[str, int]:
        names = ("figures.csv", "public.csv", "public.parquet")
        return {
            name: Client().get(reverse("survey-run-file", args=[kept.pk, name])).status_code
            for name in names
        }

    published(kept, by)
    assert open_files() == {"figures.csv": 200, "public.csv": 200, "public.parquet": 200}
    rules = Run.objects.get(pk=kept.pk).record
    unnumbered = {name: value for name, value in rules["public"].items() if name != "rules"}
    earlier = unnumbered | {"rules": RULES - 1}
    closed = {"figures.csv": 200, "public.csv": 404, "public.parquet": 404}
    for made in (None, unnumbered, earlier):
        Run.objects.filter(pk=kept.pk).update(record=rules | {"public": made})
        assert open_files() == closed
    older = {name: value for name, value in rules.items() if name != "public"}
    Run.objects.filter(pk=kept.pk).update(record=older)
    assert open_files() == closed
    Run.objects.filter(pk=kept.pk).update(record=rules)

    runs.withdraw_run(kept.pk, reason="a wrong weight", by=by, now=NOW)

    assert open_files() == closed
    page = Client().get(reverse("survey-run", args=[kept.pk])).content.decode()
    assert "public.csv" not in page
    assert "figures.csv" in page
    assert (
        client_of(by).get(reverse("survey-run-file", args=[kept.pk, "public.csv"])).status_code
        == 404
    )
    for name in ("restricted.csv", "run.json", "r/restricted.csv", "weights.csv"):
        address = f"/survey/runs/{kept.pk}/files/{name}"
        assert client_of(by).get(address).status_code == 404
    assert reverse("survey-run-archive", args=[kept.pk]) not in page


def test_a_folder_with_something_that_the_run_did_not_write_is_refused(
    results, by, place, tmp_path
):
    shutil.copytree(results, tmp_path / "out")
    (tmp_path / "out" / "r" / "names.csv").write_text("张三", "utf-8")

    with pytest.raises(BadInput, match=r"r/names\.csv was not written by the run"):
        runs.keep_run(tmp_path / "out", place=place, by=by, now=NOW)
