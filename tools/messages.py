"""Message catalogues of every room, with Babel, so that the gettext tools need not be installed.

python tools/messages.py extract   brings each room's catalogue up to date with its texts
python tools/messages.py compile   writes the .mo files that Django reads
python tools/messages.py check     names what is not translated; exits 1 if anything is not
"""

from __future__ import annotations

import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).resolve().parent.parent / "src" / "kepu"
LANGUAGE = "zh_Hans"
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
]
OPTIONS = {"**/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    name: spec
    for names, spec in (
        (("_", "gettext", "gettext_lazy", "lazy", "gettext_noop", "N_", "n_"), None),
        (("ngettext", "ngettext_lazy"), (1, 2)),
        (("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    )
    for name in names
}


def rooms() -> Iterator[Path]:
    """Every package that owns a catalogue: the rooms, and each part of the kernel."""
    for folder in sorted({*SOURCE.iterdir(), *(SOURCE / "kernel").iterdir()}):
        if (folder / "__init__.py").exists() and folder.name != "kernel":
            yield folder
    yield SOURCE / "kernel"


def catalogue_path(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def texts(room: Path) -> Catalog:
    """The texts found in the room's sources; the kernel's own modules do not reach into its parts."""
    found = Catalog(fuzzy=False)
    for name, line, message, comments, context in extract_from_dir(
        room, METHODS, OPTIONS, KEYWORDS, directory_filter=lambda path: own_folder(room, path)
    ):
        place = [(f"{room.relative_to(SOURCE)}/{name}", line)]
        found.add(message, None, place, auto_comments=comments, context=context)
    return found


def own_folder(room: Path, path: str) -> bool:
    folder = Path(path)
    part_of_kernel = room.name == "kernel" and folder.parent == room
    return (
        folder.name not in ("migrations", "__pycache__", "static", "locale") and not part_of_kernel
    )


def stored(room: Path) -> Catalog:
    path = catalogue_path(room)
    if not path.exists():
        return Catalog(locale=LANGUAGE, fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE)


def extract() -> int:
    for room in rooms():
        found = texts(room)
        if not len(found):
            continue
        catalogue = stored(room)
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        target = catalogue_path(room)
        target.parent.mkdir(parents=True, exist_ok=True)
        buffer = io.BytesIO()
        write_po(
            buffer, catalogue, width=100, no_location=True, omit_header=False, sort_output=True
        )
        text = re.sub(r'"(POT-Creation|PO-Revision)-Date: [^"]*"\n', "", buffer.getvalue().decode())
        target.write_text(text)
    return 0


def compile_all() -> int:
    for room in rooms():
        if catalogue_path(room).exists():
            with catalogue_path(room).with_suffix(".mo").open("wb") as file:
                write_mo(file, stored(room))
    return 0


def check() -> int:
    """Print each text of the sources that has no Chinese yet, or another in another room."""
    faults: list[str] = []
    said: dict[tuple[str | None, str], dict[str, str]] = defaultdict(dict)
    for room in rooms():
        name, known = str(room.relative_to(SOURCE)), stored(room)
        for message in texts(room):
            if message.id and not translated(known, message):
                faults.append(f"{name}: {message.id!r}")
        for message in known:
            if message.id:
                said[message.context, str(message.id)].setdefault(str(message.string), name)
    # All rooms speak from one catalogue: of two meanings the reader meets one, in either room.
    faults += [f"{key[1]!r}: {words}" for key, words in said.items() if len(words) > 1]
    print("\n".join(faults) or "every text has its Chinese, and one Chinese in all rooms")
    return 1 if faults else 0


def translated(catalogue: Catalog, message: object) -> bool:
    known = catalogue.get(message.id, message.context)  # type: ignore[attr-defined]
    if known is None:
        return False
    words = known.string if isinstance(known.string, tuple) else (known.string,)
    return all(words)


if __name__ == "__main__":
    sys.exit({"extract": extract, "compile": compile_all, "check": check}[sys.argv[1]]())
