"""What an application said before is kept: given back with a list, changed, handed in again, granted; two are compared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from portal.base.differences import differing
from portal.base.errors import Refused
from portal.loans import services, versions
from portal.loans.models import Loan, Version
from tests.cast import NOW, Cast, ghs
from tests.loans.lending import application, approved, fresh, handed_in, lend, payslip

pytestmark = pytest.mark.django_db
ClientFor = Callable[..., Client]


def handed_in_once(cast: Cast) -> Loan:
    loan = application(cast, lend())
    payslip(cast, loan)
    return services.submit(loan=fresh(loan), by=cast.ama_user, at=NOW)


def given_back(cast: Cast) -> Loan:
    held = services.take_up(loan=handed_in_once(cast), by=cast.manager, at=NOW)
    return services.return_application(loan=held, lacks=["A newer payslip", " "], by=cast.manager, at=NOW)


def handed_in_again(cast: Cast) -> Loan:
    """Less money over longer, with a guarantor, a machine and another payslip."""
    loan = given_back(cast)
    values = {"amount": ghs("1000"), "instalments": 8, "purpose": "A smaller freezer"}
    services.fill_in(loan=loan, values=values, by=cast.ama_user, at=NOW)
    services.name_guarantor(loan=loan, customer=cast.kofi, amount=ghs("200"), by=cast.ama_user, at=NOW)
    services.add_collateral(loan=loan, description="Sewing machine", value=ghs("700"), by=cast.ama_user, at=NOW)
    payslip(cast, loan)
    return services.submit(loan=fresh(loan), by=cast.ama_user, at=NOW)


def told(loan: Loan) -> dict[str, tuple[str, str]]:
    """What the newest version changed, by label."""
    return {label: (was, now) for label, was, now in versions.last_change(versions.editions(fresh(loan)))["rows"]}


def test_what_was_handed_in_first_is_kept_when_it_is_handed_in_again(cast: Cast) -> None:
    found = told(handed_in_again(cast))
    assert found["Amount"] == ("GHS 1,200.00", "GHS 1,000.00")
    assert found["Instalments"] == ("6", "8")
    assert found["Purpose"] == ("A deep freezer for the shop", "A smaller freezer")
    assert found["Guarantor Kofi Boateng"] == ("–", "GHS 200.00")
    assert found["Collateral: Sewing machine"] == ("–", "GHS 700.00")
    assert found["Document: Proof of income"][1].count(";") == 1
    assert set(found).isdisjoint({"Rate a year", "Income a month"})


def test_who_and_when_of_each_version_is_the_step_that_made_it(cast: Cast) -> None:
    first, second = Version.objects.filter(loan=handed_in_again(cast))
    assert (first.change.after, second.change.after) == (Loan.State.SUBMITTED, Loan.State.SUBMITTED)
    assert (second.change.by, second.change.reason) == (cast.ama_user, "Handed in again")


def test_what_is_granted_instead_is_a_version_too(cast: Cast) -> None:
    loan = approved(cast, handed_in_once(cast), amount=ghs("900"), rate_bps=2000)
    assert told(loan) == {"Amount": ("GHS 1,200.00", "GHS 900.00"), "Rate a year": ("24 %", "20 %")}


def test_granted_as_it_was_asked_for_there_is_one_version(cast: Cast) -> None:
    approved(cast, handed_in_once(cast))
    assert Version.objects.count() == 1


def test_an_application_from_before_versions_were_kept_gets_its_first_when_it_is_given_back(cast: Cast) -> None:
    held = services.take_up(loan=handed_in(application(cast, lend())), by=cast.manager, at=NOW)
    assert not Version.objects.exists()
    services.return_application(loan=held, lacks=["A payslip"], by=cast.manager, at=NOW)
    assert Version.objects.get().contents["amount_minor"] == 120_000


def test_a_version_is_never_changed(cast: Cast) -> None:
    handed_in_once(cast)
    with pytest.raises(DatabaseError), transaction.atomic():
        Version.objects.update(contents={})


def test_what_is_being_changed_stands_before_the_versions(cast: Cast) -> None:
    loan = given_back(cast)
    assert [edition.key for edition in versions.editions(fresh(loan))] == ["1"]
    services.fill_in(loan=loan, values={"purpose": "Paint"}, by=cast.ama_user, at=NOW)
    now, first = versions.editions(fresh(loan))
    assert (now.key, now.change) == (versions.NOW, None)
    assert differing(first.told, now.told) == [("Purpose", "A deep freezer for the shop", "Paint")]


@pytest.mark.parametrize("lacks", [[], ["", "  "], ["x" * 501]])
def test_it_is_not_given_back_without_a_list(cast: Cast, lacks: list[str]) -> None:
    held = services.take_up(loan=handed_in_once(cast), by=cast.manager, at=NOW)
    with pytest.raises(Refused):
        services.return_application(loan=held, lacks=lacks, by=cast.manager, at=NOW)


def test_the_list_of_what_is_missing_is_ticked_and_written(cast: Cast, client_for: ClientFor) -> None:
    loan = services.take_up(loan=handed_in_once(cast), by=cast.manager, at=NOW)
    typed = {"ticked": ["Proof of identity"], "more": "The landlord's letter\nA map"}
    client = client_for(cast.manager)
    address = f"/loans/{loan.number}/review/return/"
    assert client.post(address, {"more": ""}).status_code == 422
    assert client.post(address, typed).status_code == 303
    shown = client_for(cast.ama_user).get(f"/loans/{loan.number}/").content.decode()
    assert all(f"<li>{text}</li>" in shown for text in ("Proof of identity", "The landlord&#x27;s letter", "A map"))


def test_inbox_and_application_show_what_changed_and_lead_to_all_versions(cast: Cast, client_for: ClientFor) -> None:
    loan = handed_in_again(cast)
    client = client_for(cast.manager)
    for address in (f"/loans/inbox/?look={loan.number}", f"/loans/{loan.number}/"):
        shown = client.get(address).content.decode()
        assert "A smaller freezer</strong>" in shown
        assert f'href="/loans/{loan.number}/versions/"' in shown
    page = client.get(f"/loans/{loan.number}/versions/", {"before": "2", "after": "1"})
    assert ("Instalments", "8", "6") in page.context["differences"]
    assert "Ama" in page.content.decode()


def test_members_compare_their_own_and_nobody_elses(cast: Cast, client_for: ClientFor) -> None:
    address = f"/loans/{handed_in_again(cast).number}/versions/"
    assert "What differs" in client_for(cast.ama_user).get(address).content.decode()
    assert client_for(cast.kofi_user).get(address).status_code == 404
