import { composeModelRelease, composePlatformRelease, type Given } from "#promotion/releases/create";
import { differenceOf } from "#promotion/releases/difference";
import { find } from "#promotion/releases/references";
import { type AnyRelease, signAsJob, signWithKey } from "#promotion/releases/signatures";
import { writeModelRelease, writePlatformRelease } from "#promotion/releases/write";
import { FILES } from "#stacks/inputs/files";
import { textOf } from "#stacks/inputs/read-file";
import { parseJson } from "#stacks/inputs/read-json";
import { digestOfRelease } from "#stacks/inputs/releases/canonical";
import type { ModelRelease, PlatformRelease } from "#stacks/inputs/releases/schema";
import { printable, shown, suggestion } from "#stacks/wording";
import { MachineError } from "#toolchain/errors";
import { BadInput } from "../bad-input.ts";
import { printJson, say } from "../say.ts";
import { saysYes } from "../says-yes.ts";
import { differenceText, releaseText } from "./text.ts";

interface Options {
  signKey?: string;
  keyless?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** Options that are values of a release as they are. */
const PLAIN = ["run", "data", "features", "code", "sha256", "runtime", "author"] as const;

interface ModelOptions extends Options, Partial<Record<(typeof PLAIN)[number], string>> {
  version: string;
  from?: string;
  metric?: string[];
  image?: string;
  fetcher?: string;
  parent?: string;
}

/** `release create model`. */
export async function createModel(model: string, options: ModelOptions): Promise<void> {
  checkSigning(options);
  const { version, parent, from } = options;
  const record = from === undefined ? [] : [recordIn(from, model, version)];
  const given = [...record, typed(options, record[0])];
  const release = composeModelRelease({ model, version, given, parent, now: new Date() });
  await write(release, options, writeModelRelease);
}

/** `release create platform`. */
export async function createPlatform({ id, author, ...options }: Options & { id?: string; author?: string }): Promise<void> {
  checkSigning(options);
  await write(composePlatformRelease({ id, author, now: new Date() }), options, writePlatformRelease);
}

function checkSigning({ signKey, keyless }: Options): void {
  if (signKey !== undefined && keyless) {
    throw new BadInput("'--sign-key' must be given without '--keyless', got both");
  }
}

async function write<T extends ModelRelease | PlatformRelease>(
  release: T,
  { signKey, keyless, yes = false, json = false }: Options,
  save: (release: T) => string,
): Promise<void> {
  const signature =
    signKey !== undefined ? signWithKey(release, signKey) : keyless ? await signAsJob(release).catch(asMachine) : undefined;
  const signed: T = signature === undefined ? release : { ...release, signature };
  if (process.stdin.isTTY && process.stdout.isTTY && !yes && !json) {
    say(preview(signed));
    await demandYes();
  }
  const file = save(signed);
  const digest = digestOfRelease(signed);
  if (json) {
    printJson({ file, digest, release: signed });
    return;
  }
  say(`${file} is written${signature === undefined ? ", without a signature" : ", signed"}\ndigest ${digest}`);
  const line = "model" in signed ? `"${signed.model}": "${signed.version}"` : `"platform": "${signed.id}"`;
  say(`commit it; to run it in dev, set ${line} in ${FILES.pointer("dev")}`);
}

/** What is about to be written, and what it changes. */
function preview(release: AnyRelease): string {
  const text = releaseText(release);
  const parent = release.parent;
  if (parent === null) {
    return text;
  }
  const before = find("version" in parent ? `${(release as ModelRelease).model}@${parent.version}` : `platform@${parent.id}`);
  return `${text}\n\n${differenceText(differenceOf(before, { ...before, release } as typeof before))}`;
}

async function demandYes(): Promise<void> {
  if (!(await saysYes("write this release? it never changes afterwards"))) {
    throw new BadInput("nothing was written: the answer was not yes");
  }
}

/** sigstore is out of reach, or the machine has no identity: no fault of what was typed. */
function asMachine(error: unknown): never {
  if (error instanceof Error && !("__pulumiRunError" in error)) {
    throw new MachineError(
      `sigstore gave no signature (${error.message}):`,
      "run it in a CI job that may ask for an identity (GitHub: permissions: id-token: write), or sign with --sign-key",
    );
  }
  throw error;
}

/** Keys that a record may have: those of a release that nothing else decides. */
const OF_RECORD = [
  "author",
  "code",
  "data",
  "features",
  "fetcher",
  "image",
  "metrics",
  "parameters",
  "run",
  "runtime",
  "semanticVersion",
  "sha256",
];

function recordIn(file: string, model: string, version: string): Given {
  const text = textOf(`'--from' ${file}`, file);
  if (text === undefined) {
    throw new BadInput(`'--from' must be a file with a record, got '${file}', which is not there`);
  }
  const record = parseJson(file, text);
  if (typeof record !== "object" || record === null || Array.isArray(record)) {
    throw new BadInput(`${file} must be an object with the values of a release (${OF_RECORD.join(", ")}), got other JSON`);
  }
  const { model: itsModel = model, version: itsVersion = version, ...values } = record as Record<string, unknown>;
  const problems = [
    ...(itsModel === model ? [] : [`${file}: model must be '${model}', which the command names, got ${shown(itsModel)}`]),
    ...(itsVersion === version
      ? []
      : [`${file}: version must be '${version}', which '--version' names, got ${shown(itsVersion)}`]),
    ...Object.keys(values)
      .filter((key) => !OF_RECORD.includes(key))
      .map((key) => `${file}: ${printable(key)} must be a known key (${OF_RECORD.join(", ")})${suggestion(key, OF_RECORD)}`),
  ];
  if (problems.length > 0) {
    throw new BadInput(problems.join("\n"));
  }
  return { values, nameOf: (key) => `${file}: ${key}` };
}

/** What was typed; metrics go into those of the record. */
function typed(options: ModelOptions, record: Given | undefined): Given {
  const values: Record<string, unknown> = Object.fromEntries(
    PLAIN.flatMap((key) => (options[key] === undefined ? [] : [[key, options[key]]])),
  );
  for (const key of ["image", "fetcher"] as const) {
    const { [key]: text } = options;
    if (text !== undefined) {
      const [repository = "", digest, ...rest] = text.split("@");
      if (digest === undefined || rest.length > 0) {
        throw new BadInput(`'--${key}' must be <repository>@sha256:<64 hexadecimal digits>, got ${shown(text)}`);
      }
      values[key] = { repository, digest };
    }
  }
  if (options.metric !== undefined) {
    values["metrics"] = withMetrics(options.metric, record?.values["metrics"]);
  }
  return { values, nameOf };
}

/** The option of a value, and its place in what was typed there. */
function nameOf(path: string): string {
  const [key = "", ...rest] = path.split(".");
  return [`'--${key === "metrics" ? "metric" : key}'`, rest.join(".")].join(" ").trim();
}

function withMetrics(typedOnes: readonly string[], before: unknown): object {
  const metrics = structuredClone(typeof before === "object" && before !== null ? before : {}) as Record<string, unknown>;
  for (const text of typedOnes) {
    const [, split = "", name = "", value = ""] = /^(train|validation|test)\.([^=.]+)=(\S+)$/.exec(text) ?? [];
    if (split === "" || !isDecimal(value)) {
      throw new BadInput(`'--metric' must be <split>.<name>=<number>, such as test.auc=0.93, got ${shown(text)}`);
    }
    metrics[split] = { ...(metrics[split] as object | undefined), [name]: Number(value) };
  }
  return metrics;
}

/** Whether a text is a number as people write them, and one that a computer keeps: no `0x1`, no `1e-400`, which would be 0. */
const isDecimal = (text: string): boolean =>
  /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) &&
  Number.isFinite(Number(text)) &&
  (Number(text) !== 0 || !/[1-9]/.test(text.replace(/e.*$/i, "")));
