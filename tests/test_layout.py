"""The shape of the house: imports go one way, vendors stay in their adapters, modules stay small.

Each rule is a function of a parsed module that yields complaints, and is itself tried on what breaks it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
ORDER = ("corpus", "index", "bot", "evals")

# The top of the house: it may reach anywhere, but upwards only when asked to.
COMMAND_LINE = "bot/cli.py"
COMMAND_LINES = (COMMAND_LINE, "bot/cli_eval.py", "bot/cli_slack.py")
MODULE_LINES = 300
FUNCTION_LINES = 60

# Where a vendor may be imported: a path prefix each. evals/benchmarks holds the rival, which is all vendors.
VENDORS = {
    "chromadb": ("index/vectors/chroma.py", "evals/benchmarks/"),
    "llama_index": (
        "index/vectors/llamaindex.py",
        "index/llama.py",
        "evals/metrics/judged.py",
        "evals/benchmarks/",
    ),
    "ir_measures": ("evals/metrics/retrieval.py",),
    "tantivy": ("index/lexical",),
    "sqlalchemy": ("corpus/catalogue/", "bot/slack/store/"),
    "psycopg": ("corpus/catalogue/",),
    "slack_bolt": ("bot/slack/",),
    "slack_sdk": ("bot/slack/",),
    "starlette": ("bot/web/", "bot/slack/oauth.py"),
    "uvicorn": ("bot/web/",),
    "prometheus_client": ("bot/web/metrics.py",),
    "cryptography": ("bot/slack/store/", "bot/web/signing.py"),
    "trafilatura": ("corpus/loaders/html.py",),
    "torch": ("index/embedding", "evals/tagger/", "evals/benchmarks/"),
    "sentence_transformers": ("index/embedding", "evals/benchmarks/"),
    "transformers": ("index/embedding", "evals/benchmarks/"),
    "onnx": ("index/embedding",),
    "onnxruntime": ("index/embedding", "corpus/statements/tagger/"),
    "threadpoolctl": ("index/build.py",),
    "typer": ("bot/cli",),
    "httpx": ("corpus/web/", "index/vectors/chroma.py"),
    "httpcore": ("corpus/web/",),
    "protego": ("corpus/web/",),
    "feedparser": ("corpus/web/",),
    "matplotlib": ("bot/timeline/",),
    "pypdf": ("corpus/loaders/pdf.py",),
    "datasketch": ("corpus/copies.py",),
    "charset_normalizer": ("corpus/loaders/charset.py",),
    "pydantic_settings": ("bot/settings.py",),
}

# Where settings are read; elsewhere they arrive as arguments.
SETTINGS = ("bot/settings.py", COMMAND_LINE)
# Libraries take this one switch from nowhere but the environment.
OFFLINE = "HF_HUB_OFFLINE"


class Module(NamedTuple):
    path: str
    source: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.path.split("/")[0]


class Import(NamedTuple):
    name: str
    line: int
    lazy: bool


def module(path: str, source: str) -> Module:
    return Module(path, source, ast.parse(source))


@cache
def modules() -> list[Module]:
    return [
        module(str(path.relative_to(REPOSITORY)), path.read_text(encoding="utf-8"))
        for package in ORDER
        for path in sorted((REPOSITORY / package).rglob("*.py"))
    ]


def imports(parsed: Module) -> Iterator[Import]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    inside = {
        id(child)
        for node in ast.walk(parsed.tree)
        if isinstance(node, functions)
        for child in ast.walk(node)
        if child is not node
    }
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # A relative import stays within its package only as far as its dots say.
            above = parsed.path.removesuffix(".py").split("/")[: -node.level] if node.level else []
            names = [".".join([*above, *([node.module] if node.module else [])])]
        else:
            continue
        yield from (Import(name, node.lineno, id(node) in inside) for name in names)


def upward_imports(parsed: Module) -> Iterator[str]:
    for found in imports(parsed):
        target = found.name.split(".")[0]
        if target not in ORDER or ORDER.index(target) <= ORDER.index(parsed.package):
            continue
        if parsed.path not in COMMAND_LINES:
            yield f"{parsed.path}:{found.line} imports {found.name}, which is above it"
        elif not found.lazy:
            yield f"{parsed.path}:{found.line} imports {found.name} before it is asked to"


def stray_vendors(parsed: Module) -> Iterator[str]:
    for found in imports(parsed):
        homes = VENDORS.get(found.name.split(".")[0])
        if homes is not None and not parsed.path.startswith(homes):
            yield f"{parsed.path}:{found.line} imports {found.name}, which belongs in {' or '.join(homes)}"


def environment_reads(parsed: Module) -> Iterator[str]:
    entry_point = parsed.package == "evals" and '__name__ == "__main__"' in parsed.source
    if parsed.path in SETTINGS or entry_point:
        return
    offline = set(_offline_switches(parsed)) if parsed.path.startswith("index/embedding") else set()
    for node in ast.walk(parsed.tree):
        named = isinstance(node, ast.Attribute) and node.attr in {"environ", "environb", "getenv", "getenvb"}
        taken = (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and any(alias.name in {"environ", "environb", "getenv", "getenvb"} for alias in node.names)
        )
        if (named or taken) and id(node) not in offline:
            yield f"{parsed.path}:{node.lineno} reads the environment; take a plain argument"


def _offline_switches(parsed: Module) -> Iterator[int]:
    """Yield the ids of the ``os.environ`` in ``os.environ["HF_HUB_OFFLINE"] = ...`` and in its setdefault."""
    for node in ast.walk(parsed.tree):
        match node:
            case ast.Subscript(
                value=ast.Attribute(attr="environ") as switch, slice=ast.Constant(value=name), ctx=ast.Store()
            ):
                if name == OFFLINE:
                    yield id(switch)
            case ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="environ") as switch, attr="setdefault"),
                args=[ast.Constant(value=name), *_],
            ):
                if name == OFFLINE:
                    yield id(switch)


def oversized(parsed: Module) -> Iterator[str]:
    lines = len(parsed.source.splitlines())
    if lines > MODULE_LINES:
        yield f"{parsed.path} has {lines} lines, more than {MODULE_LINES}: split it"
    for node in ast.walk(parsed.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{parsed.path}:{node.lineno} {node.name} has {length} lines, over {FUNCTION_LINES}"


Rule = Callable[[Module], Iterator[str]]
RULES: tuple[Rule, ...] = (upward_imports, stray_vendors, environment_reads, oversized)


@pytest.mark.parametrize("rule", RULES)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    parsed = modules()
    assert {found.package for found in parsed} == set(ORDER)
    assert [complaint for found in parsed for complaint in rule(found)] == []


LONG = "def f():\n" + "    x = 1\n" * FUNCTION_LINES


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (upward_imports, "corpus/a.py", "import index.build"),
        (upward_imports, "index/a.py", "def f():\n    from bot.model import Answer"),
        (upward_imports, "bot/answer.py", "from evals.case import Case"),
        (upward_imports, COMMAND_LINE, "from evals import case"),
        (stray_vendors, "index/build.py", "def f():\n    import chromadb.api"),
        (stray_vendors, "index/vectors/chroma.py", "from llama_index.core import Document"),
        (stray_vendors, "bot/ask.py", "from sqlalchemy import select"),
        (environment_reads, "index/build.py", "import os\nx = os.environ['HOME']"),
        (environment_reads, "corpus/walk.py", "from os import getenv"),
        (environment_reads, "evals/metric.py", "import os\nx = os.getenv('HOME')"),
        (environment_reads, "index/embedding.py", f"import os\nx = os.environ['{OFFLINE}']"),
        (environment_reads, "index/embedding.py", "import os\nos.environ['HOME'] = '/'"),
        (oversized, "corpus/a.py", LONG),
        (oversized, "corpus/a.py", "x = 1\n" * (MODULE_LINES + 1)),
    ],
)
def test_a_breach_is_found(rule: Rule, path: str, source: str) -> None:
    assert list(rule(module(path, source)))


@pytest.mark.parametrize(
    ("rule", "path", "source"),
    [
        (upward_imports, "index/a.py", "from corpus.model import Span\nfrom . import b\nfrom .b import c"),
        (upward_imports, COMMAND_LINE, "from index import build\ndef f():\n    from evals import case"),
        (stray_vendors, "corpus/catalogue/open.py", "import sqlalchemy as sa"),
        (stray_vendors, "index/vectors/llamaindex.py", "def f():\n    from llama_index.core import Document"),
        (environment_reads, "bot/settings.py", "import os\nx = os.environ"),
        (environment_reads, "evals/run.py", 'import os\nif __name__ == "__main__":\n    f(os.environ)'),
        (environment_reads, "index/embedding/load.py", f"import os\nos.environ['{OFFLINE}'] = '1'"),
        (environment_reads, "index/embedding/load.py", f"import os\nos.environ.setdefault('{OFFLINE}', '1')"),
        (oversized, "corpus/a.py", "x = 1\n" * MODULE_LINES),
    ],
)
def test_what_is_allowed_is_let_through(rule: Rule, path: str, source: str) -> None:
    assert list(rule(module(path, source))) == []
