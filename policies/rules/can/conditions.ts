/*
 * Conditions of measurements, in the part of the language of expr-lang that Argo Rollouts' documentation uses for answers that are
 * numbers. They are read, never run as JavaScript.
 */

type Value = number | boolean | readonly Value[];

/** Whether a condition holds for an answer; `undefined` where it uses what is not read here. */
export function holdsFor(condition: string, result: readonly number[]): boolean | undefined {
  try {
    const value = new Reader(condition, result).whole();
    return typeof value === "boolean" ? value : undefined;
  } catch (error) {
    if (error instanceof Unread) {
      return undefined;
    }
    throw error;
  }
}

class Unread extends Error {}

const TOKEN = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(\|\||&&|[<>=!]=|[<>!()[\],+\-*/{}#]))/iy;

/** Operators by how closely they bind, the loosest first. */
const LEVELS: readonly (readonly string[])[] = [
  ["||", "or"],
  ["&&", "and"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];

/** A query with one answer gives a list with one number, or the number. */
const asNumber = (given: Value | undefined): number => {
  const value = Array.isArray(given) && given.length === 1 ? (given[0] as Value) : given;
  if (typeof value !== "number") {
    throw new Unread("a number is wanted");
  }
  return value;
};
const asList = (value: Value | undefined): readonly Value[] =>
  Array.isArray(value) ? (value as readonly Value[]) : [value as Value];

const OPERATIONS: Readonly<Record<string, (left: Value, right: Value) => Value>> = {
  "||": (left, right) => left === true || right === true,
  or: (left, right) => left === true || right === true,
  "&&": (left, right) => left === true && right === true,
  and: (left, right) => left === true && right === true,
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => asNumber(left) < asNumber(right),
  "<=": (left, right) => asNumber(left) <= asNumber(right),
  ">": (left, right) => asNumber(left) > asNumber(right),
  ">=": (left, right) => asNumber(left) >= asNumber(right),
  "+": (left, right) => asNumber(left) + asNumber(right),
  "-": (left, right) => asNumber(left) - asNumber(right),
  "*": (left, right) => asNumber(left) * asNumber(right),
  "/": (left, right) => asNumber(left) / asNumber(right),
};

type Call = (values: readonly Value[]) => Value;

const FUNCTIONS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["len", ([list]) => asList(list).length],
  ["isNaN", ([value]) => Number.isNaN(value)],
  ["isInf", ([value]) => Math.abs(asNumber(value)) === Number.POSITIVE_INFINITY],
  ["isNil", () => false],
  ["float", ([value]) => asNumber(value)],
  ["asFloat", ([value]) => asNumber(value)],
  ["int", ([value]) => Math.trunc(asNumber(value))],
  ["asInt", ([value]) => Math.trunc(asNumber(value))],
  ["abs", ([value]) => Math.abs(asNumber(value))],
  ["default", ([value, otherwise]) => (Number.isNaN(asNumber(value)) ? (otherwise as Value) : (value as Value))],
]);

/** What `all(result, # < 1)` and its like make of the answers to its last part. */
const QUANTIFIERS: ReadonlyMap<string, Call> = new Map<string, Call>([
  ["all", (answers) => answers.every((each) => each === true)],
  ["any", (answers) => answers.some((each) => each === true)],
  ["none", (answers) => !answers.some((each) => each === true)],
]);

class Reader {
  readonly #tokens: string[] = [];
  readonly #result: readonly number[];
  #at = 0;
  #element: Value | undefined;

  constructor(condition: string, result: readonly number[]) {
    this.#result = result;
    const token = new RegExp(TOKEN);
    const text = condition.trim();
    while (token.lastIndex < text.length) {
      const found = token.exec(text);
      if (found === null) {
        throw new Unread("another sign");
      }
      this.#tokens.push(found[1] ?? found[2] ?? found[3] ?? "");
    }
  }

  whole(): Value {
    const value = this.#binary(0);
    if (this.#at < this.#tokens.length) {
      throw new Unread("more than an expression");
    }
    return value;
  }

  #takes(token: string): boolean {
    const fits = this.#tokens[this.#at] === token;
    this.#at += fits ? 1 : 0;
    return fits;
  }

  #expects(token: string): void {
    if (!this.#takes(token)) {
      throw new Unread(`'${token}' is wanted`);
    }
  }

  #binary(level: number): Value {
    const operators = LEVELS[level];
    if (operators === undefined) {
      return this.#unary();
    }
    let value = this.#binary(level + 1);
    for (let next = this.#tokens[this.#at]; next !== undefined && operators.includes(next); next = this.#tokens[this.#at]) {
      this.#at += 1;
      value = OPERATIONS[next]!(value, this.#binary(level + 1));
    }
    return value;
  }

  #unary(): Value {
    if (this.#takes("!") || this.#takes("not")) {
      return this.#unary() !== true;
    }
    return this.#takes("-") ? -asNumber(this.#unary()) : this.#indexed();
  }

  #indexed(): Value {
    let value = this.#primary();
    while (this.#takes("[")) {
      const index = asNumber(this.#binary(0));
      this.#expects("]");
      value = asList(value)[index] ?? Number.NaN;
    }
    return value;
  }

  #primary(): Value {
    const token = this.#tokens[this.#at] ?? "";
    this.#at += 1;
    if (token === "(") {
      const value = this.#binary(0);
      this.#expects(")");
      return value;
    }
    if (token === "#" && this.#element !== undefined) {
      return this.#element;
    }
    if (token === "true" || token === "false") {
      return token === "true";
    }
    if (token === "result") {
      return this.#result;
    }
    if (/^[\d.]/.test(token)) {
      return Number(token);
    }
    return this.#called(token);
  }

  #called(name: string): Value {
    const [apply, judge] = [FUNCTIONS.get(name), QUANTIFIERS.get(name)];
    if (apply === undefined && judge === undefined) {
      throw new Unread(name);
    }
    this.#expects("(");
    const values = [this.#binary(0)];
    while (this.#takes(",")) {
      values.push(judge === undefined ? this.#binary(0) : this.#each(asList(values[0])));
    }
    this.#expects(")");
    return judge?.(asList(values[1])) ?? apply?.(values) ?? false;
  }

  /** The answers of an expression about `#` for each element. */
  #each(elements: readonly Value[]): Value {
    const [begin, outer] = [this.#at, this.#element];
    let end = begin;
    const answers = (elements.length === 0 ? [Number.NaN] : elements).map((element) => {
      this.#at = begin;
      this.#element = element;
      const braces = this.#takes("{");
      const answer = this.#binary(0);
      if (braces) {
        this.#expects("}");
      }
      end = this.#at;
      return answer;
    });
    [this.#at, this.#element] = [end, outer];
    return elements.length === 0 ? [] : answers;
  }
}
