# Copyright (c) 2026, deskops.vdi contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTML report's page: template, style and script, as Python text, since modules are shipped without data files.

The page asks for nothing from outside, and its content security policy lets it ask for nothing. The policy names
style and script by their hash, so neither style attributes nor event attributes work here: use classes and listeners.
"""

from __future__ import annotations

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{ style_hash }}'; \
script-src '{{ script_hash }}'; img-src data:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{{ title }}</title>
<style>{{ style | safe }}</style>
</head>
<body>
<a class="skip" href="#sessions">Skip to the sessions</a>
<header>
<h1>{{ title }}</h1>
<p class="muted">Taken {{ generated }}. All times are UTC.</p>
</header>
<main>
{% if failed %}
<section class="card alert" aria-labelledby="failed-title">
<h2 id="failed-title">{{ failed | length }} of {{ sources | length }} sources did not answer in full</h2>
<p>The figures below lack their sessions, or part of them.</p>
<dl>
{% for source in failed %}
<dt>{{ source.name }} <span class="muted">{{ platforms.get(source.platform, source.platform) }}</span></dt>
<dd>{{ source.error }}</dd>
{% endfor %}
</dl>
</section>
{% endif %}
<dl class="tiles">
<div class="tile"><dt>Sessions</dt><dd>{{ summary.sessions | number }}</dd></div>
<div class="tile"><dt>Users</dt><dd>{{ summary.users | number }}</dd></div>
<div class="tile"><dt>Hosts</dt><dd>{{ hosts | number }}</dd></div>
<div class="tile"><dt>Sources</dt><dd>{{ sources | length - failed | length }}\
<small> of {{ sources | length }}</small></dd></div>
<div class="tile{{ ' tile-bad' if summary.findings else '' }}"><dt>Findings</dt>\
<dd>{{ summary.findings | number }}</dd></div>
</dl>
<section class="card" aria-labelledby="findings-title">
<h2 id="findings-title">Findings</h2>
{% if not policies %}
<p class="muted">No policy was set.</p>
{% else %}
{% if not summary.findings %}
<p class="good">No session breaks a policy.</p>
{% endif %}
<ul class="chips">
{% for name, count in policies %}
<li{{ ' class="chip-bad"' | safe if count else '' }}><b>{{ count | number }}</b> {{ name }}</li>
{% endfor %}
</ul>
{% for name, count in not_judged %}
<p class="muted">{{ name }}: {{ count | number }} sessions could not be judged, since their platform does not \
tell what this needs.</p>
{% endfor %}
{% if summary.findings > shown_findings %}
<p class="muted">This page lists the first {{ shown_findings | number }} of {{ summary.findings | number }} \
findings.</p>
{% endif %}
{% if summary.findings %}
<div data-grid="finding-data" data-noun="findings"></div>
{% endif %}
{% endif %}
</section>
<section aria-labelledby="overview-title">
<h2 id="overview-title" class="hidden">Overview</h2>
<div class="charts">
{% for chart in bars %}
<figure class="card">
<figcaption>{{ chart.title }}</figcaption>
<table class="bars">
<colgroup><col class="bars-name"><col><col class="bars-value"><col class="bars-part"></colgroup>
<thead class="hidden"><tr><th scope="col">Name</th><td></td><th scope="col">Sessions</th>\
<th scope="col">Share</th></tr></thead>
<tbody>
{% for bar in chart.bars %}
<tr><th scope="row">{{ bar.label }}</th>\
<td class="bar"><svg width="100%" height="10" aria-hidden="true"><rect class="track" width="100%" height="10" rx="5"/>\
<rect class="fill {{ bar.style }}" width="{{ bar.share }}%" height="10" rx="5"/></svg></td>\
<td class="number">{{ bar.value | number }}</td><td class="number muted">{{ bar.part }}</td></tr>
{% endfor %}
</tbody>
</table>
{% if chart.hidden > 0 %}
<p class="muted small">and {{ chart.hidden | number }} more</p>
{% endif %}
</figure>
{% endfor %}
{% for chart in histograms %}
<figure class="card">
<figcaption>{{ chart.title }}</figcaption>
<svg class="plot" width="100%" height="156" role="img" aria-label="{{ chart.title }}. {{ chart.text }}">
<line class="grid" x1="0" x2="100%" y1="{{ plot[0] }}" y2="{{ plot[0] }}"/>
<line class="grid" x1="0" x2="100%" y1="{{ (plot[0] + plot[1]) / 2 }}" y2="{{ (plot[0] + plot[1]) / 2 }}"/>
{% if not chart.tops %}
<text class="most" x="100%" y="{{ plot[0] - 6 }}">{{ chart.columns | map(attribute='value') | max | number }}</text>
{% endif %}
{% for column in chart.columns %}
<rect class="fill" x="{{ column.x }}%" y="{{ column.y }}" width="{{ column.width }}%" height="{{ column.height }}" \
rx="2"><title>{{ column.title }}</title></rect>
{% if chart.tops %}
<text x="{{ column.x + column.width / 2 }}%" y="{{ column.y - 6 }}">{{ column.value | number }}</text>
{% endif %}
{% if loop.index0 % chart.every == 0 %}
<text x="{{ column.x + column.width / 2 }}%" y="{{ plot[1] + 18 }}">{{ column.label }}</text>
{% endif %}
{% endfor %}
<line class="base" x1="0" x2="100%" y1="{{ plot[1] }}" y2="{{ plot[1] }}"/>
</svg>
{% if chart.note %}
<p class="muted small">{{ chart.note }}</p>
{% endif %}
</figure>
{% endfor %}
</div>
</section>
<section class="card" aria-labelledby="sources-title">
<h2 id="sources-title">Sources</h2>
<div class="scroll" role="region" aria-labelledby="sources-title" tabindex="0">
<table class="sources">
<thead><tr><th scope="col">Name</th><th scope="col">Platform</th><th scope="col">Answer</th>\
<th scope="col" class="number">Sessions</th></tr></thead>
<tbody>
{% for source in sources %}
<tr><th scope="row">{{ source.name }}</th><td>{{ platforms.get(source.platform, source.platform) }}</td>\
<td class="{{ 'bad' if source.failed else 'good' }}">{{ 'failed' if source.failed else 'complete' }}</td>\
<td class="number">{{ source.sessions | number }}</td></tr>
{% endfor %}
</tbody>
</table>
</div>
</section>
<section class="card" id="sessions" tabindex="-1" aria-labelledby="sessions-title">
<h2 id="sessions-title">Sessions</h2>
{% if summary.sessions > shown %}
<p class="note">This page lists the first {{ shown | number }} of {{ summary.sessions | number }} sessions. \
{% if complete and complete.link %}
All of them are in <a href="{{ complete.link }}">{{ complete.name }}</a>.
{% elif complete %}
All of them are in the report {{ complete.name }}.
{% else %}
For all of them, ask for a csv report, too.
{% endif %}
</p>
{% endif %}
{% if shown %}
<div data-grid="session-data" data-noun="sessions"></div>
<noscript>
<p class="note">The tables need JavaScript. All sessions stand in the csv, json and ndjson reports.</p>
</noscript>
{% else %}
<p class="muted">There is no session.</p>
{% endif %}
</section>
</main>
<script type="application/json" id="finding-data">{{ finding_data | safe }}</script>
<script type="application/json" id="session-data">{{ session_data | safe }}</script>
<script>{{ script | safe }}</script>
</body>
</html>
"""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f4f6f8; --card: #ffffff; --ink: #18212d; --muted: #566273; --line: #dde2e8; --field: #8692a1;
  --hover: #f0f4fa; --track: #eaedf2; --accent: #2a5bd0; --good: #157347; --bad: #b3261e; --bad-soft: #fcedeb;
  --active: #1b8354; --connected: #0b7a8f; --disconnected: #c26a0a; --idle: #7450d6; --pending: #2f6fd0;
  --unknown: #77828f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #10151b; --card: #19202a; --ink: #e7ebf1; --muted: #a0acba; --line: #2d3744; --field: #6b7787;
    --hover: #212b38; --track: #2a3442; --accent: #8db2ff; --good: #58c998; --bad: #ff9d94; --bad-soft: #3a2122;
    --active: #4cc38a; --connected: #3fc1d4; --disconnected: #f0a04b; --idle: #ab93ff; --pending: #74b0ff;
    --unknown: #97a3b1;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
}
header, main { max-width: 1480px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
main { padding-bottom: 48px; }
h1 {
  margin: 0; font-size: 28px; line-height: 1.25; font-weight: 650; letter-spacing: -0.01em; overflow-wrap: anywhere;
}
h2 { margin: 0 0 12px; font-size: 18px; line-height: 1.35; font-weight: 650; }
p { margin: 0 0 12px; }
header p { margin: 4px 0 20px; }
.muted { color: var(--muted); }
.small { font-size: 13px; margin: 8px 0 0; }
.good { color: var(--good); }
.bad { color: var(--bad); font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.hidden, .skip:not(:focus) {
  position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
}
.skip:focus { position: absolute; left: 16px; top: 8px; padding: 8px 12px; background: var(--card); }
a { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
#sessions:focus { outline: none; }
.card {
  margin: 0 0 16px; padding: 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px;
}
.alert { border-left: 4px solid var(--bad); background: var(--bad-soft); }
.alert dl { margin: 0; }
.alert dt { font-weight: 600; }
.alert dt .muted { font-weight: 400; }
.alert dd { margin: 0 0 8px; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 16px; margin: 0 0 16px; }
.tile { padding: 14px 20px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.tile dt { color: var(--muted); font-size: 13px; }
.tile dd { margin: 0; font-size: 28px; line-height: 1.3; font-weight: 650; font-variant-numeric: tabular-nums; }
.tile small { color: var(--muted); font-size: 15px; font-weight: 400; }
.tile-bad dd { color: var(--bad); }
.chips { display: flex; flex-wrap: wrap; gap: 8px; margin: 0 0 16px; padding: 0; list-style: none; }
.chips li {
  padding: 3px 12px; border: 1px solid var(--line); border-radius: 999px; color: var(--muted); font-size: 14px;
}
.chips b { color: inherit; font-variant-numeric: tabular-nums; }
.chips .chip-bad { background: var(--bad-soft); border-color: transparent; color: var(--bad); }
.charts { columns: 3 360px; column-gap: 16px; margin-bottom: 16px; }
.charts .card { break-inside: avoid; }
figcaption { margin-bottom: 10px; font-weight: 650; }
.bars { width: 100%; border-collapse: collapse; table-layout: fixed; font-size: 14px; }
.bars th, .bars td { padding: 3px 0; vertical-align: middle; font-weight: 400; text-align: left; }
.bars th { padding-right: 12px; overflow-wrap: anywhere; line-height: 1.3; }
.bars-name { width: 45%; }
.bars-value { width: 64px; }
.bars-part { width: 46px; }
.bars .number { text-align: right; }
svg { display: block; }
.track { fill: var(--track); }
.fill { fill: var(--accent); }
.fill.state-active { fill: var(--active); }
.fill.state-connected { fill: var(--connected); }
.fill.state-disconnected { fill: var(--disconnected); }
.fill.state-idle { fill: var(--idle); }
.fill.state-pending { fill: var(--pending); }
.fill.state-unknown { fill: var(--unknown); }
.plot text { fill: var(--muted); font-size: 12px; text-anchor: middle; font-variant-numeric: tabular-nums; }
.plot .most { text-anchor: end; }
.plot .grid { stroke: var(--line); stroke-dasharray: 2 4; }
.plot .base { stroke: var(--field); }
.plot rect:hover { opacity: 0.75; }
.note { padding: 10px 14px; background: var(--hover); border-radius: 8px; }
.scroll { overflow-x: auto; }
.scroll table { width: 100%; border-collapse: collapse; font-size: 14px; }
.scroll th, .scroll td {
  padding: 7px 12px; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top;
}
.scroll th { font-weight: 600; }
.scroll .number { text-align: right; white-space: nowrap; }
.sources tbody th { font-weight: 400; }
.sources th, .sources td { overflow-wrap: anywhere; }
.grid-tools { display: flex; flex-wrap: wrap; align-items: end; gap: 12px; margin-bottom: 12px; }
.grid-tools label { display: grid; gap: 3px; color: var(--muted); font-size: 13px; min-width: 0; }
.grid-tools .search { flex: 1 1 240px; }
input, select, .pages button, .reset {
  font: inherit; font-size: 15px; min-height: 38px; padding: 5px 10px; color: var(--ink); background: var(--card);
  border: 1px solid var(--field); border-radius: 8px; max-width: 100%;
}
input, .grid-tools select { width: 100%; min-width: 0; }
.whole { white-space: nowrap; }
button { cursor: pointer; }
.pages button:hover, .reset:hover { background: var(--hover); }
[aria-disabled="true"] { opacity: 0.45; cursor: default; }
.sort-list { display: none !important; }
.grid-table { max-height: 78vh; overflow: auto; border: 1px solid var(--line); border-radius: 8px; }
.grid-table thead th {
  position: sticky; top: 0; z-index: 1; padding: 0; background: var(--card); box-shadow: inset 0 -1px var(--field);
}
.grid-table th button {
  display: flex; gap: 6px; width: 100%; padding: 9px 12px; border: 0; background: none; color: inherit;
  font: inherit; font-weight: 600; text-align: left; white-space: nowrap;
}
.grid-table th.number button { justify-content: flex-end; }
.grid-table th button:hover { background: var(--hover); }
.grid-table th button:focus-visible { outline-offset: -2px; }
.arrow { color: var(--field); }
[aria-sort] .arrow { color: var(--accent); }
.grid-table tbody tr:hover { background: var(--hover); }
.grid-table tbody tr:last-child td { border-bottom: 0; }
.grid-table th button, .grid-table td { padding-left: 10px; padding-right: 10px; }
.grid-table td { overflow-wrap: anywhere; min-width: 72px; }
.grid-table td.tags { min-width: 180px; }
.sub { display: block; color: var(--muted); font-size: 13px; }
.code { font-family: ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; font-size: 13px; }
.state { white-space: nowrap; }
.state::before {
  content: ""; display: inline-block; width: 9px; height: 9px; margin-right: 7px; border-radius: 50%;
  background: var(--unknown);
}
.state-active::before { background: var(--active); }
.state-connected::before { background: var(--connected); }
.state-disconnected::before { background: var(--disconnected); }
.state-idle::before { background: var(--idle); }
.state-pending::before { background: var(--pending); }
.tag {
  display: inline-block; margin: 1px 4px 1px 0; padding: 0 8px; border-radius: 999px; background: var(--bad-soft);
  color: var(--bad); font-size: 13px;
}
.pages {
  display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 16px; margin-top: 12px;
}
.pages p { margin: 0; color: var(--muted); font-size: 14px; font-variant-numeric: tabular-nums; }
.pages div { display: flex; gap: 8px; }
.none { padding: 20px; color: var(--muted); text-align: center; }
@media screen and (max-width: 720px) {
  header, main { padding-left: 14px; padding-right: 14px; }
  header { padding-top: 20px; }
  h1 { font-size: 24px; }
  .card { padding: 16px; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px; }
  .tile { padding: 10px 16px; }
  .tile dd { font-size: 24px; }
  .tile:last-child { grid-column: 1 / -1; }
  .plot text { font-size: 11px; }
  .grid-tools label { flex: 1 1 130px; }
  .sort-list { display: grid !important; }
  .grid-table { max-height: none; overflow: visible; border: 0; }
  .grid-table table, .grid-table tbody { display: block; }
  .grid-table thead { display: none; }
  .grid-table tr { display: block; padding: 10px 0; border-top: 1px solid var(--line); }
  .grid-table td, .grid-table td.number, .grid-table td.tags {
    min-width: 0; display: grid; grid-template-columns: 96px minmax(0, 1fr); gap: 0 12px; padding: 2px 0; border: 0;
    text-align: left; white-space: normal;
  }
  .grid-table td::before { content: attr(data-label); color: var(--muted); font-size: 13px; line-height: 21px; }
  .grid-table td > * { grid-column: 2; }
  .whole { white-space: normal; }
  .grid-table td:empty { display: none; }
  .pages div { flex: 1 1 100%; }
  .pages button { flex: 1; padding: 5px 4px; }
}
@page { size: landscape; margin: 12mm; }
@media print {
  :root {
    --page: #fff; --card: #fff; --ink: #000; --muted: #444; --line: #ccc; --field: #888; --track: #eee; --hover: #fff;
    --accent: #2a5bd0; --good: #157347; --bad: #b3261e; --bad-soft: #fff;
  }
  body { font-size: 11px; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .grid-tools, .pages div, .skip { display: none !important; }
  header, main { max-width: none; padding-left: 1px; padding-right: 1px; }
  .card, .tile { border-radius: 0; }
  figure, tr { break-inside: avoid; }
  .grid-table { max-height: none; overflow: visible; border: 0; }
  .grid-table table, .bars { font-size: 10px; }
  .sub, .tag, .code { font-size: 9px; }
  .grid-table thead { display: table-row-group; }
  .grid-table thead th { position: static; box-shadow: none; }
  .grid-table td, .grid-table td.tags { min-width: 0; padding: 3px 6px; }
}
"""

SCRIPT = r"""
"use strict";
(() => {
  // A phone shows a row as a card, so a hundred of them would be a long way.
  const ROWS_SHOWN = matchMedia("(max-width: 720px)").matches ? 15 : 100;
  const LONGEST_WHOLE = 24;
  const collator = new Intl.Collator("en", {numeric: true, sensitivity: "base"});
  const count = new Intl.NumberFormat("en");

  // A cell is a text, a number, nothing, or [text, smaller text, what to sort by]; with tags, a list of texts.
  const first = (cell) => (Array.isArray(cell) ? cell[0] : cell) ?? "";
  const allText = (cell) => (Array.isArray(cell) ? cell.slice(0, 2).join(" ") : String(cell ?? ""));
  const sortKey = (column, cell) => {
    if (column.tags) return cell.length ? cell.length : null;
    if (Array.isArray(cell) && cell.length > 2) return cell[2];
    const value = typeof cell === "number" ? cell : allText(cell);
    return value === "" ? null : value;
  };

  // Nothing comes last whichever way it goes; numbers come before texts.
  const comparer = (keys, sign) => (left, right) => {
    const a = keys[left], b = keys[right];
    if (a === null || b === null) return (a === null) - (b === null) || left - right;
    if (typeof a !== typeof b) return sign * (typeof a === "number" ? -1 : 1);
    return sign * (typeof a === "number" ? a - b : collator.compare(a, b)) || left - right;
  };

  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  // A short name reads best in one piece; a long one may break anywhere.
  const whole = (node) => {
    if (node.textContent.length <= LONGEST_WHOLE) node.classList.add("whole");
    return node;
  };

  const stateName = (text) => (text ? text[0].toUpperCase() + text.slice(1) : "");

  class Grid {
    constructor(root) {
      const data = JSON.parse(document.getElementById(root.dataset.grid).textContent);
      this.root = root;
      this.noun = root.dataset.noun;
      this.columns = data.columns;
      this.rows = data.rows;
      this.order = this.rows.map((_, index) => index);
      this.found = this.order;
      this.page = 0;
      this.sorted = null;
      this.keys = [];
      this.texts = null;
      this.words = [];
      this.facets = new Map();
      this.build();
      this.show();
    }

    build() {
      const tools = make("div", {class: "grid-tools", role: "search", "aria-label": `Filter ${this.noun}`});
      this.input = make("input", {type: "search", autocomplete: "off", spellcheck: "false",
        placeholder: "Name, host, address ..."});
      this.input.addEventListener("input", () => {
        this.words = this.input.value.toLowerCase().split(/\s+/).filter(Boolean);
        this.filter();
      });
      tools.append(make("label", {class: "search"}, `Filter ${this.noun}`, this.input));
      this.columns.forEach((column, index) => {
        if (column.facet) this.addFacet(tools, column, index);
      });
      tools.append(this.sortList());

      this.heads = this.columns.map((column, index) => {
        const arrow = make("span", {class: "arrow", "aria-hidden": "true"}, "\u2195");
        const button = make("button", {type: "button"}, column.label, arrow);
        button.addEventListener("click", () => this.sort(index));
        return make("th", {scope: "col", role: "columnheader", class: column.number ? "number" : ""}, button);
      });
      this.body = make("tbody", {role: "rowgroup"});
      const table = make("table", {role: "table", "aria-label": this.noun},
        make("thead", {role: "rowgroup"}, make("tr", {role: "row"}, ...this.heads)), this.body);
      this.box = make("div", {class: "scroll grid-table", role: "region", tabindex: "0",
        "aria-label": `Table of ${this.noun}`}, table);

      this.status = make("p", {role: "status"});
      const turn = (text, page) => {
        const button = make("button", {type: "button"}, text);
        button.addEventListener("click", () => {
          if (button.getAttribute("aria-disabled") !== "true") this.turn(page());
        });
        return button;
      };
      const last = () => Math.max(0, Math.ceil(this.found.length / ROWS_SHOWN) - 1);
      this.back = [turn("First", () => 0), turn("Previous", () => this.page - 1)];
      this.forth = [turn("Next", () => this.page + 1), turn("Last", last)];
      this.last = last;
      const buttons = make("div", {}, ...this.back, ...this.forth);
      this.pages = make("nav", {class: "pages", "aria-label": `Pages of ${this.noun}`}, this.status, buttons);
      this.turners = buttons;
      this.root.append(tools, this.box, this.pages);
    }

    addFacet(tools, column, index) {
      const counts = new Map();
      for (const row of this.rows) {
        for (const value of column.tags ? row[index] : [first(row[index])]) {
          if (value !== "") counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      }
      if (!counts.size) return;
      const select = make("select", {}, make("option", {value: ""}, "All"));
      const values = [...counts.keys()].sort(collator.compare);
      values.forEach((value, position) => {
        const name = column.state ? stateName(value) : value;
        select.append(make("option", {value: String(position)}, `${name} (${count.format(counts.get(value))})`));
      });
      select.addEventListener("change", () => {
        if (select.value === "") this.facets.delete(index);
        else this.facets.set(index, values[Number(select.value)]);
        this.filter();
      });
      tools.append(make("label", {}, column.label, select));
    }

    // Where there is room for one column only, there are no heads to press.
    sortList() {
      this.list = make("select", {}, make("option", {value: ""}, "As read"));
      this.columns.forEach((column, index) => {
        this.list.append(make("option", {value: `${index} 1`}, `${column.label}, ascending`));
        this.list.append(make("option", {value: `${index} -1`}, `${column.label}, descending`));
      });
      this.list.addEventListener("change", () => {
        const [index, sign] = this.list.value.split(" ").map(Number);
        this.arrange(this.list.value === "" ? null : {index, sign});
      });
      return make("label", {class: "sort-list"}, "Sort by", this.list);
    }

    sort(index) {
      const again = this.sorted !== null && this.sorted.index === index;
      this.arrange({index, sign: again ? -this.sorted.sign : 1});
    }

    arrange(sorted) {
      this.sorted = sorted;
      if (sorted === null) {
        this.order = this.rows.map((_, index) => index);
      } else {
        const {index, sign} = sorted;
        this.keys[index] ??= this.rows.map((row) => sortKey(this.columns[index], row[index]));
        this.order = this.rows.map((_, row) => row).sort(comparer(this.keys[index], sign));
      }
      this.heads.forEach((head, index) => {
        const mine = sorted !== null && sorted.index === index;
        if (mine) head.setAttribute("aria-sort", sorted.sign > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
        head.querySelector(".arrow").textContent = mine ? (sorted.sign > 0 ? "\u2191" : "\u2193") : "\u2195";
      });
      this.list.value = sorted === null ? "" : `${sorted.index} ${sorted.sign}`;
      this.filter();
    }

    filter() {
      if (this.words.length && this.texts === null) {
        this.texts = this.rows.map((row) => row.map((cell, index) =>
          this.columns[index].tags ? cell.join(" ") : allText(cell)).join("\n").toLowerCase());
      }
      this.found = this.order.filter((row) => this.words.every((word) => this.texts[row].includes(word))
        && [...this.facets].every(([index, value]) => this.has(this.rows[row][index], index, value)));
      this.page = 0;
      this.show();
    }

    has(cell, index, value) {
      return this.columns[index].tags ? cell.includes(value) : first(cell) === value;
    }

    turn(page) {
      this.page = page;
      this.show();
      this.box.scrollTop = 0;
      if (this.box.getBoundingClientRect().top < 0) this.root.scrollIntoView();
    }

    show() {
      const start = this.page * ROWS_SHOWN;
      const rows = this.found.slice(start, start + ROWS_SHOWN);
      this.body.replaceChildren(...rows.map((row) => this.row(this.rows[row])));
      if (!rows.length) {
        const cell = make("td", {class: "none", role: "cell", colspan: String(this.columns.length)});
        cell.append(make("span", {}, `None of the ${this.noun} matches.`));
        this.body.append(make("tr", {role: "row"}, cell));
      }
      const all = this.rows.length, found = this.found.length;
      const range = found ? `${count.format(start + 1)} to ${count.format(start + rows.length)} of ` : "";
      const of = found < all ? `${count.format(found)} that match, of ${count.format(all)}` : count.format(all);
      this.status.textContent = `${range}${of} ${this.noun}`;
      for (const button of this.back) button.setAttribute("aria-disabled", String(this.page === 0));
      for (const button of this.forth) button.setAttribute("aria-disabled", String(this.page >= this.last()));
      this.turners.hidden = all <= ROWS_SHOWN;
    }

    row(cells) {
      return make("tr", {role: "row"}, ...cells.map((cell, index) => this.cell(this.columns[index], cell)));
    }

    cell(column, cell) {
      const node = make("td", {role: "cell", "data-label": column.label});
      if (column.number) node.className = "number";
      if (column.tags) node.className = "tags";
      if (column.tags) {
        if (cell.length) node.append(make("span", {}, ...cell.map((text) => make("span", {class: "tag"}, text))));
        return node;
      }
      const text = first(cell);
      if (text !== "") {
        const name = typeof text === "number" ? count.format(text) : text;
        const main = make("span", {}, column.state ? stateName(name) : name);
        if (column.state) main.className = `state state-${text}`;
        if (column.code) main.className = "code";
        node.append(whole(main));
      }
      if (Array.isArray(cell) && cell[1]) node.append(whole(make("span", {class: "sub"}, cell[1])));
      return node;
    }
  }

  for (const root of document.querySelectorAll("[data-grid]")) new Grid(root);
})();
"""
