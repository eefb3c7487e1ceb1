"""What is trained and what is applied are one network."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from corpus.model import Span
from corpus.statements.tagger import heads as applied
from corpus.statements.tagger.heads import WINDOW
from evals.polnear import Marked
from evals.tagger.examples import Example, make_example, windows
from evals.tagger.network import Heads
from index.embedding.model import find_model

TEXT = "Ann Lee, a nurse, said the ward was full. Police deny it."


def tokenizer() -> Tokenizer:
    found = Tokenizer.from_file(str(next(find_model().folder.rglob("tokenizer.json"))))
    found.no_truncation()
    found.no_padding()
    return found


def test_the_heads_in_numpy_score_as_the_trained_ones(tmp_path: Path) -> None:
    torch.manual_seed(1)
    trained = Heads(16)
    np.savez(tmp_path / applied.HEADS, **{name: value.numpy() for name, value in trained.state_dict().items()})
    pieces, (begin, end) = torch.randn(30, 16), (4, 6)
    mask = torch.zeros(1, 30)
    mask[0, begin:end] = 1 / (end - begin)
    away = applied.distances(np.array([[begin]]), np.array([[end]]), np.arange(30)[None, :])
    with torch.no_grad():
        wanted = trained.belonging(pieces[None], torch.tensor([0]), mask, torch.from_numpy(away)).numpy()
        tags = trained.tag(pieces).numpy().reshape(30, 3, 3)
    ours = applied.Heads(tmp_path)
    np.testing.assert_allclose(ours.belonging(pieces.numpy(), [(begin, end)]), wanted, atol=1e-5)
    np.testing.assert_allclose(ours.tags(pieces.numpy()), tags, atol=1e-5)


def test_marks_become_tags_of_whole_pieces() -> None:
    gold = [Marked((Span(0, 16),), (Span(18, 22),), (Span(23, 40),))]
    example = make_example(tokenizer(), "ward", TEXT, gold)
    offsets = tokenizer().encode(TEXT, add_special_tokens=False).offsets
    (begin, end), label = example.cues[0], example.labels[0]
    assert TEXT[offsets[begin][0] : offsets[end - 1][1]] == "said"
    for mark, words in ((applied.SOURCE, "Ann Lee, a nurse"), (applied.CONTENT, "the ward was full")):
        places = np.flatnonzero(label == mark)
        assert TEXT[offsets[places[0]][0] : offsets[places[-1]][1]] == words


def test_training_windows_cover_every_piece() -> None:
    ids = np.arange(1000)
    example = Example("a", "", [], ids, np.zeros((1000, 3), np.int64), [], np.zeros((0, 1000), np.int8))
    made = windows([example], random.Random(3))
    assert {place for window in made for place in range(window.start, window.end)} == set(range(1000))
    assert max(window.end - window.start for window in made) == WINDOW
