from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "memos.projects"
    verbose_name = "Projects"
