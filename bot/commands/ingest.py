"""``whosaid ingest``: progress while it runs, a summary, and every file that could not be used."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from bot.settings import Settings
from bot.visible import one_line
from corpus.catalogue import Catalogue
from corpus.catalogue.speakers import speakers
from corpus.errors import UsageError
from corpus.ingest import IngestReport
from corpus.people import SpeakerCorrections
from corpus.walk import Source
from index.ingest import Watcher
from index.ingest import run as run_ingest

_EVERY = 10.0  # seconds between two lines where there is no terminal


def run(
    settings: Settings,
    given: Sequence[str],
    collection: str,
    outlet: str | None,
    rebuild: bool,
    prune: bool,
    allow_private: bool,
) -> int:
    """Ingest files, folders and addresses, and print; return the exit code: 1 where something could not be used."""
    if not collection.strip():
        raise UsageError("cannot ingest into a collection without a name; give --collection a word")
    if not given and not rebuild:
        raise UsageError("there is nothing to ingest: name files, folders or addresses; only --rebuild goes without")
    urls = [argument for argument in given if is_url(argument)]
    paths = [Path(argument) for argument in given if not is_url(argument)]
    started = time.perf_counter()
    show = _Bar(paths) if sys.stderr.isatty() else _Lines()
    with closing(open_or_make(settings)) as catalogue, show:
        watcher = Watcher(file=show.file, stage=show.stage, indexed=show.indexed)
        place, report = settings.place(), IngestReport()
        if paths or rebuild:
            report = run_ingest(place, catalogue, settings.index(), paths, collection, outlet, rebuild, prune, watcher)
        if urls:
            from bot.commands.fetching import fetch_pages

            report.add(fetch_pages(settings, catalogue, urls, collection, outlet, allow_private, watcher))
        unmet = _unmet(settings, catalogue)
    seconds = time.perf_counter() - started
    if rebuild:
        print(f"the whole index was made anew{'' if given else f' ({seconds:.1f} s)'}")
    if given:
        _summary(report, seconds)
    for rule in unmet:
        print(f"Note: {rule}", file=sys.stderr)
    return 1 if report.errors else 0


def _unmet(settings: Settings, catalogue: Catalogue) -> list[str]:
    """Return the rules of ``speakers.toml`` that meet nobody in any article: a name that is written otherwise there."""
    rules = SpeakerCorrections.read(settings.place().folder)
    return [] if rules.empty else rules.unmet(speakers(catalogue))


def is_url(given: str) -> bool:
    """Tell whether an argument is an address rather than a path."""
    return given.lower().startswith(("http://", "https://"))


def open_or_make(settings: Settings) -> Catalogue:
    """Open the catalogue, with the home folder made."""
    folder = settings.place().folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot make the home folder {folder}: {error.strerror}; name another --home") from error
    return settings.open_catalogue()


def _size(source: Source) -> int:
    try:
        return source.path.stat().st_size
    except OSError:  # gone meanwhile, which the run itself will tell
        return 0


def _summary(report: IngestReport, seconds: float) -> None:
    print(f"{report.line()} ({seconds:.1f} s)")
    for heading, problems in (("Not loaded:", report.errors), ("Skipped, as no articles:", report.skipped)):
        if problems:
            print(heading, file=sys.stderr)
        for problem in problems:
            print(f"  {problem}", file=sys.stderr)


class _Lines:
    """Plain lines, for a file or a pipe."""

    def __init__(self) -> None:
        self._articles = self._characters = 0
        self._started = self._last = time.perf_counter()

    def __enter__(self) -> _Lines:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def file(self, source: Source) -> None:
        """Say nothing: lines tell of progress, not of files."""

    def stage(self, sentence: str) -> None:
        """Tell what takes a while; the clock of the rate starts after it."""
        print(sentence, file=sys.stderr, flush=True)
        self._started = self._last = 0.0

    def indexed(self, articles: int, characters: int) -> None:
        """Tell now and then how far it is."""
        self._articles += articles
        self._characters += characters
        now = time.perf_counter()
        if not self._started:
            self._started = self._last = now
        if now - self._last >= _EVERY:
            self._last = now
            rate = self._characters / (now - self._started)
            print(
                f"{self._articles} articles indexed, {rate:,.0f} characters a second",
                file=sys.stderr,
                flush=True,
            )


class _Bar(ExitStack):
    """A bar over the bytes of the files, with rate and remaining time."""

    def __init__(self, paths: list[Path]) -> None:
        from corpus.walk import walk

        super().__init__()
        self._total = sum(_size(source) for source in walk(paths) if isinstance(source, Source))
        self._articles = self._characters = self._size = 0
        self._started = time.perf_counter()

    def __enter__(self) -> _Bar:
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn

        from bot.terminal import bar

        super().__enter__()
        rate = TextColumn("{task.fields[articles]} articles, {task.fields[rate]} characters/s")
        self._progress = self.enter_context(
            bar(TextColumn("{task.description}"), BarColumn(), rate, TimeRemainingColumn())
        )
        self._task = self._progress.add_task("reading", total=self._total or None, articles=0, rate="0")
        return self

    def file(self, source: Source) -> None:
        """Move on by the file read before this one."""
        self._progress.advance(self._task, self._size)
        self._size = _size(source)

    def stage(self, sentence: str) -> None:
        """Tell what takes a while."""
        self._progress.console.print(one_line(sentence), highlight=False, markup=False)

    def indexed(self, articles: int, characters: int) -> None:
        """Show articles and rate."""
        self._articles += articles
        self._characters += characters
        rate = self._characters / max(time.perf_counter() - self._started, 1e-9)
        self._progress.update(self._task, articles=f"{self._articles:,}", rate=f"{rate:,.0f}", description="indexing")
