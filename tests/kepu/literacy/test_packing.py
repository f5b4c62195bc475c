"""A ZIP that somebody sends is looked at first: what has no business in it is refused by its name."""

from __future__ import annotations

import io
import zipfile

import pytest

from kepu.kernel.errors import BadInput
from kepu.literacy import packing

PLAN = {"plan.yaml": b"title: x"}


def sent(parts: dict[str, bytes], **traits) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            part = zipfile.ZipInfo(name)
            for trait, value in traits.items():
                if name not in PLAN:
                    setattr(part, trait, value)
            archive.writestr(part, content)
    out.seek(0)
    return out


def taken(parts, folder, **traits) -> list[str]:
    packing.take_out(sent(parts, **traits), folder)
    return sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/answers.csv", "/etc/answers.csv lies outside"),
        ("../answers.csv", "../answers.csv lies outside"),
        ("a/../../answers.csv", "lies outside"),
        ("C:answers.csv", "C:answers.csv lies outside"),
        ("a\\..\\answers.csv", "lies outside"),
        ("a//etc/answers.csv", "a//etc/answers.csv lies outside"),
        ("./answers.csv", "lies outside"),
        ("program.py", "program.py is not read by a run"),
        ("elsewhere/plan.yaml", "one plan.yaml"),
        ("PLAN.YAML", "PLAN.YAML is in the ZIP twice"),
    ],
)
def test_a_file_that_has_no_business_there_is_refused_by_its_name(tmp_path, name, reason):
    with pytest.raises(BadInput, match=reason):
        taken(PLAN | {name: b"x"}, tmp_path / "in")

    assert not (tmp_path / "in").exists()


def test_what_unpacks_without_a_bound_is_refused(tmp_path):
    for kind in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        with pytest.raises(BadInput, match=r"answers\.csv is packed in a way"):
            taken(PLAN | {"answers.csv": b"0" * 9999}, tmp_path, compress_type=kind)


def test_a_link_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"answers\.csv is a link"):
        taken(PLAN | {"answers.csv": b"/etc/passwd"}, tmp_path, external_attr=0o120777 << 16)


def test_too_many_files_and_too_much_unpacked_are_refused_by_the_one_too_many(
    tmp_path, monkeypatch
):
    many = {f"{n:02}.csv": b"x" for n in range(packing.MOST_FILES)}
    with pytest.raises(BadInput, match=r"39\.csv is one too many"):
        taken(PLAN | many, tmp_path / "a")
    monkeypatch.setattr(packing, "LARGEST", 2**20)

    with pytest.raises(BadInput, match=r"with b\.csv the ZIP unpacks to more than 1 MB"):
        taken(PLAN | {"a.csv": bytes(2**19), "b.csv": bytes(2**20)}, tmp_path / "b")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_states_less_than_it_holds_is_damaged(tmp_path):
    content = sent(PLAN | {"answers.csv": bytes(5000)}).getvalue()
    lie = content.replace((5000).to_bytes(4, "little"), (10).to_bytes(4, "little"))

    with pytest.raises(BadInput, match="damaged"):
        packing.take_out(io.BytesIO(lie), tmp_path)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(50)])
def test_what_is_no_zip_is_refused(tmp_path, content):
    with pytest.raises(BadInput, match="damaged, or none at all"):
        packing.take_out(io.BytesIO(content), tmp_path)


def test_a_folder_that_was_packed_whole_is_taken_without_what_the_desktop_left(tmp_path):
    parts = {"survey/plan.yaml": b"x", "survey/a.csv": b"1", "__MACOSX/survey/._a.csv": b"?",
             "survey/.DS_Store": b"?"}  # fmt: skip

    assert taken(parts, tmp_path) == ["a.csv", "plan.yaml"]


def test_what_is_packed_comes_out_the_same_and_makes_the_same_bytes(tmp_path):
    folder = tmp_path / "in"
    (folder / "r").mkdir(parents=True)
    (folder / "r" / "a.csv").write_text("1\n")
    (folder / "run.json").write_text("{}")

    for name in ("one", "two"):
        packing.pack(folder, tmp_path / name)
    with (tmp_path / "one").open("rb") as packed:
        packing.unpack(packed, tmp_path / "out")

    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert (tmp_path / "out" / "r" / "a.csv").read_text() == "1\n"
