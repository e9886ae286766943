import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { defaultCache } from "#toolchain/cache";
import type { Manifest } from "./prod.ts";

/** Newest on PyPI on 2026-11-21. */
export const CHECKOV = "3.3.30";

/** One check that looked at one object. */
export interface Finding {
  check: string;
  /** What checkov calls the check. */
  title: string;
  file: string;
  /** What checkov read of the object, for example `spec/template/spec/containers/[0]/image`; of the first container that fails. */
  keys: string[];
  failed: boolean;
}

/**
 * Where checkov is: in a Python environment of its own beside the rehearsal's tools, made when it is not there yet.
 *
 * @throws where there is no `python3` with `venv`, or no way to PyPI.
 */
export function install(): string {
  const folder = join(defaultCache(), `checkov-${CHECKOV}`);
  const command = join(folder, "bin", "checkov");
  if (!existsSync(command)) {
    rmSync(folder, { recursive: true, force: true });
    execFileSync("python3", ["-m", "venv", folder]);
    execFileSync(join(folder, "bin", "pip"), ["install", "--quiet", `checkov==${CHECKOV}`], { stdio: "inherit" });
  }
  return command;
}

/**
 * Holds objects against checkov's checks of Kubernetes and its search for secrets. One process for each: where one is given two folders,
 * what it says of the second repeats what it said of the first.
 */
export function scan(command: string, manifests: readonly Manifest[]): Finding[] {
  const folder = mkdtempSync(join(tmpdir(), "millrace-checkov-"));
  try {
    const objects = join(folder, "objects");
    mkdirSync(objects);
    for (const { file, object } of manifests) {
      writeFileSync(join(objects, file), stringify(object));
    }
    const options = ["--framework", "kubernetes", "secrets", "--output", "json", "--compact", "--soft-fail", "--skip-download"];
    const answer = execFileSync(command, ["--directory", objects, ...options], { encoding: "utf8", maxBuffer: 2 ** 28 });
    // One framework that looked at something answers by itself, two in a list.
    const answers = [JSON.parse(answer)].flat() as Answer[];
    const unread = answers.flatMap(({ results }) => results.parsing_errors);
    if (unread.length > 0) {
      throw new Error(`checkov could not read ${unread.join(", ")}`);
    }
    return answers.flatMap(({ results }) => [...results.failed_checks, ...results.passed_checks]).map(findingOf);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Answer {
  results: { failed_checks: Answered[]; passed_checks: Answered[]; parsing_errors: string[] };
}

interface Answered {
  check_id: string;
  check_name: string;
  check_result: { result: string; evaluated_keys?: string[] | null };
  file_path: string;
}

const findingOf = ({ check_id, check_name, check_result, file_path }: Answered): Finding => ({
  check: check_id,
  title: check_name,
  file: file_path.replace(/^\//, ""),
  keys: check_result.evaluated_keys ?? [],
  failed: check_result.result === "FAILED",
});
