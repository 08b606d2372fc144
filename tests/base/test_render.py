"""Pages and fragments: who gets what, and how a refusal and a redirect are answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from portal.base.errors import Refused, Stale
from portal.base.render import page, redirects_for_htmx, refused, see_other, theme_set

HTMX = {"HX-Request": "true", "HX-Target": "results"}


class PayForm(forms.Form):
    payee = forms.CharField()


class SignedIn:
    is_authenticated = True


@pytest.fixture(autouse=True)
def _template(settings: Any, tmp_path: Path) -> None:
    """One template of a whole page with one fragment in it."""
    text = "<h1>Whole</h1>{% partialdef results inline %}<p id=results>{{ form.payee.errors.0 }}</p>{% endpartialdef %}"
    (tmp_path / "house.html").write_text(text, encoding="utf-8")
    loaders = [("template_partials.loader.Loader", ["django.template.loaders.filesystem.Loader"])]
    options = {"loaders": loaders, "builtins": ["template_partials.templatetags.partials"]}
    backend = "django.template.backends.django.DjangoTemplates"
    settings.TEMPLATES = [{"BACKEND": backend, "DIRS": [tmp_path], "OPTIONS": options}]


def asked(headers: dict[str, str] | None = None, *, user: Any = None) -> HttpRequest:
    request = RequestFactory().get("/", headers=headers or {})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request.user = user or AnonymousUser()
    return request


def shown(request: HttpRequest) -> str:
    return page(request, "house.html", partials=("results",)).content.decode()


def test_a_plain_request_gets_the_whole_page() -> None:
    assert "Whole" in shown(asked())


def test_htmx_gets_the_fragment_it_targets() -> None:
    assert shown(asked(HTMX)) == "<p id=results></p>"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_boosted_links_and_history_get_the_whole_page(header: str) -> None:
    assert "Whole" in shown(asked({**HTMX, header: "true"}))


def test_a_target_outside_the_list_gets_the_whole_page() -> None:
    assert "Whole" in shown(asked({**HTMX, "HX-Target": "house"}))


def test_caches_tell_page_and_fragment_apart() -> None:
    assert page(asked(), "house.html")["Vary"] == "HX-Request, HX-Target"


def test_what_a_signed_in_person_sees_is_never_stored() -> None:
    assert "no-store" in page(asked(user=SignedIn()), "house.html")["Cache-Control"]
    assert not page(asked(), "house.html").has_header("Cache-Control")


def test_a_refusal_lands_on_the_field_it_names() -> None:
    form = PayForm({"payee": "Kofi"})
    response = refused(asked(), "house.html", {}, form, Refused("Account is closed.", field="payee"))
    assert response.status_code == 422
    assert form.errors == {"payee": ["Account is closed."]}


def test_a_refusal_without_a_field_of_the_form_lands_on_the_form() -> None:
    form = PayForm({"payee": "Kofi"})
    refused(asked(), "house.html", {}, form, Refused("The drawer is closed.", field="drawer"))
    assert form.non_field_errors() == ["The drawer is closed."]


def test_somebody_faster_is_a_conflict() -> None:
    response = refused(asked(), "house.html", {}, PayForm({"payee": "Kofi"}), Stale("Changed by Ama."))
    assert response.status_code == 409


def test_an_invalid_form_is_shown_again_as_the_fragment() -> None:
    response = refused(asked(HTMX), "house.html", {}, PayForm({}), partials=("results",))
    assert b"This field is required" in response.content
    assert b"Whole" not in response.content


def test_a_done_post_leads_on() -> None:
    response = see_other("/receipts/1/")
    assert (response.status_code, response["Location"]) == (303, "/receipts/1/")


def answered(headers: dict[str, str]) -> HttpResponse:
    def view(request: HttpRequest) -> HttpResponse:
        response = see_other("/receipts/1/")
        response.set_cookie("seen", "1")
        return response

    response = redirects_for_htmx(view)(asked(headers))
    assert isinstance(response, HttpResponse)
    return response


def test_htmx_leaves_for_the_address_instead_of_swapping_it_in() -> None:
    response = answered(HTMX)
    assert (response.status_code, response["HX-Redirect"]) == (204, "/receipts/1/")
    assert response.cookies["seen"].value == "1"


@pytest.mark.parametrize("headers", [{}, {**HTMX, "HX-Boosted": "true"}])
def test_other_redirects_stay_as_they_are(headers: dict[str, str]) -> None:
    assert answered(headers).status_code == 303


def chosen(theme: str, referer: str = "") -> HttpResponse:
    return theme_set(RequestFactory().post("/theme/", {"theme": theme}, headers={"Referer": referer}))


def test_the_chosen_colours_are_kept_and_the_page_comes_back() -> None:
    response = chosen("dark", "http://testserver/accounts/?q=rent")
    assert response.cookies["theme"].value == "dark"
    assert response["Location"] == "/accounts/?q=rent"


@pytest.mark.parametrize("theme", ["auto", "blue", ""])
def test_anything_but_light_and_dark_forgets_the_choice(theme: str) -> None:
    assert chosen(theme).cookies["theme"]["max-age"] == 0


@pytest.mark.parametrize("referer", ["https://elsewhere.example/x", "//elsewhere.example", ""])
def test_the_way_back_is_never_another_site(referer: str) -> None:
    assert chosen("dark", referer)["Location"] == "/"


def test_a_refusal_shows_on_a_form_that_nothing_was_typed_into() -> None:
    form = PayForm()
    answer = refused(asked(), "house.html", {}, form, Refused("Say why.", field="elsewhere"))
    assert answer.status_code == 422
    assert form.non_field_errors() == ["Say why."]
