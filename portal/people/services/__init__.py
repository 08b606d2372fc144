"""What may be done with people: taking them up, checking who they are, changing what is known of them."""

from portal.people.services.anonymising import anonymise, forget_drafts
from portal.people.services.details import (
    Kin,
    NewIdentity,
    add_identity,
    change_details,
    set_address,
    set_next_of_kin,
)
from portal.people.services.kyc import assess_risk, expire_identities, reject, submit, verify
from portal.people.services.registering import NewCustomer, note_view, register_customer, register_customers
from portal.people.services.standing import (
    add_mandate,
    close_customer,
    end_mandate,
    set_mandate_rule,
    transfer_customer,
)

__all__ = [
    "Kin",
    "NewCustomer",
    "NewIdentity",
    "add_identity",
    "add_mandate",
    "anonymise",
    "assess_risk",
    "change_details",
    "close_customer",
    "end_mandate",
    "expire_identities",
    "forget_drafts",
    "note_view",
    "register_customer",
    "register_customers",
    "reject",
    "set_address",
    "set_mandate_rule",
    "set_next_of_kin",
    "submit",
    "transfer_customer",
    "verify",
]
