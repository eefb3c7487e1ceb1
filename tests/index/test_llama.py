"""Our search as a LlamaIndex retriever, used as LlamaIndex's documentation uses one."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from index.facets import Facets
from index.ingest import run
from index.lexical import stems
from index.llama import Passage, WhosaidRetriever
from index.store import Home, IndexSettings, open_index


@dataclass(frozen=True)
class Found:
    """A passage as `bot.model.Hit` tells it."""

    article_id: str
    title: str
    url: str | None
    path: str | None
    start: int
    end: int
    text: str
    score: float


class LexicalSearch:
    """The lexical half of a real index, in the form of a search."""

    def __init__(self, home: Path, sample: Path, model: Path) -> None:
        import shutil

        place = Home(home)
        shutil.copytree(model, place.models / model.name)
        self.catalogue = Catalogue.at(home / "catalogue.sqlite")
        run(place, self.catalogue, IndexSettings(), [sample])
        opened = open_index(place, self.catalogue, IndexSettings())
        assert opened is not None
        self.parts, self.served = opened.parts, opened.served

    def __call__(self, question: str, limit: int) -> Sequence[Passage]:
        terms = dict.fromkeys(stems(question), 1.0)
        found = self.parts.passages.search(terms, {"body": 1.0}, Facets(scope=None), limit)
        passages = self.served.passages([i for i, _ in found])
        articles = self.served.articles({p.article_id for p in passages.values()}, None)
        result = []
        for i, score in found:
            passage, article = passages[i], articles[passages[i].article_id]
            text = passage.span.of(self.catalogue.text(article.id, article.version))
            result.append(Found(article.id, article.title, article.url, article.where, *passage.span, text, score))
        return result

    def close(self) -> None:
        self.parts.close()
        self.catalogue.close()


@pytest.fixture(scope="module")
def search(sample: Path, compiled_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LexicalSearch]:
    with closing(LexicalSearch(tmp_path_factory.mktemp("home"), sample / "ondreva-ledger", compiled_model)) as opened:
        yield opened


def test_nodes_carry_the_passage_verbatim_with_its_place_and_its_article(search: LexicalSearch) -> None:
    nodes = WhosaidRetriever(search, limit=4).retrieve("what did the ministry say?")
    assert 1 < len(nodes) <= 4
    for node, wanted in zip(nodes, search("what did the ministry say?", 4), strict=True):
        article = search.catalogue.articles([wanted.article_id])[wanted.article_id]
        text = search.catalogue.text(article.id, article.version)
        assert node.node.text == text[node.node.start_char_idx : node.node.end_char_idx] == wanted.text
        assert node.score == wanted.score
        assert node.node.ref_doc_id == article.id
        assert node.metadata["title"] == article.title
        assert node.metadata["article_id"] == article.id
        assert node.metadata.get("url") == article.url
    assert len({node.node_id for node in nodes}) == len(nodes)


def test_what_a_model_reads_has_the_title_and_no_inner_names(search: LexicalSearch) -> None:
    from llama_index.core.schema import MetadataMode

    (node,) = WhosaidRetriever(search, limit=1).retrieve("ministry")
    shown = node.node.get_content(MetadataMode.LLM)
    assert node.metadata["title"] in shown and node.node.text in shown
    assert node.metadata["article_id"] not in shown


def test_it_serves_where_llamaindex_takes_a_retriever(search: LexicalSearch) -> None:
    from llama_index.core.retrievers import RecursiveRetriever

    ours = WhosaidRetriever(search, limit=3)
    chain = RecursiveRetriever("news", retriever_dict={"news": ours})
    wanted = [p.score for p in search("what did the ministry say?", 3)]
    assert len(wanted) == 3
    assert [node.score for node in chain.retrieve("what did the ministry say?")] == wanted
    assert [node.score for node in asyncio.run(ours.aretrieve("what did the ministry say?"))] == wanted


def test_a_search_that_finds_nothing_is_no_error(search: LexicalSearch) -> None:
    assert WhosaidRetriever(search).retrieve("qwertyish") == []


def test_nothing_else_of_the_index_imports_llamaindex() -> None:
    code = "import sys, index.ingest, index.search, index.vectors.chroma; sys.exit('llama_index' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "llama_index":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from corpus.errors import UsageError
try:
    import index.llama
except UsageError as error:
    print(error)
"""


def test_without_llamaindex_the_install_command_is_told() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=True)
    assert "pip install 'whosaid[llamaindex]'" in done.stdout
