"""Forms: whose an archive is, which account to connect, what to listen to, what to add."""

import re
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from homespun.conversations.models import Run
from homespun.conversations.uploads.recognition import Whose
from homespun.people.models import Account

OURS, THEIRS = "ours", "theirs"
HANDLE = re.compile(r"^@?(\w{1,15})$")


def likely(handle: str) -> str:
    """Whose an archive likely is: ours the first time and where the account is ours, else a customer's. The sample is nobody's."""
    sample = Run.objects.filter(options__sample=True, source__isnull=False).values("source__account")
    ours = Account.objects.filter(is_own=True).exclude(pk__in=sample.filter(source__account__isnull=False))
    return THEIRS if handle and ours.exists() and not ours.filter(handle__iexact=handle).exists() else OURS


class BringForm(forms.Form):
    """Whose it is, by name where the file does not say, and what else may be opened."""

    whose_is_it = forms.ChoiceField(
        choices=[(OURS, gettext_lazy("Ours")), (THEIRS, gettext_lazy("A customer’s: they gave it to us"))],
        widget=forms.RadioSelect,
        initial=OURS,
    )
    account = forms.CharField(
        label=gettext_lazy("Account"),
        required=False,
        max_length=16,
        widget=forms.TextInput(attrs={"class": "input", "placeholder": "@name", "autocapitalize": "none", "spellcheck": "false"}),
    )
    deleted = forms.BooleanField(label=gettext_lazy("Import deleted posts"), required=False)
    circle = forms.BooleanField(label=gettext_lazy("Import X Circle posts"), required=False)

    def __init__(self, *args: Any, found: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks_whose = found.get("kind") != "x-pages"  # which are nobody's
        self.asks_for_account = self.asks_whose and not found.get("handle")
        self.fields["whose_is_it"].required = self.asks_whose
        self.fields["whose_is_it"].initial = likely(found.get("handle", ""))

    def clean_account(self) -> str:
        name = self.cleaned_data["account"].strip()
        if name and not HANDLE.match(name):
            raise forms.ValidationError(_("“%(name)s” isn’t an account name. Use letters, digits and _, such as @name.") % {"name": name})
        return str(name).removeprefix("@")

    def whose(self) -> Whose:
        said = self.cleaned_data
        return Whose(ours=said["whose_is_it"] == OURS, account=said["account"], deleted=said["deleted"], circle=said["circle"])

    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return next((str(error) for errors in self.errors.values() for error in errors), "")


def account_name(label: Any, example: Any, **options: Any) -> forms.CharField:
    told = {"class": "input", "placeholder": example, "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(label=label, max_length=300, widget=forms.TextInput(attrs=told), **options)


class ConnectForm(forms.Form):
    """Which account of ours, on any network that accounts can be connected on."""

    hint: ClassVar[Any] = ""
    by_password = False  # whether a password for this application alone is another way in
    who = account_name(gettext_lazy("Your account"), "")


class MastodonForm(ConnectForm):
    hint = gettext_lazy("On Mastodon, GoToSocial, Akkoma, Pleroma or another server with Mastodon’s API.")
    who = account_name(gettext_lazy("Your account, with its server"), gettext_lazy("@name@server"))


class BlueskyForm(ConnectForm):
    by_password = True
    who = account_name(gettext_lazy("Your account"), gettext_lazy("name.bsky.social"))


OWN_FORMS = {"mastodon": MastodonForm, "bluesky": BlueskyForm}  # of those that have more to say than a name


class AppPasswordForm(forms.Form):
    who = account_name(gettext_lazy("Your account"), gettext_lazy("name.bsky.social"))
    password = forms.CharField(
        label=gettext_lazy("App password"),
        max_length=200,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "off", "placeholder": gettext_lazy("xxxx-xxxx-xxxx-xxxx")}),
    )


class ListenForm(forms.Form):
    address = account_name(gettext_lazy("An account, a hashtag, a feed, a page"), gettext_lazy("@name@server, #tag, blog.example"))


class PasteForm(forms.Form):
    """An address, several, or the text of posts; or the page on which they stand, saved."""

    pasted = forms.CharField(
        label=gettext_lazy("A link, or the text of a post"),
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"class": "input", "rows": 3, "autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    page = forms.FileField(label=gettext_lazy("Or an X page that you saved"), required=False, max_length=255)

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if not told.get("pasted", "").strip() and not told.get("page") and not self.errors:
            self.add_error("pasted", _("Paste a link or a post first."))
        return told


class OptOutForm(forms.Form):
    who = account_name(
        gettext_lazy("Address of the account"), gettext_lazy("@name@server"), help_text=gettext_lazy("Or the address of its page.")
    )
