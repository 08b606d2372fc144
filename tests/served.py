"""The portal as the server loads it, on the tests' forgetful database, which a real start would refuse."""

from __future__ import annotations

import portal.ledger.startup

portal.ledger.startup.unsafe_reasons = list

from portal.config.asgi import application  # noqa: E402

__all__ = ["application"]
