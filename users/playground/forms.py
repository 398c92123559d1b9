"""What a block is asked for in the console: the parameters of the API, under their names and with their limits."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from unfold.widgets import CHECKBOX_CLASSES, DATETIME_CLASSES, INPUT_CLASSES, SELECT_CLASSES

from memos.api.serializers import camel_case
from users.context.templates import NAMES
from users.serializers import ContextQuery

QUERY: dict[str, Any] = dict(ContextQuery().fields)
MOST_TOKENS = QUERY["maxTokens"].max_value
USUAL_TOKENS = QUERY["maxTokens"].default
LONGEST_QUERY = QUERY["query"].max_length


def _styled(classes: Sequence[str], **attributes: Any) -> dict[str, Any]:
    return {"class": " ".join(classes), **attributes}


class Asking(forms.Form):
    """``values`` is what `users.context.explained.explain` takes, once the form is valid; groups are names in it.

    The fields let everything through: what the API refuses is refused by what the API checks it with.
    """

    query = forms.CharField(
        label="Question",
        required=False,
        strip=False,
        help_text="Leave it empty for the block that stands without a question.",
        widget=forms.TextInput(_styled(INPUT_CLASSES, maxlength=LONGEST_QUERY, autocomplete="off")),
    )
    template = forms.CharField(
        required=False, widget=forms.Select(_styled(SELECT_CLASSES), [(name, name.capitalize()) for name, _ in NAMES])
    )
    max_tokens = forms.CharField(
        label="Budget in tokens",
        required=False,
        help_text=f"1 to {MOST_TOKENS:,}.",
        widget=forms.NumberInput(_styled(INPUT_CLASSES, min=1, max=MOST_TOKENS)),
    )
    as_of = forms.CharField(
        label="As of (UTC)",
        required=False,
        help_text="What had been heard and was believed then.",
        widget=forms.DateTimeInput(_styled(DATETIME_CLASSES, type="datetime-local", step=1)),
    )
    groups = forms.Field(required=False, widget=forms.CheckboxSelectMultiple(_styled(CHECKBOX_CLASSES)))

    values: dict[str, Any]
    data: QueryDict

    def __init__(self, given: QueryDict, groups: Sequence[str]):
        super().__init__(_as_shown(given))
        chosen = [name for name in self.data.getlist("groups") if name not in groups]
        widget: Any = self.fields["groups"].widget
        widget.choices = [(name, name) for name in (*groups, *chosen)]
        if not widget.choices:
            del self.fields["groups"]

    def add_prefix(self, field_name: str) -> str:
        """In an address the parameters have the names that they have in the API's."""
        return camel_case(field_name)

    def clean(self) -> None:
        checked = ContextQuery(data=self.sent)
        if checked.is_valid():
            self.values = checked.validated_data
            return
        named = {camel_case(name): name for name in self.fields}
        for name, errors in checked.errors.items():
            self.add_error(named[name], [str(error) for error in errors])

    @property
    def sent(self) -> dict[str, str]:
        """The parameters as a caller of the API sends them: those alone that were filled in."""
        sent = {camel_case(name): self.data.get(camel_case(name), "") for name in self.fields}
        sent["groups"] = ",".join(self.data.getlist("groups"))
        moment = _parsed(sent["asOf"])
        if moment is not None and moment.tzinfo is None:
            sent["asOf"] += "Z"
        return {name: value for name, value in sent.items() if value}


def _as_shown(given: QueryDict) -> QueryDict:
    """An address written for the API fills the form too: groups with commas between them, a time with its offset."""
    shown = given.copy()
    names = (name.strip() for text in given.getlist("groups") for name in text.split(","))
    shown.setlist("groups", list(dict.fromkeys(name for name in names if name)))
    shown.setdefault("template", NAMES[0][0])
    shown.setdefault("maxTokens", str(USUAL_TOKENS))
    moment = _parsed(given.get("asOf", ""))
    if moment is not None and moment.tzinfo is not None and 1 < moment.year < 9999:
        shown["asOf"] = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    return shown


def _parsed(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None
