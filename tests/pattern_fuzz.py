"""Find every regular expression of the packages and run it over 300 kB of text made to slow it down.

Run by ``tests/test_patterns.py`` as a process of its own; prints one JSON object a pattern. Each pattern runs
in a child with a limit on its CPU time, which a linear one never comes near: what takes the square of
that would need many minutes.
"""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import random
import re
import resource
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("corpus", "index", "bot", "evals")
METHODS = ("compile", "search", "match", "fullmatch", "sub", "subn", "finditer", "findall", "split")
ANCHORED = {"match", "fullmatch"}
SIZE = 300_000
SECONDS = 60  # of CPU time for all inputs of one pattern; the slowest takes 5 on an idle machine
INPUTS = 10
COMMON = (" ", "\n", "“", "(", "a", "A ", "1", "said ", "\t \n")


@dataclass(slots=True)
class Found:
    """A pattern, where it stands, and the methods by which it is used; no methods known: all are tried."""

    file: str
    line: int
    name: str
    pattern: str | bytes
    flags: int
    methods: set[str] = field(default_factory=set)


def modules() -> Iterator[ModuleType]:
    """Import every module of the packages that can be imported here."""
    for package in PACKAGES:
        yield (top := importlib.import_module(package))
        for info in pkgutil.walk_packages(top.__path__, f"{package}."):
            if info.name.endswith("__main__"):
                continue
            try:
                yield importlib.import_module(info.name)
            except ImportError as error:  # an extra that is not installed
                print(f"not imported: {info.name}: {error}", file=sys.stderr)


def collect() -> tuple[list[Found], list[str]]:
    """Return the patterns, and the places of those that are made only as a function runs."""
    recorded: dict[tuple[str, int], list[tuple[Any, int]]] = {}
    real = re._compile  # type: ignore[attr-defined]

    def compiling(pattern: Any, flags: Any) -> Any:
        frame = sys._getframe(2)
        if frame.f_code.co_filename.startswith(str(ROOT)) and not isinstance(pattern, re.Pattern):
            key = os.path.relpath(frame.f_code.co_filename, ROOT), frame.f_lineno
            recorded.setdefault(key, []).append((pattern, int(flags)))
        return real(pattern, flags)

    re._compile = compiling  # type: ignore[attr-defined]
    loaded = list(modules())
    re._compile = real  # type: ignore[attr-defined]
    found, dynamic = [], []
    for module in loaded:
        if module.__file__ is None or not module.__file__.startswith(str(ROOT)):
            continue
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        file = os.path.relpath(module.__file__, ROOT)
        uses = _uses(tree)
        names = _names(tree)
        for call in _calls(tree):
            name = names.get(id(call), "")
            here = [
                known
                for line in range(call.lineno, (call.end_lineno or 0) + 1)
                if (known := recorded.get((file, line)))
            ]
            method = call.func.attr  # type: ignore[attr-defined]
            if here:
                methods = uses.get(name, set()) if method == "compile" else {method}
                found += [Found(file, call.lineno, name, p, f, methods) for p, f in here[0]]
                continue
            try:
                pattern, flags = _evaluated(call, module)
            except Exception:
                dynamic.append(f"{file}: {_function(tree, call)}")
                continue
            found.append(Found(file, call.lineno, name, pattern, flags, {method} - {"compile"}))
    return found, dynamic


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re":
                yield node


def _names(tree: ast.AST) -> dict[int, str]:
    """Call -> the name it is assigned to."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[id(node.value)] = node.targets[0].id
    return found


def _uses(tree: ast.AST) -> dict[str, set[str]]:
    """Name of a pattern -> the methods called on it in its module."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
            found.setdefault(node.value.id, set()).add(node.attr)
    return found


def _function(tree: ast.AST, call: ast.Call) -> str:
    around = [
        n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.lineno <= call.lineno <= (n.end_lineno or 0)
    ]
    return around[-1].name if around else "module"


def _evaluated(call: ast.Call, module: ModuleType) -> tuple[Any, int]:
    """The pattern and flags of a call inside a function, where they depend on the module alone."""

    def value(node: ast.expr) -> Any:
        return eval(compile(ast.Expression(node), "<pattern>", "eval"), dict(vars(module)))

    flags = [keyword.value for keyword in call.keywords if keyword.arg == "flags"]
    at = {"compile": 1, "search": 2, "match": 2, "fullmatch": 2, "findall": 2, "finditer": 2, "split": 3}
    place = at.get(call.func.attr, 4)  # type: ignore[attr-defined]
    flags += call.args[place : place + 1]
    pattern = value(call.args[0])
    if isinstance(pattern, re.Pattern):
        return pattern.pattern, pattern.flags
    re.compile(pattern)
    return pattern, int(value(flags[0])) if flags else 0


class Samples:
    """Texts that a pattern's parts match, by chance with a fixed seed."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._random = random.Random(repr(pattern))
        self.tree = _parser.parse(pattern, flags)
        self.repeats: list[tuple[str, str]] = []
        self._gather(self.tree, "")

    def text(self, sequence: Any) -> str:
        """A text that the sequence matches (look-arounds left out)."""
        return "".join(self._node(op, value) for op, value in sequence)

    def _node(self, op: Any, value: Any) -> str:
        if op is sre.LITERAL:
            return chr(value)
        if op is sre.NOT_LITERAL:
            return next(c for c in "a 1," if ord(c) != value)
        if op is sre.ANY:
            return self._random.choice('a .,"')
        if op is sre.IN:
            return self._member(value)
        if op is sre.BRANCH:
            return self.text(self._random.choice(value[1]))
        if op is sre.SUBPATTERN:
            return self.text(value[3])
        if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            low, high, body = value
            most = min(int(high), low + 2)
            return "".join(self.text(body) for _ in range(self._random.randint(low, max(low, most))))
        if op is sre.ATOMIC_GROUP:
            return self.text(value)
        return ""

    def _member(self, items: Any) -> str:
        candidates = []
        negate = any(op is sre.NEGATE for op, _ in items)
        for op, value in items:
            if op is sre.LITERAL:
                candidates.append(chr(value))
            elif op is sre.RANGE:
                candidates += [chr(value[0]), chr(value[1]), chr((value[0] + value[1]) // 2)]
            elif op is sre.CATEGORY:
                candidates += {
                    sre.CATEGORY_SPACE: [" ", "\n"],
                    sre.CATEGORY_NOT_SPACE: ["a", "."],
                    sre.CATEGORY_DIGIT: ["7"],
                    sre.CATEGORY_NOT_DIGIT: ["a", " "],
                    sre.CATEGORY_WORD: ["a", "B", "_", "7"],
                    sre.CATEGORY_NOT_WORD: [" ", ",", "“"],
                }[value]
        if not negate:
            return self._random.choice(candidates)
        excluded = set(candidates)
        return self._random.choice([c for c in 'aB7 ,."“\n-(' if c not in excluded] or ["§"])

    def _gather(self, sequence: Any, before: str) -> None:
        """Note each repeated part with a text that leads up to it."""
        for op, value in sequence:
            if op in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
                if value[1] > 3:
                    self.repeats += [(before, body) for body in {self.text(value[2]) for _ in range(3)} if body]
                self._gather(value[2], before)
            elif op is sre.SUBPATTERN:
                self._gather(value[3], before)
            elif op is sre.ATOMIC_GROUP:
                self._gather(value, before)
            elif op is sre.BRANCH:
                for branch in value[1]:
                    self._gather(branch, before)
            elif op in (sre.ASSERT, sre.ASSERT_NOT):
                self._gather(value[1], before)
                continue
            before += self._node(op, value)


def inputs(pattern: str, flags: int, size: int) -> list[str]:
    """Texts of `size` characters that a pattern of more than linear cost would be slow on."""
    samples = Samples(pattern, flags)
    made: dict[str, None] = {}

    def add(prefix: str, unit: str, tail: str) -> None:
        if unit:
            made[(prefix + unit * (size // len(unit) + 1))[: size - len(tail)] + tail] = None

    for prefix, body in samples.repeats:
        add(prefix, body, "\0")
        add("", prefix + body, "\0")
        add("", prefix + body * 30, "!")
        add("", body, "\n" + body)
    bodies = list(dict.fromkeys(body for _, body in samples.repeats))
    for one, other in pairwise(bodies):
        add("", one + other, "\0")
        made[(one * (size // len(one) // 2) + other * (size // len(other) // 2) + "\0")[:size]] = None
    for _ in range(3):
        whole = samples.text(samples.tree)
        add("", whole, "\0")
        add("", whole[:-1], "\0")
    picked = list(made)
    random.Random(repr(pattern)).shuffle(picked)
    return picked[:INPUTS] + [(unit * (size // len(unit) + 1))[:size] for unit in COMMON]


def run(found: Found, size: int) -> None:
    """Run the pattern over all its inputs."""
    text = found.pattern if isinstance(found.pattern, str) else found.pattern.decode("latin-1")
    compiled: Any = re.compile(found.pattern, found.flags)
    anchored = found.methods and found.methods <= ANCHORED
    for made in inputs(text, found.flags, size):
        given: Any = made if isinstance(found.pattern, str) else made.encode("utf-8")
        if anchored:
            for method in found.methods:
                getattr(compiled, method)(given)
        else:
            for _match in compiled.finditer(given):
                pass


def limited(function: Callable[[], object], seconds: int) -> tuple[str, float]:
    """Run in a child under the limit: "ok", or what ended it, with its CPU seconds."""
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        code = 1
        try:
            function()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    code = os.waitstatus_to_exitcode(status)
    said = "ok" if code == 0 else f"more than {seconds} s of CPU" if code < 0 else "failed"
    return said, round(usage.ru_utime + usage.ru_stime, 2)


def judged(function: Callable[[int], object], size: int, seconds: int) -> tuple[str, float]:
    """Run a function of a size under the limit, at a fifth of the size first.

    What is so quick there that it would keep the limit even if it took the cube of the size is not run again.
    """
    said, took = limited(partial(function, size // 5), seconds)
    if said != "ok" or took * 5**3 < seconds:
        return said, took
    return limited(partial(function, size), seconds)


def main(bounds: dict[str, int]) -> None:
    """Print how each pattern fared.

    `bounds` gives, by ``file: name``, the most characters that a pattern ever sees.
    """
    found, dynamic = collect()
    print(json.dumps({"dynamic": dynamic}))
    seen = set()
    for pattern in found:
        where = f"{pattern.file}: {pattern.name or pattern.line}"
        key = (pattern.pattern, pattern.flags, frozenset(pattern.methods))
        size = bounds.get(f"{pattern.file}: {pattern.name}", bounds.get(pattern.file, SIZE))
        if (*key, size) in seen:
            continue
        seen.add((*key, size))
        said, seconds = judged(partial(run, pattern), size, SECONDS)
        line = {"where": where, "line": pattern.line, "pattern": str(pattern.pattern), "said": said, "seconds": seconds}
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(json.loads(sys.argv[1]))
