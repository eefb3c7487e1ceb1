"""``whosaid eval new``: a draft of a gold set, made from what was quoted, for a person to correct.

A draft asks in the passage's own words and believes the speakers that were found, so that figures on it flatter.
It saves the typing: the person corrects speakers, writes the questions as he would ask them, and takes out what is
of no use.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from bot.ask import Whosaid
from bot.topics import Rarity, Term, as_called, topic
from corpus.catalogue import ArticleRecord, StatementRecord
from corpus.catalogue.scope import as_scope
from corpus.errors import UsageError
from corpus.model import Span
from evals.goldset.articles import Articles, articles_of
from evals.goldset.model import Evidence, Question
from evals.goldset.telling import telling
from index.facets import Facets
from index.lexical import stems
from index.terms import content_words

TAG = "draft"
FALSE = 0.2
"""Share of the questions whose speaker said nothing of the kind."""

_FEWEST, _MOST = 7, 50  # words of a quotation
_LOOKED_AT = 5  # articles looked at for each question wanted
_AT_ONCE = 500  # ids in one query
_TRIED = 20  # speakers for a question that none of them answered
_OTHERS = 3  # speakers of the same article who must not get the words
_ROUNDS = 4  # questions that one article, or one speaker, may have


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement that can be asked for: who, as a question calls him, of what, in which words; who else is quoted."""

    article: ArticleRecord
    speaker: str
    called: str
    quote: str
    terms: tuple[Term, ...]
    telling: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def about(self) -> str:
        """What it is about, as a question says it."""
        return " and ".join(term.words for term in self.terms)


def draft(
    engine: Whosaid, stem: str, number: int = 40, seed: int = 0, scope: frozenset[str] | None = None
) -> list[Question]:
    """Return at most `number` questions, four fifths of them answered and a fifth with a false speaker.

    The same corpus, number and seed give the same questions. They are spread over outlets, months, articles
    and speakers, each copied story counted once, and only of articles whose publisher allows quotations.

    Args:
        engine: the home whose articles are asked about.
        stem: what the ids begin with: the name of the file to be.
        number: how many questions.
        seed: of the choice.
        scope: the collections; None for all.

    Raises:
        UsageError: the home holds nothing, or nothing that can be asked for.
    """
    chance = random.Random(seed)
    with articles_of(engine) as articles:
        order = _spread(articles, chance, scope)
        said = _statements(articles, order[: number * _LOOKED_AT])
        false = round(number * FALSE)
        chosen = _chosen(said, number - false)
        if not chosen:
            raise UsageError("nobody is quoted at length in these articles: there is nothing to draft from")
        swapped = list(islice(_swapped(articles, chosen, chance, scope), false))
    asked = [_statement(one, articles) for one in chosen] + [_false(one, other) for one, other in swapped]
    return [one.model_copy(update={"id": f"{stem}-{at:03}"}) for at, one in enumerate(asked, 1)]


def _spread(articles: Articles, chance: random.Random, scope: frozenset[str] | None) -> list[ArticleRecord]:
    """Return the articles, one of each story, so that outlets and months take turns."""
    records = [articles.records[i] for i in sorted(articles.records)]
    chance.shuffle(records)
    groups: dict[tuple[str, str], list[ArticleRecord]] = defaultdict(list)
    copies: set[str] = set()
    for record in records:
        if record.id in copies or not (scope is None or record.collection in scope):
            continue
        if articles.opened.rights(record) != "link":
            groups[record.outlet or record.path.partition("/")[0], str(record.published or "")[:7]].append(record)
            copies.update(articles.copies(record.id, scope))
    turns = zip_longest(*groups.values())
    return [record for turn in turns for record in turn if record is not None]


def _statements(articles: Articles, order: Sequence[ArticleRecord]) -> list[list[_Said]]:
    """Return, for each article, the statements that can be asked for, in text order."""
    ids = [record.id for record in order]
    texts: dict[str, str] = {}
    found: dict[str, list[StatementRecord]] = defaultdict(list)
    for at in range(0, len(ids), _AT_ONCE):
        texts |= articles.opened.served.texts(ids[at : at + _AT_ONCE])
        for statement in articles.opened.search.shelf.statements_of(ids[at : at + _AT_ONCE]):
            found[statement.article_id].append(statement)
    rarity = Rarity(texts.values())
    return [list(_askable(record, texts[record.id], found[record.id], rarity)) for record in order]


def _askable(
    record: ArticleRecord, text: str, statements: Sequence[StatementRecord], rarity: Rarity
) -> Iterator[_Said]:
    names = list(dict.fromkeys(one.statement.speaker.name for one in statements if one.statement.speaker))
    for one in statements:
        speaker = one.statement.speaker
        span = max(one.statement.content, key=lambda span: span.end - span.start)
        quote = _trimmed(text, span)
        if speaker is None or not speaker.name or "\n" in quote or not _FEWEST <= len(quote.split()) <= _MOST:
            continue
        who = f"{speaker.name} {speaker.role or ''} {speaker.affiliation or ''}"
        terms = topic(quote, rarity, who)
        words = telling(quote, f"{who} {' '.join(term.words for term in terms)}", rarity)
        if terms and words:
            called = as_called(speaker.name, text)
            others = [name for name in names if name and not content_words(name).keys() & content_words(who).keys()]
            yield _Said(record, speaker.name, called, quote, terms, words, tuple(others[:_OTHERS]))


def _trimmed(text: str, span: Span) -> str:
    return span.of(text).strip().rstrip(",")


def _chosen(said: Sequence[Sequence[_Said]], number: int) -> list[_Said]:
    """Choose statements in rounds: in the first no article and no speaker has a second one."""
    of_article: Counter[str] = Counter()
    of_speaker: Counter[str] = Counter()
    chosen: dict[tuple[str, str], _Said] = {}
    for most in range(1, _ROUNDS + 1):
        for one in (one for some in said for one in some):
            if len(chosen) == number:
                break
            key = one.article.id, one.quote
            if key not in chosen and of_article[one.article.id] < most and of_speaker[one.speaker] < most:
                of_article[one.article.id] += 1
                of_speaker[one.speaker] += 1
                chosen[key] = one
    return list(chosen.values())


def _swapped(
    articles: Articles, chosen: Sequence[_Said], chance: random.Random, scope: frozenset[str] | None
) -> Iterator[tuple[_Said, _Said]]:
    """Yield statements, each with one by a speaker of another story who, as far as can be found, is silent on it."""
    used: set[str] = set()
    for one in chance.sample(list(chosen), len(chosen)):
        for other in chance.sample(list(chosen), min(len(chosen), _TRIED)):
            text = articles.texts([one.article.id])[one.article.id]
            named = other.speaker.split()[-1].casefold() in text.casefold()
            if other.speaker in used or named or _spoke_of(articles, other.speaker, one.terms, scope):
                continue
            used.add(other.speaker)
            yield one, other
            break


def _spoke_of(articles: Articles, speaker: str, terms: Sequence[Term], scope: frozenset[str] | None) -> bool:
    """Tell whether any statement of the speaker, or of somebody of that last name, has one of the terms."""
    name = stems(speaker.split()[-1])
    return any(
        articles.opened.search.statements.search(
            {}, {}, Facets(scope=as_scope(scope)), 1, must={"speaker": name, "content": [stem]}
        )
        for term in terms
        for stem in content_words(term.words)
    )


def _statement(one: _Said, articles: Articles) -> Question:
    article, url = articles.name_of(one.article)
    return Question(
        id=TAG,
        question=f"what did {one.called} say about {one.about}?",
        type="statement",
        answerable=True,
        speaker=one.speaker,
        evidence=(Evidence(article=article, quote=one.quote, url=url),),
        must_include=tuple((word,) for word in one.telling),
        must_not_attribute_to=one.others,
        tags=(TAG,),
    )


def _false(one: _Said, other: _Said) -> Question:
    return Question(
        id=TAG,
        question=f"what did {other.called} say about {one.about}?",
        type="false-speaker",
        answerable=False,
        refusal="speaker_silent",
        speaker=other.speaker,
        must_not_attribute_to=(one.speaker,),
        tags=(TAG,),
    )
