"""The pages on which an entity is mended."""

from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from unfold.decorators import action

from graphs.admin.mending import finding, forms, looking
from graphs.admin.mending.pages import Mending, MendingAdmin, given, sought
from graphs.models import Entity, EntityRevision
from graphs.render import name_of
from ingest.entities import Split, merge_entities, split_entity, update_entity
from ingest.mending.entities import restore_entity
from memos import ids
from memos.projects.console.rights import caller_of
from memos.projects.console.shown import tally

_ANY, _CHANGED = ("new", "changed"), ("changed",)


class EntityMending(MendingAdmin):
    actions_detail: ClassVar[Any] = ("correct", "merge", "split", "restore", "split_off")
    steps: ClassVar = {"correct": _ANY, "merge": _ANY, "split": _ANY, "restore": _CHANGED, "split_off": ()}

    def state_for_steps(self, row: Any) -> str:
        return "changed" if EntityRevision.objects.filter(entity_id=row.pk).exists() else "new"

    def version_of(self, row: Any) -> str:
        revisions = EntityRevision.objects.filter(entity_id=row.pk).order_by("-recorded_at")
        return str(revisions.values_list("pk", flat=True).first())

    @action(description="Correct", url_path="correct", icon="edit", permissions=["mend"])
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entity = self.row_of(request, object_id)
        form = forms.EntityForm(given(request), entity)
        page = Mending(
            title=f"Correct {name_of(entity)}",
            told="What it was called before is kept in its history. No memory is rewritten.",
            button="Correct it",
            done="The entity is corrected.",
            do=lambda: _update(request, entity, form),
            look=lambda: looking.entities(entity),
            form=form,
            fields={name: name for name in form.fields},
        )
        return self.mend(request, entity, page)

    @action(description="Merge", url_path="merge", icon="merge", permissions=["mend"])
    def merge(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entity = self.row_of(request, object_id)
        words, ticked = sought(request), request.POST.getlist("chosen")
        found = finding.entities_like(entity, words, ticked)
        form = forms.ChoiceForm(given(request), finding.entity_choices(found), q=words, chosen=ticked)
        others = [row for row in found if row.ref in ticked]
        refs = [row.ref for row in others]
        page = Mending(
            title=f"Merge into {name_of(entity)}",
            told=f"{name_of(entity)} keeps its name and type, and takes the names, memories and relations of those "
            "that you tick. Each can be split off again.",
            button="Merge them",
            done=f"{tally(len(others), ('entity is', 'entities are'))} merged into this one.",
            do=lambda: merge_entities(caller=caller_of(request, entity.project), entity=entity, entity_ids=refs),
            look=lambda: looking.entities(entity, [row.pk for row in others]),
            form=form,
            fields={"entityIds": "chosen"},
        )
        return self.mend(request, entity, page)

    @action(description="Split", url_path="split", icon="call_split", permissions=["mend"])
    def split(self, request: HttpRequest, object_id: str) -> HttpResponse:
        entity = self.row_of(request, object_id)
        form = forms.PartEntityForm(given(request), entity, finding.memories_of(entity), finding.relations_of(entity))
        newest = Entity.objects.filter(graph=entity.graph_id).order_by("-pk").values_list("pk", flat=True).first()
        page = Mending(
            title=f"Split {name_of(entity)}",
            told="A new entity gets what you tick. The two are told apart from then on. What was merged into this one "
            "is split off from its page instead.",
            button="Split it",
            done="The entity is split.",
            do=lambda: split_entity(caller=caller_of(request, entity.project), entity=entity, split=_part(form)),
            look=lambda: looking.newer_entities(entity, [], newest),
            form=form,
        )
        return self.mend(request, entity, page)

    @action(description="Take back", url_path="restore", icon="undo", permissions=["mend"])
    def restore(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The last change, or the one that ``state`` names."""
        entity = self.row_of(request, object_id)
        states = EntityRevision.objects.filter(entity_id=entity.pk)
        ref = request.GET.get("state")
        state = states.by_ref(ref).first() if ref else states.order_by("-recorded_at").first()
        if state is None:
            raise Http404
        page = Mending(
            title=f"Take back a change of {name_of(entity)}",
            told=f"On {state.recorded_at:%Y-%m-%d %H:%M} UTC: {state.reason}. That is taken back.",
            button="Take it back",
            done="The change is taken back.",
            do=lambda: restore_entity(caller=caller_of(request, entity.project), entity=entity, revision=state),
            look=lambda: looking.entities(entity, state.others),
        )
        return self.mend(request, entity, page)

    @action(description="Split off", url_path="split-off", icon="undo", permissions=["mend"])
    def split_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What was merged into it, whoever did it."""
        entity = self.row_of(request, object_id)
        ref = request.GET.get("entity", "")
        if str(ids.decode(Entity.PREFIX, ref)) not in {record["id"] for record in entity.merged}:
            raise Http404
        page = Mending(
            title=f"Split off what was merged into {name_of(entity)}",
            told="It is an entity of its own again, under its id, with what came from it and is still there.",
            button="Split it off",
            done="The merge is undone.",
            do=lambda: split_entity(
                caller=caller_of(request, entity.project), entity=entity, split=Split(entity_id=ref)
            ),
            look=lambda: looking.entities(entity),
        )
        return self.mend(request, entity, page)


def _update(request: HttpRequest, entity: Entity, form: forms.EntityForm) -> None:
    changes = form.changes()
    if changes:
        update_entity(caller=caller_of(request, entity.project), entity=entity, **changes)


def _part(form: forms.PartEntityForm) -> Split:
    return Split(
        name=form.cleaned_data["name"],
        type=form.cleaned_data["type"],
        aliases=form.chosen("aliases"),
        memory_ids=form.chosen("memories"),
        relation_ids=form.chosen("relations"),
    )
