"""Published and measured figures on MultiHop-RAG, which a run over its questions is shown beside."""

from __future__ import annotations

MULTIHOP = frozenset({"inference_query", "comparison_query", "temporal_query", "null_query"})
"""The tags by which its questions are known."""

SYSTEMS: tuple[tuple[str, tuple[float | None, float | None, float | None, float | None]], ...] = (
    ("bge-large-en-v1.5 (2401.15391)", (0.430, 0.672, 0.522, None)),
    ("voyage-02 + reranker (2401.15391)", (0.586, 0.747, 0.663, None)),
    ("LLM filters + rerank (2406.13213)", (0.675, None, None, None)),
    ("LLM decomposition + rerank (2507.00355)", (0.635, 0.872, None, None)),
    ("all-MiniLM-L6-v2 alone", (0.398, 0.658, 0.487, 0.338)),
    ("BM25 with titles, alone", (0.602, 0.834, 0.690, 0.486)),
)
"""MRR@10, Hits@10, Hits@4, evidence recall@10, over 2,255 answerable questions; arXiv numbers: as published there."""
