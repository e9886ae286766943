import { formatReleases } from "#promotion/releases/format";

/** `release format`. */
export function format({ json = false }: { json?: boolean }): void {
  const written = formatReleases();
  if (json) {
    console.log(JSON.stringify({ written }, null, 2));
  } else {
    console.log(written.length === 0 ? "every file is in its form" : written.map((file) => `${file} is written`).join("\n"));
  }
}
