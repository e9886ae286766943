import { load } from "js-yaml";
import { sha256 } from "#toolchain/digest";
import { ask, expectOk } from "#toolchain/oci/http";
import { ChartError, missing } from "./http.ts";
import type { Chart } from "./pins.ts";

interface Index {
  entries?: Record<string, { version: string; urls?: string[]; digest?: string }[]>;
}

/**
 * The archive of a chart in a repository (Helm documentation, "The Chart Repository Guide").
 *
 * @throws {ChartError} when the repository does not have it, or not as its own list says.
 */
export async function fromRepository(chart: Chart, signal: AbortSignal): Promise<Buffer> {
  const { name, version, published } = chart;
  const base = `${published.replace(/\/$/, "")}/`;
  const list = new URL("index.yaml", base);
  const index = load(await (await expectOk(await ask(list, { signal }), String(list))).text()) as Index | null;
  const versions = index?.entries?.[name] ?? [];
  const found = versions.find((each) => each.version === version);
  const [address] = found?.urls ?? [];
  if (found === undefined || address === undefined) {
    throw missing(
      chart,
      versions.map((each) => each.version),
    );
  }
  const url = new URL(address, base);
  if (url.protocol !== "https:") {
    throw new ChartError(`${name} ${version} must come over https://, got ${url} from ${list}`);
  }
  const archive = Buffer.from(await (await expectOk(await ask(url, { signal }), String(url))).arrayBuffer());
  if (found.digest !== undefined && found.digest.replace(/^sha256:/, "") !== sha256(archive)) {
    throw new ChartError(`${name} ${version} must have the digest ${found.digest} that ${list} names, got ${sha256(archive)}`);
  }
  return archive;
}
