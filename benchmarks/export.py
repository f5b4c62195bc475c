"""The list of a hundred thousand orders as XLSX: how long, and how much memory at the most."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from typing import Any

from benchmarks import ground, line
from benchmarks.places import ROOT


def run(database: str, options: Any) -> None:
    """Write the orders first; a process of its own then makes the table, so its peak is its own."""
    ground.start()
    from benchmarks.boards import state
    from kepu.kernel.roles.models import Grant
    from kepu.web.simulation import past, town

    now = ground.now()
    city = town.build(now=now, teams=200, residents=2000)
    officer = city.districts[0].officer
    Grant.objects.create(person=officer, role="district_officer", path="50.", valid_from=now)
    line.note(f"export on {database}: {options.rows} orders")
    past.write(past.spread(city, options.rows, state, now=now), history=False)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.export", str(officer.pk)],
        cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout.splitlines()[-1])
    line.tell("export", figures, {"peak_mib": ("<=", 300)}, database=database)


def write(person_id: int) -> dict[str, Any]:
    """What the worker does for somebody who asked for the whole table."""
    ground.start(frame=False)
    from kepu.kernel import tables
    from kepu.kernel.accounts.models import User
    from kepu.orders import exporting

    told: list[int] = []
    began = time.perf_counter()
    table = exporting.table(User.objects.get(pk=person_id), "contacts=1", ground.now())
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file:
        rows = tables.write_xlsx(file.name, table.headers, table.rows, told.append)
        size = os.stat(file.name).st_size
    return {
        "rows": rows,
        "columns": len(table.headers),
        "seconds": round(time.perf_counter() - began, 1),
        "file_mib": round(size / 2**20, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "times_progress_was_told": len(told),
    }


if __name__ == "__main__":
    print(json.dumps(write(int(sys.argv[1]))))
