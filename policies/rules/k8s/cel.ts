/*
 * Expressions of the Common Expression Language as trees (cel-spec, "Syntax"). Two spellings of one thing are one tree: `a["b"]` is `a.b`,
 * `a != b` is `!(a == b)`, and `a >= b` is `!(a < b)`.
 */

/** A part of an expression. */
export type Node =
  | { kind: "literal"; value: string | number | boolean | null }
  | { kind: "name"; name: string }
  | { kind: "member"; of: Node; name: string }
  | { kind: "index"; of: Node; key: Node }
  | { kind: "call"; of: Node | undefined; name: string; args: Node[] }
  | { kind: "list"; items: Node[] }
  | { kind: "not"; of: Node }
  | { kind: "both" | "either" | "equal" | "less" | "in"; left: Node; right: Node }
  | { kind: "choice"; test: Node; met: Node; otherwise: Node }
  | { kind: "other"; name: string; parts: Node[] };

const TOKEN =
  /(?:([rRbB]{0,2}(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))|(0x[0-9a-fA-F]+u?|\d+\.?\d*(?:[eE][+-]?\d+)?[uU]?)|([A-Za-z_]\w*)|(&&|\|\||[=!<>]=|\[\?|\.\?|[-+*/%!?:.,<>()[\]{}]))/y;

/** Space and comments. */
const BETWEEN = /(?:\s|\/\/[^\n]*)*/y;

interface Token {
  kind: "text" | "number" | "name" | "sign";
  text: string;
}

/** What is no expression. */
class Malformed extends Error {}

/** The tree of an expression; `undefined` for a text that is none, which the API server refuses. */
export function treeOf(expression: string): Node | undefined {
  try {
    return new Parser(tokensOf(expression)).whole();
  } catch (error) {
    // A text may open more parentheses than a stack can hold.
    if (error instanceof Malformed || error instanceof RangeError) {
      return undefined;
    }
    throw error;
  }
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  for (let at = behind(BETWEEN, expression, 0); at < expression.length; at = behind(BETWEEN, expression, at)) {
    TOKEN.lastIndex = at;
    const [, quoted, number, name, sign] = TOKEN.exec(expression) ?? [];
    at = TOKEN.lastIndex;
    const [kind, found] =
      quoted !== undefined
        ? (["text", unquoted(quoted)] as const)
        : number !== undefined
          ? (["number", number] as const)
          : name !== undefined
            ? (["name", name] as const)
            : (["sign", sign] as const);
    if (found === undefined) {
      throw new Malformed();
    }
    tokens.push({ kind, text: found });
  }
  return tokens;
}

/** Where a match ends that begins at a place. */
function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.test(text);
  return pattern.lastIndex;
}

const unquoted = (quoted: string): string =>
  quoted.replace(/^[rRbB]*("""|'''|"|')([\s\S]*)\1$/, "$2").replaceAll(/\\(["'\\])/g, "$1");

const LITERALS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

const not = (of: Node): Node => (of.kind === "not" ? of.of : { kind: "not", of });

/** Comparisons by their signs, all of them from `==`, `<` and `in`. */
const COMPARED: ReadonlyMap<string, (left: Node, right: Node) => Node> = new Map([
  ["==", (left, right) => ({ kind: "equal", left, right })],
  ["!=", (left, right) => not({ kind: "equal", left, right })],
  ["<", (left, right) => ({ kind: "less", left, right })],
  [">", (left, right) => ({ kind: "less", left: right, right: left })],
  ["<=", (left, right) => not({ kind: "less", left: right, right: left })],
  [">=", (left, right) => not({ kind: "less", left, right })],
  ["in", (left, right) => ({ kind: "in", left, right })],
]);

/** Recursive descent, one method a level of precedence. */
class Parser {
  private at = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  whole(): Node {
    const node = this.choice();
    if (this.at < this.tokens.length) {
      throw new Malformed();
    }
    return node;
  }

  private choice(): Node {
    const test = this.chain("||", "either", () => this.chain("&&", "both", () => this.comparison()));
    if (!this.takes("?")) {
      return test;
    }
    const met = this.choice();
    this.needs(":");
    return { kind: "choice", test, met, otherwise: this.choice() };
  }

  private chain(sign: string, kind: "both" | "either", next: () => Node): Node {
    let left = next();
    while (this.takes(sign)) {
      left = { kind, left, right: next() };
    }
    return left;
  }

  private comparison(): Node {
    let left = this.sum();
    for (let made = this.compared(); made !== undefined; made = this.compared()) {
      left = made(left, this.sum());
    }
    return left;
  }

  private compared(): ((left: Node, right: Node) => Node) | undefined {
    const found = this.next?.kind === "text" ? undefined : COMPARED.get(this.next?.text ?? "");
    this.at += found === undefined ? 0 : 1;
    return found;
  }

  private sum(): Node {
    let left = this.unary();
    for (let sign = this.taken(...ARITHMETIC); sign !== undefined; sign = this.taken(...ARITHMETIC)) {
      left = { kind: "other", name: sign, parts: [left, this.unary()] };
    }
    return left;
  }

  private unary(): Node {
    if (this.takes("!")) {
      return not(this.unary());
    }
    if (this.takes("-")) {
      const of = this.unary();
      return of.kind === "literal" && typeof of.value === "number"
        ? { kind: "literal", value: -of.value }
        : { kind: "other", name: "-", parts: [of] };
    }
    return this.behind(this.primary());
  }

  /** What follows a value: members, indices and calls. */
  private behind(value: Node): Node {
    let of = value;
    for (let sign = this.taken(".", ".?", "[", "[?"); sign !== undefined; sign = this.taken(".", ".?", "[", "[?")) {
      if (sign.startsWith("[")) {
        const key = this.choice();
        this.needs("]");
        of =
          key.kind === "literal" && typeof key.value === "string"
            ? { kind: "member", of, name: key.value }
            : { kind: "index", of, key };
        continue;
      }
      const name = this.named();
      of = this.takes("(") ? { kind: "call", of, name, args: this.until(")") } : { kind: "member", of, name };
    }
    return of;
  }

  private primary(): Node {
    const token = this.next;
    this.at += 1;
    switch (token?.kind) {
      case "text":
        return { kind: "literal", value: token.text };
      case "number":
        return { kind: "literal", value: Number(token.text.replace(/[uU]$/, "")) };
      case "name":
        return this.called(token.text);
      default:
        return this.enclosed(token?.text);
    }
  }

  private called(name: string): Node {
    const literal = LITERALS.get(name);
    if (literal !== undefined) {
      return { kind: "literal", value: literal };
    }
    if (!this.takes("(")) {
      return { kind: "name", name };
    }
    const args = this.until(")");
    // It only hides a type.
    return name === "dyn" && args[0] !== undefined ? args[0] : { kind: "call", of: undefined, name, args };
  }

  private enclosed(sign: string | undefined): Node {
    if (sign === "(") {
      const node = this.choice();
      this.needs(")");
      return node;
    }
    if (sign === "[") {
      return { kind: "list", items: this.until("]") };
    }
    if (sign === "{") {
      return { kind: "other", name: "{}", parts: this.until("}") };
    }
    throw new Malformed();
  }

  /** Values up to a closing sign; those of a map stand key by key. */
  private until(end: string): Node[] {
    const found: Node[] = [];
    while (!this.takes(end)) {
      found.push(this.choice());
      if (!this.takes(",") && !this.takes(":") && this.next?.text !== end) {
        throw new Malformed();
      }
    }
    return found;
  }

  private get next(): Token | undefined {
    return this.tokens[this.at];
  }

  private named(): string {
    const token = this.next;
    if (token?.kind !== "name") {
      throw new Malformed();
    }
    this.at += 1;
    return token.text;
  }

  private taken(...signs: string[]): string | undefined {
    const token = this.next;
    if (token?.kind !== "sign" || !signs.includes(token.text)) {
      return undefined;
    }
    this.at += 1;
    return token.text;
  }

  private takes(sign: string): boolean {
    return this.taken(sign) !== undefined;
  }

  private needs(sign: string): void {
    if (!this.takes(sign)) {
      throw new Malformed();
    }
  }
}

const ARITHMETIC = ["+", "-", "*", "/", "%"];

/** The parts of a part, first to last. */
export function partsOf(node: Node): Node[] {
  switch (node.kind) {
    case "literal":
    case "name":
      return [];
    case "member":
    case "not":
      return [node.of];
    case "index":
      return [node.of, node.key];
    case "call":
      return [...(node.of === undefined ? [] : [node.of]), ...node.args];
    case "list":
      return node.items;
    case "choice":
      return [node.test, node.met, node.otherwise];
    case "other":
      return node.parts;
    default:
      return [node.left, node.right];
  }
}
