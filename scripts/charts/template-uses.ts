import { type Expression, type Node, type Pipeline, parseTemplates, type Templates } from "./template-syntax.ts";

/**
 * How templates use a value: as a text or a number, in pieces (`range`), with the keys of the pieces, as a whole of whatever form
 * (`toYaml`), or by its kind (`kindIs`).
 */
export type Use = "read" | "scalar" | "each" | "pairs" | "whole" | "kind";

/** Uses of each value, by its path as JSON. */
export type Uses = ReadonlyMap<string, ReadonlySet<Use>>;

/** What an expression may stand for: values of the chart by path, maps that a template makes, and the context of a release. */
type Meaning = { path: readonly string[] } | { map: Readonly<Record<string, Meanings>> } | { context: true };
type Meanings = readonly Meaning[];

const CONTEXT: Meanings = [{ context: true }];

/** Give one of their arguments, or a map that is made of them. */
const PASS =
  /^(default|coalesce|or|and|ternary|required|(must)?[dD]eepCopy|(must)?[mM]erge(Overwrite)?|omit|unset|list|concat|(must)?([aA]ppend|[pP]repend|[uU]niq|[cC]ompact|[wW]ithout|[rR]everse)|tuple)$/;
const SCALAR =
  /^(quote|squote|print|printf|println|eq|ne|gt|lt|ge|le|add1?|sub|mul|div|int|int64|float64|atoi|lower|upper|title|trim\w*|trunc|replace|contains|has(Prefix|Suffix)|regex\w*|semver\w*|b64enc|b64dec|sha256sum|indent|nindent|cat|substr|split\w*|toString|html|tpl|fail|max|min|ceil|floor|round|snakecase|kebabcase|camelcase|htpasswd|abbrev)$/;
const TEST = /^(not|empty|len)$/;
const KIND = /^(kindIs|typeIs|kindOf|typeOf|typeIsLike)$/;

/** How deep templates may include each other. */
const DEPTH = 20;

/** Every use of a value by the templates of a chart. */
export function usesIn(texts: readonly string[]): Uses {
  const templates = parseTemplates(texts);
  const reading = new Reading(templates);
  reading.run(templates.nodes, CONTEXT, new Map([["$", CONTEXT]]), 0);
  // A parent's templates, or a text that is put together, may include what no template here includes.
  for (const nodes of templates.named.values()) {
    reading.run(nodes, CONTEXT, new Map([["$", CONTEXT]]), 0);
  }
  return reading.uses;
}

/** What each variable may stand for, wherever it is: which branch a chart takes is its user's affair. */
type Variables = Map<string, Meanings>;

const assign = (variables: Variables, name: string, value: Meanings): void =>
  void variables.set(name, distinct([...(variables.get(name) ?? []), ...value]));

/** Runs templates without values, and notes what they would do with them. */
class Reading {
  readonly uses = new Map<string, Set<Use>>();
  readonly #templates: Templates;
  readonly #included = new Set<string>();

  constructor(templates: Templates) {
    this.#templates = templates;
  }

  run(nodes: readonly Node[], dot: Meanings, variables: Variables, depth: number): void {
    const all = { dot, variables, depth };
    for (const node of nodes) {
      const value = this.#pipeline(node.pipeline, all, node.kind === "range");
      if (node.kind === "print") {
        this.#note(node.pipeline.variables.length === 0 ? value : [], "scalar");
      } else if (node.kind === "include") {
        this.#include(node.name, value, depth);
      } else {
        if (node.kind === "range") {
          this.#note(value, node.pipeline.variables.length > 1 ? "pairs" : "each");
        }
        this.run(node.body, node.kind === "if" ? dot : node.kind === "with" ? value : [], variables, depth);
        this.run(node.otherwise, dot, variables, depth);
      }
    }
  }

  #include(name: string, dot: Meanings, depth: number): void {
    const nodes = this.#templates.named.get(name);
    const once = JSON.stringify([name, dot]);
    if (nodes !== undefined && depth < DEPTH && !this.#included.has(once)) {
      this.#included.add(once);
      this.run(nodes, dot, new Map([["$", dot]]), depth + 1);
    }
  }

  #pipeline({ variables: names, commands }: Pipeline, all: Scope, isRange = false): Meanings {
    let value: Meanings | undefined;
    for (const [first, ...rest] of commands) {
      if (first === undefined) {
        continue;
      }
      const piped: Meanings[] = value === undefined ? [] : [value];
      if (first.kind === "call") {
        value = this.#call(first.name, first.args, piped, all);
      } else {
        value = this.#value(first, all);
        rest.forEach((each) => this.#value(each, all));
      }
    }
    for (const name of isRange ? [] : names) {
      assign(all.variables, name, value ?? []);
    }
    return value ?? [];
  }

  #value(expression: Expression, all: Scope): Meanings {
    if (expression.kind === "call") {
      return this.#call(expression.name, expression.args, [], all);
    }
    if (expression.kind !== "field") {
      return [];
    }
    const { of, path } = expression;
    const from = of === "." ? all.dot : "variable" in of ? (all.variables.get(of.variable) ?? []) : this.#pipeline(of, all);
    return path.reduce((at, key) => this.#field(at, key), from);
  }

  #field(of: Meanings, key: string): Meanings {
    const found = of.flatMap((each): Meanings => {
      if ("path" in each) {
        return [{ path: [...each.path, key] }];
      }
      return "map" in each ? (each.map[key] ?? []) : key === "Values" ? [{ path: [] }] : [];
    });
    this.#note(found, "read");
    return found;
  }

  #call(name: string, expressions: readonly Expression[], piped: readonly Meanings[], all: Scope): Meanings {
    const args = [...expressions.map((each) => this.#value(each, all)), ...piped];
    const text = (at: number): string | undefined => {
      const expression = expressions[at];
      return expression?.kind === "text" ? expression.text : undefined;
    };
    if (name === "include") {
      this.#include(text(0) ?? "", args[1] ?? [], all.depth);
      return [];
    }
    if (name === "dict") {
      const keys = expressions.map((_, at) => (at % 2 === 0 ? text(at) : undefined));
      return [{ map: Object.fromEntries(keys.flatMap((key, at) => (key === undefined ? [] : [[key, args[at + 1] ?? []]]))) }];
    }
    if (name === "index" || name === "get" || name === "hasKey") {
      const keys = name === "index" ? expressions.slice(1).map((_, at) => text(at + 1)) : [text(1)];
      const found = keys.reduce((at, key) => (key === undefined ? this.#note(at, "whole") : this.#field(at, key)), args[0] ?? []);
      return name === "hasKey" ? [] : found;
    }
    if (name === "set") {
      const [target] = expressions;
      const changed = withKey(args[0] ?? [], text(1) ?? "", args[2] ?? []);
      if (target?.kind === "field" && typeof target.of === "object" && "variable" in target.of && target.path.length === 0) {
        assign(all.variables, target.of.variable, changed);
      }
      return changed;
    }
    if (name === "dig") {
      const keys = expressions.map((_, at) => text(at)).slice(0, args.length - 2);
      return [...keys.reduce((at, key) => this.#field(at, key ?? ""), args.at(-1) ?? []), ...(args.at(-2) ?? [])];
    }
    if (name === "pick") {
      const keys = expressions.flatMap((_, at) => text(at) ?? []);
      return [{ map: Object.fromEntries(keys.map((key) => [key, this.#field(args.at(piped.length > 0 ? -1 : 0) ?? [], key)])) }];
    }
    const flat = distinct(args.flat());
    if (PASS.test(name)) {
      return flat;
    }
    const isNullTest = name === "kindIs" && text(0) === "invalid";
    if (!TEST.test(name) && !isNullTest) {
      this.#note(flat, KIND.test(name) ? "kind" : SCALAR.test(name) ? "scalar" : "whole");
    }
    return [];
  }

  /** Notes a use of what the values are made of, too: a map that a template made may hold others. */
  #note(values: Meanings, use: Use): Meanings {
    for (const each of values) {
      if ("path" in each && each.path.length > 0) {
        const key = JSON.stringify(each.path);
        this.uses.set(key, (this.uses.get(key) ?? new Set()).add(use));
      } else if ("map" in each && use !== "read") {
        Object.values(each.map).forEach((inner) => this.#note(inner, use));
      }
    }
    return [];
  }
}

interface Scope {
  dot: Meanings;
  variables: Variables;
  depth: number;
}

const distinct = (all: Meanings): Meanings => [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];

/** Templates put values into maps of their own under a key. */
const withKey = (maps: Meanings, key: string, value: Meanings): Meanings =>
  maps.map((each) => ("map" in each ? { map: { ...each.map, [key]: distinct([...(each.map[key] ?? []), ...value]) } } : each));
