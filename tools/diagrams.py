"""Write the state diagrams of the documentation from the tables that the code follows.

python tools/diagrams.py   rewrites each block between `<!-- diagram: room.TABLE -->` and `<!-- end -->`
"""

from __future__ import annotations

import os
import re
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "docs" / "architecture.md"]
BLOCK = re.compile(r"(<!-- diagram: (\w+)\.(\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def drawn(page: str) -> str:
    """The page with every diagram as its table says now."""
    return BLOCK.sub(lambda found: f"{found[1]}{_diagram(found[2], found[3])}{found[4]}", page)


def _diagram(room: str, table: str) -> str:
    machine = getattr(import_module(f"kepu.{room}.states"), table)
    return f"```mermaid\n{machine.diagram()}\n```\n"


def main() -> int:
    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kepu.config.settings")
    for page in PAGES:
        page.write_text(drawn(page.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
