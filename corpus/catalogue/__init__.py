"""The catalogue: the one truth about articles, from which every index is built."""

from corpus.catalogue.records import ArticleRecord, Change, CorpusSummary, Origin, PassageRecord, StatementRecord
from corpus.catalogue.served import Served, SpeakerRecord
from corpus.catalogue.store import Catalogue

__all__ = [
    "ArticleRecord",
    "Catalogue",
    "Change",
    "CorpusSummary",
    "Origin",
    "PassageRecord",
    "Served",
    "SpeakerRecord",
    "StatementRecord",
]
