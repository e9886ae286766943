// Metric math of CloudWatch, as far as alarms on one endpoint need it: numbers, metrics, operators, IF, FILL, ABS, CEIL and FLOOR
// (CloudWatch user guide, "Using metric math").

type Binary = (left: number, right: number) => number;

/** Operators that bind alike, weakest first. */
const OPERATORS: readonly Readonly<Record<string, Binary>>[] = [
  { OR: (a, b) => Number(a !== 0 || b !== 0), "||": (a, b) => Number(a !== 0 || b !== 0) },
  { AND: (a, b) => Number(a !== 0 && b !== 0), "&&": (a, b) => Number(a !== 0 && b !== 0) },
  {
    "==": (a, b) => Number(a === b),
    "!=": (a, b) => Number(a !== b),
    "<=": (a, b) => Number(a <= b),
    ">=": (a, b) => Number(a >= b),
    "<": (a, b) => Number(a < b),
    ">": (a, b) => Number(a > b),
  },
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  { "*": (a, b) => a * b, "/": (a, b) => a / b },
  { "^": (a, b) => a ** b },
];

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  IF: (condition, yes = Number.NaN, no = Number.NaN) => (condition === 0 ? no : yes),
  // Of a metric that has data.
  FILL: (metric = Number.NaN) => metric,
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

const TOKEN = /\s*(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+|[A-Za-z]\w*|==|!=|<=|>=|&&|\|\||[-+*/^()<>,])/y;

/** The parts of an expression; `undefined` where something is none. */
function tokensOf(expression: string): string[] | undefined {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  const end = expression.trimEnd().length;
  while (pattern.lastIndex < end) {
    const token = pattern.exec(expression)?.[1];
    if (token === undefined) {
      return undefined;
    }
    tokens.push(token);
  }
  return tokens;
}

/**
 * The value of an expression; `NaN` where it has none, or is none that this reads.
 *
 * @param idValue value of a metric or of another expression, by its id
 */
export function valueOf(expression: string, idValue: (id: string) => number): number {
  const tokens = tokensOf(expression) ?? [];
  let at = 0;
  const takes = (token: string): boolean => tokens[at] === token && ++at > 0;

  function operation(level: number): number {
    const operators = OPERATORS[level];
    if (operators === undefined) {
      return single();
    }
    let value = operation(level + 1);
    for (let apply = operators[tokens[at] ?? ""]; apply !== undefined; apply = operators[tokens[at] ?? ""]) {
      at += 1;
      value = apply(value, operation(level + 1));
    }
    return value;
  }

  function single(): number {
    if (takes("-")) {
      return -single();
    }
    if (takes("(")) {
      const value = operation(0);
      return takes(")") ? value : Number.NaN;
    }
    const token = tokens[at++] ?? "";
    if (/^[a-z]/.test(token)) {
      return idValue(token);
    }
    return Object.hasOwn(FUNCTIONS, token) && takes("(") ? call(token) : token === "" ? Number.NaN : Number(token);
  }

  function call(name: string): number {
    const values: number[] = [];
    do {
      values.push(operation(0));
    } while (takes(","));
    return takes(")") ? (FUNCTIONS[name]?.(...values) ?? Number.NaN) : Number.NaN;
  }

  const value = operation(0);
  return at === tokens.length ? value : Number.NaN;
}
