from django.apps import AppConfig


class EmbeddedConfig(AppConfig):
    name = "memos.embedded"
    label = "embedded"
