import { unpacked } from "./user-data.ts";

const FETCH = String.raw`\b(?:curl|wget|aria2c)\b`;
/** Texts are searched for a command's length at most: a long one would take its square. */
const SHELL = String.raw`(?:\S{0,99}/)?(?:(?:ba|z|k|da|a)?sh|python[\d.]*|perl|ruby|node|php|tclsh)\b`;
/** What may stand before a shell: `sudo -E`, `env A=b`, `nohup`. */
const BEFORE = String.raw`(?:(?:sudo|env|nohup|exec|command|time)\s+(?:-\S+\s+|\w+=\S*\s+)*)*`;

/** Downloads that go straight into a shell, in each way in which shells take them. */
const STRAIGHT: readonly RegExp[] = [
  new RegExp(String.raw`${FETCH}[^\n]{0,500}\|\s*${BEFORE}${SHELL}`),
  new RegExp(String.raw`(?:${SHELL}|\beval\b)[^\n|;]{0,500}(?:\$\(|${"`"})\s*${BEFORE}${FETCH}`),
  new RegExp(String.raw`(?:${SHELL}|\bsource|(?:^|[\s;&])\.)\s[^\n|;]{0,500}<\(\s*${BEFORE}${FETCH}`, "m"),
  /\bexec\s*\([^\n]{0,500}\b(?:urlopen|urlretrieve|requests\.get)\b/,
  /\b(?:iex|invoke-expression)\b[^\n]{0,500}\b(?:iwr|irm|curl|wget|invoke-(?:webrequest|restmethod)|downloadstring)\b/i,
  /\b(?:iwr|irm|invoke-(?:webrequest|restmethod)|downloadstring)\b[^\n]{0,500}\|\s*(?:iex|invoke-expression)\b/i,
];

/** The file into which a download goes: one that is named, or the last part of the address. */
const KEPT: readonly RegExp[] = [
  new RegExp(
    String.raw`${FETCH}[^\n;&|]{0,500}?\s(?:-[A-Za-z]*[oO]|--output(?:-document)?)[ =]?\s*["']?([^\s"'-][^\s"';&|]*)`,
    "g",
  ),
  new RegExp(String.raw`${FETCH}[^\n;&|>]{0,500}>\s*["']?([^\s"'&;|]+)`, "g"),
  new RegExp(
    String.raw`(?:\bwget\b|\bcurl\b[^\n;&|]{0,500}?\s-[A-Za-z]*O)[^\n;&|]{0,500}?https?://[^\s"';&|]{0,500}/([^\s"';&|/?#]+)`,
    "g",
  ),
];

/** What compares a download with what was published. */
const CHECKED = /\b(?:sha(?:1|256|384|512)?sum|shasum|gpgv?|cosign|minisign|signify|openssl\s+dgst|rpm\s+(?:-K|--checksig))\b/;

/** Without one of these words nothing is fetched. */
const FETCHES = /curl|wget|aria2c|urlopen|urlretrieve|requests\.get|iwr|irm|webrequest|restmethod|downloadstring/i;

/** What is asked for at the machine itself is not of the internet. */
const OF_MACHINE = new RegExp(
  String.raw`${FETCH}[^\n;&|]{0,500}?https?://(?:169\.254\.169\.254|169\.254\.170\.\d+|localhost|127\.0\.0\.1|\[fd00:ec2::254\])(?![\w.-])[^\s;&|]*`,
  "g",
);

/** Whether a text, or what is packed in it, runs a program of the internet that it does not check first. */
export const runsDownload = (text: string): boolean =>
  unpacked(text).some((each) => {
    if (!FETCHES.test(each)) {
      return false;
    }
    const program = each
      .replaceAll(/\\\r?\n\s*/g, " ")
      .replaceAll(/^\s*#(?!!).*$/gm, "")
      .replaceAll(OF_MACHINE, "true");
    return STRAIGHT.some((pattern) => pattern.test(program)) || (!CHECKED.test(program) && runsKept(program));
  });

const runsKept = (program: string): boolean =>
  KEPT.flatMap((pattern) => [...program.matchAll(pattern)]).some(([, file = ""]) => {
    const path = file.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
    return new RegExp(
      String.raw`\bchmod\s+(?:\S*x\S*|[0-7]*[1357][0-7]*)\s+["']?(?:\S{0,99}/)?${path}(?![\w.-])|(?:^|[\s;&|])${SHELL}\s+(?:-\S+\s+)*["']?${path}(?![\w.-])`,
      "m",
    ).test(program);
  });
