"""One settings module for every process. What can be set from outside is listed in the README with its default."""

import os
import sys
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from kombu import Queue

from memos import environment
from memos.embedded import endpoints, secrets

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

# A process computes in one thread: beside its siblings, NumPy's own threads only wait for each other. It is read when
# NumPy is first imported, which is after this.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

env = environment.of_process(BASE_DIR / os.environ.get("MEMOS_ENV_FILE", ".env"))
try:
    values = environment.read(env)
except environment.WrongSetting as error:
    raise ImproperlyConfigured(str(error)) from None

DATA_DIR = (BASE_DIR / Path(env.text("MEMOS_DATA_DIR", "data")).expanduser()).absolute()
DEBUG = values.debug
ALLOWED_HOSTS = values.allowed_hosts
CSRF_TRUSTED_ORIGINS = values.csrf_trusted_origins

STANDS_ALONE = sys.argv[1:2] in (["backup"], ["restore"])
"""A command that sees to the embedded data itself, whether Memos runs or not: it asks no server and signs nothing."""


def _server(variable: str, embedded: str | None) -> str:
    url = env.text(variable) or embedded
    if not url and STANDS_ALONE:
        return {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1"}[variable]
    if not url:
        raise ImproperlyConfigured(
            f"{variable} is not set and no Memos is running on {DATA_DIR}: start it with `make run`, set "
            f"MEMOS_DATA_DIR as it was set there, or set {variable}."
        )
    return url


def _secret(variable: str, name: str) -> str:
    return env.text(variable) or ("none is needed" if STANDS_ALONE else secrets.load_or_create(DATA_DIR, name))


_embedded = endpoints.read(DATA_DIR)
DATABASE_URL = _server("DATABASE_URL", _embedded.database_url if _embedded else None)
REDIS_URL = _server("REDIS_URL", _embedded.redis_url if _embedded else None)
# Only now: a command that finds no Memos makes no secrets in a folder that is not meant.
SECRET_KEY = _secret("SECRET_KEY", "secret_key")
KEY_PEPPERS = {"1": _secret("MEMOS_KEY_PEPPER", "key_pepper")}
KEY_PEPPER_ID = "1"
AUDIT_KEYS = env.items("MEMOS_AUDIT_KEY", []) or [_secret("MEMOS_AUDIT_KEY", "audit_key")]
"""The first seals the audit log; seals that were made with the others can be verified, too."""

# ---------------------------------------------------------------- Django
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "memos.projects",  # before Django's own: two commands of that name take the place of theirs
    "memos.projects.console.apps.ConsoleConfig",
    "memos.projects.signin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "memos.embedded",
    "memos.api",
    "memos.figures",
    "memos.webhooks",
    "graphs",
    "users",
    "threads",
    "ingest",
]
MIDDLEWARE = [
    "memos.api.middleware.RequestIdMiddleware",
    "memos.api.metrics.MetricsMiddleware",
    "memos.api.sizes.BodySizeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "memos.projects.signin.middleware.OperatorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "memos.projects.console.headers.ConsoleHeaders",
]
ROOT_URLCONF = "memos.urls"
WSGI_APPLICATION = "memos.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "projects.Operator"
AUTHENTICATION_BACKENDS = ["memos.projects.roles.RoleBackend"]
LOGIN_URL = "admin:login"
AUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # straight from the packages: nothing to collect
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = values.secure_cookies
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "memos.projects.console.refusing.too_old"
SESSION_COOKIE_AGE = values.session_hours * 3600
SESSION_IDLE_SECONDS = values.session_idle_minutes * 60
REQUIRE_TWO_FACTOR = values.require_two_factor
OTP_TOTP_ISSUER = "Memos"
OTP_TOTP_THROTTLE_FACTOR = OTP_STATIC_THROTTLE_FACTOR = 0  # codes are throttled as passwords are, by us
TRUST_PROXY = values.trust_proxy
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if values.trust_proxy else None

# ---------------------------------------------------------------- PostgreSQL
DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
DATABASES["default"]["ENGINE"] = "django.db.backends.postgresql"
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True  # works behind PgBouncer in transaction mode
_IS_WORKER = "celery" in sys.argv[0] and "worker" in sys.argv
DATABASE_POOL = 0 if _IS_WORKER else values.database_pool
"""Connections that a web process keeps open; at least as many as it has threads. 0: one connection a thread, as in a
worker, whatever is set: Celery closes a pool after each task, under the threads that deliver webhooks."""
if DATABASE_POOL:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 10}
else:
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# ---------------------------------------------------------------- HTTP API
MAX_BODY_BYTES = environment.MAX_BODY_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
METRICS_TOKEN = values.metrics_token
MAX_IMPORT_BYTES = values.max_import_bytes
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["memos.projects.authentication.ApiKeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["memos.projects.authentication.HasScope"],
    "DEFAULT_PARSER_CLASSES": ["memos.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "memos.api.schema.calls.MemosSchema",
    "EXCEPTION_HANDLER": "memos.api.errors.handle",
    "UNAUTHENTICATED_USER": None,
    "UNICODE_JSON": True,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,  # `?format=` is as unknown as any other parameter
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Memos",
    "DESCRIPTION": "Long-term memory for AI agents that a team can host itself.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SORT_OPERATIONS": "memos.api.schema.calls.by_path",
    "TAGS": [
        {"name": "users", "description": "Who is remembered, what is known of them, and the block for a prompt."},
        {"name": "threads", "description": "Conversations of a user."},
        {"name": "messages", "description": "Appending to a thread, and replaying it."},
        {"name": "memories", "description": "Facts, each a sentence with the time it holds for."},
        {"name": "groups", "description": "Graphs that many users share."},
        {"name": "graphs", "description": "What is stored of one user, or of one group."},
        {"name": "entities", "description": "People, places and things that memories speak of."},
        {"name": "relations", "description": "Arrows between two entities, each asserted by a memory."},
        {"name": "episodes", "description": "What was said or given, word for word."},
        {"name": "documents", "description": "Texts and data that were given to a graph to be read."},
        {"name": "jobs", "description": "What became of a message or a document."},
        {"name": "webhooks", "description": "Being told of what happened, by Standard Webhooks."},
        {"name": "audit", "description": "Who did what to which, when, in which request."},
    ],
    "SERVERS": [{"url": "/", "description": "The Memos that serves this file."}],
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "MemoryKind": "graphs.kinds.MemoryKind",
        "EntityType": "graphs.kinds.EntityType",
        "Precision": "graphs.kinds.Precision",
        "GraphKind": "graphs.models.Graph.Kind",
        "ChangedBy": "graphs.models.MemoryRevision.ChangedBy",
        "JobKind": "ingest.models.IngestJob.Kind",
        "SourceKind": "graphs.models.Episode.SourceKind",
        "DocumentType": "graphs.models.Document.Type",
        "Role": "threads.models.Message.Role",
        "HitKind": "graphs.search.KIND_CHOICES",
        "Order": "memos.api.pagination.ORDERS",
        "JobStatus": "ingest.models.IngestJob.Status",
        "ActorKind": "memos.projects.models.AuditEntry.Actor",
        "EventType": "memos.webhooks.models.EventType",
        "WantedEvent": "memos.webhooks.models.WANTED",
        "DeliveryStatus": "memos.webhooks.models.Delivery.Status",
        "TemplateName": "users.context.templates.NAMES",
    },
    "PREPROCESSING_HOOKS": ["memos.api.schema.calls.only_the_api"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "memos.api.schema.calls.finish",
    ],
}

# ---------------------------------------------------------------- Celery
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # kombu looks for unacknowledged tasks only about every 100 s unless it is told to do so more often
    "visibility_timeout": 600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "global_keyprefix": "memos:",
    # a ring that does not get through is rung again by the sweeper: a request must not wait for it
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
_LINES = ("operations", "reading", "summaries")
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("celery", *_LINES)]
_IN_TURN = {name: {"queue": name, "priority": 9} for name in _LINES}
CELERY_TASK_ROUTES = {
    "ingest.run_operation": _IN_TURN["operations"],
    "ingest.ingest_graph": _IN_TURN["reading"],
    "ingest.summarise_user": _IN_TURN["summaries"],
    # behind what they rang for before, so that they expire where that is much: else rings would pile up
    "ingest.sweep": _IN_TURN["reading"],
    "ingest.sweep_summaries": _IN_TURN["summaries"],
}
"""Any worker takes from the lines in turn, so that none holds up another. All else is short and comes before them: in
Valkey the priority 0 is the first, which is what a task has without being given any."""
CELERY_BEAT_SCHEDULER = "memos.pulse:Clock"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "ingest.sweep", "schedule": 5.0, "options": {"expires": 5.0}},
    "summaries": {"task": "ingest.sweep_summaries", "schedule": 5.0, "options": {"expires": 5.0}},
    "operations": {"task": "ingest.sweep_operations", "schedule": 5.0, "options": {"expires": 5.0}},
    "forget_answers": {"task": "api.forget_answers", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "webhooks": {"task": "webhooks.sweep", "schedule": 5.0, "options": {"expires": 5.0}},
    "tidy_signin": {"task": "signin.tidy", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "tidy_webhooks": {"task": "webhooks.tidy", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "seal_audit": {"task": "projects.seal_audit", "schedule": 300.0, "options": {"expires": 300.0}},
    "verify_audit": {"task": "projects.verify_audit", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "prune_audit": {"task": "projects.prune_audit", "schedule": 3600.0, "options": {"expires": 3600.0}},
    "count_rows": {"task": "ingest.count_rows", "schedule": 60.0, "options": {"expires": 60.0}},
    "ask_embedder": {"task": "figures.ask_embedder", "schedule": 60.0, "options": {"expires": 60.0}},
    "measure_storage": {"task": "figures.measure_storage", "schedule": 300.0, "options": {"expires": 300.0}},
    "tidy_figures": {"task": "figures.tidy", "schedule": 3600.0, "options": {"expires": 3600.0}},
}

# ---------------------------------------------------------------- Ingestion
INGEST_LEASE_SECONDS = values.ingest_lease_seconds
INGEST_MAX_ATTEMPTS = values.ingest_max_attempts

# ---------------------------------------------------------------- Webhooks
WEBHOOK_NETWORKS = values.webhook_networks
"""Where webhooks may lead besides public addresses, and without TLS."""

# ---------------------------------------------------------------- Search
SEARCH_MEMORY_BYTES = values.search_memory_mb * 2**20
# ---------------------------------------------------------------- Vectors
EMBEDDER = values.embedder
EMBEDDINGS_BASE_URL = values.embeddings_base_url
EMBEDDINGS_API_KEY = values.embeddings_api_key
EMBEDDINGS_MODEL = values.embeddings_model
EMBEDDINGS_DIMENSIONS = values.embeddings_dimensions
"""0: as many as the model has."""

# ---------------------------------------------------------------- Console and logs
UNFOLD = {
    "SITE_TITLE": "Memos",
    "SITE_HEADER": "Memos",
    "SITE_ICON": lambda request: static("docs/mark.svg"),
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("docs/mark.svg")}],
    "SITE_URL": None,  # there is no site beside the console
    "SCRIPTS": [lambda request: static("console/console.js")],
    "STYLES": [
        lambda request: static("console/console.css"),
        lambda request: static("console/figures.css"),  # charts stand on several pages
    ],
    "COLORS": {
        "primary": {  # around the colour of the mark; 600 on white and 500 on the dark ground are read with ease
            "50": "#f5f3ff",
            "100": "#ebe8fe",
            "200": "#d9d4fd",
            "300": "#bfb6fb",
            "400": "#ada2fa",
            "500": "#9a8cf9",
            "600": "#5b4bdb",
            "700": "#4c3cc4",
            "800": "#3f32a0",
            "900": "#342b80",
            "950": "#1f1a52",
        },
    },
    "ACCOUNT": {"navigation": "memos.projects.console.navigation.account"},
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "DASHBOARD_CALLBACK": "memos.projects.console.home.views.home",
    "SIDEBAR": {"navigation": "memos.projects.console.navigation.sidebar"},
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "memos.api.middleware.RequestIdFilter"},
        "outside_the_api": {"()": "memos.api.middleware.OutsideTheApi"},
    },
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "loggers": {"httpx": {"level": "WARNING"}, "django.request": {"filters": ["outside_the_api"]}},
    "root": {"handlers": ["stderr"], "level": values.log_level},
}
