"""Who is meant: names, roles, pronouns and descriptions within one article."""

from __future__ import annotations

import pytest

from corpus.model import Speaker
from corpus.statements import find_statements


def speakers(text: str) -> list[Speaker | None]:
    return [statement.speaker for statement in find_statements(text)]


def test_a_last_name_stands_for_the_full_name_with_role_and_affiliation() -> None:
    text = "Amnesty International spokesman Eric Ferrero said groups were sent.\n\nFerrero said they were safe."
    assert speakers(text) == [Speaker("Eric Ferrero", "spokesman", "Amnesty International")] * 2


def test_an_apposition_gives_role_and_affiliation() -> None:
    text = "Ruth Marcus, an editor at The Daily Post, asked why.\n\n“It was never explained to us,” Marcus said."
    assert speakers(text)[-1] == Speaker("Ruth Marcus", "editor", "Daily Post")


def test_a_role_may_come_before_the_name_in_apposition() -> None:
    text = (
        "The Telecommunications Regulator of Talmeria said it would auction two bands. "
        "The regulator's chair, Silk Ondaver, said the price was fair. She said it would not change."
    )
    body = "Telecommunications Regulator of Talmeria"
    assert speakers(text) == [Speaker(body), *[Speaker("Silk Ondaver", "chair", body)] * 2]


def test_pronouns_agree_in_sex_and_kind() -> None:
    text = (
        "Mrs. Helen Park said the school would close. Mr. John Dee said it would not. "
        "She said he was wrong. He said she was."
    )
    assert [s.name for s in speakers(text) if s] == ["Helen Park", "John Dee", "Helen Park", "John Dee"]


def test_what_a_sentence_tells_of_her_keeps_her_from_being_the_next_he() -> None:
    text = (
        "Party leader Vash Orelind said that he would talk on Monday.\n\nPrime Minister Osk Virelane said that she "
        "would stay. She telephoned Orelind at midnight. He said that she had been gracious. She said he was awake."
    )
    names = [s.name for s in speakers(text) if s]
    assert names == ["Vash Orelind", "Osk Virelane", "Vash Orelind", "Osk Virelane"]


def test_nobody_in_particular_inside_what_somebody_says_leaves_the_words_with_who_says_it() -> None:
    text = "The Interior Ministry said that the report described the law that the bill would replace."
    (statement,) = find_statements(text)
    assert statement.speaker == Speaker("Interior Ministry") and statement.via == ()
    assert "the law that the bill would replace" in " ".join(span.of(text) for span in statement.content)


def test_it_is_never_a_person_and_he_is_never_a_ministry() -> None:
    text = "The Ministry of Health said two had died. It said the water was safe. He said it was not."
    assert speakers(text) == [Speaker("Ministry of Health"), Speaker("Ministry of Health"), None]


def test_the_ministry_is_the_one_the_article_names() -> None:
    text = "A man was shot near the Ministry of Health.\n\nThe ministry said nobody else was hurt."
    assert speakers(text) == [Speaker("Ministry of Health")]


def test_two_ministries_leave_the_ministry_open() -> None:
    text = "The Ministry of Health and the Ministry of Labour are neighbours.\n\nThe ministry said it would move."
    assert speakers(text) == [None]


def test_an_acronym_stands_for_the_organisation() -> None:
    text = "The Garment Makers Association (GMA) met on Monday. GMA said wages would rise."
    assert speakers(text) == [Speaker("Garment Makers Association")]


def test_anonymous_sources_keep_their_description() -> None:
    text = "Two officials familiar with the talks said they had failed."
    assert speakers(text) == [Speaker(None, "Two officials familiar with the talks")]


def test_a_spokesperson_without_a_name() -> None:
    text = (
        "The Ministry of Health is on strike. A spokeswoman for the ministry said it would end. She said it was over."
    )
    assert speakers(text) == [Speaker(None, "spokeswoman", "Ministry of Health")] * 2


def test_its_chairman_belongs_to_the_organisation_spoken_of_last() -> None:
    text = "The Union of Journalists said the law was bad. Its president, Karr Divonel, said it was worse."
    assert speakers(text)[1] == Speaker("Karr Divonel", "president", "Union of Journalists")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Secretary of State John Kerry", Speaker("John Kerry", "Secretary of State")),
        ("Police Commissioner Richard Ross", Speaker("Richard Ross", "Police Commissioner")),
        ("Sen. Bernie Sanders (I-Vt.)", Speaker("Bernie Sanders", "Sen")),
        ("ESPN's Jeff Passan", Speaker("Jeff Passan", None, "ESPN")),
        ("People's Charter leader Vash Orelind", Speaker("Vash Orelind", "leader", "People's Charter")),
        ("The National Concord Party (NCP)", Speaker("National Concord Party")),
    ],
)
def test_source_phrase(source: str, expected: Speaker) -> None:
    assert speakers(f"{source} said on Monday that the vote was fair.") == [expected]


def test_words_of_somebody_quoted_by_somebody_come_through_both() -> None:
    statements = find_statements("Anna Reed said that the mayor had promised to resign.")
    outer, inner = statements
    assert outer.speaker == Speaker("Anna Reed")
    assert inner.via == (Speaker("Anna Reed"),)


@pytest.mark.parametrize(
    "text",
    [
        "Betsy Ebeling shook her head. “Tom is so much better about it.”",
        "Betsy Ebeling released the following statement:\n\n“Tom is so much better about it.”",
        "Betsy Ebeling said that Tom had tried.\n\n“Tom is so much better about it.”",
    ],
)
def test_a_lone_quotation_belongs_to_whom_the_sentence_before_it_is_about(text: str) -> None:
    assert speakers(text)[-1] == Speaker("Betsy Ebeling")


def test_a_lone_quotation_after_a_sentence_about_things_has_no_speaker() -> None:
    assert speakers("The road was closed. “Nobody told us anything about it.”") == [None]


def test_headlines_in_capitals_name_nobody() -> None:
    text = "Ann Lee left.\n\nGOOGLE CLOUD AND MAYO CLINIC CHIEF TO LEAVE\n\n“It is time to go now,” she said."
    assert speakers(text)[-1] == Speaker("Ann Lee")
