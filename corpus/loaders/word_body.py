"""From the XML of a Word document to a tree of HTML elements, whose text is that of the document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Left out with all that is in them: deletions, where text was moved from, field codes, notes' marks, drawings'
# second versions for older programs.
_DROPPED = frozenset(
    ("del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "rPr", "pPr", "pict", "rt")
)
_OFF = frozenset(("0", "false", "off"))


@dataclass(slots=True)
class Styles:
    """What paragraphs are, by their styles and numbers.

    `names` gives a style's name in lower case, the same in all languages ("heading 1", "title"); `numbered`
    holds the lists whose items show numbers.
    """

    names: dict[str, str] = field(default_factory=dict)
    numbered: frozenset[str] = frozenset()

    @classmethod
    def of(cls, styles: Any, numbering: Any) -> Styles:
        """Read the parts of a document that define them; None where it has none."""
        names = {}
        for style in () if styles is None else styles:
            if local(style) == "style":
                names[value_of(style, "styleId")] = value_of(_child(style, "name")).lower()
        shown = set()
        numbers = set()
        for part in () if numbering is None else numbering:
            if local(part) == "abstractNum":
                level = _child(part, "lvl")
                if level is not None and value_of(_child(level, "numFmt")) not in ("bullet", "none", ""):
                    shown.add(value_of(part, "abstractNumId"))
            elif local(part) == "num" and value_of(_child(part, "abstractNumId")) in shown:
                numbers.add(value_of(part, "numId"))
        return cls(names, frozenset(numbers))


def body(document: Any, styles: Styles) -> tuple[Any, str | None]:
    """Return an HTML element with the document's text, and the text of its title or first heading.

    Only a heading with which the document opens counts as one.
    """
    from lxml.html import builder

    writer = _Writer(styles, builder.DIV())
    main = next((element for element in document.iter("{*}body")), None)
    if main is not None:
        writer.blocks(main, writer.root)
    opening = next((block for block in writer.root if block.text_content().strip()), None)
    return writer.root, opening.text_content() if opening is not None and opening.tag == "h2" else None


def local(element: Any) -> str:
    """Return an element's name without its namespace, of which Word has two."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def value_of(element: Any, attribute: str = "val") -> str:
    """Return an attribute's value, whatever its namespace, or "" where there is none."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == attribute), "")


def _child(element: Any, name: str) -> Any:
    if element is None:
        return None
    return next((child for child in element if local(child) == name), None)


def _is_on(element: Any) -> bool:
    """Tell whether a switch such as "hidden text" is there and not switched off."""
    return element is not None and value_of(element) not in _OFF


class _Writer:
    """Writes blocks as HTML elements."""

    def __init__(self, styles: Styles, root: Any) -> None:
        self.root = root
        self._styles = styles
        self._open: Any = None  # a paragraph whose end was deleted: the next one goes on in it
        self._counted = Counter[str]()
        self._list = ""

    def blocks(self, parent: Any, out: Any) -> None:
        """Write the paragraphs and tables in `parent`, whatever wraps them, to the end of `out`."""
        for element in parent:
            name = local(element)
            if name == "p":
                self._paragraph(element, out)
            elif name == "tbl":
                self._open, self._list = None, ""
                self._table(element, out)
            elif name not in _DROPPED:
                self.blocks(element, out)

    def _paragraph(self, element: Any, out: Any) -> None:
        from lxml.html import builder

        properties = _child(element, "pPr")
        block = self._open
        if block is None:
            block = self._block(properties, out)
        inside = builder.SPAN()
        boxes: list[Any] = []
        for run in _runs(element, boxes):
            _append(inside, run)
        block.append(inside)
        mark = _child(properties, "rPr")
        self._open = block if _child(mark, "del") is not None else None
        if self._open is None:
            for box in boxes:
                self.blocks(box, out)

    def _block(self, properties: Any, out: Any) -> Any:
        """Return a new element at the end of `out` for a paragraph of these properties."""
        from lxml.html import builder

        style = self._styles.names.get(value_of(_child(properties, "pStyle")), "")
        number = _child(properties, "numPr")
        listed = value_of(_child(number, "numId"))
        if style == "title" or style.startswith("heading"):
            block, self._list = builder.H2(), ""
        elif listed not in ("", "0") or style.startswith(("list bullet", "list number")):
            return self._item(listed or style, _child(number, "ilvl"), out)
        else:
            block, self._list = builder.P(), ""
        out.append(block)
        return block

    def _item(self, listed: str, level: Any, out: Any) -> Any:
        """Return a new item of a list: of the one that is open, of one inside its last item, or of a new one."""
        from lxml.html import builder

        item = builder.LI()
        goes_on = listed == self._list and len(out) > 0 and out[-1].tag in ("ol", "ul")
        if goes_on and value_of(level) not in ("", "0"):
            out[-1][-1].append(builder.UL(item))
            return item
        numbered = listed in self._styles.numbered or listed.startswith("list number")
        if not goes_on:
            start = str(self._counted[listed] + 1)
            out.append(builder.OL(start=start) if numbered else builder.UL())
            self._list = listed
        self._counted[listed] += 1
        out[-1].append(item)
        return item

    def _table(self, element: Any, out: Any) -> None:
        from lxml.html import builder

        table = builder.TABLE()
        out.append(table)
        for row in _inside(element, "tr"):
            if _child(_child(row, "trPr"), "del") is not None:
                continue
            line = builder.TR()
            table.append(line)
            for cell in _inside(row, "tc"):
                place = builder.TD()
                line.append(place)
                self._list = ""
                self._cell(cell, place)
        self._open, self._list = None, ""

    def _cell(self, cell: Any, place: Any) -> None:
        """Write a cell on one line: its paragraphs with blanks between them."""
        from lxml.html import builder

        inside = builder.DIV()
        self.blocks(cell, inside)
        self._open = None
        place.text = " ".join(text for block in inside.iter("p", "h2", "li") if (text := _plain(block)))


def _plain(block: Any) -> str:
    return " ".join(block.text_content().split())


def _inside(element: Any, name: str) -> Iterator[Any]:
    """Yield the children of this name, through what wraps them (content controls, insertions)."""
    for child in element:
        if local(child) == name:
            yield child
        elif local(child) in ("sdt", "sdtContent", "ins", "moveTo", "customXml"):
            yield from _inside(child, name)


def _runs(element: Any, boxes: list[Any]) -> Iterator[str]:
    """Yield the text of a paragraph, with line ends where it breaks; text boxes are left to the caller."""
    for child in element:
        name = local(child)
        if name == "txbxContent":
            boxes.append(child)
        elif name == "t":
            yield child.text or ""
        elif name in ("tab", "ptab"):
            yield " "
        elif name in ("br", "cr"):
            yield "\n"
        elif name == "noBreakHyphen":
            yield "\u2011"
        elif name == "r" and _is_on(_child(_child(child, "rPr"), "vanish")):
            continue
        elif name not in _DROPPED:
            yield from _runs(child, boxes)


def _append(element: Any, text: str) -> None:
    """Put text at the end of an element, its line ends as breaks."""
    from lxml.html import builder

    for number, line in enumerate(text.split("\n")):
        if number:
            element.append(builder.BR())
        if len(element):
            element[-1].tail = (element[-1].tail or "") + line
        else:
            element.text = (element.text or "") + line
