"""A cheap load: many clients on kept-alive connections, each sending its requests one after another.

Run as a process of its own: reads a plan (JSON) from standard input and writes what came of it.
Raw streams rather than a client library, for the load shares two cores with what it measures.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ask:
    """One request: what, where, and with which headers."""

    method: str
    path: str
    headers: dict[str, str]
    body: str = ""

    def text(self, host: str) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.method == "POST":
            kind = "application/json" if self.body else "application/x-www-form-urlencoded"
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(self.body.encode())}"]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()


@dataclass(frozen=True)
class Answered:
    """What came back: status, where it leads, its cookies, and how long it took."""

    status: int
    seconds: float
    location: str = ""
    cookie: str = ""
    body: str = ""


@dataclass(frozen=True)
class Result:
    """Answers by client, the wall time of all, and the load's own processor time."""

    answers: list[list[Answered]]
    seconds: float
    cpu: float

    @property
    def flat(self) -> list[Answered]:
        return [answer for client in self.answers for answer in client]


def fire(port: int, clients: list[list[Ask]], *, bodies: bool = False) -> Result:
    """Let the clients loose at once, from a process of its own."""
    plan = {
        "port": port,
        "bodies": bodies,
        "clients": [[ask.text(f"127.0.0.1:{port}").decode() for ask in asks] for asks in clients],
    }
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(plan).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(done.stdout)
    answers = [[Answered(*one) for one in client] for client in found["answers"]]
    return Result(answers, found["seconds"], found["cpu"])


async def _client(
    port: int, asks: list[bytes], bodies: bool, begin: asyncio.Event
) -> list[list[Any]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await begin.wait()
    found = []
    for ask in asks:
        began = time.perf_counter()
        writer.write(ask)
        status, headers, body = await _answer(reader)
        spent = time.perf_counter() - began
        cookie = headers.get("set-cookie", "")
        shown = body.decode(errors="replace") if bodies else ""
        found.append([status, spent, headers.get("location", ""), cookie, shown])
    writer.close()
    return found


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    headers: dict[str, str] = {}
    for line in head[1:]:
        name, _, value = line.partition(":")
        name = name.strip().lower()
        headers[name] = "; ".join(filter(None, [headers.get(name, ""), value.strip()]))
    return status, headers, await _body(reader, headers)


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    found = b""
    while size := int(await reader.readline(), 16):
        found += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return found


async def _all(plan: dict[str, Any]) -> dict[str, Any]:
    begin = asyncio.Event()
    clients = [
        asyncio.create_task(
            _client(plan["port"], [a.encode() for a in asks], plan["bodies"], begin)
        )
        for asks in plan["clients"]
    ]
    await asyncio.sleep(0.3)
    began = time.perf_counter()
    begin.set()
    answers = await asyncio.gather(*clients)
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = time.perf_counter() - began
    return {"answers": answers, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_all(json.loads(sys.stdin.read())))))
