"""How well facts are extracted and kept, on a folder of cases:
``python -m memos.embedded exec -- python -m bench.extraction bench/cases/test``.

Each conversation goes through the whole of ingestion, into a database that is made for it and dropped again.
"""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "memos.settings")
django.setup()

from bench.figures import measure  # noqa: E402
from bench.ingested import Ingestion, own_database  # noqa: E402

if __name__ == "__main__":
    with own_database():
        measure(__doc__, lambda: Ingestion().remember)
