"""Signing in: whether the time of an answer tells a stranger which addresses are known."""

from __future__ import annotations

import statistics
import time
from typing import Any

from deploy.bench.ground import Ground
from deploy.bench.table import Figure

APART, NOISE = 0.10, 0.05
"""A tenth is asked for; the machine's own noise, measured between two unknown addresses, comes on top."""


def run(ground: Ground, *, quick: bool) -> list[Figure]:
    rounds = 10 if quick else 120
    ground.collect_static()
    with ground.fresh("signin"):
        from deploy.bench.bank import make_bank, make_users

        bank = make_bank(rounds)
        known = _with_passwords(make_users(bank, rounds))
        times: dict[str, list[float]] = {"known": [], "unknown": [], "unknown too": []}
        for number, email in enumerate(known):
            times["known"].append(_milliseconds(email, number))
            times["unknown"].append(_milliseconds(f"nobody{number}@bench.example", number))
            times["unknown too"].append(_milliseconds(f"noone{number}@bench.example", number))
    return _figures(times)


def _figures(times: dict[str, list[float]]) -> list[Figure]:
    known, unknown, twin = (statistics.median(times[name]) for name in ("known", "unknown", "unknown too"))
    noise = abs(twin / unknown - 1)
    ratio = known / unknown
    limit = APART + max(NOISE, noise)
    return [
        Figure("two unknown addresses", f"{twin:.1f} ms", f"each other {unknown:.1f} ms", f"{twin / unknown:.3f}"),
        Figure(
            "wrong password of a known address",
            f"{known:.1f} ms",
            f"unknown address {unknown:.1f} ms",
            f"{ratio:.3f}",
            f"1 ± {limit:.2f}",
            met=abs(ratio - 1) <= limit,
        ),
    ]


def _with_passwords(users: list[Any]) -> list[str]:
    """All have one password, hashed once: what is measured is its check."""
    from django.contrib.auth.hashers import make_password

    from portal.people.models import User

    User.objects.filter(pk__in=[user.pk for user in users]).update(password=make_password("market women count twice"))
    return [user.email for user in users]


def _milliseconds(email: str, number: int) -> float:
    """One try with a wrong password, each from an address of its own, through every middleware."""
    from django.test import Client
    from django.urls import reverse

    client = Client(REMOTE_ADDR=f"10.{number // 250}.{number % 250}.9", HTTP_HOST="localhost")
    client.get(reverse("account_login"))
    began = time.perf_counter()
    client.post(reverse("account_login"), {"login": email, "password": "not the password"})
    return (time.perf_counter() - began) * 1000
