export interface Token {
  kind: "number" | "duration" | "word" | "string" | "sign" | "end";
  text: string;
  /** Where it stands in the text. */
  from: number;
  to: number;
}

/** A text is no PromQL. */
export class NotPromQl extends Error {}

const TOKEN =
  /(?<space>\s+|#[^\n]*)|(?<string>"(?:\\[^]|[^"\\\n])*"|'(?:\\[^]|[^'\\\n])*'|`[^`]*`)|(?<duration>(?:\d+(?:ms|[smhdwy]))+(?!\w))|(?<number>0x[\da-f]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.]))|(?<word>[a-z_:][\w:]*)|(?<sign>=~|!~|!=|==|>=|<=|[-+*/%^<>=(){}[\],@])/iy;

/** @throws {NotPromQl} */
export function tokensOf(text: string): Token[] {
  const pattern = new RegExp(TOKEN);
  const tokens: Token[] = [];
  while (pattern.lastIndex < text.length) {
    const from = pattern.lastIndex;
    const found = pattern.exec(text);
    if (found === null) {
      throw new NotPromQl(`'${text.slice(from, from + 20)}' is no part of an expression`);
    }
    const [kind, written] = Object.entries(found.groups ?? {}).find(([, value]) => value !== undefined) ?? [];
    if (kind !== "space" && written !== undefined) {
      // A colon alone separates the step of a subquery; the step is read there.
      tokens.push({ kind: kind as Token["kind"], text: written, from, to: pattern.lastIndex });
    }
  }
  return [...tokens, { kind: "end", text: "", from: text.length, to: text.length }];
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, y: 31_536_000 };

/** Seconds of a duration as Prometheus writes it, `1h30m`, or of a number of seconds; none where nothing is said. */
export const secondsOf = (duration: string): number =>
  /^[\d.]+$/.test(duration)
    ? Number(duration)
    : [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
        (sum, [, amount, unit = ""]) => sum + Number(amount) * (SECONDS[unit] ?? 0),
        0,
      );
