"""What an operator is asked before something is mended."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from graphs.browse.serializers import LONGEST_NAME, MOST_ALIASES
from graphs.kinds import EntityType, MemoryKind
from graphs.models import Entity, Memory, Source
from graphs.render import sentence
from graphs.serializers import MAX_CONTENT
from ingest.mending.split import MOST_PARTS

_FORMATS = ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"]
_WHEN = "UTC, as 2026-05-17 or 2026-05-17 14:30."

Choices = Sequence[tuple[str, str]]


def moment_field(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        input_formats=_FORMATS,
        widget=UnfoldAdminTextInputWidget,
        help_text=f"{_WHEN} {help_text}",
    )


def written(at: datetime | None) -> str:
    """As it is typed, exact, so that what is left alone is the same."""
    if at is None:
        return ""
    utc = at.astimezone(UTC)
    if utc.microsecond:
        return utc.strftime(_FORMATS[3])
    return utc.strftime(_FORMATS[2] if utc.second else _FORMATS[1])


def area(rows: int) -> UnfoldAdminTextareaWidget:
    return UnfoldAdminTextareaWidget(attrs={"rows": rows})


class MemoryForm(forms.Form):
    content = forms.CharField(label="Sentence", max_length=MAX_CONTENT, widget=area(3))
    kind = forms.ChoiceField(choices=MemoryKind.choices, widget=UnfoldAdminSelectWidget)
    valid_from = moment_field("Valid from", "Empty: not known, or always.")
    valid_to = moment_field("Valid until", "Empty: it still holds.")

    def __init__(self, data: Any, memory: Memory):
        initial = {"content": sentence(memory), "kind": memory.kind}
        super().__init__(
            data,
            initial=initial | {"valid_from": written(memory.valid_from), "valid_to": written(memory.valid_to)},
        )

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}


class CloseForm(forms.Form):
    at = moment_field("It held until", "Empty: until now.")


class ChoiceForm(forms.Form):
    """Others of the same graph, found by their words and ticked."""

    q = forms.CharField(
        label="Search", required=False, max_length=200, widget=UnfoldAdminTextInputWidget(attrs={"type": "search"})
    )
    chosen = forms.MultipleChoiceField(
        label="To be merged into it",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        error_messages={"required": "Tick at least one."},
    )

    def __init__(self, data: Any, choices: Choices, **initial: Any):
        super().__init__(data, initial=initial)
        self.fields["chosen"].choices = choices  # type: ignore[attr-defined]


class SentencesForm(forms.Form):
    """One sentence a line; once there are some, which sources say each of them."""

    sentences = forms.CharField(
        max_length=MAX_CONTENT, widget=area(6), help_text=f"One sentence a line, two to {MOST_PARTS} of them."
    )
    parts = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, sources: Choices, **initial: Any):
        super().__init__(data, initial=initial)
        self.every = [key for key, _ in sources]
        text = str((data or initial).get("sentences", ""))
        self.lines = [line.strip() for line in text.splitlines() if line.strip()][: MOST_PARTS + 1]
        if data is None and not initial.get("parts"):
            return
        for number, line in enumerate(self.lines if len(sources) > 1 else ()):
            self.fields[f"sources_{number}"] = forms.MultipleChoiceField(
                label=f"What says: {line[:100]}",
                choices=sources,
                initial=self.every,
                widget=UnfoldAdminCheckboxSelectMultipleWidget,
                error_messages={"required": "Tick at least one."},
            )

    def sources_of(self, number: int) -> list[str] | None:
        return self.cleaned_data.get(f"sources_{number}")


def source_choices(memory: Memory) -> Choices:
    rows = Source.objects.supporting().filter(memory=memory).select_related("episode").order_by("recorded_at")
    return [(str(row.pk), f"{row.episode.said_at:%Y-%m-%d}: {row.episode.content[:200]}") for row in rows]


class EntityForm(forms.Form):
    name = forms.CharField(max_length=LONGEST_NAME, widget=UnfoldAdminTextInputWidget)
    type = forms.ChoiceField(choices=EntityType.choices, widget=UnfoldAdminSelectWidget)
    aliases = forms.CharField(
        required=False,
        widget=area(4),
        help_text="One a line. Where these are left as they are, the earlier name is added.",
    )
    summary = forms.CharField(required=False, max_length=2_000, widget=area(3))

    def __init__(self, data: Any, entity: Entity):
        initial = {"name": entity.name, "type": entity.type, "summary": entity.summary}
        super().__init__(data, initial=initial | {"aliases": "\n".join(entity.aliases)})
        self.fields["type"].disabled = entity.is_subject

    def clean_aliases(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["aliases"].splitlines() if line.strip()]
        if len(lines) > MOST_ALIASES:
            raise forms.ValidationError(f"At most {MOST_ALIASES}.")
        if any(len(line) > LONGEST_NAME for line in lines):
            raise forms.ValidationError(f"At most {LONGEST_NAME} characters each.")
        return lines

    def changes(self) -> dict[str, Any]:
        said = self.data.get("aliases", "").split() != self.initial["aliases"].split()
        changed = [name for name in self.changed_data if name != "aliases" or said]
        return {name: self.cleaned_data[name] for name in changed}


class PartEntityForm(forms.Form):
    name = forms.CharField(label="Name of the new one", max_length=LONGEST_NAME, widget=UnfoldAdminTextInputWidget)
    type = forms.ChoiceField(choices=EntityType.choices, widget=UnfoldAdminSelectWidget)
    aliases = forms.MultipleChoiceField(
        label="Aliases that are the new one's", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    memories = forms.MultipleChoiceField(
        label="Memories that speak of the new one",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Their relations go with them.",
    )
    relations = forms.MultipleChoiceField(
        label="Further relations that are the new one's", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, data: Any, entity: Entity, memories: Choices, relations: Choices):
        super().__init__(data, initial={"type": entity.type})
        choices = {"aliases": [(name, name) for name in entity.aliases], "memories": memories, "relations": relations}
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
            if not offered:
                del self.fields[name]

    def chosen(self, name: str) -> list[str]:
        return self.cleaned_data.get(name, [])
