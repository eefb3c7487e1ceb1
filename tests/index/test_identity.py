"""Which speakers of several articles are one."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.catalogue import SpeakerRecord
from corpus.model import Speaker
from index.people import People


def spoke(article: str, name: str, role: str | None = None, of: str | None = None, year: int = 2041) -> SpeakerRecord:
    return SpeakerRecord(Speaker(name, role, of), article, f"The news of {article}", date(year, 3, 1).toordinal(), 2)


def met(people: People, *speakers: SpeakerRecord) -> bool:
    """Tell whether they are one person."""
    return len({people.of(one.article_id, one.speaker) for one in speakers}) == 1


ONE = [
    (spoke("a", "An Sokkhoeurn", "spokesman", "MFA"), spoke("b", "Sokkhoeurn An", "spokesman", "MFA")),
    (spoke("a", "Tamás Örkény"), spoke("b", "Tamas Orkeny", "mayor", "Karst")),
    (spoke("a", "Jock Farraday-Lund", "secretary"), spoke("b", "Jock Farraday Lund", "union secretary")),
    (spoke("a", "John Q. Hale", "senator"), spoke("b", "John Hale", "senator")),
    (spoke("a", "Ursula von der Leyen", "president"), spoke("b", "Ursula Leyen", "president")),
    (spoke("a", "H. Teverin", "spokesman", "Interior Ministry"), spoke("b", "Hale Teverin", "spokesman")),
    (spoke("a", "Mayor Ruiz", "mayor", "Karst"), spoke("b", "Ana Ruiz", "mayor", "Karst")),
    (spoke("a", "Ana Ruiz", "mayor", "Karst", 2038), spoke("b", "Ana Ruiz", "minister", "Ministry of Health", 2042)),
    (spoke("a", "Sir Niels Tarnqvist"), spoke("b", "Niels Tarnqvist", "director", "museum")),
    (spoke("a", "Teachers' Federation of Talmeria"), spoke("b", "Teachers’ Federation of Talmeria")),
    (spoke("a", "Ministry of the Interior"), spoke("b", "Interior Ministry")),
    (spoke("a", "Department of Budget and Management"), spoke("b", "DBM")),
    (spoke("a", "Cometel"), spoke("b", "Cometel")),
]
TWO = [
    (spoke("a", "Rana Brook", "actor"), spoke("b", "Rana Brook", "minister", "Ministry of Trade")),
    (spoke("a", "Rana Brook", "goalkeeper", "Rovers"), spoke("b", "Rana Brook", "judge")),
    (spoke("a", "Rana Brook", "spokesman", "Oxfam"), spoke("b", "Rana Brook", "spokesman", "Ministry of Health")),
    (spoke("a", "Maria"), spoke("b", "Maria")),  # not her real name
    (spoke("a", "Maria"), spoke("b", "Maria Lund", "nurse")),
    (spoke("a", "James Martin"), spoke("b", "Martin James")),
    (spoke("a", "P.J. Walker"), spoke("b", "Kent Walker", "lawyer")),
    (spoke("a", "Mary Hale"), spoke("a", "Mary Ann Hale")),  # one article tells them apart
    (spoke("a", "Chamber of Commerce"), spoke("b", "Ondreva Chamber of Commerce")),
    (spoke("a", "Rugby Australia"), spoke("b", "Australia")),
    (spoke("a", "ministry"), spoke("b", "ministry")),
]


@pytest.mark.parametrize("records", ONE)
def test_one_speaker_is_one_whatever_the_spelling(records: tuple[SpeakerRecord, ...]) -> None:
    assert met(People(records), *records)
    assert met(People(records[::-1]), *records)


@pytest.mark.parametrize("records", TWO)
def test_two_speakers_of_a_name_are_two(records: tuple[SpeakerRecord, ...]) -> None:
    assert not met(People(records), *records)
    assert not met(People(records[::-1]), *records)


def test_a_shared_story_outweighs_the_office() -> None:
    """Somebody else speaks in both articles: the footballer is the minister."""
    both = spoke("a", "Rana Brook", "striker"), spoke("b", "Rana Brook", "minister")
    others = spoke("a", "Odd Verrick"), spoke("b", "Odd Verrick")
    assert met(People([*both, *others]), *both)


def test_a_last_name_is_left_where_several_bear_it() -> None:
    records = [spoke("a", "Brook"), spoke("b", "Rana Brook", "judge"), spoke("c", "Ilse Brook", "judge")]
    assert not met(People(records), *records[:2])
    assert not met(People(records), records[0], records[2])


def test_what_was_set_right_by_hand_holds() -> None:
    records = [spoke("a", "Rana Brook", "actor"), spoke("b", "Rana Brook", "minister"), spoke("c", "R. Brook")]
    people = People(records, {"Rana Brook": "rana brook"})
    assert met(people, *records[:2])
    assert not met(people, *records[1:])


def test_roles_keep_their_dates_the_newest_first() -> None:
    records = [spoke("a", "Ana Ruiz", "mayor", "Karst", 2038), spoke("b", "Ana Ruiz", "minister", None, 2042)]
    person = People(records).of("a", records[0].speaker)
    assert person is not None
    assert (person.statements, person.articles) == (4, {"a", "b"})
    assert [(held.role, held.last and held.last.year) for held in person.held] == [("minister", 2042), ("mayor", 2038)]


def test_people_are_found_by_any_of_their_names() -> None:
    people = People([spoke("a", "Tamás Örkény"), spoke("b", "Tamas Orkeny", "mayor")])
    assert [set(person.names) for person in people.called("ORKENY")] == [{"Tamas Orkeny", "Tamás Örkény"}]
    assert people.called("Zebulon") == []
    assert people.of("a", Speaker(None, "a senior official")) is None
