"""Users, groups and contexts as the API shows them."""

import re
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from graphs.search import KIND_CHOICES
from graphs.serializers import PastMoment, SourceOut
from memos.api.pagination import PageQuery
from memos.api.serializers import CamelSerializer, Metadata, Moment, Ref, Text
from users.context.templates import NAMES
from users.models import User

GROUP_NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
_GROUP_NAME = re.compile(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
GROUP_NAME = RegexValidator(_GROUP_NAME, "Give 1 to 64 of A-Z a-z 0-9 . _ - beginning with a letter or digit.")


def is_group_name(text: str) -> bool:
    return bool(_GROUP_NAME.match(text))


class NewUser(CamelSerializer):
    external_id = Text(required=False, allow_null=True, max_length=255, help_text="Your id for this user.")
    email = serializers.EmailField(required=False, allow_null=True, max_length=320)
    first_name = Text(required=False, allow_null=True, max_length=100)
    last_name = Text(required=False, allow_null=True, max_length=100)
    metadata = Metadata(required=False, help_text="An object of at most 16 KiB, given back as it was sent.")


class UserChanges(NewUser):
    """null takes away what is there."""


class UserListQuery(PageQuery):
    external_id = Text(required=False, max_length=255, help_text="The user with this external id.")
    email = Text(required=False, max_length=320, help_text="Users with exactly this address.")
    q = Text(required=False, max_length=200, help_text="Words in externalId, email, firstName and lastName.")


class ListStats(CamelSerializer):
    threads = serializers.IntegerField(source="thread_count")
    memories = serializers.IntegerField(help_text="What is believed and holds now.")


class FullStats(ListStats):
    entities = serializers.IntegerField()


class UserOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    external_id = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    first_name = serializers.CharField(allow_null=True)
    last_name = serializers.CharField(allow_null=True)
    metadata = Metadata()
    graph_id = serializers.CharField(source="graph.ref")
    created_at = Moment()


class ImportedUser(UserOut):
    """Made of what was restored: the user under their new id, and how many rows of each kind were written."""

    imported = serializers.DictField(child=serializers.IntegerField(), source="counts")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return UserOut(instance.owner).data | {"imported": instance.counts}


class ExportQuery(CamelSerializer):
    vectors = serializers.BooleanField(default=True, help_text="false leaves the vectors out: they can be made again.")


class UserInList(UserOut):
    stats = ListStats(source="*")


class UserDetail(UserOut):
    summary = serializers.SerializerMethodField()
    stats = FullStats(source="*")

    def get_summary(self, user: User) -> str | None:
        return user.summary.text or None if hasattr(user, "summary") else None


class UserPage(CamelSerializer):
    users = UserInList(many=True)
    next_cursor = serializers.CharField(allow_null=True)


class GraphStats(CamelSerializer):
    memories = serializers.IntegerField()


class UserGraph(CamelSerializer):
    user_id = serializers.CharField(source="ref")
    graph_id = serializers.CharField(source="graph.ref")
    created_at = Moment(source="graph.created_at")
    stats = GraphStats(source="*")


class SummaryQuery(CamelSerializer):
    force = serializers.BooleanField(default=False, help_text="Make it anew even when nothing has changed.")


class SummaryOut(CamelSerializer):
    generated = serializers.BooleanField()
    summary = serializers.CharField(source="text")
    memory_count = serializers.IntegerField()


class NewGroup(CamelSerializer):
    name = Text(validators=[GROUP_NAME], max_length=64)
    metadata = Metadata(required=False)


class GroupChanges(CamelSerializer):
    name = Text(required=False, validators=[GROUP_NAME], max_length=64, help_text="Its name from now on.")
    metadata = Metadata(required=False)


class GroupStats(CamelSerializer):
    memories = serializers.IntegerField()
    entities = serializers.IntegerField()


class GroupOut(CamelSerializer):
    id = serializers.CharField(source="ref")
    name = serializers.CharField()
    graph_id = serializers.CharField(source="graph.ref")
    metadata = Metadata()
    stats = GroupStats(source="*")
    created_at = Moment()


class GroupPage(CamelSerializer):
    groups = GroupOut(many=True)
    next_cursor = serializers.CharField(allow_null=True)


@extend_schema_field({"type": "array", "maxItems": 20, "items": {"type": "string", "pattern": GROUP_NAME_PATTERN}})
class Names(serializers.Field[Any, Any, Any, Any]):
    """Names with commas between them; each once, in the order given."""

    default_error_messages = {"invalid": "Give names with commas between them, at most {most}."}
    most = 20

    def to_internal_value(self, data: Any) -> list[str]:
        names = [name.strip() for name in str(data).split(",") if name.strip()]
        if len(names) > self.most or any("\0" in name for name in names):
            self.fail("invalid", most=self.most)
        return list(dict.fromkeys(names))

    def to_representation(self, value: Any) -> Any:
        return value


class ContextQuery(CamelSerializer):
    template = serializers.ChoiceField(NAMES, default="chat", help_text="What kind of prompt the block is for.")
    max_tokens = serializers.IntegerField(
        default=1500, min_value=1, max_value=8000, help_text="The most o200k_base tokens that the block may have."
    )
    groups = Names(default=list, help_text="Names of groups to merge in, with commas between them.")
    query = Text(required=False, max_length=2_000, help_text="What to recall for. It has to fit in a URL.")
    thread_id = Text(required=False, max_length=100, help_text="Recall for the latest turns of that thread.")
    as_of = PastMoment(required=False, help_text="What had been heard and was believed at that time.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "query" in attrs and "thread_id" in attrs:
            raise serializers.ValidationError({"threadId": ["Give query or threadId, not both."]})
        return attrs


class ContextItem(CamelSerializer):
    """What a line of the block tells."""

    id = Ref("Memory", "Entity", "Relation", "Episode", help_text="Of what `kind` says.")
    kind = serializers.ChoiceField(KIND_CHOICES)
    score = serializers.FloatField()
    message_ids = serializers.ListField(child=serializers.CharField())
    sources = SourceOut(many=True)


class ContextOut(CamelSerializer):
    user_id = serializers.CharField()
    template = serializers.ChoiceField(NAMES)
    context = serializers.CharField()  # type: ignore[assignment]
    tokens = serializers.IntegerField()
    max_tokens = serializers.IntegerField()
    groups = serializers.ListField(child=serializers.CharField())
    items = ContextItem(many=True)
