"""Drawings that stand where a photograph would: nobody real is in them."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw


def photograph(folder: Path) -> Path:
    """A board, and people before it."""
    scene = Image.new("RGB", (1200, 900), "#e8dcc3")
    pen = ImageDraw.Draw(scene)
    pen.rectangle((180, 90, 1020, 470), fill="#fdfcf8", outline="#0b6e6e", width=14)
    pen.line([(260, 360), (420, 300), (560, 330), (700, 220), (920, 180)], fill="#b42318", width=16)
    for seat in range(6):
        x = 150 + seat * 180
        pen.ellipse((x - 55, 560, x + 55, 670), fill="#1d2428")
        pen.pieslice((x - 110, 660, x + 110, 980), 180, 360, fill="#0b6e6e")
    path = folder / "院坝会.jpg"
    scene.save(path, "JPEG")
    return path
