"""The local extractor: facts from English chat by rules over a parse."""

from ingest.extractors.local.extractor import LocalExtractor

__all__ = ["LocalExtractor"]
