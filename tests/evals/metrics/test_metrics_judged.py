"""The judged metrics, with LlamaIndex's evaluators and a model that replies by what it is shown."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from llama_index.core.bridge.pydantic import Field
from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata

from evals.metrics.judged import judged

from .built import FINED, PRISON, READ, answer, case, cite, question, refused, sentence


class Reader(CustomLLM):
    """A judge that looks for words in what it is asked to judge: LlamaIndex asks it as it asks any model.

    `replies` are tried in order: the first whose words are in the prompt is the reply.
    """

    replies: dict[str, str]
    asked: list[str] = Field(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(model_name="reader-1")

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        self.asked.append(prompt)
        return CompletionResponse(text=next(reply for words, reply in self.replies.items() if words in prompt))

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> Any:
        yield self.complete(prompt, formatted, **kwargs)


ASKED = question(PRISON)
GIVEN = answer(cite(1, sentence(PRISON)), text="The party is against the bill because of the prison clause [1].")


@pytest.mark.parametrize(
    ("reply", "figures"),
    [
        ("4.0\nIt says the same.", (0.75,)),
        ("5", (1.0,)),
        ("1.0\n", (0.0,)),
        ("Score: 2\nIt is vague.", (0.25,)),
        ("4/5\nGood.", (0.75,)),
        ("10\nPerfect.", None),
        ("0\nBad.", None),
        ("I cannot tell.", None),
        ("", None),
    ],
)
def test_the_judges_score_is_put_on_nought_to_one(reply: str, figures: tuple[float, ...] | None) -> None:
    model = Reader(replies={"prison clause": reply})
    assert judged(model)[0].of(case(ASKED, GIVEN)) == figures


def test_the_judge_of_correctness_sees_question_answer_and_gold() -> None:
    model = Reader(replies={"": "3\nIn part."})
    assert judged(model)[0].of(case(question(PRISON, FINED), GIVEN)) == (0.5,)
    (prompt,) = model.asked
    for words in (ASKED.question, GIVEN.answer, PRISON, FINED):
        assert words in prompt


@pytest.mark.parametrize(
    ("reply", "figures"),
    [
        ("YES", (1.0,)),
        ("Answer: yes.", (1.0,)),
        ("NO", (0.0,)),
        ("NO. The party said so yesterday.", (0.0,)),
        ("Perhaps.", None),
    ],
)
def test_the_judge_of_faithfulness_says_yes_or_no(reply: str, figures: tuple[float, ...] | None) -> None:
    model = Reader(replies={"prison clause": reply})
    assert judged(model)[1].of(case(ASKED, GIVEN)) == figures
    assert any(sentence(PRISON) in prompt and GIVEN.answer in prompt for prompt in model.asked)


def test_a_judge_is_not_asked_about_refusals() -> None:
    model = Reader(replies={})
    correct, faithful = judged(model)
    assert correct.of(case(ASKED, refused())) == (0.0,) and faithful.of(case(ASKED, refused())) is None
    assert correct.of(case(question(), answer(cite(1, READ)))) is None
    assert model.asked == []


def test_the_judges_name_is_told() -> None:
    assert [metric.title for metric in judged(Reader(replies={}))] == [
        "Correctness, judged by reader-1",
        "Faithfulness, judged by reader-1",
    ]
    assert judged(Reader(replies={}), "ours:reader")[0].title == "Correctness, judged by ours:reader"
    assert {metric.family for metric in judged(Reader(replies={}))} == {"judged"}


def test_metrics_are_known_without_loading_what_computes_them() -> None:
    script = "import sys, evals.metrics.table, evals.metrics.judged; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "evals.metrics.table" in loaded
    assert not {"llama_index", "ir_measures", "scipy", "torch"} & {name.split(".")[0] for name in loaded}
