"""The tokens: every pair of text and ground readable, both copies of the dark theme alike, pages
small."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from kepu.ui import outlines

ROOT = Path(__file__).resolve().parents[3]
CSS = ROOT / "frontend" / "css"
SOURCE = ROOT / "src" / "kepu" / "ui"

TONES = ("accent", "warning", "danger", "success", "information")
PAIRS = [
    *[(ink, ground) for ink in ("ink", "ink-soft") for ground in ("paper", "card", "sunk")],
    *[(ink, f"{tone}-wash") for ink in ("ink", "ink-soft") for tone in TONES],
    *[(tone, ground) for tone in TONES for ground in ("paper", "card", f"{tone}-wash")],
    ("accent-deep", "card"),
    ("accent-deep", "accent-wash"),
    ("accent", "sunk"),
    ("danger", "sunk"),
    ("on-accent", "accent"),
    ("on-accent", "accent-deep"),
    ("on-tone", "danger"),
    ("paper", "ink"),
    *[(f"series-{n}", "card") for n in range(1, 6)],
    *[("map-words", f"map-{n}") for n in range(5)],
    *[("map-words-deep", f"map-{n}") for n in range(5, 8)],
]


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})\b", block))


def blocks() -> dict[str, dict[str, str]]:
    text = (CSS / "tokens.css").read_text()
    light, dark_by_device, dark_by_choice = re.findall(
        r"^\s*(?::root|:root:not\(\[data-theme=\"light\"\]\)|:root\[data-theme=\"dark\"\]) \{\s*"
        r"color-scheme:[^}]*\}",
        text,
        re.M,
    )
    return {
        "light": tokens(light),
        "dark": tokens(dark_by_choice),
        "dark by device": tokens(dark_by_device),
    }


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_is_readable(theme, text, ground):
    colours = blocks()[theme]

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["card", "paper"])
def test_edges_of_controls_can_be_seen(theme, ground):
    colours = blocks()[theme]

    assert contrast(colours["edge"], colours[ground]) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_map_steps_go_one_way(theme):
    steps = [luminance(blocks()[theme][f"map-{n}"]) for n in range(1, 8)]

    assert steps == sorted(steps, reverse=theme == "light")


def test_both_copies_of_the_dark_theme_agree():
    assert blocks()["dark"] == blocks()["dark by device"]


def test_the_dark_theme_leaves_no_colour_out():
    assert blocks()["dark"].keys() == blocks()["light"].keys()


def test_rules_name_tokens_not_colours():
    raw = {
        sheet.name: re.findall(r"#[0-9a-f]{3,8}\b(?!')", sheet.read_text())
        for sheet in CSS.glob("*.css")
        if sheet.name not in ("tokens.css", "print.css")
    }

    # A QR picture must be dark on light in either theme, so its two colours are fixed.
    assert {name: found for name, found in raw.items() if found} == {
        "feedback.css": ["#ffffff", "#1d2428"]
    }


def test_no_text_is_set_below_14_pixels():
    sizes = [
        float(size) * (16 if unit == "rem" else 1)
        for sheet in CSS.glob("*.css")
        for size, unit in re.findall(r"font-size:\s*([\d.]+)(px|rem)", sheet.read_text())
    ]

    assert sizes
    assert min(sizes) >= 14


def test_names_on_maps_are_as_large_as_the_drawing_reckons():
    rule = re.search(r"\.map-name \{[^}]*font-size: (\d+)px", (CSS / "pictures.css").read_text())

    assert int(rule[1]) == outlines.LETTER


def test_every_icon_that_a_template_names_is_drawn():
    sprite = (ROOT / "frontend" / "public" / "icons.svg").read_text()
    drawn = set(re.findall(r'<symbol id="(\w+)"', sprite))
    named = {
        name
        for template in (SOURCE / "templates").rglob("*.html")
        for name in re.findall(r'(?:icon(?:_name)?|line)(?:\(|=)"(\w+)"', template.read_text())
    }

    assert len(named) > 18
    assert named <= drawn


def test_what_every_page_loads_is_small():
    built = SOURCE / "static" / "kepu"
    if not (built / "kepu.css").exists():
        pytest.skip("the front end is not built here")

    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in built.iterdir()}
    alone = {  # of the page of that name alone
        page: sizes.pop(f"{page}.js") + sizes.pop(f"{page}.css")
        for page in ("interviews", "inspections")
    }
    sizes.pop("service-worker.js")  # fetched where a visit or interviews are kept for later

    # Leaves 60 KB of the 100 for the page itself.
    assert sum(sizes.values()) <= 40_000
    assert max(alone.values()) <= 15_000


def test_the_lock_file_names_no_registry():
    lock = (ROOT / "frontend" / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock
