import { isInstant } from "./calls.ts";
import { AGGREGATIONS, RANGES } from "./functions.ts";
import type { Call, Expression, Matcher, Operation, Selector, Subquery } from "./syntax.ts";
import { NotPromQl, secondsOf, type Token, tokensOf } from "./tokens.ts";

/** Operators by how closely they bind, the loosest first. `^` binds closest, and to its right. */
const LEVELS: readonly (readonly string[])[] = [
  ["or"],
  ["and", "unless"],
  ["==", "!=", ">", "<", ">=", "<="],
  ["+", "-"],
  ["*", "/", "%", "atan2"],
];

const SETS = ["or", "and", "unless"];
const COMPARISONS = ["==", "!=", ">", "<", ">=", "<="];

/** Each text as a tree, made once: several rules read each alert. */
const TREES = new Map<string, Expression | undefined>();

/** The tree of an expression; `undefined` for a text that Prometheus would not accept. */
export function parsedQuery(text: string): Expression | undefined {
  if (!TREES.has(text)) {
    TREES.set(text, treeOf(text));
  }
  return TREES.get(text);
}

function treeOf(text: string): Expression | undefined {
  try {
    return new Parser(text).whole();
  } catch (error) {
    if (error instanceof NotPromQl) {
      return undefined;
    }
    throw error;
  }
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  whole(): Expression {
    const found = this.#binary(0);
    if (this.#next().kind !== "end") {
      throw new NotPromQl(`'${this.#next().text}' follows an expression`);
    }
    if (rangeOf(found)) {
      throw new NotPromQl("a range is no answer");
    }
    return found;
  }

  #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #takes(...texts: string[]): boolean {
    const fits = this.#next().kind !== "string" && texts.includes(this.#next().text.toLowerCase());
    this.#at += fits ? 1 : 0;
    return fits;
  }

  #expects(text: string): void {
    if (!this.#takes(text)) {
      throw new NotPromQl(`'${text}' is wanted, not '${this.#next().text}'`);
    }
  }

  #take(kind: Token["kind"]): Token {
    const token = this.#next();
    if (token.kind !== kind) {
      throw new NotPromQl(`a ${kind} is wanted, not '${token.text}'`);
    }
    this.#at += 1;
    return token;
  }

  /** What was written since a token, without spaces outside of quotes. */
  #since(first: number): string {
    return this.#tokens
      .slice(first, this.#at)
      .map(({ kind, text }) => (kind === "word" ? ` ${text}` : text))
      .join("")
      .trim();
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) {
      return this.#unary();
    }
    const first = this.#at;
    let left = this.#binary(level + 1);
    while (this.#next().kind !== "string" && operators.includes(this.#next().text.toLowerCase())) {
      const operator = this.#next().text.toLowerCase();
      this.#at += 1;
      const modifiers = this.#modifiers();
      const right = this.#binary(level + 1);
      left = this.#operation({ kind: "operation", operator, left, right, ...modifiers, text: this.#since(first) });
    }
    return left;
  }

  #operation(operation: Operation): Operation {
    const { operator, left, right, isBool } = operation;
    if (rangeOf(left) || rangeOf(right) || left.kind === "string" || right.kind === "string") {
      throw new NotPromQl(`'${operator}' is between values, not between ranges`);
    }
    const scalars = [left, right].filter(isScalar).length;
    if (SETS.includes(operator) && scalars > 0) {
      throw new NotPromQl(`'${operator}' is between series, not between numbers`);
    }
    if (COMPARISONS.includes(operator) && scalars === 2 && !isBool) {
      throw new NotPromQl("numbers are compared with `bool`");
    }
    return operation;
  }

  #modifiers(): Pick<Operation, "isBool" | "on"> {
    const isBool = this.#takes("bool");
    const isOn = this.#takes("on");
    const labels = isOn || this.#takes("ignoring") ? this.#labels() : undefined;
    if (this.#takes("group_left", "group_right") && this.#next().text === "(") {
      this.#labels();
    }
    return { isBool, ...(isOn && labels !== undefined && { on: labels }) };
  }

  #labels(): string[] {
    this.#expects("(");
    const found: string[] = [];
    while (!this.#takes(")")) {
      const token = this.#next();
      found.push(token.kind === "string" ? this.#quoted() : this.#take("word").text);
      if (!this.#takes(",") && this.#next().text !== ")") {
        throw new NotPromQl("labels are a list");
      }
    }
    return found;
  }

  #unary(): Expression {
    const first = this.#at;
    if (this.#takes("-")) {
      return { kind: "negation", of: this.#unary(), text: this.#since(first) };
    }
    return this.#takes("+") ? this.#unary() : this.#power();
  }

  #power(): Expression {
    const first = this.#at;
    const left = this.#ranged();
    if (!this.#takes("^")) {
      return left;
    }
    const modifiers = this.#modifiers();
    const right = this.#unary();
    return this.#operation({ kind: "operation", operator: "^", left, right, ...modifiers, text: this.#since(first) });
  }

  /** What may follow an expression: a range, an offset, a moment. */
  #ranged(): Expression {
    const first = this.#at;
    let found = this.#primary();
    for (;;) {
      if (this.#takes("[")) {
        found = this.#range(found);
      } else if (this.#takes("offset")) {
        const sign = this.#takes("-") ? -1 : 1;
        found = { ...this.#series(found), offset: sign * this.#duration() };
      } else if (this.#takes("@")) {
        this.#moment();
        found = { ...this.#series(found), isFixed: true };
      } else {
        return {
          ...found,
          text: this.#since(first).replace(/^\((.*)\)$/s, (all, inner: string) => (isWhole(inner) ? inner : all)),
        };
      }
    }
  }

  #moment(): void {
    if (this.#takes("start", "end")) {
      this.#expects("(");
      this.#expects(")");
    } else {
      this.#takes("-");
      this.#take("number");
    }
  }

  #series(found: Expression): Selector | Subquery {
    if (found.kind !== "selector" && found.kind !== "subquery") {
      throw new NotPromQl("only series have another time");
    }
    return found;
  }

  #duration(): number {
    const token = this.#next();
    return secondsOf(this.#take(token.kind === "number" ? "number" : "duration").text);
  }

  #range(of: Expression): Expression {
    if (rangeOf(of)) {
      throw new NotPromQl("a range of a range");
    }
    const range = this.#duration();
    // The step of a subquery: `:`, or `:1m`, which reads as a word.
    const isSubquery = this.#next().text.startsWith(":");
    if (isSubquery) {
      this.#at += 1;
      if (this.#next().kind === "duration" || this.#next().kind === "number") {
        this.#at += 1;
      }
    }
    this.#expects("]");
    if (isSubquery) {
      return { kind: "subquery", of, range, text: "" };
    }
    if (of.kind !== "selector") {
      throw new NotPromQl("only series have a range");
    }
    return { ...of, range };
  }

  #primary(): Expression {
    const token = this.#next();
    if (this.#takes("(")) {
      const found = this.#binary(0);
      this.#expects(")");
      return found;
    }
    if (token.text === "{") {
      return this.#selector("");
    }
    if (token.kind === "string") {
      return { kind: "string", value: this.#quoted(), text: token.text };
    }
    this.#at += 1;
    if (token.kind === "number" || token.kind === "duration") {
      const value = token.kind === "number" ? Number(token.text.replaceAll("_", "")) : secondsOf(token.text);
      return { kind: "number", value, text: token.text };
    }
    if (token.kind !== "word" || token.text.startsWith(":")) {
      throw new NotPromQl(`'${token.text}' begins no expression`);
    }
    const name = token.text.toLowerCase();
    if (name === "inf" || name === "nan") {
      return { kind: "number", value: name === "inf" ? Number.POSITIVE_INFINITY : Number.NaN, text: name };
    }
    const isGrouped = AGGREGATIONS.has(name) && ["by", "without"].includes(this.#next().text.toLowerCase());
    return this.#next().text === "(" || isGrouped ? this.#call(name) : this.#selector(token.text);
  }

  #call(name: string): Expression {
    const before = this.#grouping(name);
    this.#expects("(");
    const found: Expression[] = [];
    while (!this.#takes(")")) {
      found.push(this.#binary(0));
      if (!this.#takes(",") && this.#next().text !== ")") {
        throw new NotPromQl(`'${this.#next().text}' follows an argument`);
      }
    }
    const grouping = before ?? this.#grouping(name);
    if (
      (AGGREGATIONS.has(name) && found.length === 0) ||
      (RANGES.has(name) && !found.some(rangeOf)) ||
      (isInstant(name) && found.some(rangeOf))
    ) {
      throw new NotPromQl(`${name}() has an argument of another kind`);
    }
    return { kind: "call", name, arguments: found, ...grouping, text: "" };
  }

  #grouping(name: string): Pick<Call, "by" | "without"> | undefined {
    const word = this.#next().text.toLowerCase();
    return AGGREGATIONS.has(name) && this.#takes("by", "without") ? { [word]: this.#labels() } : undefined;
  }

  #selector(name: string): Expression {
    const matchers: Matcher[] = [];
    let quoted = "";
    if (this.#takes("{")) {
      while (!this.#takes("}")) {
        const label = this.#next().kind === "string" ? this.#quoted() : this.#take("word").text;
        if ([",", "}"].includes(this.#next().text)) {
          quoted = label;
        } else {
          const operator = this.#take("sign").text;
          matchers.push({ label, operator, value: this.#quoted() });
          if (!["=", "!=", "=~", "!~"].includes(operator)) {
            throw new NotPromQl(`'${operator}' chooses no label`);
          }
        }
        if (!this.#takes(",") && this.#next().text !== "}") {
          throw new NotPromQl("labels are a list");
        }
      }
    }
    if (name === "" && quoted === "" && matchers.length === 0) {
      throw new NotPromQl("a selector of nothing");
    }
    return { kind: "selector", name: name || quoted, matchers, text: "" };
  }

  #quoted(): string {
    const { text } = this.#take("string");
    const inner = text.slice(1, -1);
    return text.startsWith("`") ? inner : inner.replaceAll(/\\([^])/g, (_, sign: string) => ({ n: "\n", t: "\t" })[sign] ?? sign);
  }
}

/** Whether parentheses are closed in the order in which they are opened. */
function isWhole(text: string): boolean {
  let depth = 0;
  for (const sign of text.replaceAll(/"(?:\\[^]|[^"\\])*"|'(?:\\[^]|[^'\\])*'|`[^`]*`/g, "")) {
    depth += sign === "(" ? 1 : sign === ")" ? -1 : 0;
    if (depth < 0) {
      return false;
    }
  }
  return depth === 0;
}

const rangeOf = (expression: Expression): boolean =>
  expression.kind === "subquery" || (expression.kind === "selector" && expression.range !== undefined);

/** Whether an expression is a number of its own, not of series. */
function isScalar(expression: Expression): boolean {
  switch (expression.kind) {
    case "number":
      return true;
    case "negation":
      return isScalar(expression.of);
    case "call":
      return ["scalar", "time", "pi"].includes(expression.name);
    case "operation":
      return isScalar(expression.left) && isScalar(expression.right);
    default:
      return false;
  }
}
