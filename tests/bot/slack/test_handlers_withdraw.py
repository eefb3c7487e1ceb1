"""Answers whose words may be shown no longer are taken back: of a removed article, of a speaker who is hidden."""

from __future__ import annotations

from pathlib import Path

from bot.settings import read_settings
from bot.slack import actions
from bot.slack.withdraw import Withdrawal
from index.removal import remove

from ..homes import ingest, made
from .office import at_work, told

SEED, OTHER = "000_88a69eeaa2e40b64.txt", "talmerian-news-agency/2041-02-06-rail-accident-coldwater.txt"
HIDDEN = '[[hide]]\nname = "Dorn Avermoor"\n'


def test_answers_are_withdrawn(sample: Path, compiled_model: Path, tmp_path: Path) -> None:
    home = made(tmp_path / "home", compiled_model)
    assert not ingest(home, sample / SEED, sample / OTHER).errors
    with at_work(home, tmp_path / "slack.sqlite") as office:
        withdrawal, ada = Withdrawal(office.desk), office.slack.user("U1")
        answers = []
        for question in ("what did the ministry say about free assembly?", "what did the railway boss say?"):
            answers += office.answers("C1", ada.mentions_bot("C1", question))
        seed, other = answers
        withdrawal()
        assert "rallies" in told(seed) and "Dorn Avermoor" in told(other)

        settings, catalogue = read_settings(home), office.desk.engine.catalogue
        buttons = seed.blocks
        remove(settings.place(), catalogue, settings.index(), catalogue.find(SEED))
        withdrawal()
        assert "rallies" not in told(seed) and "withdrawn" in told(seed) and "Dorn Avermoor" in told(other)
        assert office.job(seed).answer is None
        late, seed.blocks = seed.blocks, buttons  # who has not seen it go yet
        ada.clicks(seed, actions.CONTEXT)
        assert "no longer" in told(office.slack.wait(lambda: ada.ephemeral("C1"))[0])
        seed.blocks = late

        (home / "speakers.toml").write_text(HIDDEN, "utf-8")
        assert not ingest(home, sample / OTHER).errors
        withdrawal()
        assert "Dorn Avermoor" not in told(other) and "withdrawn" in told(other)
        assert office.desk.store.messages.quoted() == {}
