"""The portal on one port: the event stream runs asynchronously, every other page in threads with kept connections.

Pages under WSGI cost a fraction of Django's asynchronous chain, and their threads keep their database connection.
"""

from __future__ import annotations

from typing import cast

from a2wsgi import WSGIMiddleware
from a2wsgi.asgi_typing import ASGIApp, HTTPScope, Receive, ReceiveEvent, Scope, Send
from a2wsgi.wsgi_typing import WSGIApp
from django.core.asgi import get_asgi_application

from portal.config.env import env
from portal.config.wsgi import application as pages

STREAM_PATH = "/events/"
MAX_BODY_BYTES = 10_000_000
THREADS = env.whole("PORTAL_WEB_THREADS", 4)


class Whole:
    """Reads the whole body before a thread is given the request.

    So a slow sender holds no thread, and a body that broke off on its way never reaches a page: read short, a form
    could lose the last digits of an amount.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        scope["headers"] = _plain_headers(scope)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        body = b"" if _too_long(declared) else await _read(receive)
        if _too_long(declared) or (body is not None and len(body) > MAX_BODY_BYTES):
            await _refuse(send, 413)
        elif body is None or declared != str(len(body)).encode():
            await _refuse(send, 400)
        else:
            await self.app(scope, _Once(body, receive), send)


def _too_long(declared: bytes) -> bool:
    return declared.isdigit() and int(declared) > MAX_BODY_BYTES


class _Once:
    """Hands out the body that was read, then whatever comes after it (the reader hanging up)."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> ReceiveEvent:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


async def _read(receive: Receive) -> bytes | None:
    """The whole body, or a little more than the limit of a longer one; None when the sender hung up before its end."""
    body = bytearray()
    while len(body) <= MAX_BODY_BYTES:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return bytes(body)


def _plain_headers(scope: HTTPScope) -> list[tuple[bytes, bytes]]:
    """Without names that hold an underscore: WSGI would take `x_forwarded_proto` for the proxy's `x-forwarded-proto`.

    Cookies that HTTP/2 sends in parts are put together again.
    """
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name and name != b"cookie"]
    cookies = [value for name, value in scope["headers"] if name == b"cookie"]
    return [*headers, (b"cookie", b"; ".join(cookies))] if cookies else headers


async def _refuse(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


# Django and a2wsgi describe the same two protocols with types that do not match each other.
_streams = cast(ASGIApp, get_asgi_application())
_bridge = WSGIMiddleware(cast(WSGIApp, pages), workers=THREADS)
_pages = Whole(_bridge)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The event stream to Django's asynchronous side, every other request to its pages."""
    if scope["type"] != "http":
        await _bridge(scope, receive, send)
    elif scope["path"] == STREAM_PATH:
        await _streams(scope, receive, send)
    else:
        await _pages(scope, receive, send)
