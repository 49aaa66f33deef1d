"""What owners choose about backups."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
MOST_KEPT = 60


class BackupPlanForm(forms.Form):
    nightly = forms.BooleanField(label=_("Make a backup every night"), required=False)
    hour = forms.TypedChoiceField(label=_("Time"), choices=HOURS, coerce=int, widget=forms.Select(attrs={"class": "select"}))
    keep = forms.IntegerField(
        label=_("Nightly backups to keep"),
        min_value=1,
        max_value=MOST_KEPT,
        widget=forms.NumberInput(attrs={"class": "input"}),
        help_text=_("Older ones are deleted. Backups you make yourself stay until you delete them."),
    )

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("nightly", "hour", "keep")}
