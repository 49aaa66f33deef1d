"""What is asked of whoever writes: the words, with which accounts, for whom, when."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from django import forms
from django.conf import settings
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from homespun.conversations.models import Outgoing, Post
from homespun.conversations.worded import worded
from homespun.conversations.writing import pictures
from homespun.conversations.writing.pens import Pen
from homespun.conversations.writing.pictures import Slot
from homespun.conversations.writing.previews import Preview
from homespun.networks import NetworkError
from homespun.networks.values import Visibility

KEY = re.compile(r"[\w-]{16,32}")
NAMES_ONLY = re.compile(r"(?:@[\w.-]+(?:@[\w.:-]+)?\s*)*")  # as an answer begins where it has to name whom it reaches
LONGEST = 20_000  # characters, whatever becomes of them
AUDIENCES = {
    Visibility.PUBLIC: gettext_lazy("Public"),
    Visibility.UNLISTED: gettext_lazy("Public, but not in lists"),
    Visibility.FOLLOWERS: gettext_lazy("Followers only"),
    Visibility.DIRECT: gettext_lazy("Only those named in it"),
}


@dataclass(frozen=True)
class About:
    """What it is about: a post that it answers or quotes, or nothing."""

    answered: Post | None = None
    quoted: Post | None = None


NOTHING = About()


def new_key() -> str:
    return secrets.token_urlsafe(16)


@cache
def languages() -> list[tuple[str, str]]:
    """Each in its own words."""
    codes = (code for code, _name in settings.LANGUAGES if "-" not in code)
    return sorted(((code, get_language_info(code)["name_local"]) for code in codes), key=lambda pair: pair[1].casefold())


class PlainSelect(forms.Select):
    """Drawn in one go: a template for each of a hundred options costs more than the rest of the page."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        chosen = {str(each) for each in self.format_value(value) or []}
        options = format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((key, mark_safe(" selected") if str(key) in chosen else "", label) for key, label in self.choices),
        )
        return format_html('<select name="{}"{}>{}</select>', name, flatatt(self.attrs | (attrs or {})), options)


class WriteForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(required=False, strip=True, max_length=LONGEST, widget=forms.Textarea(attrs={"class": "textarea", "rows": 4}))
    to = forms.TypedMultipleChoiceField(coerce=int, label=gettext_lazy("From"))
    warning = forms.CharField(required=False, max_length=300, label=gettext_lazy("What to say before the words"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=languages, widget=PlainSelect)
    visibility = forms.TypedChoiceField(coerce=int, label=gettext_lazy("Who may see it"), widget=PlainSelect)
    day = forms.DateField(required=False, label=gettext_lazy("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time = forms.TimeField(required=False, label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def __init__(self, *args: Any, pens: list[Pen], about: About, now: datetime, slots: list[Slot] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pens, self.about, self.now = pens, about, now
        self.slots = slots or (pictures.sent(self.data, self.files, now=now) if self.is_bound else pictures.empty())
        self._offer("to", [(pen.connection.pk, str(pen.connection.account)) for pen in pens])
        self._offer("visibility", [(each.value, AUDIENCES[each]) for each in self.audiences()])
        for name in ("warning", "day", "time"):
            self.fields[name].widget.attrs["class"] = "input"
        for name in ("language", "visibility"):
            self.fields[name].widget.attrs["class"] = "select"

    def _offer(self, name: str, choices: list[tuple[int, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def audiences(self) -> list[Visibility]:
        """All that some pen offers, the widest first."""
        return sorted({each for pen in self.pens for each in pen.audiences(self.about.answered)})

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        return key if KEY.fullmatch(key) else new_key()

    def clean_text(self) -> str:
        return with_plain_newlines(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        for sentence in pictures.troubles(self.slots):
            self.add_error(None, sentence)
        if NAMES_ONLY.fullmatch(told.get("text", "")) and not self.files_sent():
            self.add_error("text", _("There are no words yet."))
        self._due(told)
        self._audience(told)
        if not self.errors:
            self._parts(told)
        return told

    def _due(self, told: dict[str, Any]) -> None:
        """`due`: when it is to be sent, in the time zone of the site; None for now."""
        day, clock = told.get("day"), told.get("time")
        told["due"] = None
        if bool(day) != bool(clock):
            self.add_error("time" if day else "day", _("Say both the day and the time, or neither to send it now."))
        elif day and clock:
            told["due"] = due = moment(day, clock)
            if due is None:
                self.add_error("time", _("There is no such time on that day: the clocks go forward."))
            elif due <= self.now:
                self.add_error("time", _("That is over. Choose a later time, or none to send it now."))

    def _audience(self, told: dict[str, Any]) -> None:
        for pen in self.chosen():
            if told.get("visibility") and told["visibility"] not in pen.audiences(self.about.answered):
                sentence = _("%(account)s can only post to everybody. Leave it out, or let everybody see this.")
                self.add_error("visibility", sentence % {"account": pen.connection.account})
            if len(self.files_sent()) > pen.limits.pictures:
                sentence = _("%(account)s takes %(n)s pictures at most.")
                self.add_error(None, sentence % {"account": pen.connection.account, "n": pen.limits.pictures})

    def _parts(self, told: dict[str, Any]) -> None:
        """`parts`: with each pen, what it becomes."""
        told["parts"] = {}
        for pen in self.chosen():
            try:
                told["parts"][pen.connection.pk] = pen.parts(
                    told["text"],
                    told["warning"],
                    people=pen.addressees(self.about.answered),
                    visibility=told.get("visibility") or Visibility.PUBLIC,
                )
            except NetworkError as error:
                self.add_error("text", worded(error.said))

    def previews(self) -> list[Preview]:
        told = self.cleaned_data
        return [Preview.of(pen, told["parts"][pen.connection.pk], told["text"], told["warning"]) for pen in self.chosen()]

    def chosen(self) -> list[Pen]:
        return [pen for pen in self.pens if pen.connection.pk in self.cleaned_data.get("to", [])]

    def files_sent(self) -> list[dict[str, str]]:
        return [slot.told for slot in self.slots if slot.file]

    def sentences(self) -> list[str]:
        """What is wrong."""
        return [str(error) for errors in self.errors.values() for error in errors]


class EditForm(forms.Form):
    """An own post that is there, in other words."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(strip=True, max_length=LONGEST, widget=forms.Textarea(attrs={"class": "textarea", "rows": 6}))
    warning = forms.CharField(required=False, max_length=300, widget=forms.TextInput(attrs={"class": "input"}))

    def __init__(self, *args: Any, pen: Pen, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pen = pen
        self.fields["text"].error_messages["required"] = _("There are no words yet.")

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        return key if KEY.fullmatch(key) else new_key()

    def clean_text(self) -> str:
        return with_plain_newlines(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        try:
            if len(self.pen.parts(told.get("text", ""), told.get("warning", ""))) > 1:
                self.add_error("text", _("This is longer than one post may be there."))
        except NetworkError as error:
            self.add_error("text", worded(error.said))
        return told


def with_plain_newlines(text: str) -> str:
    """Forms send two characters for each newline, which servers that count code points would count."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class DueForm(forms.Form):
    """Another time at which it is to be sent."""

    day = forms.DateField()
    time = forms.TimeField()

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        if "day" in told and "time" in told:
            told["due"] = due = moment(told["day"], told["time"])
            if due is None:
                raise forms.ValidationError(_("There is no such time on that day: the clocks go forward."))
            if due <= timezone.now():
                raise forms.ValidationError(_("That is over. Choose a later time."))
        return told

    def sentence(self) -> str:
        """What is wrong."""
        own = [str(error) for error in self.non_field_errors()]
        return own[0] if own else _("Say both the day and the time.")


def moment(day: date, clock: time) -> datetime | None:
    """That time of the site's clock; None where its clocks jump over it."""
    zone = timezone.get_current_timezone()
    said = datetime.combine(day, clock)
    found = said.replace(tzinfo=zone)
    return found if found.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == said else None


def written_before(row: Outgoing) -> dict[str, Any]:
    """To be written on: what was typed for something that was taken back."""
    return {
        "text": row.whole or row.text,
        "to": [row.connection_id],
        "warning": row.warning,
        "language": row.lang,
        "visibility": row.visibility,
    }
