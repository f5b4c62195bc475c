"""Results that the city does not keep: touched since the run, or without its record."""

from __future__ import annotations

import shutil

import pytest

from kepu.kernel.errors import BadInput
from kepu.literacy.actions import runs
from kepu.literacy.models import Run
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
CITY = "50."


@pytest.fixture
def officer():
    return factories.officer("survey_officer", CITY, "测评甲")


@pytest.mark.parametrize("name", ["figures.csv", "districts.csv", "report.pdf", "tables.xlsx"])
def test_results_that_were_touched_are_refused(results, officer, tmp_path, name):
    folder = tmp_path / "touched"
    shutil.copytree(results, folder)
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[:-9] + b"0" + content[-8:])

    with pytest.raises(BadInput, match=f"{name} is not as the run wrote it"):
        runs.keep_run(folder, place=factories.division(CITY), by=officer, now=NOW)

    assert not Run.objects.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"title": "x"}', '{"outputs": 3}'])
def test_a_folder_without_a_record_is_refused(officer, tmp_path, text):
    (tmp_path / "run.json").write_text(text, "utf-8")

    with pytest.raises(BadInput, match="holds no run"):
        runs.keep_run(tmp_path, place=factories.division(CITY), by=officer, now=NOW)
