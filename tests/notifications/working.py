"""The tests' worker with a mail server that takes its time; run as `python -m tests.notifications.working run_huey`.

The server writes each mail it has accepted into a folder, under its Message-ID: what is accepted twice is seen.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import EmailMessage

FOLDER = "PORTAL_TEST_MAILS"
SECONDS = 0.5


class Slow(BaseEmailBackend):
    """Most of a dialogue is over before a mail is accepted; killed until then, nothing was sent."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for mail in email_messages:
            time.sleep(SECONDS)
            name = mail.extra_headers["Message-ID"].strip("<>").partition("@")[0]
            with (Path(os.environ[FOLDER]) / name).open("a") as file:
                file.write(f"{mail.to[0]}\n")
        return len(email_messages)


def main() -> None:
    from django.conf import settings

    settings.EMAIL_BACKEND = "tests.notifications.working.Slow"
    from tests.working import main as work

    work()


if __name__ == "__main__":
    main()
