"""The gate of statements: fails where fewer are found in articles, or fewer speakers are right, than was accepted.

    python -m evals.gate_statements [--data FOLDER] [--accept [--reason "..."]]

Measured are PolNeAR's dev part (`FOLDER/polnear/dev`, see `evals.attribution_spans`) and the hand-made speakers
(`evals/gold/speakers.jsonl`, over the sample and `FOLDER/multihop-rag/corpus.jsonl`, see `evals.speakers`). What is
not under FOLDER is not measured, and said. A floor of ``evals/baseline.json`` does not hold where a figure is more than
the tolerance below it; the figures themselves are exact, save for the last bits of a processor's arithmetic.
Exit code 0: every floor that was measured holds; 1: one sentence for each that does not; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import UsageError, WhosaidError
from corpus.model import Statement
from corpus.statements import find_statements
from evals import attribution_spans, speakers, speakers_set
from evals.baseline import Baseline, explained, read_baseline, write_baseline
from evals.floors import DIGITS, Floor
from evals.polnear import Marked, read_gold

BASELINE = Path(__file__).with_name("baseline.json")
SPEAKERS = Path(__file__).with_name("gold") / "speakers.jsonl"
REPOSITORY = Path(__file__).parent.parent
SAMPLE = REPOSITORY / "corpus" / "sample"
TOLERANCE = 0.01


def figures(data: Path) -> Iterator[tuple[str, float]]:
    """Yield the name and the value, in 0..1, of each figure that can be measured; the higher, the better.

    Raises:
        WhosaidError: a set is damaged, or the tagger's model is not there.
    """
    polnear = data / "polnear" / "dev"
    if polnear.is_dir():
        tally = attribution_spans.evaluate(read_gold(polnear), _marked)
        yield "polnear-dev/content-f1", tally.f1(tally.content)
        yield "polnear-dev/content-and-source-f1", tally.f1(tally.linked)
    else:
        print(f"not measured: {polnear} is not there", file=sys.stderr)
    news = data / "multihop-rag" / "corpus.jsonl"
    if not news.is_file():
        print(f"not measured: {news} is not there", file=sys.stderr)
    for part, folder in (("sample", SAMPLE), ("news", news)):
        if folder.exists():
            texts = speakers_set.stored_texts([folder])
            groups = speakers_set.by_article(one for one in speakers_set.read_set(SPEAKERS) if one.article in texts)
            if told := speakers_set.unusable(groups, texts):
                raise UsageError(f"{'; '.join(told.values())}: mark them anew, or put the articles back as they were")
            outcomes = speakers.evaluate(groups, texts, _found)
            yield f"speakers/{part}", sum(one.speaker for one in outcomes) / len(outcomes)


def _found(text: str) -> list[Statement]:
    return find_statements(text, "tagger")


def _marked(text: str) -> list[Marked]:
    return [Marked(s.source, s.cue, s.content) for s in _found(text)]


def check(baseline: Baseline, found: Mapping[str, float]) -> list[str]:
    """Return a sentence for each floor that a figure found does not hold, or that `found` has no floor for."""
    wrong = []
    for name, value in found.items():
        floor = baseline.statements.get(name)
        if floor is None:
            wrong.append(f"{name} has no floor: accept one with --accept")
        elif value < floor.value - floor.tolerance:
            wrong.append(
                f"{name} is {value:.4f}, more than {floor.tolerance:g} below its floor of {floor.value:.4f}: mend it, "
                "or accept a new one with --accept --reason"
            )
    return wrong


def accepted(baseline: Baseline, found: Mapping[str, float], reason: str | None, date: str) -> Baseline:
    """Return the baseline with the figures found as floors; those that were not measured stay.

    Raises:
        UsageError: a floor is lowered, and no reason is given.
    """
    new = {
        name: Floor(value=round(value, DIGITS), better="higher", tolerance=TOLERANCE) for name, value in found.items()
    }
    changed = baseline.model_copy(update={"statements": {**baseline.statements, **new}})
    return explained(baseline, changed, reason, date)


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, or accept, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m evals.gate_statements", description=__doc__.partition("\n")[0])
    beside = Path(os.environ.get("WHOSAID_DATA", REPOSITORY.parent / "shared" / "data"))
    parser.add_argument("--data", type=Path, default=beside, help="the folder of data sets [env: WHOSAID_DATA]")
    parser.add_argument("--baseline", type=Path, default=BASELINE, help="the file of floors (evals/baseline.json)")
    parser.add_argument("--accept", action="store_true", help="write the figures into the baseline, as floors")
    parser.add_argument("--reason", help="why a floor may be lowered")
    options = parser.parse_args(arguments)
    if options.reason is not None and not options.accept:
        parser.error("--reason goes with --accept")
    try:
        baseline = read_baseline(options.baseline)
        found = dict(figures(options.data))
        if options.accept:
            today = datetime.now(UTC).date().isoformat()
            write_baseline(accepted(baseline, found, options.reason, today), options.baseline)
    except UsageError as error:
        parser.error(str(error))
    except WhosaidError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for name, value in found.items():
        before = baseline.statements.get(name)
        print(f"{name}: {f'{before.value:.4f}, then ' if before else ''}{value:.4f}")
    wrong = [] if options.accept else check(baseline, found)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
