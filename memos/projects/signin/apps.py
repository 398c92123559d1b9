from django.apps import AppConfig


class SigninConfig(AppConfig):
    name = "memos.projects.signin"
    label = "signin"
    verbose_name = "Signing in"
