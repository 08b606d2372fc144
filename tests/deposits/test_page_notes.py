"""What a member keeps beside a movement: words and a photograph, for themselves alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from portal.audit.models import Change
from portal.base.keys import new_key
from portal.deposits import services
from portal.deposits.models import MovementNote
from portal.documents.uploaded import Upload
from portal.ledger.services import Posted
from tests.cast import NOW, Cast, ghs
from tests.deposits.cheques import picture
from tests.stories.person import Person

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


def paid(cast: Cast) -> Posted:
    """Ama sends Kofi ten cedis."""
    return services.transfer(
        source=cast.ama_savings, target=cast.kofi_savings, amount=ghs("10"), key=new_key(), by=cast.ama_user, at=NOW
    )


def page_of(cast: Cast, posted: Posted) -> str:
    return f"/accounts/{cast.ama_savings.number}/movements/{posted.reference}/"


def test_a_note_and_a_photograph_are_kept_and_shown(cast: Cast, client_for: ClientFor) -> None:
    page, client = page_of(cast, paid(cast)), client_for(cast.ama_user)
    sent = client.post(f"{page}note/", {"text": " The school  fees ", "picture": picture()})
    assert sent.headers["Location"] == page
    shown = client.get(page).content.decode()
    assert 'value="The school fees"' in shown
    assert f'src="{page}picture/"' in shown
    assert client.get(f"{page}picture/")["Content-Type"] == "image/jpeg"


def test_another_photograph_takes_the_place_of_the_first(cast: Cast, client_for: ClientFor) -> None:
    page, client = page_of(cast, paid(cast)), client_for(cast.ama_user)
    for _ in range(2):
        client.post(f"{page}note/", {"text": "", "picture": picture()})
    states = sorted(Upload.objects.filter(purpose="note").values_list("state", flat=True))
    assert states == [Upload.State.READY, Upload.State.REMOVED]


def test_an_empty_note_is_forgotten_with_its_photograph(cast: Cast, client_for: ClientFor) -> None:
    page, client = page_of(cast, paid(cast)), client_for(cast.ama_user)
    client.post(f"{page}note/", {"text": "Fees", "picture": picture()})
    client.post(f"{page}note/", {"text": "", "drops_picture": "on"})
    assert not MovementNote.objects.exists()
    assert Upload.objects.get(purpose="note").state == Upload.State.REMOVED


def test_nobody_else_sees_it(cast: Cast, client_for: ClientFor) -> None:
    posted = paid(cast)
    page = page_of(cast, posted)
    client_for(cast.ama_user).post(f"{page}note/", {"text": "Between us", "picture": picture()})
    assert "Between us" not in client_for(cast.manager).get(page).content.decode()
    assert client_for(cast.manager).get(f"{page}picture/").status_code == 403
    theirs = f"/accounts/{cast.kofi_savings.number}/movements/{posted.reference}/"
    assert "Between us" not in client_for(cast.kofi_user).get(theirs).content.decode()
    assert client_for(cast.kofi_user).get(f"{theirs}picture/").status_code == 404


def test_a_file_that_is_no_picture_loses_nothing_typed(cast: Cast, client_for: ClientFor) -> None:
    page = page_of(cast, paid(cast))
    broken = picture()
    broken.write(b"GIF89a-not-one")
    broken.seek(0)
    answer = client_for(cast.ama_user).post(f"{page}note/", {"text": "Fees", "picture": broken})
    assert answer.status_code == 422
    assert 'value="Fees"' in answer.content.decode()


def test_the_trail_keeps_that_it_changed_but_not_the_words(cast: Cast) -> None:
    posted = paid(cast)
    services.keep_note(customer=cast.ama, entry_id=posted.entry_id, text="A secret", by=cast.ama_user, at=NOW)
    told = [str(change.after) for change in Change.objects.filter(table_name="deposits_movementnote")]
    assert told
    assert not any("A secret" in each for each in told)


def test_notes_are_forgotten_with_their_member(cast: Cast) -> None:
    posted = paid(cast)
    services.keep_note(
        customer=cast.ama, entry_id=posted.entry_id, text="Fees", picture=picture(), by=cast.ama_user, at=NOW
    )
    assert services.forget_notes(customer=cast.ama, by=cast.manager, at=NOW) == 1
    assert services.forget_notes(customer=cast.ama, by=cast.manager, at=NOW) == 0
    assert Upload.objects.get(purpose="note").state == Upload.State.REMOVED


def test_a_transfer_is_sent_again_from_its_movement(cast: Cast) -> None:
    ama = Person(cast.ama_user).opens(page_of(cast, paid(cast))).presses("Send again")
    ama.sees("Step 2 of 3", "Kofi Boateng")
