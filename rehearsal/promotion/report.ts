import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { counted } from "#render/counted";
import { type Html, html, page } from "#render/page";
import { type PromotionOutcome, timesOf } from "./outcome.ts";
import { picture } from "./picture.ts";
import type { StepResult, Users } from "./scene.ts";
import { usersChart } from "./users-chart.ts";

/** Writes the report of a promotion: one page to look at and, beside it, the same facts as JSON. */
export function writePromotionReport(path: string, outcome: PromotionOutcome): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, promotionPage(outcome));
  writeFileSync(path.replace(/\.html$/, ".json"), `${JSON.stringify({ ...outcome, times: timesOf(outcome.steps) }, null, 2)}\n`);
}

/** The page, as text. */
export function promotionPage(outcome: PromotionOutcome): string {
  const { began, seconds, ok, failure, steps, users, parts } = outcome;
  return page({
    title: "Promotion, rehearsed",
    body: html`
<h1>Promotion through ${parts.map(({ environment }) => environment).join(", ")}: ${ok ? html`<span class="good">it holds</span>` : html`<span class="bad">it does not hold</span>`}</h1>
<p class="lead">${began.slice(0, 16).replace("T", " ")} UTC · ${seconds.toFixed(0)} s · ${counted(steps.length, "step")} · AWS simulated, a control plane for each environment</p>
${failure && html`<p class="bad"><b>${failure.step}</b>: ${failure.reason}${failure.log !== undefined && html` <code>${failure.log}</code>`}</p>`}
${picture(outcome)}
<h2>Steps</h2>${stepsTable(steps)}
${timesTable(steps)}
${users.length > 0 && html`<h2>What users met</h2>${users.map(met)}`}
<h2>Environments</h2>${environments(outcome)}`,
  });
}

function stepsTable(steps: readonly StepResult[]): Html {
  return html`<div class="scroll"><table><tr><th class="number"></th><th>where</th><th>what</th><th class="number">exit</th><th class="number">at</th><th class="number">seconds</th></tr>${steps.map(
    ({ title, place, command, exit, at, seconds, output, fault }, index) =>
      html`<tr><td class="number">${index + 1}</td><td>${place}</td><td>${fault === undefined ? html`<span class="good">✓</span>` : html`<span class="bad">✗</span>`} ${title}${fault !== undefined && html` <span class="bad">${fault}</span>`}
<details><summary class="soft"><code>${command}</code></summary><pre>${output}</pre></details></td><td class="number">${exit}</td><td class="number">${at.toFixed(0)} s</td><td class="number">${seconds.toFixed(1)}</td></tr>`,
  )}</table></div>`;
}

function timesTable(steps: readonly StepResult[]): Html {
  const times = timesOf(steps);
  return times.length === 0
    ? html``
    : html`<h2>Times</h2><table><tr><th>what</th><th class="number">count</th><th class="number">p50</th><th class="number">p95</th><th class="number">longest</th></tr>${times.map(
        ({ name, count, p50, p95, max }) =>
          html`<tr><td>${name}</td><td class="number">${count}</td>${[p50, p95, max].map((seconds) => html`<td class="number">${seconds.toFixed(2)} s</td>`)}</tr>`,
      )}</table>`;
}

function met(users: Users): Html {
  const { environment, model, total, failed, byVersion } = users;
  const versions = Object.entries(byVersion).map(([version, count]) => `v${version} ${count.toLocaleString("en")}`);
  return html`<p>${environment}, ${model}: ${counted(total, "request")}, ${failed.toLocaleString("en")} failed · ${versions.join(" · ")}</p>${usersChart(users)}`;
}

function environments({ parts }: PromotionOutcome): Html {
  const seconds = (value: number | undefined): string => (value === undefined ? "–" : `${value.toFixed(0)} s`);
  return html`<table><tr><th></th><th class="number">up after</th><th class="number">destroyed after</th><th class="number">memory</th><th>phases</th></tr>${parts.map(
    ({ environment, upSeconds, downSeconds, memory, phases }) =>
      html`<tr><td>${environment}</td><td class="number">${seconds(upSeconds)}</td><td class="number">${seconds(downSeconds)}</td><td class="number">${memory === undefined ? "–" : `${memory.toFixed(0)} MiB`}</td>
<td>${phases.map(({ name, state, seconds: took, detail }) => html`${state === "done" ? "✓" : state === "failed" ? html`<span class="bad">✗</span>` : "–"} ${name} ${state === "skipped" ? detail : `${took.toFixed(1)} s`} · `)}</td></tr>`,
  )}</table>`;
}
