"""What differs between two things told as label and text: terms, charges, rules, versions of an application."""

from __future__ import annotations

from collections.abc import Mapping


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Rows of label, text before and text after, where they differ; a dash where one side says nothing.

    In the order of `before`, then what only `after` says. Drawn by `base/parts/differences.html`.
    """
    labels = [*before, *(label for label in after if label not in before)]
    pairs = [(label, before.get(label, "–"), after.get(label, "–")) for label in labels]
    return [pair for pair in pairs if pair[1] != pair[2]]
