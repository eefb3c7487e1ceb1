"""Make an embedded vector store anew, in a process of its own: ``python -m index.vectors.refill FOLDER SENTENCES``.

Chroma writes whole blocks of memory into its files, with whatever stood there before. A process that knew an article
that was removed would write bits of it; this one has never read any text.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from corpus.errors import StaleIndexError


def refill(folder: Path, sentences: Path) -> None:
    """Fill the store in `folder` anew from the passages' vectors in `sentences`, and wait for it.

    Raises:
        StaleIndexError: it could not be done; the next run tries again.
    """
    command = [sys.executable, "-P", "-m", "index.vectors.refill", str(folder), str(sentences)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    if done.returncode:
        said = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        raise StaleIndexError(
            f"could not write the vector store {folder} anew, without what was removed: {said[0]}; "
            "run `whosaid ingest --rebuild`"
        )


def main(folder: str, sentences: str) -> None:
    """Do it here."""
    from index.sentences import SentenceStore
    from index.vectors.chroma import ChromaVectors

    with closing(SentenceStore(Path(sentences), make=False)) as store:
        ChromaVectors(Path(folder), "").refill(*store.passages())


if __name__ == "__main__":
    main(*sys.argv[1:])
