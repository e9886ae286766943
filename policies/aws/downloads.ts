import { unpacked } from "./user-data.ts";

const FETCH = String.raw`\b(?:curl|wget|aria2c)\b`;
const SHELL = String.raw`(?:\S*/)?(?:(?:ba|z|k|da|a)?sh|python[\d.]*|perl|ruby|node|php|tclsh)\b`;
/** What may stand before a shell: `sudo -E`, `env A=b`, `nohup`. */
const BEFORE = String.raw`(?:(?:sudo|env|nohup|exec|command|time)\s+(?:-\S+\s+|\w+=\S*\s+)*)*`;

/** Downloads that go straight into a shell, in each way in which shells take them. */
const STRAIGHT: readonly RegExp[] = [
  new RegExp(String.raw`${FETCH}[^\n]*\|\s*${BEFORE}${SHELL}`),
  new RegExp(String.raw`(?:${SHELL}|\beval\b)[^\n|;]*(?:\$\(|${"`"})\s*${BEFORE}${FETCH}`),
  new RegExp(String.raw`(?:${SHELL}|\bsource|(?:^|[\s;&])\.)\s[^\n|;]*<\(\s*${BEFORE}${FETCH}`, "m"),
  /\b(?:iex|invoke-expression)\b[^\n]*\b(?:iwr|irm|curl|wget|invoke-(?:webrequest|restmethod)|downloadstring)\b/i,
  /\b(?:iwr|irm|invoke-(?:webrequest|restmethod)|downloadstring)\b[^\n]*\|\s*(?:iex|invoke-expression)\b/i,
];

/** The file into which a download goes. */
const KEPT = new RegExp(
  String.raw`${FETCH}[^\n;&|]*?\s(?:-[A-Za-z]*[oO]|--output(?:-document)?)[ =]?\s*["']?([^\s"'-][^\s"';&|]*)`,
  "g",
);

/** What compares a download with what was published. */
const CHECKED = /\b(?:sha(?:1|256|384|512)?sum|shasum|gpgv?|cosign|minisign|signify|openssl\s+dgst|rpm\s+(?:-K|--checksig))\b/;

/** Asked for at the machine itself, which is not the internet. */
const OF_MACHINE = /\bhttps?:\/\/(?:169\.254\.169\.254|169\.254\.170\.\d+|localhost|127\.0\.0\.1|\[fd00:ec2::254\])/g;

/** Whether a text, or what is packed in it, runs a program of the internet that it does not check first. */
export const runsDownload = (text: string): boolean =>
  unpacked(text).some((each) => {
    const program = each
      .replaceAll(/\\\r?\n\s*/g, " ")
      .replaceAll(/^\s*#(?!!).*$/gm, "")
      .split("\n")
      .filter((line) => line.search(OF_MACHINE) < 0)
      .join("\n");
    return STRAIGHT.some((pattern) => pattern.test(program)) || (!CHECKED.test(program) && runsKept(program));
  });

const runsKept = (program: string): boolean =>
  [...program.matchAll(KEPT)].some(([, file = ""]) => {
    const path = file.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(
      String.raw`\bchmod\s+(?:\S*x\S*|[0-7]*[1357][0-7]*)\s+["']?(?:\S*/)?${path}(?![\w.-])|(?:^|[\s;&|])${SHELL}\s+(?:-\S+\s+)*["']?${path}(?![\w.-])`,
      "m",
    ).test(program);
  });
