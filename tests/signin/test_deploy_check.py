"""`manage.py check --deploy` finds nothing in the settings of a real installation."""

from __future__ import annotations

import os
import subprocess
import sys

from deploy.folder import ROOT


def test_a_real_installations_settings_have_no_finding() -> None:
    real = {name: text for name, text in os.environ.items() if not name.startswith(("PORTAL_", "DJANGO_", "EMAIL_"))}
    real |= {
        "DJANGO_SETTINGS_MODULE": "portal.config.settings",
        "SECRET_KEY": "".join(chr(33 + (7 * number) % 90) for number in range(64)),
        "DATABASE_URL": "postgresql://nobody@localhost/nothing",
        "PORTAL_HOSTS": "portal.example",
        "EMAIL_HOST": "mail.example",
    }
    words = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(words, cwd=ROOT, env=real, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout + done.stderr
