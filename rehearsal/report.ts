import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { counted } from "#render/counted";
import { type Html, html, page } from "#render/page";
import type { Outcome, PhaseResult, ReleaseResult } from "./outcome.ts";
import { trafficChart } from "./traffic-chart.ts";
import { FINDINGS } from "./training/findings.ts";

/** Writes the report of a rehearsal: one page to look at and, beside it, the same facts as JSON. */
export function writeReport(path: string, outcome: Outcome): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, reportPage(outcome));
  writeFileSync(path.replace(/\.html$/, ".json"), `${JSON.stringify(outcome, null, 2)}\n`);
}

/** The page, as text. */
export function reportPage(outcome: Outcome): string {
  const { environment, began, seconds, ok, failure, simulated } = outcome;
  const skipped = outcome.phases.filter(({ state }) => state === "skipped").length;
  return page({
    title: `Rehearsal of ${environment}`,
    body: html`
<h1>Rehearsal of ${environment}: ${ok ? html`<span class="good">it holds</span>` : html`<span class="bad">it does not hold</span>`}</h1>
<p class="lead">${began.slice(0, 16).replace("T", " ")} UTC · ${seconds.toFixed(0)} s${skipped > 0 && ` · ${counted(skipped, "phase")} skipped`} · ${simulated.join(" · ")}</p>
${failure && html`<p class="bad"><b>${failure.phase}</b>: ${failure.reason}${failure.log !== undefined && html` <code>${failure.log}</code>`}</p>`}
${outcome.releases.map(release)}
<h2>Phases</h2>${phases(outcome.phases)}
<h2>Layers</h2>${layers(outcome)}
${secondTeam(outcome)}
${trained(outcome)}
${monitored(outcome)}
${guards(outcome)}
${deletions(outcome)}
<h2>Charts</h2>${(outcome.charts ?? []).map((line) => html`<p>${line}</p>`)}
<h2>What ran</h2>${processes(outcome)}
<h2>Times shortened for the rehearsal</h2>
<p>${Object.entries(outcome.pace).map(([name, value]) => html`<code>${name} ${value}</code> `)}Everything else is the object that ${environment} gets.</p>`,
  });
}

/** What a second team and model took, and who answered then. */
function secondTeam({ secondTeam: added, answers = [] }: Outcome): Html {
  return added === undefined
    ? html``
    : html`<h2>A second team and model</h2>
<p>Team <code>${added.team}</code> and model <code>${added.model}</code> were two entries, a version in the release and one <code>up</code>: ${counted(added.created, "resource")} created, no other changed.
Through the gateway answered ${answers.map(({ model, version }) => `${model} version ${version}`).join(" and ")}.</p>`;
}

/** What two teams trained, and what it took. */
function trained({ training }: Outcome): Html {
  if (training === undefined) {
    return html``;
  }
  const { lender, borrower, gpus, admitted, running, reclaimed, waited, preempted, nodes, refused, proved, bought } = training;
  const machines = Object.entries(nodes).map(([type, count]) => `${count} × ${type}`);
  return html`<h2>Training on GPUs</h2>
<p>Team <code>${borrower}</code> handed in two jobs of ${counted(gpus, "GPU")}, one of them on what team <code>${lender}</code> left idle: admitted after ${admitted.toFixed(1)} s, on new nodes (${machines.join(", ")}) after ${running.toFixed(1)} s.
Then <code>${lender}</code> took its part back within ${reclaimed.toFixed(1)} s, without a new node.${bought !== undefined && ` At the end no node was left; ${bought.toFixed(0)} GPU seconds were bought.`}</p>
<table><tr><td>a third job waited</td><td>${waited}</td></tr><tr><td>a job was stopped</td><td>${preempted}</td></tr>
${refused.map(({ what, by }) => html`<tr><td>${what}</td><td>refused: ${by}</td></tr>`)}
${FINDINGS.filter(({ id }) => proved.includes(id)).map(({ id, holds }) => html`<tr><td>${id}</td><td>${holds}</td></tr>`)}</table>`;
}

/** What Prometheus scraped and evaluated. */
function monitored({ monitoring }: Outcome): Html {
  if (monitoring === undefined) {
    return html``;
  }
  const { rules, ruleObjects, monitors, targets, up, down } = monitoring;
  return html`<h2>Monitoring</h2>
<p>Prometheus ran as a pod that its operator made. It had loaded ${counted(rules, "rule")} of ${counted(ruleObjects, "object")}, and none failed. Of ${counted(targets, "target")} of ${counted(monitors, "monitor")}, ${up} were up.${down.length > 0 && ` Nothing runs in a rehearsal behind the others: ${down.join(", ")}.`}</p>`;
}

/** Whether resources went before what they need. */
function deletions({ deletionOrder }: Outcome): Html {
  if (deletionOrder === undefined) {
    return html``;
  }
  const { components, pairs, faults } = deletionOrder;
  return html`<h2>Order of deletions</h2>
<p>${components} components depend on something; ${pairs.toLocaleString("en")} pairs of resources were compared, ${faults.length === 0 ? html`<span class="good">all in the right order</span>` : html`<span class="bad">${faults.length} in the wrong order</span>`}.</p>
${faults.length > 0 && html`<table><tr><th>of component</th><th>deleted too late</th><th>it needs, and was gone</th></tr>${faults.map(({ component, late, gone }) => html`<tr><td>${component}</td><td>${late}</td><td>${gone}</td></tr>`)}</table>`}`;
}

/** What was sent against the rules, and who stopped it. */
function guards({ mutants = [], admission = [] }: Outcome): Html {
  if (mutants.length + admission.length === 0) {
    return html``;
  }
  const stops = { mandatory: "stopped the preview", advisory: "advised against" } as Record<string, string>;
  return html`<h2>Bad changes</h2>
<table><tr><th>rule</th><th>a pull request with</th><th>policy pack</th><th>API server, past the program</th></tr>
${[...new Set([...mutants, ...admission].map(({ rule }) => rule))].map((id) => {
  const { level = "", what = "" } = mutants.find(({ rule }) => rule === id) ?? {};
  const refusedBy = admission.find(({ rule }) => rule === id)?.refusedBy;
  return html`<tr><td>${id}</td><td>${what}</td><td>${stops[level] ?? html`<span class="soft">not tried</span>`}</td><td>${refusedBy === undefined ? html`<span class="soft">not tried</span>` : `refused: ${refusedBy}`}</td></tr>`;
})}</table>`;
}

function release(result: ReleaseResult): Html {
  const { model, version, kind, verdict, windows, total, failed, failedByNew, rate, untouched = [] } = result;
  return html`
<h2>${model} version ${version}: ${verdict === "promoted" ? html`<span class="good">promoted</span>` : html`<span class="bad">rolled back</span>`}</h2>
<p>${counted(total, "request")} at ${rate} a second, ${failed.toLocaleString("en")} failed${kind === "bad" && html`, ${failedByNew} of them answered by the bad version`}.${untouched.length > 0 && ` Untouched: ${untouched.join(", ")}.`}
${
  kind === "bad" &&
  html` ${result.faultToAbort?.toFixed(1)} s from its first answer to the verdict, ${result.abortToLastAnswer?.toFixed(2)} s more until its last answer.
 <span class="soft">${result.reason}</span>`
}</p>
${trafficChart(result)}
<table><tr><th>wanted</th><th class="number">observed</th><th class="number">deviation</th><th class="number">requests</th><th class="number">failed</th><th class="number">p50</th><th class="number">p99</th></tr>
${windows.map(
  (
    window,
  ) => html`<tr><td>${window.wanted} %</td><td class="number">${window.observed.toFixed(2)} %</td><td class="number">${window.sigmas.toFixed(2)} σ</td>
<td class="number">${window.total}</td><td class="number">${window.failed}</td><td class="number">${window.p50} ms</td><td class="number">${window.p99} ms</td></tr>`,
)}</table>
<details><summary class="soft">every event</summary><pre>${result.events.map(({ seconds, kind: what, text }) => `${seconds.toFixed(1).padStart(7)} s  ${what.padEnd(8)}  ${text}\n`)}</pre></details>`;
}

const MARKS: Record<PhaseResult["state"], Html> = {
  done: html`<span class="good">✓</span>`,
  failed: html`<span class="bad">✗</span>`,
  skipped: html`<span class="soft">–</span>`,
};

function phases(list: readonly PhaseResult[]): Html {
  return html`<table>${list.map(
    ({ name, state, detail, seconds }) =>
      html`<tr><td>${MARKS[state]} ${name}</td><td>${detail}</td><td class="number">${seconds.toFixed(1)} s</td></tr>`,
  )}</table>`;
}

function layers({ layers: list }: Outcome): Html {
  return html`<table><tr><th>layer</th><th>made by</th><th class="number">resources</th><th class="number">seconds</th></tr>${list.map(
    ({
      layer,
      byProvider,
      created,
      seconds,
    }) => html`<tr><td>${layer}</td><td>${Object.entries(byProvider).map(([name, count]) => `${name} ${count}  `)}</td>
<td class="number">${created}</td><td class="number">${seconds.toFixed(1)}</td></tr>`,
  )}</table>`;
}

function processes({ tools, memory }: Outcome): Html {
  return html`<table>${tools.map(({ name, version, from }) => html`<tr><td>${name}</td><td>${version}</td><td class="soft">${from}</td></tr>`)}</table>
<p class="soft">Resident memory, MiB: ${Object.entries(memory).map(([name, mib]) => `${name} ${mib.toFixed(0)}  `)}</p>`;
}
