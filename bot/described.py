"""Whom a description means: "the railway boss", "the rights group", "X's agent", where nobody is called just that."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from corpus.catalogue import StatementRecord
from corpus.model import Speaker
from corpus.statements.lexicon import is_body
from index.frames import can_speak
from index.lexical import stems
from index.names import is_organisation, office_of
from index.query import Query
from index.relevance import Terms, Topic, terms_of
from index.shelf import Shelf
from index.speakers import speaker_text
from index.terms import content_words
from index.wordnet import RAREST, base_forms, kinds, rarity, related
from index.words import word_set

_LOOKED_AT = 60  # statements whose articles are read to check a description
_FITS = 0.6  # share of a description that a speaker must meet
_AS_GOOD = 0.05  # below the best fit that is still taken
_HEAD_MET = 0.35  # what the head of a description must be met by: at least a sibling in meaning
_SAME = 0.5  # what goes before the head must be met by in the speaker's office: siblings (justice, interior) differ
_MEANT = 0.6  # the same for who leads: any two bodies are siblings (army, office)
_PHRASE_END = re.compile(r"\s(?:of|in|for|at|from)\s")
_OWNER = re.compile(
    r"^.*\w(?:['’]s|s['’])\s|\s(?:of|in|for|at|from)\s.*$"
)  # "the students' council's", "of the council"
_LEADS = word_set("boss chief head leader")  # are said of any who leads
_BODY = word_set("group organisation organization body association agency firm company union outfit")
_ANY_LEADER = word_set("chief executive director president chairman chairwoman chair manager secretary ceo head leader")
_NEAR = 60  # characters on either side of a name in which an article may say what its bearer is
_BEFORE, _AFTER = 3, 6  # words there
_WORD = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[.!?;]\s|\n")

Search = Callable[[dict[str, float], str, Sequence[str]], list[StatementRecord]]


class _Asked:
    """A description: its head, what goes with it, and the names in it."""

    def __init__(self, asked: str) -> None:
        self.words = content_words(asked)
        phrase = content_words(_PHRASE_END.split(asked)[0]) or self.words
        self.head = next(reversed(phrase))
        self.noun = self.words[self.head]
        capitals = {word.lower() for word in re.findall(r"[^\W\d_a-z][\w’'-]+", asked)}
        capitals |= {word.removesuffix("'s").removesuffix("’s") for word in capitals}
        owner = {letter.lower() for letter in re.findall(r"(?<!\w)([A-Z])['’]s\b", asked)}  # X's chief executive
        self.names = owner | {s for s, word in self.words.items() if rarity(word) >= RAREST or word in capitals} - {
            self.head
        }
        self.topic, self.only_head = Topic(self.words), Topic({self.head: self.noun})
        common = {stem: word for stem, word in self.words.items() if stem != self.head and stem not in self.names}
        self.before = Topic({stem: word for stem, word in phrase.items() if stem in common})
        owned = content_words(_OWNER.sub(" ", asked)).keys() if _OWNER.search(asked) else phrase.keys()
        self.owner = Topic({stem: word for stem, word in common.items() if stem not in owned})

        last = re.sub(r"['’]s?$", "", _PHRASE_END.split(asked)[0].lower().split()[-1])
        self.human = last == self.noun and can_speak(last) and not is_body(last) and last not in _BODY

    @property
    def is_lead(self) -> bool:
        """True for who leads something: "the railway boss"."""
        return self.noun in _LEADS and not self.before.empty

    def head_met(self, speaker: Speaker) -> bool:
        """Tell whether a speaker is what the head says, or something near in meaning: a human being by the role."""
        if self.human and not speaker.role and is_organisation(speaker.name or ""):
            return False
        what = _post(speaker.role) or speaker.name or "" if self.human else speaker_text(speaker)
        return self.only_head.coverage(terms_of(what)) >= _HEAD_MET

    def head_may_be_met(self, speaker: Speaker) -> bool:
        """Tell whether a head that fits many ("boss", "group") may be said of a speaker."""
        if self.noun in _LEADS:
            words = re.findall(r"\w+", (speaker.role or "").lower())
            return any("P" in kinds(word) or word in _ANY_LEADER for word in words)
        return self.noun in _BODY and is_organisation(speaker.name or "")


def names_in(asked: str) -> list[str]:
    """Return the stems of the names in a description: "TSR" of the TSR chief."""
    return sorted(_Asked(asked).names) if content_words(asked) else []


def _post(role: str | None) -> str:
    """Return the words of a role that say what somebody is: "chief executive", "minister" of an education minister."""
    words = _PHRASE_END.split(role or "")[0].split()
    return " ".join([*(word for word in words[:-1] if word.lower() in _ANY_LEADER), *words[-1:]])


def fit(query: Query, search: Search, shelf: Shelf) -> list[StatementRecord]:
    """Return the statements of those whom the question's description fits best.

    The head of the description has to be met by the speaker, itself or by a word near in meaning ("boss", "chief
    executive"); what goes with it may be met by the article that quotes the speaker ("the railway boss" in an article
    on the railways), and names must be met by one of the two. Where nobody fits, those do of whom an article says so
    beside the name ("Hale's agent, Rana Brook, ...").

    Args:
        query: whose `speaker` describes.
        search: finds statements by weighted terms in a field of the statements' index, best first, of speakers who are
            called all of some stems.
        shelf: reads articles.
    """
    asked = _Asked(query.speaker or "")
    near = [asked.noun, *related(asked.noun), *(_ANY_LEADER if asked.noun in _LEADS else ())]
    terms = {stem: 1.0 for word in asked.words.values() for stem in stems(" ".join([word, *related(word)]))}
    terms |= {stem: 1.0 for word in near for stem in stems(word)}
    on_topic = search(dict.fromkeys(query.terms, 1.0), "content", [asked.head])[:_LOOKED_AT]
    records = list({r.id: r for r in (*on_topic, *search(terms, "speaker", ())[:_LOOKED_AT])}.values())
    texts = {article: terms_of(text) for article, text in shelf.texts({r.article_id for r in records}).items()}
    found = _best(asked, records, texts, asked.head_met, shelf) or _told_beside(asked, query, search, shelf)
    return found or _best(asked, records, texts, asked.head_may_be_met, shelf, given=frozenset([asked.head]))


def _best(
    asked: _Asked,
    records: Sequence[StatementRecord],
    texts: Mapping[str, Terms],
    head_met: Callable[[Speaker], bool],
    shelf: Shelf,
    given: frozenset[str] = frozenset(),
) -> list[StatementRecord]:
    """Return the statements whose speakers fit best; `given` are stems that count as met."""
    fits: dict[int, float] = {}
    for record in records:
        speaker = record.statement.speaker or Speaker()
        called, text = terms_of(speaker_text(speaker)), texts[record.article_id]
        if head_met(speaker) and asked.names <= called.stems | text.stems:
            rest = Terms(called.stems - {asked.head}, called.forms - set(base_forms(asked.noun)))
            other = not asked.before.empty and asked.before.coverage(rest) < _SAME
            if asked.is_lead and asked.before.coverage(rest) < _MEANT and not _is_beside(asked, record, shelf):
                continue  # nor is any head the head of the church
            if other and asked.head in called.stems and (asked.human or _is_specific(speaker, asked.head)):
                continue  # the interior minister is no justice minister, whatever the article is about
            if asked.human and not asked.owner.empty and asked.owner.coverage(rest) < _SAME:
                continue  # nor is any head the head of the council
            fits[record.id] = asked.topic.coverage(Terms(called.stems | given, called.forms), text)
    best = max(fits.values(), default=0.0)
    return [r for r in records if fits.get(r.id, 0.0) >= max(_FITS, best - _AS_GOOD)]


def _is_beside(asked: _Asked, record: StatementRecord, shelf: Shelf) -> bool:
    """Tell whether what goes before the head stands where the article names one whose role tells no body."""
    speaker = record.statement.speaker or Speaker()
    office = office_of(speaker.role, speaker.affiliation)
    if not speaker.name or office.body:
        return False
    text = shelf.texts([record.article_id])[record.article_id]
    near = " ".join(part for part in _SENTENCE.split(text) if speaker.name in part)
    return asked.before.coverage(terms_of(near)) >= _SAME


def _is_specific(speaker: Speaker, head: str) -> bool:
    """Tell whether the text says of what the speaker is head, minister, spokesman."""
    return bool(set(stems(f"{speaker.role or ''} {speaker.affiliation or ''}")) - {head})


def _told_beside(asked: _Asked, query: Query, search: Search, shelf: Shelf) -> list[StatementRecord]:
    """Return statements of those beside whose name their article has the head of it, and all else somewhere."""
    if len(asked.words) < 2 or not asked.names:
        return []
    terms = {**dict.fromkeys(query.terms, 1.0), **dict.fromkeys(asked.words, 1.0)}
    records = [r for r in search(terms, "content", ())[:_LOOKED_AT] if r.statement.speaker and r.statement.speaker.name]
    texts = shelf.texts({record.article_id for record in records})
    known: dict[tuple[str, str], bool] = {}
    found = []
    for record in records:
        name = (record.statement.speaker or Speaker()).name or ""
        key = record.article_id, name
        if key not in known:
            text = texts[record.article_id]
            known[key] = _is_called(name, asked.noun, text) and asked.words.keys() <= terms_of(text).stems
        if known[key]:
            found.append(record)
    return found


def _is_called(name: str, noun: str, text: str) -> bool:
    """Tell whether a text calls somebody so next to the name: "his agent, Rana Brook", "Brook, agent of the star"."""
    for match in re.finditer(re.escape(name), text):
        before = _SENTENCE.split(text[max(0, match.start() - _NEAR) : match.start()])[-1]
        after = _SENTENCE.split(text[match.end() : match.end() + _NEAR])[0]
        words = _WORD.findall(before.lower())[-_BEFORE:]
        if noun in words or (after.startswith(",") and noun in _WORD.findall(after.lower())[:_AFTER]):
            return True
    return False
