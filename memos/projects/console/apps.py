from django.contrib.admin.apps import AdminConfig


class ConsoleConfig(AdminConfig):
    """Django's admin with a site of our own."""

    default_site = "memos.projects.console.site.ConsoleSite"
