from django.apps import AppConfig

from graphs.checks import models_are_there


class GraphsConfig(AppConfig):
    name = "graphs"
    checks = (models_are_there,)
    """Importing them registers them."""
