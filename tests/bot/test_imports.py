"""A question is answered without the libraries that take seconds to import."""

from __future__ import annotations

import json
import sys

from .conftest import Program

SLOW = ("torch", "sentence_transformers", "transformers", "llama_index", "sklearn", "trafilatura", "dateparser")
ASK = """
import json, sys
from bot.cli import main
sys.argv = ["whosaid", "--home", {home!r}, *{arguments!r}]
try:
    main()
except SystemExit as ended:
    assert ended.code in (0, 3), ended.code
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


def modules(program: Program, *arguments: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    script = ASK.format(home=str(program.home), arguments=arguments)
    done = program.raw([sys.executable, "-c", script])
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_answers_refusals_and_citations_import_nothing_slow(whosaid: Program) -> None:
    commands = (
        ("ask", "what did Hale Teverin say about assembly?"),
        ("ask", "what did Zebulon Quagmire say about the dam on 3 March 2041?", "--json", "--hits", "3"),
        ("ask", "how much notice is wanted for a rally?", "--since", "2041", "--cite", "footnote"),
    )
    for command in commands:
        found = modules(whosaid, *command)
        assert "bot.ask" in found and not found & set(SLOW)


def test_help_imports_no_index_at_all(whosaid: Program) -> None:
    found = modules(whosaid, "ask", "--help")
    assert not {name.split(".")[0] for name in found} & {*SLOW, "index", "numpy", "sqlalchemy", "chromadb"}
