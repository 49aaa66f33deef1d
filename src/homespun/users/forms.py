"""What members fill in: to come in, and to settle the house, the team and themselves."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from allauth.account.forms import LoginForm, ResetPasswordForm, ResetPasswordKeyForm
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from homespun.core.models import Site
from homespun.users.models import Theme, User

PASSWORD_HELP = gettext_lazy("Ten characters or more. A few words in a row are easy to keep in mind.")


@cache
def languages() -> list[tuple[str, str]]:
    """Each in its own words."""
    return sorted(
        ((code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES), key=lambda pair: pair[1].casefold()
    )


@cache
def time_zones() -> list[tuple[str, str]]:
    """Places, as the time zone database names them."""
    names = sorted(
        name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "posix/", "right/", "US/", "SystemV/"))
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


def text(label: Any, *, kind: str = "text", fill: str = "off", limit: int = 200, **options: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "input", "type": kind, "autocomplete": fill})
    return forms.CharField(label=label, max_length=limit, widget=widget, **options)


def address(label: Any, *, fill: str = "email", **options: Any) -> forms.EmailField:
    return forms.EmailField(label=label, widget=forms.EmailInput(attrs={"class": "input", "autocomplete": fill}), **options)


def long_text(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}), **options)


def choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.Select(attrs={"class": "select"}), **options)


def password(label: Any, *, fill: str = "new-password", **options: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"class": "input", "autocomplete": fill})
    return forms.CharField(label=label, strip=False, widget=widget, **options)


class ChoosesPassword:
    """Looks at a new password with the eyes of whom it will belong to."""

    cleaned_data: dict[str, Any]

    def looked_at(self, field: str, user: User) -> None:
        try:
            password_validation.validate_password(self.cleaned_data.get(field, ""), user)
        except ValidationError as error:
            self.add_error(field, error)  # type: ignore[attr-defined]  # every form has it


class JoinForm(ChoosesPassword, forms.Form):
    """A new member describes themselves."""

    name = text(gettext_lazy("Your name"), fill="name", help_text=gettext_lazy("It stands under the stories that you tell."))
    password = password(gettext_lazy("A password"), help_text=PASSWORD_HELP)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("password"):
            self.looked_at("password", User(name=said.get("name", ""), email=said.get("email", "")))
        return said


class ClaimForm(JoinForm):
    """The first owner, and the name of the house."""

    site_name = text(
        gettext_lazy("Your organisation"), fill="organization", help_text=gettext_lazy("Visitors see this name above your stories.")
    )
    email = address(gettext_lazy("E-mail"), fill="username", help_text=gettext_lazy("You sign in with it. Nobody else sees it."))
    contact = address(
        gettext_lazy("Contact email for visitors"),
        fill="off",
        required=False,
        help_text=gettext_lazy("Shown on your public pages, so that people can ask about their data. You can add it later."),
    )
    language = choice(gettext_lazy("Language of your stories"), lazy(languages, list))
    time_zone = choice(gettext_lazy("Time zone"), lazy(time_zones, list), initial="UTC")
    field_order = ("site_name", "name", "email", "password", "contact", "language", "time_zone")


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is not typed
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = address(gettext_lazy("E-mail"), fill="username")
        self.fields["password"] = password(gettext_lazy("Password"), fill="current-password")
        self.order_fields(["login", "password"])


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # allauth is not typed
    email = address(gettext_lazy("E-mail"), fill="username")


class NewPasswordForm(ResetPasswordKeyForm):  # type: ignore[misc]  # allauth is not typed
    password2 = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].widget = forms.PasswordInput(attrs={"class": "input", "autocomplete": "new-password"})
        self.fields["password1"].label = _("A new password")
        self.fields["password1"].help_text = PASSWORD_HELP


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    name = text(gettext_lazy("Name of the organisation"), fill="organization")
    about = long_text(gettext_lazy("About it"), help_text=gettext_lazy("A few sentences for visitors, above the list of your stories."))
    contact = address(
        gettext_lazy("Contact email for visitors"),
        required=False,
        help_text=gettext_lazy("Shown on your public pages. People who ask not to be collected write to it."),
    )
    language = choice(gettext_lazy("Language of your stories"), lazy(languages, list))
    time_zone = choice(
        gettext_lazy("Time zone"), lazy(time_zones, list), help_text=gettext_lazy("Dates in stories and on the desk follow it.")
    )

    class Meta:
        model = Site
        fields = ("name", "about", "contact", "language", "time_zone")


class InviteForm(forms.Form):
    email = address(gettext_lazy("E-mail of a colleague"), fill="off")


class YouForm(forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs only
    name = text(gettext_lazy("Name"), fill="name", help_text=gettext_lazy("It stands under the stories that you tell."))
    about = long_text(gettext_lazy("About you"), help_text=gettext_lazy("One or two sentences at the end of your stories."))
    theme = forms.ChoiceField(label=gettext_lazy("Theme"), choices=Theme.choices, required=False, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ("name", "about", "theme")


class KnowsPassword(forms.Form):
    """Asks who is sitting there before it changes how they sign in."""

    current = password(gettext_lazy("Your password now"), fill="current-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.user.check_password(current):
            raise ValidationError(_("That is not your password."))
        return current


class EmailForm(KnowsPassword):
    email = address(gettext_lazy("New e-mail"))
    field_order = ("email", "current")


class PasswordForm(ChoosesPassword, KnowsPassword):
    new = password(gettext_lazy("New password"), help_text=PASSWORD_HELP)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("new"):
            self.looked_at("new", self.user)
        return said
