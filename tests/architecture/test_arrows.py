"""Arrows between rooms that imports do not show: foreign keys, and templates that name other rooms."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField

from tests.architecture import house

# The shell links to what the roof provides on every page. Each name is one that the shell's own templates use.
SHELL_LINKS = {"home", "search", "theme_set", "demo_sign_in", "account_login", "account_logout", "session_stay"}
TAG = re.compile(r"""\{%\s*(url|include|extends)\s+["']([^"']+)["']""")


def _relations() -> Iterator[tuple[str, str, str]]:
    """Each relation as (its name, the room it starts in, the room it points to)."""
    for model in apps.get_models(include_auto_created=False):
        room = house.room_of_module(model.__module__)
        for field in model._meta.local_fields + list(model._meta.local_many_to_many):
            if room and isinstance(field, ForeignKey | ManyToManyField):
                target = field.remote_field.model
                other = house.room_of_module(target.__module__)
                if other and target._meta.label != settings.AUTH_USER_MODEL:
                    yield f"{model._meta.label}.{field.name}", room, other


def test_there_are_relations_to_look_at() -> None:
    assert len(list(_relations())) > 10


def test_foreign_keys_point_down() -> None:
    assert [name for name, room, other in _relations() if not house.may_use(room, other)] == []


def test_upward_relations_leave_no_trace_on_the_user() -> None:
    user = apps.get_model(settings.AUTH_USER_MODEL)
    own = house.room_of_module(user.__module__)
    names = [
        f"{relation.related_model._meta.label}.{relation.field.name}"
        for relation in user._meta.related_objects
        if house.room_of_module(relation.related_model.__module__) not in {None, own}
    ]
    assert names == []


def _references() -> Iterator[tuple[str, str, str, str]]:
    """Each reference in a template as (file, its room, the tag, the name)."""
    for path in house.template_files():
        name = str(path.relative_to(house.TEMPLATES))
        for tag, target in TAG.findall(path.read_text(encoding="utf-8")):
            yield name, house.room_of_template(name), tag, target


def test_templates_build_on_their_own_room_or_lower_ones() -> None:
    wrong = [
        f"{name}: {target}"
        for name, room, tag, target in _references()
        if tag != "url" and not house.may_use(room, house.room_of_template(target.partition("#")[0]))
    ]
    assert wrong == []


def test_templates_link_to_their_own_room_or_lower_ones() -> None:
    rooms = {address.name: address.room for address in house.addresses()}
    wrong = []
    for name, room, tag, target in _references():
        other = rooms.get(target)
        if tag == "url" and other and target not in SHELL_LINKS and not house.may_use(room, other):
            wrong.append(f"{name}: {target} of {other}")
    assert wrong == []


def test_every_link_has_an_address() -> None:
    known = {address.name for address in house.addresses()}
    assert [f"{name}: {target}" for name, _, tag, target in _references() if tag == "url" and target not in known] == []
