// The syntax of Go templates (package text/template), as far as charts need it.

/** What stands in an action. */
export type Expression =
  | { kind: "text"; text: string }
  /** `.a.b` from the dot, `$x.a.b` from a variable, or `(…).a.b` from what the parentheses give. */
  | { kind: "field"; of: "." | { variable: string } | Pipeline; path: readonly string[] }
  | { kind: "call"; name: string; args: readonly Expression[] }
  | { kind: "other" };

/** Commands that hand their value on, each as the last argument of the next; `$a, $b := …` puts the last value into variables. */
export interface Pipeline {
  variables: readonly string[];
  commands: readonly (readonly Expression[])[];
}

export type Node =
  | { kind: "print"; pipeline: Pipeline }
  | { kind: "if" | "with" | "range"; pipeline: Pipeline; body: readonly Node[]; otherwise: readonly Node[] }
  | { kind: "include"; name: string; pipeline: Pipeline };

/** The statements of some templates, and those that they give a name. */
export interface Templates {
  nodes: readonly Node[];
  named: ReadonlyMap<string, readonly Node[]>;
}

/** Reads templates. What it cannot read is left out: it decides no key. */
export function parseTemplates(texts: readonly string[]): Templates {
  const named = new Map<string, readonly Node[]>();
  const nodes = texts.flatMap((text) => new Reader(actionsOf(text), named).block().nodes);
  return { nodes, named };
}

const ACTION = /\{\{-?\s*(?:\/\*[\s\S]*?\*\/|((?:`[^`]*`|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?!-?\}\})[\s\S])*))\s*-?\}\}/g;

const actionsOf = (text: string): string[] => [...text.matchAll(ACTION)].flatMap(([, inner]) => inner?.trim() || []);

const TOKEN =
  /"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|:=|=|\||,|\(|\)(?:\.\w+)*|\$\w*(?:\.\w+)*|\.(?:\w+(?:\.\w+)*)?|[^\s()|,]+/g;

/** Reads the actions of one template, block by block. */
class Reader {
  readonly #actions: readonly string[];
  readonly #named: Map<string, readonly Node[]>;
  #at = 0;

  constructor(actions: readonly string[], named: Map<string, readonly Node[]>) {
    this.#actions = actions;
    this.#named = named;
  }

  /** Statements up to the end of a block, and the action that ended it. */
  block(): { nodes: Node[]; end: string } {
    const nodes: Node[] = [];
    while (this.#at < this.#actions.length) {
      const action = this.#actions[this.#at++]!;
      const [word = ""] = /^\w*/.exec(action) ?? [];
      const rest = action.slice(word.length);
      if (word === "end" || word === "else") {
        return { nodes, end: action };
      }
      if (word === "define" || word === "block") {
        const [name = "", ...more] = tokensOf(rest);
        this.#named.set(unquoted(name), this.block().nodes);
        nodes.push(...(word === "block" ? [include(name, more)] : []));
      } else if (word === "template") {
        const [name = "", ...more] = tokensOf(rest);
        nodes.push(include(name, more));
      } else if (word === "if" || word === "with" || word === "range") {
        nodes.push(this.#branches(word, rest));
      } else {
        nodes.push({ kind: "print", pipeline: pipelineOf(tokensOf(action)) });
      }
    }
    return { nodes, end: "end" };
  }

  #branches(kind: "if" | "with" | "range", text: string): Node {
    const { nodes: body, end } = this.block();
    const [, again, more = ""] = /^else(?:\s+(if|with)\b(.*))?$/s.exec(end) ?? [];
    const otherwise = !end.startsWith("else")
      ? []
      : again === undefined
        ? this.block().nodes
        : [this.#branches(again as "if" | "with", more)];
    return { kind, pipeline: pipelineOf(tokensOf(text)), body, otherwise };
  }
}

const tokensOf = (text: string): string[] => text.match(TOKEN) ?? [];

const unquoted = (token: string): string => token.slice(1, -1);

const include = (name: string, context: string[]): Node => ({
  kind: "include",
  name: unquoted(name),
  pipeline: pipelineOf(context),
});

/** Takes tokens up to the parenthesis that closes the pipeline. */
function pipelineOf(tokens: string[]): Pipeline {
  const assigned = tokens.findIndex((token) => token === ":=" || token === "=");
  const isAssigned = assigned > 0 && tokens.slice(0, assigned).every((token) => token === "," || token.startsWith("$"));
  const variables = isAssigned ? tokens.splice(0, assigned + 1).filter((token) => token.startsWith("$")) : [];
  const commands: Expression[][] = [[]];
  while (tokens.length > 0 && !tokens[0]!.startsWith(")")) {
    const token = tokens.shift()!;
    if (token === "|") {
      commands.push([]);
    } else {
      commands.at(-1)!.push(operand(token, tokens));
    }
  }
  return { variables, commands: commands.map(asCall) };
}

function operand(token: string, tokens: string[]): Expression {
  if (token === "(") {
    const of = pipelineOf(tokens);
    return { kind: "field", of, path: fieldsIn(tokens.shift() ?? "") };
  }
  if (token.startsWith(".")) {
    return { kind: "field", of: ".", path: fieldsIn(token) };
  }
  if (token.startsWith("$")) {
    const [variable = "", ...path] = token.split(".");
    return { kind: "field", of: { variable }, path };
  }
  if (/^["`]/.test(token)) {
    return { kind: "text", text: unquoted(token) };
  }
  return /^[A-Za-z]\w*$/.test(token) && !/^(true|false|nil)$/.test(token)
    ? { kind: "call", name: token, args: [] }
    : { kind: "other" };
}

const fieldsIn = (token: string): string[] =>
  token
    .split(".")
    .slice(1)
    .filter((field) => field !== "");

/** A function takes what stands after it. */
const asCall = (command: readonly Expression[]): readonly Expression[] => {
  const [first, ...args] = command;
  return first?.kind === "call" ? [{ ...first, args }] : command;
};
