import { join, relative } from "node:path";
import type { Command } from "commander";
import { PROJECT_FOLDER } from "#engine/project";
import { quoted } from "#render/shell";
import { dim, green, red } from "#render/terminal";
import { configFile } from "#stacks/inputs/config-file";
import { FILES } from "#stacks/inputs/files";
import { chartsFault } from "#stacks/inputs/places";
import { shown } from "#stacks/wording";
import { ChartLockError, LOCK } from "#toolchain/chart-lock";
import { BadInput, checkFile, checkFolder, environmentNamed, isFile, isFolder } from "./bad-input.ts";
import { useProxy } from "./charts/http.ts";
import { interruption } from "./interrupt.ts";
import { printJson, say, sayBeside } from "./say.ts";

/** Exit code of `charts fetch` where a chart is not the one that was fetched before. */
const CHANGED = 3;

/** What both commands only note. */
const NOTES =
  "\n\nA line with ! is a note in both commands, and no failure: a chart names an image at another place than components/chart-images.ts\nsays, or no list knows its digest. Correct the table before you set millrace:images.";

interface Options {
  to?: string;
  env?: string;
  lock?: string;
  json?: boolean;
}

/** Adds `charts fetch` and `charts verify`: the charts of an environment that does not ask their publishers. */
export function chartsCommand(program: Command): void {
  const charts = program
    .command("charts")
    .description("bring the pinned charts to where an environment without a way to the internet takes them from, and check them");
  const lock = ["--lock <file>", "committed list with the digest of each chart", LOCK] as const;
  charts
    .command("fetch")
    .description("download every pinned chart from its publisher, check it, and write all of them or none")
    .option("--to <place>", "folder to write archives into, or oci://<registry>/<path> to push them to")
    .option("--env <environment>", "in place of --to: the place that millrace:charts of this environment names")
    .option(...lock)
    .option("--json", "print what was fetched as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace charts fetch --to vendor/charts\n  npx millrace charts fetch --to oci://registry.example.com/charts\n  npx millrace charts fetch --env prod\n\nThe list of digests is written at the first fetch: commit it. A proxy is taken from HTTPS_PROXY, a login from \`helm registry login\`.${NOTES}\n\nExit codes:\n  0  every chart is there\n  1  a chart cannot be had or brought; nothing was written in a folder\n  2  something that was typed is wrong\n  3  a chart is not the one that was fetched before; nothing was written`,
    )
    .action(fetchAll);
  charts
    .command("verify")
    .description("check a folder of charts without a network: archives, versions and digests; images are noted")
    .argument("[folder]", "folder that `charts fetch` has filled")
    .option("--env <environment>", "in place of the folder: the one that millrace:charts of this environment names")
    .option(...lock)
    .option("--json", "print what was found as JSON")
    .addHelpText(
      "after",
      `\nExamples:\n  npx millrace charts verify vendor/charts\n  npx millrace charts verify --env prod${NOTES}\n\nExit codes:\n  0  every chart is there and as it should be\n  1  a chart is missing, damaged, or another one: \`up\` would fail\n  2  something that was typed is wrong`,
    )
    .action(verify);
}

async function fetchAll({ to, env, lock = LOCK, json = false }: Options): Promise<void> {
  const place = placeOf("--to", to, env);
  const isRegistry = /^[a-z][a-z\d+.-]+:/i.test(place.trim());
  if (isRegistry) {
    const fault = chartsFault(place);
    if (fault !== undefined) {
      throw new BadInput(`'--to' must ${fault}, got ${shown(place)}`);
    }
  } else {
    checkFolder("'--to'", place);
  }
  checkFile("--lock", lock);
  useProxy();
  const { fetchCharts } = await import("./charts/fetch.ts");
  const { charts, failed, changed, noted } = await fetchCharts({
    to: place,
    lock,
    onProgress: ({ name, version, published }, bytes) =>
      sayBeside(`${green("✓")} ${name} ${version}   ${dim(`${Math.ceil(bytes / 1024)} KiB from ${published}`)}`),
    signal: interruption(),
  }).catch(asBadInput);
  for (const text of [...failed, ...changed]) {
    sayBeside(`${red("✗")} ${text}`);
  }
  noted.forEach((text) => sayBeside(`! ${text}`));
  if (json) {
    printJson({ to: place, lock, charts, failed, changed, noted });
  } else if (charts.length > 0) {
    const next = isRegistry ? "" : `\ncheck it at any time: npx millrace charts verify ${quoted(place)}`;
    say(`${charts.length} charts in ${place}; their digests are in ${lock}: commit it${next}`);
  }
  process.exitCode = failed.length > 0 ? 1 : changed.length > 0 ? CHANGED : 0;
}

async function verify(folder: string | undefined, { env, lock = LOCK, json = false }: Options): Promise<void> {
  const place = placeOf("[folder]", folder, env);
  if (!isFolder(place)) {
    throw new BadInput(`'[folder]' must be a folder that \`millrace charts fetch\` has filled, got '${place}'`);
  }
  const isListed = isFile(lock);
  if (!isListed && lock !== LOCK) {
    throw new BadInput(`'--lock' must be a list that \`millrace charts fetch\` wrote, got '${lock}', which is no file here`);
  }
  const { verifyCharts } = await import("./charts/verify.ts");
  const charts = await verifyCharts(place, lock).catch(asBadInput);
  const wrong = charts.filter(({ problems }) => problems.length > 0);
  const notes = charts.flatMap((chart) => chart.notes);
  if (json) {
    printJson({ folder: place, lock, charts });
  } else {
    for (const { name, version, problems } of charts) {
      say(
        `${problems.length === 0 ? green("✓") : red("✗")} ${name} ${version}${problems.map((text) => `\n    ${text}`).join("")}`,
      );
    }
    notes.forEach((text) => say(`! ${text}`));
    if (!isListed) {
      say(`! ${LOCK} is not here: the digests are those that the folder itself names, so this shows no exchange of both`);
    }
    say(
      wrong.length === 0
        ? `${charts.length} charts in ${place} are as pinned${notes.length === 0 ? "" : `; ${notes.length} notes`}`
        : `${wrong.length} of ${charts.length} charts in ${place} are not as they should be: npx millrace charts fetch --to ${quoted(place)}`,
    );
  }
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

/** @throws {BadInput} in place of the error of a list that is none. */
function asBadInput(error: unknown): never {
  throw error instanceof ChartLockError ? new BadInput(error.message) : error;
}

/** The place that was typed, or that an environment's stack config names. @throws {BadInput} when there is none, or both were given. */
function placeOf(option: string, typed: string | undefined, env: string | undefined): string {
  if (typed !== undefined && env !== undefined) {
    throw new BadInput(`'${option}' must be given without '--env', got both`);
  }
  if (typed !== undefined && typed !== "") {
    return typed;
  }
  if (env === undefined) {
    throw new BadInput(`'${option}' or '--env' must be given, got neither`);
  }
  const file = FILES.config("platform", environmentNamed(env));
  const charts = configFile(file)["millrace:charts"] ?? "";
  if (charts === "") {
    throw new BadInput(`${file}: millrace:charts must be set for '--env ${env}', got nothing: name the place with ${option}`);
  }
  const fault = chartsFault(charts);
  if (fault !== undefined || typeof charts !== "string") {
    throw new BadInput(`${file}: millrace:charts must ${fault}, got ${shown(charts)}`);
  }
  return charts.startsWith("oci://") ? charts : relative(process.cwd(), join(PROJECT_FOLDER, charts)) || ".";
}
