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
  return new Promise((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        const path = entry.path.replace(/^(\.\/)+/, "");
        const inFolder = path.slice(path.indexOf("/") + 1);
        paths.push(...(path === "" ? [] : [path]));
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
