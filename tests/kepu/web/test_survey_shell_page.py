"""The page about the survey engine in the shell prints what the commands print."""

import re
import shlex
from pathlib import Path

import pytest

from kepu.web.commands import survey

PAGE = Path(__file__).parents[3] / "docs" / "engines" / "shell.md"
FILES = re.compile(r'```csv title="(?P<name>[\w.]+)"\n(?P<text>.*?)```', re.DOTALL)
CALLS = re.compile(r"```console\n\$ (?P<call>kepu survey [^\n]+)\n(?P<printed>.*?)```", re.DOTALL)
NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?")

pytestmark = pytest.mark.slow


def test_every_call_prints_what_the_page_shows(tmp_path, monkeypatch, capsys):
    page = PAGE.read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANG", "C.UTF-8")
    for file in FILES.finditer(page):
        Path(file["name"]).write_text(file["text"], encoding="utf-8")

    called = set()
    for call in CALLS.finditer(page):
        words = shlex.split(call["call"])[2:]
        survey.main(words)
        out, err = capsys.readouterr()
        called.add(words[0])
        assert NUMBER.sub("#", out + err) == NUMBER.sub("#", call["printed"]), call["call"]
        shown, found = (
            list(map(float, NUMBER.findall(text))) for text in (call["printed"], out + err)
        )
        assert found == pytest.approx(shown, rel=1e-6, abs=1e-12), call["call"]

    assert called == set(survey.ANALYSES) - {"irt"}


@pytest.mark.parametrize("analysis", survey.ANALYSES)
def test_every_analysis_has_help_with_an_example_in_both_languages(analysis, monkeypatch, capsys):
    for language, words in (("C.UTF-8", "examples:"), ("zh_CN.UTF-8", "示例")):
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("LANG", language)

        with pytest.raises(SystemExit) as ended:
            survey.main([analysis, "--help"])

        out = capsys.readouterr().out
        assert ended.value.code == 0
        assert words in out
        assert f"kepu survey {analysis} " in out
