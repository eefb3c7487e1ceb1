"""The command line of ``whosaid eval``: ``GOLD`` (or ``run GOLD``), ``compare``, ``new``, ``add``, ``export``.

The top of the house, as `bot.cli` is: what a command does is in `evals.commands`, imported when it runs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from bot.cli_run import run as _run


class _RunByDefault(TyperGroup):
    """A group whose first argument is a gold set where it is no command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``run`` before what is no command."""
        if args and args[0] not in self.commands and args[0] not in ("--help", "-h"):
            args = ["run", *args]
        return super().parse_args(ctx, args)


evaluation = typer.Typer(
    cls=_RunByDefault,
    no_args_is_help=True,
    rich_markup_mode="rich",
    help="Measure how good the answers are: `whosaid eval GOLD` asks the questions of a gold set and reports.",
)
_GOLD = typer.Argument(metavar="GOLD", help="gold set (JSON Lines), MultiHop-RAG queries, or a BEIR folder")


@evaluation.command("run", epilog="Example: whosaid eval evals/gold/sample.jsonl --filter split=dev --html report.html")
def eval_run(
    ctx: typer.Context,
    gold: Annotated[Path, _GOLD],
    corpus: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="ask of these articles, ingested into the cache, not of the home"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="print the run file")] = False,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="write the run file")] = None,
    html: Annotated[Path | None, typer.Option(metavar="FILE", help="write a report to open in a browser")] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="RUN", help="an earlier run to compare with, question by question")
    ] = None,
    filters: Annotated[
        list[str] | None,
        typer.Option("--filter", metavar="KEY=VALUE", help="only these questions: split, type, tag, group or id"),
    ] = None,
    workers: Annotated[int, typer.Option(metavar="N", min=1, max=64, help="questions asked at once")] = 1,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="only the first N questions")] = None,
    judge: Annotated[
        str | None,
        typer.Option(metavar="MODULE:NAME", help="a LlamaIndex language model (or what makes one) that judges answers"),
    ] = None,
) -> None:
    """Ask every question of a gold set and measure the answers. Exit code 0 when the run was finished."""
    from evals.commands.run import Options, run

    options = Options(
        corpus=tuple(corpus or ()),
        json=json,
        out=out,
        html=html,
        baseline=baseline,
        filters=tuple(filters or ()),
        workers=workers,
        limit=limit,
        judge=judge,
    )
    _run(ctx, lambda settings: run(settings, gold, options))


@evaluation.command("compare", epilog="Example: whosaid eval compare before.json after.json")
def eval_compare(
    ctx: typer.Context,
    before: Annotated[Path, typer.Argument(metavar="A", help="a run file")],
    after: Annotated[Path, typer.Argument(metavar="B", help="a run file over the same questions")],
    json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> None:
    """Compare two runs on the questions that both asked: differences, their intervals, and how likely by chance."""
    from evals.commands.compare import run

    _run(ctx, lambda settings: run(before, after, json))


@evaluation.command("new", epilog="Example: whosaid eval new my-gold.jsonl --corpus articles/ --questions 40")
def eval_new(
    ctx: typer.Context,
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="the file to make")],
    corpus: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="articles to ask about; else those of the home")
    ] = None,
    questions: Annotated[int, typer.Option(metavar="N", min=1, max=5000, help="how many questions")] = 40,
    seed: Annotated[int, typer.Option(metavar="N", help="another number draws other statements")] = 0,
) -> None:
    """Draft a gold set, for a person to correct: questions on what speakers were quoted as saying."""
    from evals.commands.new import run

    _run(ctx, lambda settings: run(settings, gold, tuple(corpus or ()), questions, seed))


@evaluation.command(
    "add",
    epilog='Example: whosaid eval add "who called the dam safe?" --article 2041-08-02.txt --quote "the dam is safe" '
    "--gold my-gold.jsonl",
)
def eval_add(
    ctx: typer.Context,
    gold: Annotated[Path, typer.Option(metavar="GOLD", help="the gold set to add it to")],
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="the question, in quotation marks")] = None,
    feedback: Annotated[
        int | None,
        typer.Option(metavar="ID", help="in place of a question: what somebody in Slack thought of an answer"),
    ] = None,
    article: Annotated[
        list[str] | None,
        typer.Option(metavar="A", help="path, URL or id of the article that answers; again for each --quote"),
    ] = None,
    quote: Annotated[
        list[str] | None, typer.Option(metavar="Q", help="the words that answer, exactly as they stand")
    ] = None,
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="whose words are expected")] = None,
    kind: Annotated[
        str | None, typer.Option("--type", metavar="TYPE", help="statement, fact, speaker, contrast, dated, ...")
    ] = None,
    split: Annotated[str, typer.Option(metavar="SPLIT", help="dev (to choose on) or test (to report)")] = "dev",
    refusal: Annotated[
        str | None, typer.Option(metavar="REASON", help="the corpus does not say: no_evidence, speaker_silent, ...")
    ] = None,
    must_include: Annotated[
        list[str] | None, typer.Option(metavar="WORDS", help="what the answer must hold; a|b for one or the other")
    ] = None,
    history: Annotated[
        list[str] | None, typer.Option(metavar="QUESTION", help="a question before it, for a follow-up; oldest first")
    ] = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="the articles; else those that the gold set names, or the home"),
    ] = None,
) -> None:
    """Add one question to a gold set, checked against the corpus."""
    from evals.commands.add import New, run

    new = New(
        question=question,
        feedback=feedback,
        articles=tuple(article or ()),
        quotes=tuple(quote or ()),
        speaker=speaker,
        kind=kind,
        split=split,
        refusal=refusal,
        must_include=tuple(must_include or ()),
        history=tuple(history or ()),
    )
    _run(ctx, lambda settings: run(settings, gold, new, tuple(corpus or ())))


@evaluation.command("export", epilog="Example: whosaid eval export run.json trec/")
def eval_export(
    ctx: typer.Context,
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="a run file")],
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="where to write")],
) -> None:
    """Write a run as TREC run and qrels files, for other tools to score."""
    from evals.commands.export import run

    _run(ctx, lambda settings: run(run_file, folder))
