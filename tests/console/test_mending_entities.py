"""Entities are mended in the console: corrected, merged, split, and each of it taken back."""

from typing import Any

import pytest
from django.test import Client

from graphs.kinds import EntityType
from graphs.models import Entity, EntityRevision, Graph, Mention
from ingest import merging
from memos.projects import operators
from memos.projects.audit import Caller
from memos.projects.models import AuditEntry
from tests import factories as make
from tests.console.test_mending_memories import change, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def graph(db: None) -> Graph:
    return make.UserFactory().graph


def person(graph: Graph, name: str, **values: Any) -> Entity:
    return make.EntityFactory(graph=graph, name=name, type=EntityType.PERSON, **values)


def path(entity: Entity, page: str = "change") -> str:
    return f"/admin/graphs/entity/{entity.ref}/{page}/"


def mend(console: Client, entity: Entity, page: str, **form: Any) -> str:
    told = text(console.post(path(entity, page), {**form, "step": "preview"}))
    entries = AuditEntry.objects.count()
    response = console.post(path(entity, page), {**form, "step": "confirm"})
    assert (response.status_code, response["Location"]) == (302, path(entity))
    assert AuditEntry.objects.count() > entries
    entity.refresh_from_db()
    return told


def test_an_entity_is_corrected_and_that_is_taken_back(console: Client, graph: Graph) -> None:
    tom = person(graph, "Tom", aliases=["Tommy"])
    form = {"name": "Thomas", "type": "person", "aliases": "Tommy", "summary": "A chef."}
    told = mend(console, tom, "correct", **form)
    assert change("Name", "Tom", "Thomas") in told
    assert change("Aliases", "Tommy", "Tommy, Tom") in told
    assert (tom.name, tom.aliases, tom.summary) == ("Thomas", ["Tommy", "Tom"], "A chef.")
    page = text(console.get(path(tom)))
    assert change("Name", "Tom", "Thomas") in page
    assert "· ann" in page
    state = EntityRevision.objects.get()
    assert f"../restore/?state={state.ref}" in page
    assert change("Name", "Thomas", "Tom") in text(console.get(path(tom, "restore")))
    assert console.post(path(tom, "restore") + f"?state={state.ref}", {"step": "confirm"}).status_code == 302
    tom.refresh_from_db()
    assert (tom.name, tom.aliases, tom.summary) == ("Tom", ["Tommy"], "")
    assert "Nothing would change" not in page


def test_what_is_left_alone_changes_nothing(console: Client, graph: Graph) -> None:
    tom = person(graph, "Tom", aliases=["Tommy", "T."])
    form = {"name": "Tom", "type": "person", "aliases": "Tommy\r\nT.", "summary": "", "step": "preview"}
    assert "Nothing would change." in text(console.post(path(tom, "correct"), form))
    form["aliases"] = "x" * 201
    assert "aliases" in console.post(path(tom, "correct"), form).context["form"].errors


@pytest.mark.parametrize("step", ["preview", "confirm"])
def test_a_form_that_was_overtaken_changes_nothing(console: Client, graph: Graph, step: str) -> None:
    tom = person(graph, "Tom")
    seen = console.get(path(tom, "correct")).context["seen"]
    form = {"name": "Tom", "type": "person", "aliases": "", "summary": "A chef."}
    assert console.post(path(tom, "correct"), {**form, "name": "Thomas", "step": "confirm"}).status_code == 302
    response = console.post(path(tom, "correct"), {**form, "seen": seen, "step": step}, follow=True)
    assert "It was changed meanwhile" in text(response)
    tom.refresh_from_db()
    assert tom.name == "Thomas"
    seen = console.get(path(tom, "correct")).context["seen"]
    assert console.post(path(tom, "correct"), {**form, "seen": seen, "step": "confirm"}).status_code == 302


def test_the_subject_stays_a_person(console: Client, graph: Graph) -> None:
    subject = Entity.objects.get(graph=graph, is_subject=True)
    form = {"name": "Alicia", "type": "place", "aliases": "", "summary": ""}
    mend(console, subject, "correct", **form)
    assert (subject.name, subject.type) == ("Alicia", "person")


def test_others_are_found_ticked_merged_and_split_off(console: Client, graph: Graph) -> None:
    tom, tommy, ben = person(graph, "Tom Baker"), person(graph, "Tommy Baker"), person(graph, "Ben")
    make.MentionFactory(memory=make.MemoryFactory(graph=graph), entity=tommy, names=["Tommy Baker"])
    place = make.EntityFactory(graph=graph, name="Porto", type=EntityType.PLACE)
    subject = Entity.objects.get(graph=graph, is_subject=True)
    offered = text(console.get(path(tom, "merge")))
    assert offered.index(tommy.ref) < offered.index(ben.ref)
    assert place.ref not in offered
    assert subject.ref not in offered
    found = console.post(path(tom, "merge"), {"step": "search", "q": "port", "chosen": [tommy.ref]})
    assert [ref for ref, _ in found.context["form"].fields["chosen"].choices] == [tommy.ref, place.ref]
    told = mend(console, tom, "merge", chosen=[tommy.ref, ben.ref])
    assert change("Aliases", "–", "Tommy Baker, Ben") in told
    assert told.count("becomes a part of another") == 2
    page = text(console.get(path(tom)))
    assert f"../split-off/?entity={ben.ref}" in page
    assert "Others were merged into it" in page
    off = path(tom, "split-off") + f"?entity={ben.ref}"
    assert "Ben" in text(console.get(off))
    assert console.post(off, {"step": "confirm"}).status_code == 302
    assert Entity.objects.filter(pk=ben.pk).exists()
    assert console.get(off).status_code == 404
    kept = EntityRevision.objects.earliest("recorded_at")
    assert console.post(path(tom, "restore") + f"?state={kept.ref}", {"step": "confirm"}).status_code == 302
    assert Mention.objects.get().entity == tommy


def test_the_subject_takes_in_people_only(console: Client, graph: Graph) -> None:
    subject = Entity.objects.get(graph=graph, is_subject=True)
    tom, place = person(graph, "Al"), make.EntityFactory(graph=graph, name="Alice", type=EntityType.PLACE)
    offered = text(console.get(path(subject, "merge")))
    assert tom.ref in offered
    assert place.ref not in offered


def test_what_can_t_be_merged_is_told(console: Client, graph: Graph) -> None:
    tom = person(graph, "Tom")
    deep = person(graph, "Deep")
    for number in range(merging.DEEPEST):
        other = person(graph, f"D{number}")
        merging.absorb(other, deep)
        deep = other
    response = console.post(path(tom, "merge"), {"step": "confirm", "chosen": [deep.ref]})
    assert "levels deep" in text(response)
    assert Entity.objects.filter(pk=deep.pk).exists()


def test_an_entity_is_split_by_what_is_ticked(console: Client, graph: Graph) -> None:
    tom = person(graph, "Tom", aliases=["Tommy", "T."])
    first, second = make.MemoryFactory(graph=graph), make.MemoryFactory(graph=graph)
    for memory in (first, second):
        make.MentionFactory(memory=memory, entity=tom, names=["Tom"])
    arrow = make.RelationFactory(memory=second, object=tom, predicate="knows")
    page = text(console.get(path(tom, "split")))
    assert first.ref in page
    assert arrow.ref in page
    form = {"name": "Tommy", "type": "person", "aliases": ["Tommy"], "memories": [first.ref]}
    told = mend(console, tom, "split", **form)
    assert change("Spoken of in", "2 memories", "1 memory") in told
    assert change("Name", "–", "Tommy") in told
    tommy = Entity.objects.get(name="Tommy")
    assert list(tommy.mentions.values_list("memory", flat=True)) == [first.pk]
    assert tom.aliases == ["T."]
    assert tommy.ref in text(console.get(path(tom)))
    assert console.post(path(tom, "restore"), {"step": "confirm"}).status_code == 302
    assert not Entity.objects.filter(pk=tommy.pk).exists()
    assert Mention.objects.filter(entity=tom).count() == 2


@pytest.mark.parametrize("page", ["correct", "merge", "split", "restore", "split-off"])
def test_who_may_not_change_entities_sees_no_page(client: Client, graph: Graph, page: str) -> None:
    tom, tommy = person(graph, "Tom"), person(graph, "Tommy")
    merging.absorb(tom, tommy)
    operator = make.OperatorFactory(username="bob", is_superuser=False)
    caller = Caller.from_command(graph.project, "tests")
    operators.give_role(caller=caller, operator=operator, role="viewer", reads_words=True)
    client.force_login(operator)
    for method in (client.get, client.post):
        assert method(path(tom, page)).status_code == 403
    shown = text(client.get(path(tom)))
    assert "Tommy" in shown
    assert "split-off" not in shown


def test_what_is_shown_is_escaped(console: Client, graph: Graph) -> None:
    tom, tommy = person(graph, "<b>Tom</b>"), person(graph, "<i>Tommy</i>")
    for page in ("correct", "merge", "split"):
        assert "<b>Tom</b>" not in text(console.get(path(tom, page)))
    told = mend(console, tom, "merge", chosen=[tommy.ref])
    assert "<i>Tommy</i>" not in told
    assert "<i>Tommy</i>" not in text(console.get(path(tom)))
