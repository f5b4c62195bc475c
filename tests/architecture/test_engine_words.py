"""Functions of the survey engine that take arrays say what they are, what is refused, and whence it is.

Held here: each array has its shape, in a line of `Parameters` or beside its name in the text (`name` (n,));
a function that can refuse has `Raises`; and each module names a source, an author with a year, unless it
is listed with a reason. A docstring may send to another's ("as `ratio`").
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "src" / "kepu_engines" / "survey"
MODULES = sorted(
    file
    for file in ENGINE.rglob("*.py")
    if "command" not in file.parts and file.name != "__init__.py"
)
ARRAY = re.compile(r"ArrayLike|NDArray|Reals|Floats|Codes|Ints\b")
ELSEWHERE = re.compile(r"\b[Aa]s (for |in |of )?`")
YEAR = re.compile(r"\b(1[89]|20)\d\d\b")
REFUSING = {"require", "present", "reals", "integers"}
SOURCELESS = {
    "chunks.py": "figures are those of estimates.py and quantiles.py, which name theirs",
    "design.py": "labels as numbers; what is made of them names its source",
    "irt/responses.py": "answers as numbers; models.py and fit.py name their sources",
    "literacy.py": "the rule is policy as data: a framework names its own document",
    "modes/kinds.py": "samples as tables; estimators.py names its sources",
    "weighting/margins.py": "categories as numbers; calibration.py names its sources",
}


def functions(module: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Public functions, and public methods of public classes."""
    for node in module.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name, node
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for each in node.body:
                if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                    yield f"{node.name}.{each.name}", each


def arrays(function: ast.FunctionDef) -> list[str]:
    """Parameters that are arrays."""
    given = [*function.args.args, *function.args.kwonlyargs]
    words = {each.arg: ast.unparse(each.annotation) for each in given if each.annotation}
    return [
        name for name, word in words.items() if ARRAY.search(word) and not word.startswith("Call")
    ]


def refuses(function: ast.FunctionDef) -> bool:
    """Whether its own body can refuse."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    named = any(isinstance(call, ast.Name) and call.id in REFUSING for call in calls)
    return named or any(isinstance(node, ast.Raise) for node in ast.walk(function))


def why_not(name: str, function: ast.FunctionDef) -> list[str]:
    """What its docstring leaves unsaid."""
    words = ast.get_docstring(function) or ""
    if not arrays(function) or ELSEWHERE.search(words):
        return []
    lines = re.findall(r"^([\w, ]+) : ", words, re.MULTILINE)
    told = {one.strip() for line in lines for one in line.split(",")}
    told |= set(re.findall(r"`(\w+)`(?: is| of)?,? \([\w*+ ,]+\)", words))
    unsaid = [f"{name}: the shape of {each}" for each in arrays(function) if each not in told]
    if refuses(function) and "Raises\n" not in words:
        unsaid.append(f"{name}: what it refuses")
    return unsaid


@pytest.mark.parametrize("file", MODULES, ids=lambda file: str(file.relative_to(ENGINE)))
def test_arrays_have_shapes_refusals_are_told_and_sources_named(file):
    module = ast.parse(file.read_text(encoding="utf-8"))
    public = list(functions(module))

    unsaid = [gap for name, function in public for gap in why_not(name, function)]
    assert unsaid == []

    known = str(file.relative_to(ENGINE))
    docstrings = [
        ast.get_docstring(node) or ""
        for node in ast.walk(module)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
    ]
    named = any(YEAR.search(words) for words in docstrings)
    taking = any(arrays(function) for _name, function in public)
    assert named or not taking or known in SOURCELESS


def test_a_module_without_a_source_is_listed_with_a_reason_and_no_other():
    for name, reason in SOURCELESS.items():
        assert reason
        words = (ENGINE / name).read_text(encoding="utf-8")
        docstrings = re.findall(r'"""(.*?)"""', words, re.DOTALL)
        assert not any(YEAR.search(each) for each in docstrings), name
