"""What no browser of ours sends, to every address: a NUL, a huge number, the end of time. None ends in an error page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import zip_longest

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from portal.config.middleware import PlainRequests
from tests.architecture.house import Address, addresses
from tests.cast import Cast

WORDS = "q done from page number before after branch date since until month text kind account start end actor table bom"
PARAMETERS = [*WORDS.split(), "copy", "next", "email", "code", "customer", "key", "source", "to", "draft", "login"]
NUL, HUGE = "\0", "9" * 40
ODD = [
    NUL,
    "a\0b",
    HUGE,
    "-1",
    "0001-01-01",
    "9999-12-31",
    "1e5",
    "'",
    "%",
    "\U0001f4a5",
    "\u202e",
    "=1+1",
    "<svg onload=1>",
]
IN_PATHS = {
    "": ["%00", "%F0%9F%92%A5", "9" * 300, "'"],
    "str": ["%00", "%F0%9F%92%A5", "9" * 300, "'"],
    "int": ["9" * 30],
    "base36": ["z" * 30],
    "day": ["0001-01-01", "9999-12-31"],
    "uuid": ["00000000-0000-0000-0000-000000000000"],
}
ARGUMENT = re.compile(r"<(?:(\w+):)?\w+>")


def paths(address: Address) -> Iterator[str]:
    """The address with odd things in the place of its arguments, each once."""
    kinds = [IN_PATHS.get(kind, ["x"]) for kind in ARGUMENT.findall(address.route)]
    for values in zip_longest(*kinds, fillvalue="9999-12-31") if kinds else [()]:
        rest = iter(values)
        yield "/" + ARGUMENT.sub(lambda _, rest=rest: next(rest), address.route)  # type: ignore[misc]  # bound at once


def tries(address: Address) -> Iterator[tuple[str, str, dict[str, str]]]:
    for path in paths(address):
        for odd in ODD if "<" not in address.route else (NUL, HUGE):
            yield "get", path, dict.fromkeys(PARAMETERS, odd)
        for odd in (NUL, HUGE):
            yield "post", path, dict.fromkeys(PARAMETERS, odd)


@pytest.mark.parametrize("who", ["ama_user", "cashier", "manager", "auditor", "administrator", "operations_manager"])
def test_odd_requests_end_in_a_refusal_never_in_an_error(
    cast: Cast, client_for: Callable[..., Client], who: str
) -> None:
    client = client_for(getattr(cast, who), raise_request_exception=False)
    broken = [
        (method, path, sent["q"])
        for address in addresses()
        for method, path, sent in tries(address)
        if getattr(client, method)(path, sent).status_code >= 500
    ]
    assert broken == []


@pytest.mark.parametrize(
    ("behind", "header", "address"),
    [
        (True, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (True, "", "127.0.0.1"),
        (False, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_an_address_is_believed_from_our_own_proxy_alone(
    settings: LazySettings, behind: bool, header: str, address: str
) -> None:
    """The last one is the proxy's; what stands before it was sent by whoever asks."""
    settings.BEHIND_PROXY = behind
    seen: list[str] = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    PlainRequests(page)(RequestFactory().get("/", headers={"X-Forwarded-For": header}))
    assert seen == [address]
