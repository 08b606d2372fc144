"""Asking a virus scanner: clamd, by its own protocol, on a socket of this machine or a host of this network."""

from __future__ import annotations

import socket
import struct

from django.conf import settings

CHUNK_BYTES = 65_536
PATIENCE_SECONDS = 20
ANSWER_BYTES = 4_096


class ScannerAway(OSError):
    """The scanner does not answer; the file waits."""


def is_configured() -> bool:
    """Whether this installation has a scanner. Without one files are shown at once, as docs/security.md says."""
    return bool(settings.CLAMD)


def infection(body: bytes) -> str:
    """The name of what the scanner found; empty when it found nothing. Raises `ScannerAway`."""
    try:
        with _connected() as link:
            link.sendall(b"zINSTREAM\0")
            for start in range(0, len(body), CHUNK_BYTES):
                chunk = body[start : start + CHUNK_BYTES]
                link.sendall(struct.pack("!I", len(chunk)) + chunk)
            link.sendall(struct.pack("!I", 0))
            answer = link.recv(ANSWER_BYTES).decode(errors="replace").strip("\0\n ")
    except OSError as error:
        raise ScannerAway(str(error)) from error
    if answer.endswith("FOUND"):
        return answer.removeprefix("stream:").removesuffix("FOUND").strip()
    if answer.endswith("OK"):
        return ""
    raise ScannerAway(answer or "no answer")


def _connected() -> socket.socket:
    """`/run/clamav/clamd.ctl`, or `host:3310`."""
    if settings.CLAMD.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(PATIENCE_SECONDS)
        try:
            link.connect(settings.CLAMD)
        except OSError:
            link.close()
            raise
        return link
    host, _, port = settings.CLAMD.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
