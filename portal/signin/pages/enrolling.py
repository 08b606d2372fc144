"""Adding a factor: an authenticator app, a passkey, codes by mail or text message."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode

from portal.base.clock import now
from portal.base.crypto import decrypt, encrypt
from portal.base.errors import Refused
from portal.base.formpage import shown_or_sent
from portal.base.render import page, refused, see_other
from portal.documents.qr import qr_svg
from portal.institution.queries import profile
from portal.signin import passkeys, services
from portal.signin.models import SentCode
from portal.signin.pages.codes import go_on, shell_of
from portal.signin.pages.factor_forms import CodeForm, NewAppForm, NewPasskeyForm, NoForm, PhoneForm
from portal.signin.queries.factors import WORDS
from portal.signin.services.factors import new_key
from portal.signin.services.proving import begun_way
from portal.signin.stages import person, signed_in_or_enrolling

_APP, _PASSKEY, _SENT = (f"signin/factor_{name}.html" for name in ("app", "passkey", "sent"))
NEW_KEY = "new_app_key"  # the name of what the session keeps


@signed_in_or_enrolling
@shown_or_sent
def app_add(request: HttpRequest) -> HttpResponse:
    """Show the key of a new authenticator app, and take its first code."""
    user, form, key = person(request), NewAppForm(request.POST or None), _key(request)
    context = _key_context(request, key) | shell_of(request)
    if request.method != "POST":
        return page(request, _APP, context | {"form": form})
    if not form.is_valid():
        return refused(request, _APP, context, form)
    code, name = form.cleaned_data["code"], form.cleaned_data["name"]
    try:
        services.add_app(user=user, key=key, code=code, name=name, by=user, at=now())
    except Refused as error:
        return refused(request, _APP, context, form, error)
    request.session.pop(NEW_KEY, None)
    return go_on(request)


def _key(request: HttpRequest) -> str:
    """The key that is being enrolled: it waits in the session, encrypted, until the app shows a right code."""
    if NEW_KEY not in request.session:
        request.session[NEW_KEY] = encrypt(new_key())
    return decrypt(request.session[NEW_KEY])


@signed_in_or_enrolling
@shown_or_sent
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Have the browser make a passkey, and keep it."""
    user = person(request)
    form = NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            answer, name = form.cleaned_data["answer"], form.cleaned_data["name"]
            passkeys.keep_new(request, user=user, answer=answer, name=name, by=user, at=now())
        except Refused as error:
            return refused(request, _PASSKEY, _passkey_context(request), form, error)
        return go_on(request)
    if request.method == "POST":
        return refused(request, _PASSKEY, _passkey_context(request), form)
    return page(request, _PASSKEY, _passkey_context(request) | {"form": form})


@signed_in_or_enrolling
@shown_or_sent
def sent_code_add(request: HttpRequest, channel: str) -> HttpResponse:
    """Codes by mail or text message: where to, then the first one."""
    if channel not in SentCode.Channel.values:
        raise Http404
    user, way = person(request), begun_way(person(request), channel)
    form = _sent_form(request, channel, way)
    context = {"channel": channel, "way": way, "email": user.email, "words": WORDS[channel]} | shell_of(request)
    if request.method != "POST":
        return page(request, _SENT, context | {"form": form})
    if not form.is_valid():
        return refused(request, _SENT, context, form)
    try:
        if isinstance(form, CodeForm) and way is not None:
            services.confirm_code(way=way, code=form.cleaned_data["code"], at=now())
            services.confirm_sent_code(way=way, by=user, at=now())
            return go_on(request)
        to = form.cleaned_data.get("phone", "")
        way = services.begin_sent_code(user=user, channel=channel, destination=to, by=user, at=now())
        services.send_code(way=way, by=user, at=now())
    except Refused as error:
        return refused(request, _SENT, context, form, error)
    return see_other(request.path)


def _sent_form(request: HttpRequest, channel: str, way: SentCode | None) -> Any:
    """The code that was sent is asked for; else where to send one. "Send another" asks anew."""
    data = request.POST if request.method == "POST" else None
    if way is not None and "send" not in request.POST:
        return CodeForm(data)
    if channel == SentCode.Channel.SMS:
        return PhoneForm(data if way is None or "phone" in request.POST else {"phone": way.destination})
    return NoForm(data)


def _key_context(request: HttpRequest, key: str) -> dict[str, Any]:
    institution = profile()
    issuer = institution.name if institution else "Quayside"
    label = urlencode({"": f"{issuer}:{person(request).email}"})[1:].replace("+", "%20")
    address = f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': issuer}).replace('+', '%20')}"
    groups = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    return {"key": groups, "address": address, "picture": qr_svg(address, label="QR code for your app")}


def _passkey_context(request: HttpRequest) -> dict[str, Any]:
    return {"options": passkeys.ask_for_new(request, person(request))} | shell_of(request)
