import { readFileSync, statSync } from "node:fs";
import { Parser } from "tar";
import { parse } from "yaml";

/** An archive is no chart, or not a whole one. The message completes "got …". */
export class NoChart extends Error {}

/** What an archive of a chart holds. */
export interface ChartArchive {
  /** Folder at its top. Its chart may have another name where a project packs it when it publishes. */
  folder: string;
  /** What its `Chart.yaml` says. */
  about: { name?: string; version?: string };
  /** Texts of the files that were wanted, by their path in the folder. */
  files: ReadonlyMap<string, string>;
}

/** Most bytes of a chart that Helm unpacks; its archive is smaller. */
const LARGEST = 100 * 2 ** 20;

/** Why there is no file to read, by the code of the error. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "nothing",
  ELOOP: "a link that leads to itself",
  EACCES: "a file that nobody here may read",
};

/**
 * The content of an archive's file.
 *
 * @throws {NoChart} when there is no file, it cannot be read, or it is larger than any chart.
 */
export function contentOfArchive(path: string): Buffer {
  try {
    const there = statSync(path);
    if (!there.isFile()) {
      throw new NoChart(there.isDirectory() ? "a folder" : "something that is no file");
    }
    if (there.size > LARGEST) {
      throw new NoChart(`a file of ${Math.ceil(there.size / 2 ** 20)} MiB, where Helm takes at most 100`);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof NoChart) {
      throw error;
    }
    const code = String((error as NodeJS.ErrnoException).code);
    throw new NoChart(UNREADABLE[code] ?? `a file that cannot be read (${code})`);
  }
}

/**
 * Reads an archive to its end: Helm and a rehearsal take one that ends early for what it is not.
 *
 * @param wanted paths in the chart's folder.
 * @throws {NoChart} when it is no archive, is cut off, or has no single folder with a chart.
 */
export async function readChartArchive(archive: Buffer, wanted = /^Chart\.yaml$/): Promise<ChartArchive> {
  const { paths, files } = await entriesOf(archive, wanted);
  const folders = [...new Set(paths.map((path) => path.split("/")[0]!))];
  if (folders.length > 1) {
    throw new NoChart(`an archive with ${folders.length} folders or files at its top (${folders.slice(0, 3).join(", ")})`);
  }
  const [folder] = folders;
  const about = files.get("Chart.yaml");
  if (folder === undefined || about === undefined) {
    throw new NoChart("an archive without Chart.yaml in its folder");
  }
  return { folder, about: mapIn(about), files };
}

function mapIn(text: string): ChartArchive["about"] {
  try {
    return (parse(text) as ChartArchive["about"] | null) ?? {};
  } catch {
    throw new NoChart("an archive whose Chart.yaml is not YAML");
  }
}

/** The two bytes with which a gzip file begins (RFC 1952). */
const GZIP = Buffer.from([0x1f, 0x8b]);

function entriesOf(archive: Buffer, wanted: RegExp): Promise<{ paths: string[]; files: Map<string, string> }> {
  if (!archive.subarray(0, GZIP.length).equals(GZIP)) {
    throw new NoChart(archive.length === 0 ? "an empty file" : "no chart");
  }
  const [paths, files] = [[] as string[], new Map<string, string>()];
  let unpacked = 0;
  return new Promise((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        const path = entry.path.replace(/^(\.\/)+/, "");
        const inFolder = path.slice(path.indexOf("/") + 1);
        paths.push(...(path === "" ? [] : [path]));
        unpacked += entry.size;
        if (unpacked > LARGEST) {
          reject(new NoChart("an archive that unpacks to more than the 100 MiB that Helm takes"));
          parser.abort(new Error("too large"));
          return;
        }
        if (!wanted.test(inFolder) && inFolder !== "Chart.yaml") {
          entry.resume();
          return;
        }
        const chunks: Buffer[] = [];
        entry.on("data", (chunk) => void chunks.push(chunk));
        entry.on("end", () => void files.set(inFolder, Buffer.concat(chunks).toString()));
      },
    });
    parser.on("end", () => resolve({ paths, files }));
    parser.on("error", ({ message }: Error) => reject(new NoChart(`an archive that is cut off or damaged (${message})`)));
    parser.end(archive);
  });
}
