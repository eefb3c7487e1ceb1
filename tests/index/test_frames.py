"""Which words of a question name the speaker, and which the topic."""

from __future__ import annotations

import pytest

from index.frames import Frame, read_frame


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("what did the ministry say about free assembly?", "the ministry", "free assembly"),
        ("What does MFARC say about peaceful meetings", "MFARC", "peaceful meetings"),
        ("What is the ministry's position on the right to assemble?", "the ministry", "the right to assemble"),
        ("what was said by the governor about the dam", "the governor", "the dam"),
        ("How did Orelind react to the ruling?", "Orelind", "to the ruling"),
        ("What did Bressamy ask for on the first strike day?", "Bressamy", "the first strike day"),
        ("how did Hollomen's line on the dam change?", "Hollomen", "the dam"),
        ("how many houses did the mayor promise to build?", "the mayor", "many houses to build"),
        ("according to the ministry, are people free to protest?", "the ministry", "are people free to protest"),
        ("compare Baldomir and Norrabel on the bill", "Baldomir and Norrabel", "the bill"),
        ("where do the union and the company disagree on pay", "the union and the company", "pay"),
        ("which failings of its rival does the ministry list?", "the ministry", "failings of its rival"),
        ("what risks has the WHO warned of in its report", "the WHO", "risks in its report"),
        ("What concerns did the union's lawyer raise over the merger?", "the union's lawyer", "concerns the merger"),
        ("how did the plant's manager dispute the reading?", "the plant's manager", "the reading"),
        ("what does the Pumas coach say of the referee", "the Pumas coach", "the referee"),
        ("What Did The Minister Say About Taxes?", "The Minister", "Taxes"),
        ("what would the bank's chair tell savers", "the bank's chair", "savers"),
        ("in the view of the editor, was the trial fair?", "the editor", "was the trial fair"),
    ],
)
def test_a_question_that_names_its_speaker_is_firm(question: str, speaker: str, topic: str) -> None:
    assert read_frame(question) == Frame(speaker, topic)


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("Teverin on the five-day notice rule", "Teverin", "the five-day notice rule"),
        ("hollomen on the dam", "hollomen", "the dam"),
        ("opposition leader's demand after the flood", "opposition leader", "the flood"),
        ("Kiln Street residents on the noise", "Kiln Street residents", "the noise"),
        ("how many died, according to the mayor?", "the mayor", "how many died"),
        ("Did the ministry say rallies are allowed?", "the ministry", "rallies are allowed"),
        ("ministry and union: who joined the strike?", "ministry and union", "who joined the strike"),
        ("how many were hurt according to the police report?", "the police report", "how many were hurt"),
        ("how many cars are sold, per the dealers' association", "the dealers' association", "how many cars are sold"),
        ("the chancellor's own reaction to the vote", "the chancellor", "the vote"),
        ("will the club keep the song? chairman's answer", "chairman", "will the club keep the song"),
        ("were they asked? NSC version", "NSC", "were they asked"),
        ("Hale - how high would the bid go?", "Hale", "how high would the bid go"),
        ("a week of warning: Hale vs Brook", "Hale vs Brook", "a week of warning"),
        ("asthma near the works: the doctors and the manager", "the doctors and the manager", "asthma near the works"),
        ("the fee rise - Hale and Brook, each", "Hale and Brook", "the fee rise"),
        ("should Hale go? what he says and what the union says", "Hale and the union", "should Hale go"),
        ("how does Hale's view differ from Brook's on the tax", "Hale and Brook", "the tax"),
        ("difference between the ministry and the league on protests", "the ministry and the league", "protests"),
    ],
)
def test_a_shape_that_only_suggests_a_speaker_is_not_firm(question: str, speaker: str, topic: str) -> None:
    assert read_frame(question) == Frame(speaker, topic, firm=False)


@pytest.mark.parametrize(
    ("question", "speaker", "topic"),
    [
        ("what did the consumer group fear about the sale", "the consumer group", "the sale"),
        ("What did the dam inquiry's chair conclude about negligence?", "the dam inquiry's chair", "negligence"),
        ("why did the governor first ban the procession", "the governor", "the procession"),
        ("what did Strake do to chase up the repair?", "Strake", "to chase up the repair"),
        ("what does Elon Hale plan to do with the site", "Elon Hale", "to do with the site"),
        ("striker's grumble about the unpaid bonus", "striker", "the unpaid bonus"),
        ("What is the law dean's feeling about the doll?", "the law dean", "the doll"),
        ("Stern on why the league split its rights", "Stern", "why the league split its rights"),
    ],
)
def test_what_somebody_thinks_or_does_only_may_ask_for_words(question: str, speaker: str, topic: str) -> None:
    assert read_frame(question) == Frame(speaker, topic, firm=False, weak=True)


def test_what_a_speaker_is_quoted_in_belongs_to_the_topic() -> None:
    found = read_frame("how many felt free, according to the league quoted in the Aurelian report?")
    assert found == Frame("the league", "how many felt free in the Aurelian report", firm=False)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("who said that lawful rallies are welcome?", "lawful rallies are welcome"),
        ("Who called the amended law a leash?", "the amended law a leash"),
        ("which person said tidiness is dangerous", "tidiness is dangerous"),
        ("What was said about the fever?", "the fever"),
        ("what did people say about the fever", "the fever"),
        ("who likened the fund to a fire bucket", "the fund to a fire bucket"),
        ("which teacher says her pupils take turns", "her pupils take turns"),
    ],
)
def test_who_said_asks_for_the_speaker(question: str, topic: str) -> None:
    assert read_frame(question) == Frame(None, topic, asks_who=True)


@pytest.mark.parametrize(
    "question",
    [
        "budget cuts on schools",
        "vote count on the bill",
        "number of cases on Friday",
        "When was the dam built?",
        "Between the report and the article on rail, what changed?",
        "what does it say about the flood?",
        "What is the name of the service that, according to reports, was made free?",
        'Did the performance of "Nike\'s Asia unit" as reported in May show agreement?',
        "What did the constitution say about assembly?",
        "how many reporters were jailed in March?",
        "When did the bridge open?",
        "what price did the company pay for the land?",
        "did the court annul the result of the auction",
        "Which company did the group buy last year?",
        "which player has been described as the best by his coach?",
        "which NGO did the 2021 survey on gatherings",
        "outcome of the union council's ballot on the deal",
        "internet use in the country, per cent",
        "did anybody verify those pictures?",
        "Who is the man facing trial?",
        "",
        "?!",
    ],
)
def test_words_that_cannot_speak_are_no_speaker(question: str) -> None:
    found = read_frame(question)
    assert found.speaker is None and not found.asks_who


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("will the railway chief resign? what did he say after the inquiry", "railway chief"),
        ("Hollomen resignation statement - how did he explain the letter", "Hollomen"),
        ("After Rana Hale lost the vote, what did she say about the count?", "Rana Hale"),
    ],
)
def test_a_pronoun_stands_for_who_was_named_before(question: str, speaker: str) -> None:
    assert read_frame(question).speaker == speaker


def test_spaces_and_line_breaks_make_no_difference() -> None:
    assert read_frame("what did\n the  ministry say about\tfree assembly?") == Frame("the ministry", "free assembly")
