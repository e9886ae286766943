// Changes of files of releases at random, for tests that try very many.

const VALUES = [
  "null",
  "[]",
  "{}",
  '""',
  '"x"',
  "0",
  "-1",
  "1e999",
  "true",
  '"constructor"',
  '"__proto__"',
  '"../../etc/passwd"',
  '"\\u001b[2J"',
  `"${"a".repeat(5000)}"`,
  "[[[[[]]]]]",
  '"4"',
  '"é\\ud800"',
  "NaN",
  "9".repeat(400),
];
const BYTES = ["\0", "\uFEFF", "\r", "<<<<<<< HEAD\n", "{", "}", '"', ",", "\\", "\u2028", " ", "\n\n", "// a comment\n"];

/**
 * One change at random: of a value, a key, some bytes, or a file.
 *
 * @param names files that may be added
 */
export function mutate(files: Record<string, string | Buffer>, next: () => number, names: readonly string[]): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)]!;
  const file = pick(Object.keys(files));
  const text = String(files[file]);
  const at = Math.floor(next() * (text.length + 1));
  const kind = pick([
    "value",
    "value",
    "value",
    "key",
    "double",
    "cut",
    "insert",
    "remove",
    "add",
    "copy",
    "bytes",
    "line",
  ] as const);
  const entries = [...text.matchAll(/"([^"\n]*)": ([^\n]*?)(?=,?\n)/g)];
  const entry = entries.length > 0 ? pick(entries) : undefined;
  const replaced = (by: string): string =>
    entry === undefined ? by : `${text.slice(0, entry.index)}${by}${text.slice(entry.index + entry[0].length)}`;
  switch (kind) {
    case "value":
      files[file] = replaced(`"${entry?.[1]}": ${pick(VALUES)}`);
      break;
    case "key":
      files[file] = replaced(`${pick(VALUES.filter((value) => value.startsWith('"')))}: ${entry?.[2]}`);
      break;
    case "double":
      files[file] = replaced(`${entry?.[0]},\n${entry?.[0]}`);
      break;
    case "cut":
      files[file] = text.slice(0, at);
      break;
    case "insert":
      files[file] = `${text.slice(0, at)}${pick(BYTES)}${text.slice(at)}`;
      break;
    case "remove":
      delete files[file];
      break;
    case "add":
      files[pick(names)] = next() < 0.5 ? text : pick(VALUES);
      break;
    case "copy":
      files[pick(Object.keys(files))] = text;
      break;
    case "bytes":
      files[file] = Buffer.from(Array.from({ length: 40 }, () => Math.floor(next() * 256)));
      break;
    case "line": {
      const lines = text.split("\n");
      lines.splice(Math.floor(next() * lines.length), 1);
      files[file] = lines.join("\n");
    }
  }
  return `${kind} in ${file}`;
}
