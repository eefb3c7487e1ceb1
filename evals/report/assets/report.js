
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const rows = data.rows;
  const table = document.getElementById("questions");
  const bodies = rows.map((_, n) => document.getElementById("r" + n));
  const count = document.getElementById("count");
  const compared = rows.some((row) => row.moved);

  /** An element with attributes and children; strings become text, never markup. */
  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  /** Text with spans of it marked. */
  function marked(text, spans) {
    const parts = [];
    let at = 0;
    for (const [start, end] of spans) {
      parts.push(text.slice(at, start), el("mark", null, text.slice(start, end)));
      at = end;
    }
    return [...parts, text.slice(at)];
  }

  /* ---- what a question opens to ---- */

  function pairs(list) {
    return el("dl", { class: "pairs" }, list.map(([name, value]) => [el("dt", null, name), el("dd", null, value)]));
  }

  function prose(blocks) {
    const tags = { strong: "strong", em: "em", mark: "span" };
    return blocks.map(([kind, pieces]) =>
      el(kind === "quote" ? "blockquote" : "p", { class: "said" }, pieces.map(([style, text]) =>
        style ? el(tags[style], { class: style === "mark" ? "mark" : null }, text) : text)));
  }

  function source(title, where, href) {
    return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer" }, title || where) : title || where;
  }

  function passage(hit) {
    const held = data.passages[hit.passage];
    const badge = hit.gold ? el("span", { class: "badge" }, "★ gold") : hit.marks.length ? el("span", { class: "badge" }, "★ part of gold") : null;
    return el("li", { class: hit.gold ? "gold" : null },
      el("details", { open: hit.gold },
        el("summary", null, el("span", { class: "rank" }, hit.rank + "."), " ", held.title, " ", badge, " ",
          el("span", null, "(score " + hit.score.toFixed(3) + ")")),
        el("p", { class: "fine" }, source("", held.where, held.href)),
        el("p", { class: "passage-text" }, marked(held.text, hit.marks)),
        held.cut ? el("p", { class: "fine" }, "Shown: the first " + data.most.toLocaleString("en") + " of " + held.cut.toLocaleString("en") + " characters.") : null));
  }

  const KINDS = { direct: "direct speech", indirect: "reported speech", mixed: "reported, in part verbatim" };

  function citation(cited, numbered) {
    const how = [KINDS[cited.kind], cited.said ? "said " + cited.said : "", cited.via.length ? "via " + cited.via.join(", ") : ""];
    return el("div", null,
      el("h5", null, numbered ? "Citation [" + cited.n + "]" : "Closest passage " + cited.n),
      el("p", null, el("strong", null, cited.who), how.filter(Boolean).map((part) => " · " + part)),
      el("blockquote", null, marked(...cited.quote)),
      el("p", { class: "fine" }, source(cited.title, cited.address, cited.href), cited.where ? ", " + cited.where : ""));
  }

  function gold(piece, n, expected) {
    return el("div", { class: "gold" },
      el("h5", null, "★ Gold quote " + (n + 1)),
      expected ? el("p", null, el("strong", null, expected)) : null,
      piece.quote ? el("blockquote", null, marked(...piece.quote)) : el("p", null, "The whole article is meant."),
      el("p", { class: "fine" }, piece.where, piece.found ? "" : " (not found in the corpus)"));
  }

  /** Citations, each beside the gold quotes that it meets; then the gold quotes that none meets. */
  function beside(row) {
    const speaker = (row.expected.find(([name]) => name === "speaker") || ["", ""])[1];
    const met = new Set(row.citations.flatMap((cited) => cited.meets));
    const parts = row.citations.map((cited) => el("div", { class: "beside" }, citation(cited, true),
      cited.meets.length
        ? el("div", { class: "gold" }, cited.meets.map((n) => [...gold(row.evidence[n], n, speaker).childNodes]))
        : el("div", { class: "none" }, el("p", { class: "fine" }, row.evidence.length ? "No gold quote is in these words." : "No gold quote: nothing should answer this."))));
    const missed = row.evidence.map((piece, n) => (met.has(n) ? null : el("div", { class: "beside" },
      el("div", { class: "none" }, el("p", { class: "fine" }, "No citation has these words.")), gold(piece, n, speaker))));
    return [...parts, ...missed.filter(Boolean)];
  }

  function figures(row) {
    const shown = (value, unit) => (value === null || value === undefined ? "–" : Number(value.toFixed(3)) + (unit ? " " + unit : ""));
    const lines = row.figures.map(([name, value, old]) => {
      const [title, unit] = data.metrics[name] || [name, ""];
      return el("tr", null, el("th", { scope: "row" }, title), el("td", null, shown(value, unit)), compared ? el("td", null, shown(old, unit)) : null);
    });
    const head = el("tr", null, el("th", { scope: "col" }, "measure"), el("th", { scope: "col" }, "value"), compared ? el("th", { scope: "col" }, "baseline") : null);
    return el("table", { class: "numbers" }, el("thead", null, head), el("tbody", null, lines));
  }

  function section(title, ...children) {
    const held = children.flat(Infinity);
    return held.length ? [el("h4", null, title), ...held] : [];
  }

  function answered(row) {
    const golds = row.hits.filter((hit) => hit.gold).length;
    const told = row.evidence.length
      ? golds ? golds + " of " + row.hits.length + " passages hold a whole gold quote." : "None of " + row.hits.length + " passages holds a whole gold quote."
      : "No passage can be gold: nothing should answer this.";
    return [
      section("Question as understood", row.understood.length ? pairs(row.understood) : [], row.notes.map((note) => el("p", { class: "fine" }, "Note: " + note))),
      section("Earlier questions of the conversation", row.history.length ? el("ol", null, row.history.map((asked) => el("li", null, asked))) : []),
      section("Ranked passages", el("p", { class: "fine" }, told), el("ol", { class: "passages" }, row.hits.map(passage))),
      section(row.answered ? "Answer (" + row.mode + ")" : "Refused: " + row.reason, prose(row.answer)),
      section("Citations beside the gold quotes", row.citations.length || row.evidence.length ? beside(row) : []),
      section("Closest passages, named in the refusal", row.closest.map((cited) => el("div", { class: "beside" }, citation(cited, false),
        el("div", { class: cited.meets.length ? "gold" : "none" }, el("p", { class: "fine" }, cited.meets.length ? "★ Has words of gold quote " + cited.meets.map((n) => n + 1).join(", ") + "." : "No gold quote is in these words."))))),
    ];
  }

  function inside(row) {
    const wanted = row.expected.length ? section("Expected", pairs(row.expected)) : [];
    const crashed = row.error !== null ? [
      section("Crashed", el("p", { class: "warning" }, row.error)),
      section("Earlier questions of the conversation", row.history.length ? el("ol", null, row.history.map((asked) => el("li", null, asked))) : []),
      section("Gold quotes", row.evidence.map((piece, n) => gold(piece, n, ""))),
    ] : answered(row);
    const before = row.before ? section("Baseline: " + row.before.verdict, el("div", { class: "was" }, prose(row.before.answer))) : [];
    const link = el("p", { class: "fine" }, el("a", { href: "#q=" + encodeURIComponent(row.id) }, "Link to this question"));
    return el("div", { class: "inside" }, crashed, wanted, section("Figures", row.figures.length ? figures(row) : []), before, link);
  }

  /* ---- opening ---- */

  function button(n) {
    return bodies[n].querySelector("button.open");
  }

  function show(n, open) {
    const body = bodies[n];
    let detail = body.querySelector("tr.detail");
    if (open && !detail) {
      detail = el("tr", { class: "detail", id: "d" + n }, el("td", { colspan: body.rows[0].cells.length }, inside(rows[n])));
      body.append(detail);
    }
    if (detail) detail.hidden = !open;
    body.classList.toggle("opened", open);
    button(n).setAttribute("aria-expanded", String(open));
  }

  function toggle(n) {
    const open = button(n).getAttribute("aria-expanded") !== "true";
    show(n, open);
    history.replaceState(null, "", open ? "#q=" + encodeURIComponent(rows[n].id) : "#table");
  }

  bodies.forEach((body, n) => {
    const asked = body.querySelector(".asked");
    const opener = el("button", { type: "button", class: "open", "aria-expanded": "false", "aria-controls": "d" + n }, asked.textContent);
    opener.addEventListener("click", () => toggle(n));
    asked.replaceChildren(opener);
  });

  function follow() {
    if (!location.hash.startsWith("#q=")) return;
    let id;
    try {
      id = decodeURIComponent(location.hash.slice(3));
    } catch {
      return;
    }
    const n = rows.findIndex((row) => row.id === id);
    if (n < 0) {
      count.textContent = "This report has no question “" + id + "”.";
      return;
    }
    if (bodies[n].classList.contains("out")) clear();
    show(n, true);
    bodies[n].scrollIntoView();
    button(n).focus({ preventScroll: true });
  }

  /* ---- filtering and sorting ---- */

  const controls = {};
  const sorting = { key: "", down: false };

  const values = (of) => {
    const counts = new Map();
    for (const row of rows) for (const value of of(row)) counts.set(value, (counts.get(value) || 0) + 1);
    return [...counts].sort((a, b) => a[0].localeCompare(b[0], "en", { numeric: true })).map(([value, n]) => [value, value + " (" + n + ")"]);
  };
  const FILTERS = {
    result: ["Result", (row) => [row.failed ? "failed" : "passed"]],
    moved: ["Against the baseline", (row) => (row.moved ? [row.moved] : [])],
    type: ["Type", (row) => [row.type]],
    split: ["Split", (row) => [row.split]],
    tags: ["Tag", (row) => row.tags],
    group: ["Group", (row) => [row.group]],
  };
  const SORTS = {
    result: ["failures first", (row) => (row.failed ? 0 : 1)],
    question: ["question", (row) => row.question],
    type: ["type", (row) => row.type],
    split: ["split", (row) => row.split],
    tags: ["tags", (row) => row.tags.join(", ")],
    group: ["group", (row) => row.group],
    confidence: ["confidence", (row) => row.confidence],
    gold: ["rank of gold", (row) => row.gold],
  };

  const words = [];
  function searched(n) {
    const row = rows[n];
    words[n] ??= [row.id, row.question, row.type, row.verdict, row.group, ...row.tags, ...row.history, row.error || "",
      ...row.expected.map((pair) => pair[1]), ...row.evidence.map((piece) => (piece.quote ? piece.quote[0] : piece.where)),
      ...(row.answer || []).flatMap((block) => block[1].map((piece) => piece[1])),
      ...(row.citations || []).flatMap((cited) => [cited.who, cited.title, cited.where])].join("\n").toLowerCase();
    return words[n];
  }

  function filter() {
    const wanted = controls.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = Object.keys(FILTERS).filter((name) => controls[name] && controls[name].value);
    let shown = 0, failed = 0;
    rows.forEach((row, n) => {
      const fits = chosen.every((name) => FILTERS[name][1](row).includes(controls[name].value)) && wanted.every((word) => searched(n).includes(word));
      bodies[n].classList.toggle("out", !fits);
      shown += fits;
      failed += fits && row.failed;
    });
    count.textContent = shown.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " questions shown, " + failed.toLocaleString("en") + " of them failed.";
  }

  function clear() {
    for (const control of Object.values(controls)) if (control !== controls.sort) control.value = "";
    filter();
  }

  function sort(key, down) {
    Object.assign(sorting, { key, down });
    const of = SORTS[key][1], sign = down ? -1 : 1;
    const missing = (value) => value === null || value === "";
    const order = rows.map((row, n) => [of(row), n]).sort(([a, i], [b, j]) => {
      if (missing(a) !== missing(b)) return missing(a) ? 1 : -1; // what has no value comes last either way
      const by = missing(a) ? 0 : typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
      return sign * by || i - j;
    });
    table.append(...order.map(([, n]) => bodies[n]));
    for (const head of table.tHead.rows[0].cells) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    controls.sort.value = key + (down ? " down" : "");
  }

  function labelled(label, control, kind) {
    control.id = "control-" + label.toLowerCase().replace(/\W+/g, "-");
    return el("div", { class: kind || null }, el("label", { for: control.id }, label), control);
  }

  function build() {
    const place = document.getElementById("controls");
    controls.search = el("input", { type: "search", autocomplete: "off", spellcheck: "false" });
    controls.search.addEventListener("input", filter);
    place.append(labelled("Search questions, answers, speakers", controls.search, "search"));
    for (const [name, [label, of]] of Object.entries(FILTERS)) {
      const found = values(of);
      if (!found.length) continue;
      controls[name] = el("select", null, el("option", { value: "" }, "all"), found.map(([value, shown]) => el("option", { value }, shown)));
      controls[name].addEventListener("change", filter);
      place.append(labelled(label, controls[name]));
    }
    controls.sort = el("select", null, Object.entries(SORTS).flatMap(([key, [label]]) => [
      el("option", { value: key }, label), el("option", { value: key + " down" }, label + ", reversed")]));
    controls.sort.addEventListener("change", () => {
      const [key, down] = controls.sort.value.split(" ");
      sort(key, down === "down");
    });
    const reset = el("button", { type: "button" }, "Clear filters");
    reset.addEventListener("click", clear);
    place.append(labelled("Order", controls.sort), reset);
    for (const head of table.tHead.rows[0].cells) {
      const sorter = el("button", { type: "button" }, head.textContent);
      sorter.addEventListener("click", () => sort(head.dataset.key, sorting.key === head.dataset.key && !sorting.down));
      head.prepend(sorter); // paper keeps the plain name: controls are not repeated at the top of its pages
    }
    document.getElementById("scriptless").remove();
    place.hidden = false;
  }

  build();
  sort("result", false);
  filter();
  window.addEventListener("hashchange", follow);
  follow();
})();
