from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "memos.api"
    verbose_name = "API"
