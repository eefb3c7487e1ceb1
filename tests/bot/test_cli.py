"""``whosaid ask`` as a process: answers, flags, exit codes, errors."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.model import Answer, Citation, Hit, Refusal
from corpus.catalogue import Catalogue

from .conftest import Program

SPOKEN = "what did Hale Teverin say about assembly?"
OPEN = "How much notice must organisers of a rally give under the bill on public gatherings?"
UNKNOWN = "what did Zebulon Quagmire say about the dam?"
ANSWERED, FAILED, WRONG, REFUSED = 0, 1, 2, 3


def one_object(program: Program, *arguments: str) -> dict[str, Any]:
    """The object that ``ask ... --json`` prints, whatever the answer."""
    done = program("ask", *arguments, "--json")
    assert done.returncode in (ANSWERED, REFUSED) and done.stderr == "", done.stderr
    assert done.stdout.count("\n") == 1
    found: dict[str, Any] = json.loads(done.stdout)
    assert found["answered"] is (done.returncode == ANSWERED)
    return found


def cited(found: dict[str, Any]) -> list[dict[str, Any]]:
    refusal = found["refusal"] or {"closest": []}
    return [*found["citations"], *refusal["closest"]]


def told(program: Program, code: int, *arguments: str, **how: Any) -> str:
    """The one sentence on stderr of a run that must fail with `code` and print nothing else."""
    done = program(*arguments, **how)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == "" and "Traceback" not in done.stderr
    assert done.stderr.startswith("whosaid: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr.removeprefix("whosaid: ").strip()


def test_an_answer_through_a_pipe_is_plain_text_that_can_be_copied(whosaid: Program) -> None:
    done = whosaid("ask", SPOKEN)
    assert done.returncode == ANSWERED and done.stderr == ""
    answer = one_object(whosaid, SPOKEN)
    lines = done.stdout.splitlines()
    assert "\x1b" not in done.stdout and "\\" not in done.stdout and "**" not in done.stdout
    assert all(line == line.rstrip() for line in lines)
    for citation in answer["citations"]:
        words = " ".join(citation["quote"].split())
        quoted = f"“{words}”" if citation["kind"] == "direct" else words
        assert f"    {quoted} [{citation['n']}]" in lines
        source = next(line for line in lines if line.startswith(f"[{citation['n']}] "))
        address = citation["link"] or citation["path"]
        assert f" {address} (characters {citation['start']}–{citation['end']})" in source
    assert lines.index("Sources:") > max(n for n, line in enumerate(lines) if line.startswith("    "))


def test_the_path_of_a_source_comes_through_a_pipe_as_it_is(whosaid: Program) -> None:
    done = whosaid("ask", "what did the State Department's report say about assembly?")
    assert " 000_88a69eeaa2e40b64.txt (characters " in done.stdout


def test_a_refusal_exits_with_3_and_names_what_came_closest(whosaid: Program) -> None:
    done = whosaid("ask", UNKNOWN)
    assert done.returncode == REFUSED and done.stderr == ""
    assert "Zebulon Quagmire" in done.stdout.splitlines()[0] and "64 articles" in done.stdout.splitlines()[0]


def test_json_has_exactly_the_fields_of_the_contract(whosaid: Program) -> None:
    def names(kind: type) -> set[str]:
        return {field.name for field in fields(kind)}

    answered, refused = one_object(whosaid, SPOKEN), one_object(whosaid, UNKNOWN)
    for found in (answered, refused):
        assert set(found) == {
            "schema", "id", "question", "query", "answered", "answer", "mode", "confidence", "notes",
            "refusal", "citations", "corpus", "timings",
        }  # fmt: skip
        assert found["schema"] == 1 and found["mode"] == "quoted" and 0 <= found["confidence"] <= 1
        assert set(found["query"]) >= {"topic", "speaker", "outlets", "since", "until"}
        assert set(found["corpus"]) == {"articles", "generation", "oldest", "newest"}
        assert found["corpus"]["articles"] == 64 and found["timings"]["total"] > 0
        for citation in cited(found):
            assert set(citation) == names(Citation) == {
                "n", "article_id", "version", "title", "outlet", "authors", "published", "date_source",
                "retrieved_at", "url", "link", "path", "quote", "start", "end", "kind", "speaker", "via",
                "said", "also_in", "changed_after", "changed_on", "corrections",
            }  # fmt: skip
            assert citation["speaker"] is None or set(citation["speaker"]) == {"name", "role", "affiliation"}
    assert set(refused["refusal"]) == names(Refusal) == {"reason", "message", "closest"}
    assert refused["refusal"]["reason"] == "unknown_speaker" and answered["refusal"] is None
    assert names(Answer) - {"hits"} == set(answered) - {"schema"}


def test_hits_come_only_when_asked_for(whosaid: Program) -> None:
    found = one_object(whosaid, OPEN, "--hits", "7")
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, 8))
    assert set(found["hits"][0]) == {field.name for field in fields(Hit)}
    scores = [hit["score"] for hit in found["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert "--json" in told(whosaid, WRONG, "ask", OPEN, "--hits", "7")
    nothing = one_object(whosaid, OPEN, "--hits", "7", "--outlet", "Northern Wire", "--until", "1990")
    assert nothing["hits"] == [] and nothing["refusal"]["reason"] == "nothing_matches_filters"


def test_every_citation_is_the_text_that_show_prints(whosaid: Program, sample: Path) -> None:
    gold = sample.parents[1] / "evals" / "gold" / "sample.jsonl"
    questions = "\n".join(gold.read_text("utf-8").splitlines()[::4])
    done = whosaid("ask", "--from", "-", "--json", "--hits", "3", stdin=questions)
    assert done.returncode == ANSWERED, done.stderr
    spans, seen = 0, set()
    with closing(Catalogue.at(whosaid.home / "catalogue.sqlite")) as catalogue:
        for answer in map(json.loads, done.stdout.splitlines()):
            spoken = [(c["article_id"], c["version"], c["quote"], c["start"], c["end"]) for c in cited(answer)]
            found = [(h["article_id"], 1, h["text"], h["start"], h["end"]) for h in answer["hits"]]
            for article, version, words, start, end in spoken + found:
                assert catalogue.text(article, version)[start:end] == words
                seen.add(article)
                spans += 1
        assert spans > 100 and len(seen) > 20
        for article in sorted(seen)[::10]:
            shown = json.loads(whosaid("show", article, "--json").stdout)
            assert shown["text"] == catalogue.text(article, shown["version"])


def test_many_questions_keep_their_order_and_a_bad_line_is_reported(whosaid: Program) -> None:
    file = whosaid.folder / "questions.txt"
    file.write_text(f'{SPOKEN}\n\n{{"question": "{OPEN}", "id": 7}}\n{{"query": "{UNKNOWN}"}}\n', encoding="utf-8-sig")
    done = whosaid("ask", "--from", str(file), "--json")
    assert done.returncode == ANSWERED and done.stderr == ""
    assert [json.loads(line)["question"] for line in done.stdout.splitlines()] == [SPOKEN, OPEN, UNKNOWN]
    with file.open("a", encoding="utf-8") as more:
        more.write(f'{{"question": \n{{"text": "x"}}\n{{"question": " "}}\n{SPOKEN}\n')
    done = whosaid("ask", "--from", str(file), "--json")
    assert done.returncode == FAILED and len(done.stdout.splitlines()) == 4
    reports = done.stderr.splitlines()
    assert [f"line {n}: " in report for n, report in zip((5, 6, 7), reports, strict=True)] == [True] * 3


def test_many_questions_in_plain_text_are_told_apart(whosaid: Program) -> None:
    done = whosaid("ask", "--from", "-", stdin=f"{SPOKEN}\n{UNKNOWN}\n")
    assert done.returncode == ANSWERED
    first, second = done.stdout.index(f"? {SPOKEN}\n\n"), done.stdout.index(f"\n? {UNKNOWN}\n\n")
    assert first == 0 < done.stdout.index("Sources:") < second


def test_citations_as_footnotes_and_csl_json(whosaid: Program) -> None:
    citations = one_object(whosaid, SPOKEN)["citations"]
    notes = whosaid("ask", SPOKEN, "--cite", "footnote").stdout.splitlines()
    assert [note.split(". ")[0] for note in notes] == [str(c["n"]) for c in citations]
    assert all(" ".join(c["quote"].split()) in note for c, note in zip(citations, notes, strict=True))
    items = json.loads(whosaid("ask", SPOKEN, "--cite", "csl-json").stdout)
    ids = [f"{c['article_id']}-v{c['version']}-{c['start']}-{c['end']}" for c in citations]
    assert [item["id"] for item in items] == list(dict.fromkeys(ids))
    assert all(item["type"] == "article-newspaper" for item in items)
    refused = whosaid("ask", UNKNOWN, "--cite", "csl-json")
    assert (refused.returncode, refused.stdout) == (REFUSED, "[]\n") and "Quagmire" in refused.stderr
    assert "--cite" in told(whosaid, WRONG, "ask", SPOKEN, "--cite", "footnote", "--json")


def test_dates_bound_what_is_read(whosaid: Program) -> None:
    dam = "What did Brack Hollomen say about the dam?"
    within = one_object(whosaid, dam, "--since", "2041-08", "--until", "2041-08-03")
    published = {citation["published"][:10] for citation in within["citations"]}
    assert published and max(published) <= "2041-08-03" and min(published) >= "2041-08-01"
    year = one_object(whosaid, dam, "--since", "2041-03", "--until", "2041")
    assert {citation["published"][:4] for citation in year["citations"]} == {"2041"}
    assert one_object(whosaid, dam, "--since", "2043")["refusal"]["reason"] == "nothing_matches_filters"


def test_as_of_hides_what_was_published_later(whosaid: Program) -> None:
    found = one_object(whosaid, "how many cases of river fever are there?", "--as-of", "2041-06-15", "--hits", "20")
    dates = [citation["published"] for citation in cited(found) if citation["published"]]
    assert dates and max(dates) < "2041-06-16"
    assert found["corpus"]["newest"] <= "2041-06-15" and found["corpus"]["articles"] < 64
    with closing(Catalogue.at(whosaid.home / "catalogue.sqlite")) as catalogue:
        records = catalogue.articles(hit["article_id"] for hit in found["hits"]).values()
    assert all(r.published is None or r.published.first() <= date(2041, 6, 15) for r in records)


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (("--since", "yesterday-ish"), "--since yesterday-ish is no date"),
        (("--until", "2041-13"), "--until 2041-13 is no date"),
        (("--as-of", "2041-02-30"), "--as-of 2041-02-30 is no date"),
        (("--since", "--03-23"), "--since --03-23 is no date"),
        (("--since", "2042", "--until", "2041"), "--since 2042 is after --until 2041"),
        (("--collection", "nowhere"), "there is no collection 'nowhere'; there are: default"),
        (("--from", "questions.txt"), "give one QUESTION, or --from FILE"),
    ],
)
def test_wrong_flags_are_told_in_one_sentence(whosaid: Program, flags: tuple[str, ...], says: str) -> None:
    assert says in told(whosaid, WRONG, "ask", SPOKEN, *flags)


@pytest.mark.parametrize("arguments", [("ask",), ("ask", ""), ("ask", " \t"), ("ask", "--from", "no such file")])
def test_a_question_is_needed(whosaid: Program, arguments: tuple[str, ...]) -> None:
    told(whosaid, WRONG, *arguments)


@pytest.mark.parametrize(
    "arguments", [("--nope",), ("ask", "x", "--cite", "bibtex"), ("ask", "x", "--hits", "many"), ("tell",)]
)
def test_wrong_usage_exits_with_2(whosaid: Program, arguments: tuple[str, ...]) -> None:
    done = whosaid(*arguments)
    assert done.returncode == WRONG and done.stdout == "" and "Usage: whosaid" in done.stderr


def test_outlet_author_and_speaker_bind(whosaid: Program) -> None:
    found = one_object(whosaid, "what was said about the dam?", "--outlet", "Northern Wire")
    assert {citation["outlet"] for citation in cited(found)} == {"Northern Wire"}
    everything = json.loads(whosaid("show", "ondreva-ledger/aurelian-report-assembly.html", "--json").stdout)
    author = everything["authors"][0]
    found = one_object(whosaid, "what was said about assembly?", "--author", author)
    assert cited(found) and all(author in citation["authors"] for citation in cited(found))
    found = one_object(whosaid, "what was said about the dam?", "--speaker", "Hollomen")
    own = [c["speaker"]["name"] for c in found["citations"] if c["speaker"]]
    assert own[0] == "Brack Hollomen" and found["query"]["speaker"] == "Hollomen"
    found = one_object(whosaid, "what was said about the dam?", "--outlet", "The Daily Nothing")
    assert found["refusal"]["reason"] == "nothing_matches_filters"


def test_a_question_that_is_no_text_is_survived(whosaid: Program) -> None:
    done = whosaid.raw([*whosaid.command("ask", "--json"), b"what did the minist\xe8re say?"])  # type: ignore[list-item]
    assert done.returncode in (ANSWERED, REFUSED) and done.stderr == ""
    done = whosaid("ask", "--from", "-", "--json", stdin='{"question": "rallies \\ud800 and marches"}')
    assert done.returncode == ANSWERED and json.loads(done.stdout)["question"] == "rallies ? and marches"


def test_a_home_without_articles_says_so_and_is_left_alone(whosaid: Program) -> None:
    empty = Program(whosaid.folder / "no home", whosaid.folder)
    done = empty("ask", OPEN, "--json")
    assert done.returncode == REFUSED and json.loads(done.stdout)["refusal"]["reason"] == "empty_index"
    assert str(empty.home) in done.stderr and done.stderr.count("\n") == 1
    for arguments in (("show", "x"), ("statements", "x")):
        assert "nothing in" in told(empty, WRONG, *arguments)
    status = empty("status")
    assert status.returncode == FAILED and "there is nothing to answer from" in status.stdout
    assert not empty.home.exists()


def test_a_damaged_catalogue_is_told_and_traced_with_debug(fresh: Program) -> None:
    (fresh.home / "catalogue.sqlite").write_text("this is not a database, it is a sentence\n" * 40)
    assert "could not open the catalogue" in told(fresh, FAILED, "ask", OPEN)
    traced = fresh.raw([fresh.command()[0], "--debug", *fresh.command("ask", OPEN)[1:]])
    assert traced.returncode == FAILED and "Traceback" in traced.stderr and "CatalogueError" in traced.stderr


def test_a_home_that_cannot_be_made(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    program = Program(tmp_path / "file" / "home", tmp_path)
    assert "cannot make the home folder" in told(program, WRONG, "ingest", str(sample))


def test_a_full_disk_is_told_in_one_sentence(whosaid: Program) -> None:
    done = whosaid.raw(["sh", "-c", '"$0" "$@" > /dev/full', *whosaid.command("ask", OPEN)])
    assert done.returncode == FAILED and done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr
