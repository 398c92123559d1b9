"""The pages on which a memory is mended."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from unfold.decorators import action
from unfold.enums import ActionVariant

from graphs.admin.facts import ENDED, HOLDS, RETIRED, state_of
from graphs.admin.mending import finding, forms, looking
from graphs.admin.mending.pages import Mending, MendingAdmin, given, sought, step_of
from graphs.models import Memory, MemoryRevision
from graphs.render import sentence
from ingest.edits import edit_memory
from ingest.mending.merge import merge_memories
from ingest.mending.revert import revert_memory
from ingest.mending.spans import close_memory, reopen_memory
from ingest.mending.split import Part, split_memory
from ingest.mending.withdrawal import restore_memory, retire_memory
from memos import ids
from memos.projects.console.rights import caller_of
from memos.projects.console.shown import tally

_FIELDS = {"content": "content", "kind": "kind", "validFrom": "valid_from", "validTo": "valid_to"}
_BELIEVED = (HOLDS, ENDED)


class MemoryMending(MendingAdmin):
    actions_detail: ClassVar[Any] = ("correct", "close", "reopen", "withdraw", "restore", "merge", "split", "put_back")
    steps: ClassVar = {
        "correct": _BELIEVED,
        "close": (HOLDS,),
        "reopen": (ENDED,),
        "withdraw": _BELIEVED,
        "restore": (RETIRED,),
        "merge": _BELIEVED,
        "split": _BELIEVED,
        "put_back": (),
    }

    def state_for_steps(self, row: Any) -> str:
        return state_of(row)

    def version_of(self, row: Any) -> str:
        return str(Memory.objects.filter(pk=row.pk).values_list("recorded_at", flat=True).first())

    @action(description="Correct", url_path="correct", icon="edit", permissions=["mend"])
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        form = forms.MemoryForm(given(request), memory)
        page = Mending(
            title="Correct a memory",
            told="What it said before is kept in its history. New words rest on you alone; what was said stays.",
            button="Correct it",
            done="The memory is corrected.",
            do=lambda: edit_memory(caller=caller_of(request, memory.project), memory=memory, **form.changes()),
            look=lambda: looking.memories(memory),
            form=form,
            fields=_FIELDS,
        )
        return self.mend(request, memory, page)

    @action(description="Close memory", url_path="close", icon="event_busy", permissions=["mend"])
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        form = forms.CloseForm(given(request))
        page = Mending(
            title="Close a memory",
            told=f"“{sentence(memory)}” was true, and is so no longer.",
            button="Close it",
            done="The memory is closed.",
            do=lambda: close_memory(
                caller=caller_of(request, memory.project), memory=memory, at=form.cleaned_data["at"]
            ),
            look=lambda: looking.memories(memory),
            form=form,
            fields={"validTo": "at"},
        )
        return self.mend(request, memory, page)

    @action(description="Open again", url_path="reopen", icon="event_repeat", permissions=["mend"])
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        page = Mending(
            title="Open a memory again",
            told=f"“{sentence(memory)}” holds again, as before it ended.",
            button="Open it again",
            done="The memory is open again.",
            do=lambda: reopen_memory(caller=caller_of(request, memory.project), memory=memory),
            look=lambda: looking.memories(memory),
        )
        return self.mend(request, memory, page)

    @action(
        description="Withdraw", url_path="withdraw", icon="block", permissions=["mend"], variant=ActionVariant.DANGER
    )
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        page = Mending(
            title="Withdraw a memory",
            told=f"“{sentence(memory)}” never was so. It is recalled no more, stays here with its history, and can be "
            "restored. What it had ended is open again.",
            button="Withdraw it",
            done="The memory is withdrawn.",
            do=lambda: retire_memory(caller=caller_of(request, memory.project), memory=memory),
            look=lambda: looking.memories(memory),
        )
        return self.mend(request, memory, page)

    @action(description="Restore", url_path="restore", icon="undo", permissions=["mend"])
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        page = Mending(
            title="Restore a memory",
            told=f"“{sentence(memory)}” is believed again, as if it had not been withdrawn, merged or split.",
            button="Restore it",
            done="The memory is believed again.",
            do=lambda: restore_memory(caller=caller_of(request, memory.project), memory=memory),
            look=lambda: looking.memories(memory),
        )
        return self.mend(request, memory, page)

    @action(description="Merge", url_path="merge", icon="merge", permissions=["mend"])
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        words, ticked = sought(request), request.POST.getlist("chosen")
        found = finding.memories_like(memory, words, ticked)
        form = forms.ChoiceForm(given(request), finding.memory_choices(found), q=words, chosen=ticked)
        others = [row for row in found if row.ref in ticked]
        page = Mending(
            title="Merge memories",
            told=f"“{sentence(memory)}” stands for those that you tick as well: it rests on their sources too, and "
            "they are retired in its favour. Each can be restored.",
            button="Merge them",
            done=f"{tally(len(others), ('memory is', 'memories are'))} merged into this one.",
            do=lambda: merge_memories(caller=caller_of(request, memory.project), memory=memory, others=others),
            look=lambda: looking.memories(memory, [row.pk for row in others]),
            form=form,
        )
        return self.mend(request, memory, page)

    @action(description="Split", url_path="split", icon="call_split", permissions=["mend"])
    def split(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        form = _split_form(request, memory)
        page = Mending(
            title="Split a memory",
            told="Each sentence becomes a memory of its own with the sources that say it. The whole is retired, and "
            "can be restored.",
            button="Split it",
            done=f"The memory is split into {len(form.lines)}.",
            do=lambda: split_memory(caller=caller_of(request, memory.project), memory=memory, parts=_parts(form)),
            look=lambda: looking.memories(memory),
            form=form,
            fields={"parts": "sentences"} | {f"parts[{n}].content": "sentences" for n in range(len(form.lines))},
        )
        return self.mend(request, memory, page)

    @action(description="Put back", url_path="put-back", icon="history", permissions=["mend"])
    def put_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        memory = self.row_of(request, object_id)
        key = ids.decode(MemoryRevision.PREFIX, request.GET.get("state", ""))
        state = memory.revisions.filter(pk=key).first()
        if state is None:
            raise Http404
        page = Mending(
            title="Put an earlier state back",
            told="It says, and holds for, what it did then. What it says now is kept in its history.",
            button="Put it back",
            done="The earlier state is put back.",
            do=lambda: revert_memory(caller=caller_of(request, memory.project), memory=memory, revision=state),
            look=lambda: looking.memories(memory),
        )
        return self.mend(request, memory, page)


def _split_form(request: HttpRequest, memory: Memory) -> forms.SentencesForm:
    """Which sources say each sentence is asked once it is known how many there are."""
    sources = forms.source_choices(memory)
    if not step_of(request):
        return forms.SentencesForm(None, sources, sentences=sentence(memory))
    form = forms.SentencesForm(request.POST, sources)
    if len(sources) > 1 and len(form.lines) > 1 and request.POST.get("parts") != str(len(form.lines)):
        return forms.SentencesForm(None, sources, sentences=request.POST["sentences"], parts=len(form.lines))
    return form


def _parts(form: forms.SentencesForm) -> list[Part]:
    chosen = [form.sources_of(number) for number in range(len(form.lines))]
    return [
        Part(line, None if keys is None else [UUID(key) for key in keys])
        for line, keys in zip(form.lines, chosen, strict=True)
    ]
