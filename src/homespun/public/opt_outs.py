"""The page of an opt-out request, as its requester sees it: sentences chosen by its state."""

from dataclasses import dataclass
from datetime import datetime

from django.template.defaultfilters import date as format_date
from django.utils import timezone
from django.utils.translation import gettext as _

from homespun.conversations.actions.opt_out_proofs import Ways
from homespun.conversations.models import OptOutRequest

State, Purpose = OptOutRequest.State, OptOutRequest.Purpose


@dataclass(frozen=True)
class RequestPage:
    request: OptOutRequest
    code: str
    ways: Ways
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.request.state == State.OPEN and bool(self.request.address)

    @property
    def is_undoing(self) -> bool:
        return self.request.purpose == Purpose.UNDO

    @property
    def is_expired(self) -> bool:
        return self.request.code_expires_at is None or self.now >= self.request.code_expires_at

    @property
    def can_verify(self) -> bool:
        return self.is_open and self.ways.any

    @property
    def title(self) -> str:
        return _("Request to undo an opt-out") if self.is_undoing else _("Opt-out request")

    @property
    def state(self) -> str:
        """What has become of it, in a sentence or two."""
        if self.request.state == State.OPEN:
            return _("Not verified yet.")
        sentence = self._undone() if self.is_undoing else self._decided()
        return sentence % {"day": format_date(timezone.localtime(self.request.decided_at), "DATE_FORMAT")}

    def _undone(self) -> str:
        return _("Verified on %(day)s. If the account was opted out, it no longer is.")

    def _decided(self) -> str:
        return {
            State.VERIFIED: _("You verified this opt-out on %(day)s. We no longer collect or quote this account."),
            State.CONFIRMED: _("Our team confirmed this opt-out on %(day)s. We no longer collect or quote this account."),
            State.DISMISSED: _(
                "Our team dismissed this request on %(day)s, so we collect this account again. If it’s yours, make a new request"
                " and verify it."
            ),
        }.get(State(self.request.state), _("This opt-out was undone on %(day)s."))
