"""What a newsroom writes by hand beside its corpus: ``outlets.toml`` and ``speakers.toml`` in the home folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from corpus.outlets import Outlets
from corpus.people import SpeakerCorrections


@dataclass(frozen=True, slots=True)
class Rules:
    """How outlets are called and what may be shown of them; how speakers are called, told apart and left out.

    The catalogue keeps what articles say; rules are applied when it is read, so they outlive every ingest. The
    lexical index of statements alone is made with `speakers`, and again where they change.
    """

    outlets: Outlets = field(default_factory=Outlets)
    speakers: SpeakerCorrections = field(default_factory=SpeakerCorrections)

    @classmethod
    def read(cls, home: Path) -> Rules:
        """Read both files, where they are there.

        Raises:
            UsageError: a file is wrong; the message names file, entry and field.
        """
        return cls(Outlets.read(home), SpeakerCorrections.read(home))


NO_RULES = Rules()
