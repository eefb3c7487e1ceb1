"""``whosaid who``: who has spoken on a topic, how often, when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.cite import one_line, show_speaker
from bot.commands.listing import REFUSED, Narrowed, Place, looking, topic_of
from bot.listing import Entry, counted, entries_of, pointers_of, told_dates
from bot.said_on import Finder, understand
from bot.sayings import Piece, Saying
from bot.settings import Settings
from bot.terminal import Output, put, source_line
from bot.visible import to_json
from bot.voices import Held, Voice, reach, undetermined, voices_of
from corpus.model import PartialDate, Speaker
from index.facets import fold
from index.query import Query

_VERBATIM = 0.2  # what direct speech is worth in the choice of a sample, in probability
_SHORT, _FEWEST = 240, 5  # characters, and words, of a sample that is read at a glance


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Who has spoken on a topic, with a sample of each (None where the publisher allows none)."""

    topic: str
    query: Query
    sayings: tuple[Saying, ...]
    voices: tuple[tuple[Voice, Entry | None], ...]
    outlets: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]


def run(settings: Settings, topic: str, narrowed: Narrowed, as_json: bool, most: int) -> int:
    """Print who has spoken on a topic; return the exit code.

    Args:
        settings: the settings.
        topic: what was spoken about.
        narrowed: which articles count.
        as_json: print one JSON object.
        most: speakers to print, 0 for all; JSON has all.

    Returns:
        3 where nobody has spoken on it.
    """
    topic, filters = topic_of(topic), narrowed.filters()
    with looking(settings, narrowed) as place:
        if isinstance(place, str):
            return _refused(topic, place, as_json)
        query = understand(place.opened, topic, None, filters, place.scope)
        if query.foreign or not query.terms:
            return _refused(topic, "The topic has no English word to look for; name what was spoken about.", as_json)
        found = Finder(place.opened, query).on_topic()
        notes = pointers_of(place.opened, found.linked)
        if not found.shown:
            silent = f"Nobody was found to have spoken on {topic}{place.within(query, filters)}."
            return _refused(topic, place.unmatched(query, filters) or silent, as_json, notes)
        spoken = _spoken(place, topic, query, found.shown, notes)
    if as_json:
        print(to_json(_as_json(spoken)), flush=True)
    else:
        _print(Output(), spoken, most)
    return 0


def _refused(topic: str, sentence: str, as_json: bool, notes: Sequence[str] = ()) -> int:
    if as_json:
        empty: dict[str, Any] = {"statements": 0, "speakers": [], "notes": list(notes)}
        print(to_json({"schema": 1, "topic": topic, "refusal": sentence, **empty}), flush=True)
        return REFUSED
    console = Output()
    put(console, Text(one_line(sentence), style="bold"))
    for note in notes:
        put(console, Text(one_line(note)))
    return REFUSED


def _spoken(place: Place, topic: str, query: Query, sayings: tuple[Saying, ...], notes: tuple[str, ...]) -> Spoken:
    people = place.opened.search.shelf.people()
    voices = voices_of(sayings, lambda article, speaker: people.of(article, speaker) or fold(speaker.name or ""))
    texts = place.opened.search.shelf.texts({saying.article.id for saying in sayings})
    samples = [_sample(voice, texts) for voice in voices]
    shown = entries_of(place.opened, query, samples, place.page)
    entries = {(e.saying.article.id, e.saying.pieces): e for e in shown.entries}
    names = place.opened.one_name(place.scope)
    return Spoken(
        topic=topic,
        query=query,
        sayings=sayings,
        voices=tuple((v, entries.get((s.article.id, s.pieces))) for v, s in zip(voices, samples, strict=True)),
        outlets=tuple(_outlets(voice, names) for voice in voices),
        notes=notes,
    )


def _sample(voice: Voice, texts: Mapping[str, str]) -> Saying:
    """Return a likely sentence that is read at a glance, rather of direct speech, as a saying; else the likeliest."""
    ordered = sorted(voice.own or voice.passed_on, key=lambda saying: -saying.score - _VERBATIM * _is_direct(saying))
    readable = (saying for saying in ordered if _is_readable(saying.unit.span.of(texts[saying.article.id])))
    chosen = next(readable, ordered[0])
    return replace(chosen, pieces=(Piece(chosen.unit.span, chosen.unit.kind or "indirect"),))


def _is_direct(saying: Saying) -> bool:
    return saying.unit.kind == "direct"


def _is_readable(words: str) -> bool:
    """Tell whether words can stand alone: short, not too short, and with all of their quotation marks."""
    return len(words) <= _SHORT and len(words.split()) >= _FEWEST and words.count("“") == words.count("”")


def _outlets(voice: Voice, names: Mapping[str, str]) -> tuple[str, ...]:
    articles = [article for saying in voice.all for article in (saying.article, *saying.elsewhere)]
    return tuple(sorted({names.get(a.outlet, a.outlet) for a in articles if a.outlet}))


def _as_json(spoken: Spoken) -> dict[str, Any]:
    first, last = reach(spoken.sayings)
    return {
        "schema": 1,
        "topic": spoken.topic,
        "query": spoken.query.as_json(),
        "statements": len(spoken.sayings),
        "articles": len({saying.article.id for saying in spoken.sayings}),
        "first": _iso(first),
        "last": _iso(last),
        "speakers": [
            _voice_json(voice, entry, outlets)
            for (voice, entry), outlets in zip(spoken.voices, spoken.outlets, strict=True)
        ],
        "not_determined": len(undetermined(spoken.sayings)),
        "notes": list(spoken.notes),
        "refusal": None,
    }


def _voice_json(voice: Voice, entry: Entry | None, outlets: Sequence[str]) -> dict[str, Any]:
    first, last = reach(voice.own or voice.passed_on)
    return {
        "speaker": asdict(voice.speaker),
        "named": voice.speaker.name is not None,
        "statements": len(voice.own),
        "passed_on": len(voice.passed_on),
        "articles": voice.articles,
        "first": _iso(first),
        "last": _iso(last),
        "held": [{**asdict(held), "first": _iso(held.first), "last": _iso(held.last)} for held in voice.held],
        "outlets": list(outlets),
        "sample": entry.as_json() if entry else None,
    }


def _iso(day: PartialDate | None) -> str | None:
    return str(day) if day else None


def _print(console: Console, spoken: Spoken, most: int) -> None:
    """Print who has spoken, each with the sample, as far as `most` goes."""
    articles = len({saying.article.id for saying in spoken.sayings})
    told = f"{counted(len(spoken.sayings), 'statement')} in {counted(articles, 'article')}"
    put(console, Text(f"On {one_line(spoken.topic)}: {told}, {told_dates(*reach(spoken.sayings))}", style="bold"))
    rows = list(zip(spoken.voices, spoken.outlets, strict=True))
    own = [row for row in rows if row[0][0].own]
    for (voice, entry), outlets in own[: most or None]:
        _print_voice(console, voice, entry, outlets)
    if most and len(own) > most:
        console.print()
        put(console, Text(f"{counted(len(own) - most, 'more speaker')}; --limit 0 shows all."))
    if nobody := undetermined(spoken.sayings):
        console.print()
        put(console, Text(f"Speaker not determined: {counted(len(nobody), 'statement')}."))
    if others := [row for row in rows if not row[0][0].own]:
        console.print()
        put(console, Text("Who only passed on what others said:", style="bold"))
        for (voice, entry), outlets in others[: most or None]:
            _print_voice(console, voice, entry, outlets)
    for note in spoken.notes:
        console.print()
        put(console, Text(one_line(note), style="dim"))


def _print_voice(console: Console, voice: Voice, entry: Entry | None, outlets: Sequence[str]) -> None:
    some = voice.own or voice.passed_on
    name = show_speaker(voice.speaker)
    counts = [counted(len(voice.own), "statement")] if voice.own else []
    counts += [f"{len(voice.passed_on):,} passed on for others"] if voice.passed_on else []
    facts = [", ".join(counts), told_dates(*reach(some)), ", ".join(one_line(outlet) for outlet in outlets)]
    console.print()
    put(console, Text(name, style="bold").append(f" — {'; '.join(fact for fact in facts if fact)}", "default"))
    if voice.speaker.name is None and voice.articles > 1:
        put(console, Text(f"not named; in {voice.articles} articles, perhaps of several persons"), 4)
    if len(voice.held) > 1:
        put(console, Text(f"called {'; '.join(_held(held) for held in voice.held)}"), 4)
    if entry is None:
        put(console, Text("no words of it may be shown"), 4)
        return
    who = "" if voice.own else f"{show_speaker(entry.saying.speaker or Speaker()) or 'speaker not determined'}: "
    put(console, Text(f"{who}{entry.words}"), 4)
    put(console, source_line(entry.cited, numbered=False), 4)


def _held(held: Held) -> str:
    return f"{show_speaker(Speaker(None, held.role, held.affiliation))} ({told_dates(held.first, held.last)})"
