"""Pango, the text layout library that PDF documents need: found, installed where that is ours to do, or asked for."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from deploy.say import say, step

LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
APT_SECONDS = 300


def present() -> bool:
    """Whether the libraries can be loaded. Where they have other names, WeasyPrint itself is left to find out."""
    if sys.platform != "linux":
        return True
    with suppress(OSError):
        for name in LIBRARIES:
            ctypes.CDLL(name)
        return True
    return False


def ensure() -> None:
    """Install Pango after saying so, as root or with password-free sudo on Debian and Ubuntu; else say what to type."""
    if present():
        return
    say("  PDF documents need the Pango library, which is missing on this machine.")
    apt = shutil.which("apt-get")
    prefix = _prefix()
    if apt and Path("/etc/debian_version").exists() and prefix is not None:
        with step("Installing Pango") as this:
            this.note = " ".join(PACKAGES)
            _install([*prefix, apt])
    if not present():
        say(f"  Quayside goes on without PDF. To have it, type: {hint()}")


def hint() -> str:
    sudo = "" if os.geteuid() == 0 else "sudo "
    if Path("/etc/debian_version").exists():
        return f"{sudo}apt-get update && {sudo}apt-get install -y {' '.join(PACKAGES)}"
    return "the command that installs Pango and HarfBuzz with your system's package manager"


def _prefix() -> list[str] | None:
    """How to become root: not at all, by a sudo that asks nothing, or None when we may not."""
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode == 0:
        return [sudo, "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    return None


def _install(apt: list[str]) -> None:
    """Failures are not told here: the caller looks again and says what to type."""
    variables = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", *PACKAGES]):
        with suppress(subprocess.TimeoutExpired):
            subprocess.run([*apt, *words], env=variables, capture_output=True, check=False, timeout=APT_SECONDS)
