"""Who is meant, by kind: short forms of real reporting with the speaker a careful reader would name."""

from __future__ import annotations

import pytest

from corpus.model import Speaker
from corpus.statements import find_statements


def said(text: str, words: str, method: str = "rules") -> Speaker | None:
    """Who says the words; of several statements that hold them, the shortest one."""
    holding = [s for s in find_statements(text, method) if words in " ".join(c.of(text) for c in s.content)]  # type: ignore[arg-type]
    assert holding, f"nothing found that holds {words!r}"
    return min(holding, key=lambda s: sum(end - start for start, end in s.content)).speaker


NAMES = [
    # a place between an office and its holder is nobody
    ("The mayor of Akron, Ohio, Jim Bo, said taxes would fall.", "taxes", "Jim Bo"),
    ("Ohio Gov. John Kasich, who said he would stay, left at noon.", "he would stay", "John Kasich"),
    # a word that only opens the sentence, a nation, a trade, a place of business are no part of a name
    ("Mr. Dan Poe won.\n\nChasing Poe was Ann Lee. “We will win this,” Poe said.", "win this", "Dan Poe"),
    ("Radiologist Bhavik Patel said the scans were clear.", "scans", "Bhavik Patel"),
    ("Melbourne-based Dimerix said it had signed.", "signed", "Dimerix"),
    ("Actor Sir Ian Poe said he was in debt.", "in debt", "Ian Poe"),
    ("BELFAST — Ann Lee was hurt.\n\n“It is only a scratch,” Lee said.", "scratch", "Ann Lee"),
    # a headline in title case names nobody new
    (
        "Ben Carson Defends Himself Against New Claims.\n\n“I am calm,” Carson said. Ben Carson left.",
        "calm",
        "Ben Carson",
    ),
    # of several with one surname, by title, sex, or who is named most
    ("Bill Clinton sang and Hillary Clinton danced. Mrs. Clinton said it was late.", "late", "Hillary Clinton"),
    ("Donald Poe won. Donald Poe sang. Ivana Poe wept. “We won it all,” Poe said.", "won it", "Donald Poe"),
    # the name that comes last may be the one used, particles, initials, a slip of the pen
    ("Ministry spokesman An Sokkhoeurn left. Sokkhoeurn said it was biased.", "biased", "An Sokkhoeurn"),
    ("Abdel Fattah al-Sisi won. Mr. Sisi said he was glad.", "glad", "Abdel Fattah al-Sisi"),
    ("Gov. J. B. Pritzker signed it. Pritzker said it was overdue.", "overdue", "J. B. Pritzker"),
    ("Mercedes Sotos-Prieto led the study. Sotos-Preito said that naps help.", "naps", "Mercedes Sotos-Prieto"),
    ("“Naps help us all,” Prieto said.\n\nMercedes Prieto led the study.", "Naps", "Mercedes Prieto"),
    ("Bill McInturff, a pollster, left. McInturff said the numbers were bad.", "numbers", "Bill McInturff"),
    ("Bernie Sanders spoke. Sanders said he would run.", "would run", "Bernie Sanders"),
]


@pytest.mark.parametrize(("text", "words", "name"), NAMES)
def test_names(text: str, words: str, name: str) -> None:
    speaker = said(text, words)
    assert speaker is not None and speaker.name == name


PRONOUNS = [
    # the subject of the sentence before, though he did not speak
    (
        "Police chief Eric Poe said it was calm.\n\nAmadou Reed, 13, sold water. He said sales were good.",
        "sales",
        "Amadou Reed",
    ),
    # never somebody of whom only the words themselves speak
    (
        "Jeb Poe spoke. If Clinton is elected, he said, “she might be going back and forth.”",
        "back and forth",
        "Jeb Poe",
    ),
    # a given name tells a sex; so does the pronoun that opens what is reported
    ("Jessica Poe met John Dee in Bath. She said he was late.", "was late", "Jessica Poe"),
    ("Osk Virel said that she would stay. She waved at Dan Dee. He said the road was open.", "road", "Dan Dee"),
    (
        "The firm Lark Mobile said that it would sue. The rules are old. It said the screen failed.",
        "screen",
        "Lark Mobile",
    ),
    # a company by name is "it"
    ("Lark Mobile, the market leader, said that it would sue. It said the screen failed.", "screen", "Lark Mobile"),
]


@pytest.mark.parametrize(("text", "words", "name"), PRONOUNS)
def test_pronouns(text: str, words: str, name: str) -> None:
    speaker = said(text, words)
    assert speaker is not None and speaker.name == name


DESCRIPTIONS = [
    (
        "Jim Jordan lost. “They chose,” Jordan said. The hard-charging chairman said the party must unite.",
        "unite",
        "Jim Jordan",
    ),
    ("Chris Collins, a lawmaker from Ohio, left. The lawmaker said he was tired.", "tired", "Chris Collins"),
    (
        "Owen Teale, recently suspended, sought work. “I did it,” the Welsh actor best known as Ser Alliser said.",
        "did it",
        "Owen Teale",
    ),
    ("The governor said it was late. Tarn Osterick, the governor of Ondreva, left at noon.", "late", "Tarn Osterick"),
    ("Discord is a firm. Discord will blur images. The company said it would take weeks.", "weeks", "Discord"),
    (
        "The Premier League is rich. Everton lost. Everton wept. The club said it was in mourning.",
        "mourning",
        "Everton",
    ),
    (
        "The Foreign Ministry met at the Ministry of Foreign Affairs. The foreign ministry said it was calm.",
        "calm",
        "Ministry of Foreign Affairs",
    ),
    # a description with its name beside it is that, never the person who spoke last
    (
        "Tib Werr said no.\n\nThe state power firm, Lark Electricity, said the reservoir stood high.",
        "reservoir",
        "Lark Electricity",
    ),
    ("Tib Werr said no.\n\nThe national airline, Air Blue, said the planes were full.", "planes", "Air Blue"),
    ("The United Auto Workers is on strike. The UAW said it would not move.", "not move", "United Auto Workers"),
    ("Talmerian State Railways (TSR) is old. TSR said the track was safe.", "track", "Talmerian State Railways"),
    (
        "The Republican Party of Wyoming announced she wasn’t coming. “She will not attend,” the release said.",
        "not attend",
        "Republican Party of Wyoming",
    ),
]


@pytest.mark.parametrize(("text", "words", "name"), DESCRIPTIONS)
def test_descriptions(text: str, words: str, name: str) -> None:
    speaker = said(text, words)
    assert speaker is not None and speaker.name == name


WHOLE = [
    (
        "Savannah Badalich, senior director of policy at Discord, said teens are learning.",
        "teens",
        Speaker("Savannah Badalich", "senior director of policy", "Discord"),
    ),
    (
        "Stacy Leeds, the law school dean at Arizona State University and a former justice, said it was mixed.",
        "mixed",
        Speaker("Stacy Leeds", "law school dean", "Arizona State University"),
    ),
    (
        "Harvey Castro, a Dallas, Texas-based emergency physician, said there were too few.",
        "too few",
        Speaker("Harvey Castro", "emergency physician"),
    ),
    (
        "Sen. Rand Paul of Kentucky and former chief Carly Poe were dropped. Paul said it was unfair.",
        "unfair",
        Speaker("Rand Paul", "Sen"),
    ),
    (
        "Jorge Mas, Inter Miami CF Managing Owner, said he was glad.",
        "glad",
        Speaker("Jorge Mas", "Managing Owner", "Inter Miami CF"),
    ),
    ("Lady Ann Brisk, the provincial governor, said it was late.", "late", Speaker("Ann Brisk", "provincial governor")),
    (
        "Chief Soccer Officer and Sporting Director Chris Poe said it was a test.",
        "test",
        Speaker("Chris Poe", "Chief Soccer Officer and Sporting Director"),
    ),
    ("Argentine journalist German Poe said the match was off.", "off", Speaker("German Poe", "Argentine journalist")),
    (
        "Two men of the ministry met. A passenger, Lise Corrigeld, 20, said it was fast.",
        "fast",
        Speaker("Lise Corrigeld", "passenger"),
    ),
    (
        "The workers sang. One of them, Tilda Ormsby, who had sewn for years, said she knew no sad songs.",
        "sad songs",
        Speaker("Tilda Ormsby"),
    ),
    (
        "Two officials close to the talks said they had failed. One of them said it was over.",
        "it was over",
        Speaker(None, "Two officials close to the talks"),
    ),
    (
        "MPs from the party said it would pass. One MP, who asked for silence, said it was a mess.",
        "a mess",
        Speaker(None, "One MP"),
    ),
    ("Thirty percent of voters said it had changed.", "changed", Speaker(None, "Thirty percent of voters")),
    (
        "Hillary Poe won. Former secretary of State Poe said it was good.",
        "good",
        Speaker("Hillary Poe", "Former secretary of State"),
    ),
    ("A police spokesman, Sgt. Tom Reed, said one had been shot.", "shot", Speaker("Tom Reed", "police spokesman")),
    ("According to Reuters, the minister told lawmakers that talks had failed.", "talks", Speaker(None, "minister")),
    ("The government said it would pay.", "pay", Speaker(None, "government")),
    (
        "Doctors at Kell General Hospital said 19 were hurt.",
        "19",
        Speaker(None, "Doctors at Kell General Hospital", "Kell General Hospital"),
    ),
    ("“I will not go,” I said.", "not go", None),
]


@pytest.mark.parametrize(("text", "words", "speaker"), WHOLE)
def test_roles_and_affiliations(text: str, words: str, speaker: Speaker | None) -> None:
    assert said(text, words) == speaker


def test_it_is_likely_is_nobody() -> None:
    assert said(
        "Discord grew. It is likely that the site will close, it is said. Discord said it would not.", "would not"
    )


def test_words_repeated_outside_the_text_are_whose_they_are_in_it() -> None:
    text = (
        "“Nobody is happy with either of them,” Aaron Poe told a paper in Bath.\n\n"
        "“The road is safe for everybody now,” Ann Lee said on Monday at noon.\n\n"
        "“Nobody is happy with either of them.”\n\nThe road was closed."
    )
    statements = find_statements(text, "tagger")
    last = text.rfind("Nobody")
    pulled = [s for s in statements if any(c.start <= last + 1 < c.end for c in s.content)]
    assert [s.speaker and s.speaker.name for s in pulled] == ["Aaron Poe"]


def test_a_group_that_a_report_cites_speaks_through_the_report() -> None:
    text = (
        "The State Department's country report claimed that the law was not kept. It cited a report published by a "
        "local rights group claiming that in 2021 only 35 per cent of unions believed they were free to meet."
    )
    inner = min(
        (s for s in find_statements(text, "tagger") if any("35 per cent" in c.of(text) for c in s.content)),
        key=lambda s: sum(end - start for start, end in s.content),
    )
    assert inner.speaker == Speaker(None, "a local rights group")
    assert [speaker.affiliation for speaker in inner.via] == ["State Department"]


def test_what_one_says_according_to_another_is_his() -> None:
    text = "Google pays a lot to be everywhere on all devices, said Sundar Pichai, according to The Verge."
    first = [s for s in find_statements(text, "tagger") if s.speaker and s.speaker.name == "Sundar Pichai"]
    assert len(first) == 1 and first[0].via == (Speaker("Verge"),)


def test_a_headline_is_no_part_of_what_follows_it() -> None:
    text = (
        "The report is out.\n\nDaily functions of a chief officer\n\nA chief officer has core functions, Ann Lee said."
    )
    for statement in find_statements(text, "tagger"):
        assert not any("Daily" in span.of(text) for span in statement.content)
