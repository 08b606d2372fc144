"""Somebody at a browser without scripts: opens addresses, follows links, fills in the forms a page really has."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from portal.people.models import User


@dataclass
class Form:
    """A form as the page has it: where it goes, what stands in it, and what its buttons say."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    """Collects forms, and links by their words."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._form: Form | None = None
        self._select = ""
        self._open: tuple[str, dict[str, str]] | None = None
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = Form(known.get("action", ""), known.get("method", "get"))
            self.forms.append(self._form)
        elif tag in {"a", "button", "textarea"}:
            self._open, self._text = (tag, known), []
        elif self._form is not None:
            self._control(tag, known)

    def _control(self, tag: str, known: dict[str, str]) -> None:
        form = self._form
        assert form is not None
        if tag == "select":
            self._select = known.get("name", "")
        elif tag == "option" and ("selected" in known or self._select not in form.values):
            form.values[self._select] = known.get("value", "")
        elif tag == "input" and known.get("name"):
            choice = known.get("type") in {"radio", "checkbox"}
            if not choice or "checked" in known:
                form.values[known["name"]] = known.get("value", "on" if choice else "")

    def handle_data(self, data: str) -> None:
        self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if self._open is None or tag != self._open[0]:
            return
        known, words = self._open[1], " ".join("".join(self._text).split())
        self._open = None
        if tag == "a":
            self.links[words] = known.get("href", "")
        elif self._form is not None and tag == "textarea":
            self._form.values[known["name"]] = words
        elif self._form is not None:
            self._form.buttons[words] = (known.get("name", ""), known.get("value", ""))


class Person:
    """One user and the page in front of them. Every step fails unless the page allows it."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.response: Any = None
        self.address = "/"

    def opens(self, address: str) -> Person:
        return self._arrive(self.client.get(address, follow=True), address)

    def follows(self, words: str) -> Person:
        """The first link whose words begin so."""
        links = self._read().links
        return self.opens(next(url for text, url in links.items() if text.startswith(words)))

    def presses(self, button: str, **values: str) -> Person:
        """Fill in the form that has this button, the rest as the page had it, and send it."""
        form, pressed = next(
            (form, pair)
            for form in self._read().forms
            for text, pair in form.buttons.items()
            if text.startswith(button)
        )
        unknown = set(values) - set(form.values) - self._choices()
        assert not unknown, f"the form has no {unknown}"
        sent = form.values | values | ({pressed[0]: pressed[1]} if pressed[0] else {})
        send = self.client.post if form.method == "post" else self.client.get
        return self._arrive(send(form.action or self.address, sent, follow=True), form.action)

    def sees(self, *texts: str) -> Person:
        for text in texts:
            assert text in self.words, f"{text!r} is not on {self.address}:\n{self.words[:3000]}"
        return self

    def misses(self, *texts: str) -> Person:
        for text in texts:
            assert text not in self.words, f"{text!r} is on {self.address}"
        return self

    @property
    def words(self) -> str:
        """The page as it is read, without its tags, in one line."""
        text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", self.response.content.decode(), flags=re.DOTALL)
        return " ".join(html.unescape(text).split())

    def _read(self) -> _Forms:
        reader = _Forms()
        reader.feed(self.response.content.decode())
        return reader

    def _choices(self) -> set[str]:
        """Names of radios and boxes, which send nothing until they are chosen."""
        return set(re.findall(r'<input[^>]*type="(?:radio|checkbox)"[^>]*name="([^"]+)"', self._body)) | set(
            re.findall(r'<input[^>]*name="([^"]+)"[^>]*type="(?:radio|checkbox)"', self._body)
        )

    @property
    def _body(self) -> str:
        return str(self.response.content.decode())

    def _arrive(self, response: Any, address: str) -> Person:
        self.response = response
        chain = getattr(response, "redirect_chain", [])
        self.address = chain[-1][0] if chain else address or self.address
        return self
