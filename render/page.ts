// HTML: markup with escaped values, and a page in one file.

/** Markup that is already escaped. */
export interface Html {
  readonly markup: string;
}

type Piece = Html | string | number | undefined | false | readonly Piece[];

/** Markup with every value escaped, unless it is markup itself. */
export function html(strings: TemplateStringsArray, ...values: Piece[]): Html {
  return { markup: strings.map((text, index) => text + (index < values.length ? render(values[index]) : "")).join("") };
}

function render(piece: Piece): string {
  if (piece === undefined || piece === false) {
    return "";
  }
  if (Array.isArray(piece)) {
    return piece.map(render).join("");
  }
  return typeof piece === "object" ? (piece as Html).markup : escape(String(piece));
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/**
 * A whole page in one file: no script, style, font or picture is fetched from anywhere, so it can be mailed and archived.
 *
 * @param script run once the page is there. @default - none
 */
export function page({
  title,
  body,
  style = "",
  script,
}: {
  title: string;
  body: Html;
  style?: string;
  script?: string;
}): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style>${STYLE}${style}</style>
<body>
${body.markup}
${script === undefined ? "" : `<script>${script}</script>`}
</body>
</html>
`;
}

/** Colours of every page and picture, light and dark, as variables. */
export const COLOURS = `
:root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6675; --line: #d5dbe3; --paper: #fbfcfe; --room: #f0f3f8; --good: #15803d; --bad: #c62828;
  --new: #2563eb; --old: #94a3b8; --accent: #7c3aed; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --soft: #9aa6b5; --line: #333d4b; --paper: #12161d; --room: #1a202a; --good: #4ade80;
  --bad: #f87171; --new: #60a5fa; --old: #64748b; --accent: #a78bfa; } }
`;

const STYLE = `${COLOURS}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; max-width: 1180px; padding: 0 1.2rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .6rem; }
p.lead { color: var(--soft); margin: 0 0 1.2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; } td.number, th.number { text-align: right; white-space: nowrap; }
.good { color: var(--good); } .bad { color: var(--bad); } .soft { color: var(--soft); }
code, pre { font: 13px/1.45 ui-monospace, monospace; } p, li, dd { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } @media (max-width: 640px) { body { margin: 1rem auto; padding: 0 .8rem; } .scroll table { font-size: 13px; } }
`;
