import { formatReleases } from "#promotion/releases/format";
import { answer } from "../say.ts";

/** `release format`. */
export function format({ json = false }: { json?: boolean }): void {
  const written = formatReleases();
  answer(json, { written }, () =>
    written.length === 0 ? "every file is in its form" : written.map((file) => `${file} is written`).join("\n"),
  );
}
