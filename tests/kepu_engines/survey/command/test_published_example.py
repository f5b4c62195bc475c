"""The guide repeats a published example: what it shows is what is printed, and what was published."""

import csv
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.oracles import shared

from kepu_engines.survey.command.estimate import main

PAGE = Path(__file__).parents[4] / "docs" / "guide-published-example.md"
CALLS = re.compile(
    r"```console\n\$ kepu survey estimate (?P<words>[^\n]+)\n(?P<shown>.*?)```", re.DOTALL
)
PUBLISHED = re.compile(r'```text title="published"\n(?P<told>.*?)```', re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")

pytestmark = pytest.mark.slow


@pytest.fixture
def schools(tmp_path, monkeypatch):
    """The sample, as the guide takes it out of R's package; or from beside this repository."""
    monkeypatch.chdir(tmp_path)
    command = re.search(r"^\$ (Rscript -e .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert command
    words = shlex.split(command[1])
    if shutil.which(words[0]):
        subprocess.run(words, check=False, capture_output=True)
    if not Path("apiclus1.csv").exists():
        shutil.copy(shared("survey_irt") / "apiclus1.csv", "apiclus1.csv")


def printed(words, capsys):
    assert main(shlex.split(words)) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return list(csv.reader(out.splitlines()))


def test_every_command_prints_what_the_guide_shows(schools, capsys):
    calls = list(CALLS.finditer(PAGE.read_text(encoding="utf-8")))

    for call in calls:
        shown, found = list(csv.reader(call["shown"].splitlines())), printed(call["words"], capsys)
        assert [row[0] for row in found] == [row[0] for row in shown]
        assert found[0] == shown[0]
        for one, other in zip(found[1:], shown[1:], strict=True):
            assert list(map(float, one[1:])) == pytest.approx(list(map(float, other[1:])), rel=1e-9)

    assert len(calls) == 7


def test_every_published_figure_is_found_to_its_last_printed_digit(schools, capsys):
    """Each published number, but for a quantile's share, is one of those found, rounded as it is."""
    page = PAGE.read_text(encoding="utf-8")
    starts = [told.start() for told in PUBLISHED.finditer(page)]
    checked = 0
    for told, end in zip(PUBLISHED.finditer(page), [*starts[1:], len(page)], strict=True):
        found = [
            float(cell)
            for call in CALLS.finditer(page, told.end(), end)
            for row in printed(call["words"], capsys)[1:]
            for cell in row[1:5]
        ]
        for line in told["told"].splitlines()[1:]:
            for number in NUMBER.findall(line.split(maxsplit=1)[1]):
                digits = len(number.partition(".")[2])
                assert number in {f"{one:.{digits}f}" for one in found}, (number, found)
                checked += 1
    assert checked == 2 + 12 + 2 + 4
