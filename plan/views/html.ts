import { stringify } from "yaml";
import { isSecret } from "#engine/values";
import { stops } from "#policies/evaluate";
import { counted } from "#render/counted";
import { type Html, html, page } from "#render/page";
import type { Capacity } from "../capacity/capacity.ts";
import { type Cost, costNotes } from "../cost.ts";
import type { Difference, ResourceChange, ValueChange } from "../difference.ts";
import type { EnvironmentPlan } from "../environment.ts";
import { type Box, graphOf, type PlanGraph } from "../graph.ts";
import type { Policy } from "../policy.ts";
import { PRICES_AS_OF } from "../prices.ts";
import type { Recorded } from "../record.ts";
import { shortType } from "../summary.ts";
import { capacitySection } from "./capacity.ts";
import { changedParts } from "./changed-parts.ts";
import { PICTURE_STYLE, picture } from "./picture.ts";
import { policySection } from "./policy-page.ts";
import { dollars, notReleasedHere } from "./text.ts";

/** Most lines of a resource's inputs, and most changes, that the page shows; `--json` has everything. */
const LINES = 160;
const CHANGES = 400;

/** An environment on one page that fetches nothing: the drawing, every component's inputs behind its box, cost, differences. */
export function planPage(
  plan: EnvironmentPlan,
  cost: Cost,
  difference?: Difference,
  policy?: Policy,
  capacity?: Capacity,
): string {
  const { environment, platformRelease, notReleased, program, assumptions, layers } = plan;
  const graph = graphOf(plan, cost);
  const boxes = graph.rooms.flatMap(({ bands }) => bands.flatMap((band) => band.boxes));
  const resources = layers.reduce((sum, layer) => sum + layer.resources.length, 0);
  return page({
    title: `${environment}: plan`,
    body: html`
<h1>${environment}</h1>
<p class="lead">platform release <code>${platformRelease}</code>${program !== "" && html` · program <code>${program}</code>`} · planned without engine and cloud</p>
<dl class="facts">${policy && html`<div><dt>policy</dt>${policyVerdict(policy)}</div>`}
${capacity && html`<div><dt>capacity</dt>${capacityVerdict(capacity)}</div>`}
<div><dt>a month at rest</dt><dd>${dollars(cost.atRest)}</dd></div><div><dt>ceiling a month</dt><dd>${dollars(cost.ceiling)}</dd></div>
<div><dt>resources</dt><dd>${resources}</dd></div><div><dt>components</dt><dd>${boxes.length}</dd></div></dl>
${notReleased.length > 0 && html`<p>Not served: ${notReleasedHere(plan)}.</p>`}
${assumptions.length > 0 && html`<details><summary class="soft">${counted(assumptions.length, "note")}</summary>${assumptions.map((text) => html`<p class="soft">${text}</p>`)}</details>`}
<div class="scroll">${picture(graph)}</div>
<p class="soft">An arrow leads from what must be there first to what needs it. Choose a component to see what it makes.</p>
${policy && policySection(policy)}
${capacity && capacitySection(capacity)}
${costBars(graph, cost)}
${difference && differenceList(difference)}
${boxes.map(panel)}`,
    style: PICTURE_STYLE + STYLE,
    script: SCRIPT,
  });
}

/** Whether the rules stop a change, and what they count. */
function policyVerdict({ verdicts }: Policy): Html {
  const count = (level: "mandatory" | "advisory"): number =>
    verdicts.flatMap(({ verdict }) => verdict.violations).filter((violation) => violation.level === level).length;
  const advised = html`<small> · ${count("advisory")} advisory</small>`;
  if (!verdicts.some(({ verdict }) => stops(verdict))) {
    return html`<dd class="good">passed${advised}</dd>`;
  }
  return html`<dd class="bad">${count("mandatory") > 0 ? `${count("mandatory")} mandatory` : "a rule failed"}${advised}</dd>`;
}

const capacityVerdict = ({ refusals }: Capacity): Html =>
  refusals.length > 0 ? html`<dd class="bad">does not fit</dd>` : html`<dd class="good">fits</dd>`;

function costBars({ rooms }: PlanGraph, cost: Cost): Html {
  const { items, ceilingOf, region } = cost;
  const priced = rooms
    .flatMap(({ layer, bands }) => bands.flatMap(({ boxes }) => boxes.map((box) => ({ layer, ...box }))))
    .filter(({ monthly }) => monthly > 0)
    .sort((a, b) => b.monthly - a.monthly);
  const most = priced[0]?.monthly ?? 1;
  const what = ({ layer, name }: { layer: string; name: string }): string => {
    const texts = items.filter((item) => item.layer === layer && item.component === name).map((item) => item.what);
    return [...new Set(texts)].map((text) => times(texts.filter((other) => other === text).length, text)).join(", ");
  };
  return html`<h2>Cost at rest, by component</h2>
<div class="scroll"><table class="costs">${priced.map(
    (box) =>
      html`<tr class="${box.layer}"><td><a href="#${box.id}">${box.name}</a></td><td class="number">${dollars(box.monthly)}</td><td class="bar"><i style="width:${((100 * box.monthly) / most).toFixed(1)}%"></i></td><td class="soft">${what(box)}</td></tr>\n`,
  )}</table></div>
<p class="soft">US dollars a month, on-demand list prices of ${region} as of ${PRICES_AS_OF}, models with their fewest replicas, no jobs. ${costNotes(cost).map((text) => `${text}. `)}${ceilingOf.length > 0 && `Ceiling: ${ceilingOf.join(", ")}, all month.`}</p>`;
}

const times = (count: number, text: string): string => (count > 1 ? `${count} × ${text}` : text);

function differenceList({ against, profile, resources }: Difference): Html {
  const shown = resources.slice(0, CHANGES);
  return html`<h2>Against ${against}</h2>
${profile.length === 0 && resources.length === 0 && html`<p>No difference.</p>`}
${profile.length > 0 && html`<div class="scroll"><table class="values"><tr><th>profile</th><th>${against}</th><th>here</th></tr>${profile.map(valueRow)}</table></div>`}
${shown.map(change)}
${resources.length > CHANGES && html`<p class="soft">and ${resources.length - CHANGES} more: <code>--json</code> has all</p>`}`;
}

const MARK = { added: "+", removed: "−", changed: "~" } as const;

function change({ kind, layer, resource, type, values }: ResourceChange): Html {
  const title = html`<b class="${kind}">${MARK[kind]}</b> <span class="soft">${layer}/</span>${resource} <span class="soft">${shortType(type)}</span>`;
  return values.length === 0
    ? html`<p class="change">${title}</p>\n`
    : html`<details class="change"><summary>${title} <span class="soft">· ${values.length}</span></summary><div class="scroll"><table class="values">${values.map(valueRow)}</table></div></details>\n`;
}

function valueRow(change: ValueChange): Html {
  const { path, from, to, moved } = change;
  const [before, after] = moved
    ? [`place ${String(from)}`, `place ${String(to)}`]
    : changedParts({ path, from: readable(from), to: readable(to) });
  return html`<tr><td><code>${path}</code></td><td><code>${before}</code></td><td><code>${after}</code></td></tr>\n`;
}

/** What a component makes. Hidden until its box is the page's target, so that it opens by link, click or key alike. */
function panel({ id, name, type, resources, monthly }: Box): Html {
  return html`<aside class="panel" id="${id}" tabindex="-1" aria-label="${name}"><a class="close" href="#_" aria-label="close">×</a>
<h2>${name}</h2><p class="lead">${type} · ${counted(resources.length, "resource")}${monthly > 0 && ` · ${dollars(monthly)} a month`}</p>
${resources.map(resourceDetails)}</aside>
`;
}

const resourceDetails = ({ name, type, inputs, protect }: Recorded): Html =>
  html`<details><summary>${name} <span class="soft">${shortType(type)}${protect && " · protected"}</span></summary><pre>${inputsText(inputs)}</pre></details>\n`;

function inputsText(inputs: unknown): string {
  const lines = stringify(readable(inputs), { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split("\n");
  return lines.length > LINES
    ? [...lines.slice(0, LINES), `… ${counted(lines.length - LINES, "line")} more in --json`].join("\n")
    : lines.join("\n");
}

/** Inputs without secrets, and with JSON that travels as text opened. */
export function readable(input: unknown): unknown {
  if (Array.isArray(input)) {
    return input.map(readable);
  }
  if (typeof input === "object" && input !== null) {
    return isSecret(input) ? "[secret]" : Object.fromEntries(Object.entries(input).map(([key, inner]) => [key, readable(inner)]));
  }
  return typeof input === "string" && /^\s*[[{]/.test(input) ? opened(input) : input;
}

function opened(text: string): unknown {
  try {
    return readable(JSON.parse(text));
  } catch {
    return text;
  }
}

const STYLE = `
body { max-width: 1320px; } svg.plan a { cursor: pointer; text-decoration: none; outline: none; }
svg.plan a:hover .face, svg.plan a:focus-visible .face, svg.plan a.open .face { stroke: var(--hue); stroke-width: 2; }
svg.plan.chosen .arrow { opacity: .15; } svg.plan.chosen .arrow.near { opacity: 1; stroke: var(--ink); stroke-width: 1.8; } svg.plan.chosen a:not(.near) { opacity: .45; }
.facts { display: flex; flex-wrap: wrap; gap: .8rem 2.6rem; margin: 0 0 1.4rem; } .facts small { font-size: 13px; font-weight: 400; color: var(--soft); } .facts dt { color: var(--soft); font-size: 13px; } .facts dd { margin: 0; font-size: 1.45rem; font-weight: 600; }
.costs td { white-space: nowrap; } .costs td.bar { width: 34%; } .costs td:last-child { white-space: normal; font-size: 13px; } .costs i { display: block; height: 10px; border-radius: 3px; background: var(--hue); min-width: 2px; }
a { color: inherit; } .values td { vertical-align: top; overflow-wrap: anywhere; } .values td:first-child { width: 34%; }
.change { margin: .15rem 0; } .change b { font-family: ui-monospace, monospace; } .added { color: var(--good); } .removed { color: var(--bad); } .changed { color: var(--accent); }
.panel { position: fixed; inset: 0 0 0 auto; width: min(620px, 92vw); box-sizing: border-box; overflow: auto; padding: 1.2rem 1.4rem 3rem; background: var(--paper); border-left: 1px solid var(--line); box-shadow: -12px 0 32px #0003; display: none; outline: none; }
.panel:target { display: block; } .panel h2 { margin: 0; } .panel pre { overflow: auto; background: var(--room); padding: .6rem .8rem; border-radius: 6px; margin: .3rem 0 .8rem; }
.panel summary { cursor: pointer; padding: .2rem 0; overflow-wrap: anywhere; } .close { position: absolute; top: .6rem; right: 1rem; font-size: 1.6rem; line-height: 1; text-decoration: none; color: var(--soft); }
@media (max-width: 640px) { svg.plan { max-width: none; } .costs td.bar { display: none; } .costs td { white-space: normal; } .values { min-width: 34rem; } .facts { gap: .6rem 1.6rem; } }
`;

/** Shows what the chosen box is tied to; Escape closes its panel. Without scripts the panels work as well. */
const SCRIPT = `
  const svg = document.querySelector("svg.plan");
  const arrows = [...svg.querySelectorAll(".arrow")], boxes = [...svg.querySelectorAll("a")];
  function show() {
    const id = decodeURIComponent(location.hash.slice(1)), ties = arrows.filter((a) => a.dataset.from === id || a.dataset.to === id);
    const near = new Set([id, ...ties.flatMap((a) => [a.dataset.from, a.dataset.to])]);
    svg.classList.toggle("chosen", boxes.some((box) => box.dataset.id === id));
    for (const arrow of arrows) arrow.classList.toggle("near", ties.includes(arrow));
    for (const box of boxes) { box.classList.toggle("near", near.has(box.dataset.id)); box.classList.toggle("open", box.dataset.id === id); }
  }
  addEventListener("hashchange", show);
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || location.hash === "") return;
    boxes.find((box) => box.classList.contains("open"))?.focus();
    location.hash = "_";
  });
  show();
`;
