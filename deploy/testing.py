"""The database server of the tests: forgetful and fast, apart from the real one, and the variables that lead to it."""

from __future__ import annotations

import os
from pathlib import Path

from deploy import folder
from deploy.commands import SETTINGS, environment
from deploy.postgres import Cluster

DATA = "PORTAL_TEST_DATA"
# What a developer's shell may say about a real installation is none of the tests' business.
FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "EMAIL_HOST", "PORTAL_DB_ROLE", "PORTAL_DEMO")


def prepare() -> Cluster:
    """Start the tests' server and point this process and its children at it. The caller lets it go with `release`."""
    if not os.environ.get(DATA):
        folder.claim(folder.chosen())
        os.environ[DATA] = str(folder.chosen() / "test")
    data = Path(os.environ[DATA]).absolute()
    folder.claim(data)
    cluster = Cluster(data, durable=False)
    cluster.ensure_started()
    for name in FOREIGN:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.update(environment(data) | cluster.environment())
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
    return cluster
