"""The event stream (server-sent events) that open pages listen to."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_GET

from portal.access.capabilities import Capability
from portal.access.gate import requires
from portal.live.hub import Subscription, hub
from portal.live.services import may_listen

MOST_CHANNELS = 20
MOST_STREAMS = 500
HEARTBEAT_SECONDS = 15.0
LIFETIME_SECONDS = 300.0
RETRY_MILLISECONDS = 3000


@requires(Capability.LIVE_LISTEN)
@require_GET
def events(request: HttpRequest) -> HttpResponseBase:
    """What changes on `?channels=a:1,b:2`, as it changes. 404 if one of them is not this reader's.

    The stream ends with the session, and after five minutes in any case: the browser comes back and its rights are
    looked at anew. Without the asynchronous server, or with too many streams, there is none and pages ask by themselves.
    """
    channels = sorted(set(request.GET.get("channels", "").split(",")))
    if len(channels) > MOST_CHANNELS or not all(may_listen(request.user, channel) for channel in channels):
        raise Http404
    if not isinstance(request, ASGIRequest) or len(hub) >= MOST_STREAMS:
        # 204 is how an event source is told to stop asking.
        return HttpResponse(status=204)
    subscription = Subscription(channels, request.session.session_key or "", request.user.pk)
    response = StreamingHttpResponse(stream(subscription), content_type="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


async def stream(subscription: Subscription) -> AsyncIterator[bytes]:
    """The text of one stream: a message for each change, a comment in quiet times so that dead lines are noticed."""
    await sync_to_async(_let_go_of_database)()
    hub.join(subscription)
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
        ends_at = asyncio.get_running_loop().time() + LIFETIME_SECONDS
        while not subscription.ended and asyncio.get_running_loop().time() < ends_at:
            told = await subscription.next(HEARTBEAT_SECONDS)
            yield "".join(f"data: {json.dumps(message)}\n\n" for message in told).encode() or b":\n\n"
    finally:
        hub.leave(subscription)


def _let_go_of_database() -> None:
    """A stream lasts minutes and must not keep the connection that its rights were looked up with."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
