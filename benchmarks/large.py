"""A large file on its way to a server, made as it is sent, and what the server's memory does meanwhile."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path

PIECE = 2**20
BORDER = "kepu-benchmark-border"


def pdf(size: int) -> Iterator[bytes]:
    """A PDF of about `size` octets that opens: one stream of zeros, in pieces."""
    parts = [
        b"%PDF-1.4\n",
        b"1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj\n",
        b"2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj\n",
        b"3 0 obj <</Length %d>> stream\n" % size,
    ]
    places, at = [], 0
    for part in parts:
        places.append(at)
        at += len(part)
        yield part
    for left in range(size, 0, -PIECE):
        yield bytes(min(PIECE, left))
    end = b"\nendstream endobj\n"
    rows = b"".join(b"%010d 00000 n \n" % place for place in places[1:])
    table = b"xref\n0 4\n0000000000 65535 f \n" + rows + b"trailer <</Size 4 /Root 1 0 R>>\n"
    yield end + table + b"startxref\n%d\n%%%%EOF\n" % (at + size + len(end))


def send(
    port: int, page: str, headers: dict[str, str], size: int, *, break_off: bool = False
) -> int:
    """Send such a file as a form does; returns the status, or 0 where the connection is broken off."""
    head = (
        f'--{BORDER}\r\nContent-Disposition: form-data; name="files"; filename="large.pdf"\r\n'
        "Content-Type: application/pdf\r\n\r\n"
    ).encode()
    tail = f"\r\n--{BORDER}--\r\n".encode()
    length = len(head) + sum(map(len, pdf(size))) + len(tail)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        connection.putrequest("POST", page)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Type", f"multipart/form-data; boundary={BORDER}")
        connection.putheader("Content-Length", str(length))
        connection.endheaders()
        connection.send(head)
        sent = 0
        for piece in pdf(size):
            connection.send(piece)
            sent += len(piece)
            if break_off and sent > size // 2:
                return 0
        connection.send(tail)
        return connection.getresponse().status
    finally:
        connection.close()


def forget_peaks(pids: list[int]) -> None:
    """Begin to count each process's peak anew."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def memory(pid: int, what: str) -> float:
    """MiB of a process: VmRSS now, VmHWM at its peak."""
    for row in Path(f"/proc/{pid}/status").read_text().splitlines():
        if row.startswith(f"{what}:"):
            return int(row.split()[1]) / 1024
    return 0.0
