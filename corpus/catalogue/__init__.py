"""The catalogue: the one truth about articles, from which every index is built."""

from corpus.catalogue.records import ArticleRecord, CorpusSummary, PassageRecord, StatementRecord
from corpus.catalogue.store import Catalogue, Change

__all__ = ["ArticleRecord", "Catalogue", "Change", "CorpusSummary", "PassageRecord", "StatementRecord"]
