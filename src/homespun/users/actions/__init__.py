"""The verbs of the team: claim the house, invite, join, change, remove."""

from homespun.users.actions.claim import NotYours, can_claim, claim, claim_code
from homespun.users.actions.invitations import INVITATION_LASTS, accept, invitation_by, invite, withdraw
from homespun.users.actions.members import (
    LastOwner,
    Taken,
    add_member,
    allow_new_password,
    change_email,
    change_password,
    describe,
    remove_member,
    see,
)
from homespun.users.actions.site import name_site, settle

__all__ = [
    "INVITATION_LASTS",
    "LastOwner",
    "NotYours",
    "Taken",
    "accept",
    "add_member",
    "allow_new_password",
    "can_claim",
    "change_email",
    "change_password",
    "claim",
    "claim_code",
    "describe",
    "invitation_by",
    "invite",
    "name_site",
    "remove_member",
    "see",
    "settle",
    "withdraw",
]
