import { parsed } from "./emitted.ts";

/** A selection of series in a query. */
export interface Selection {
  metric: string;
  /** Matchers by label, as `="a"` or `=~"a|b"`. */
  matchers: Record<string, string>;
}

/** Names in a query that are no function, label, or text. */
export function seriesIn(expr: string): string[] {
  const bare = expr.replaceAll(/"[^"]*"/g, '""').replaceAll(/\b(by|on|without|ignoring) \([^)]*\)/g, "");
  return [...bare.matchAll(/(?<![\w:])[a-zA-Z_:][\w:]*(?=[{[]| (?:\/|\+|-|\*|>|<|unless|and|or|offset)|\)|$)/g)].map(
    ([name]) => name,
  );
}

/** What a query reads: each name, with the matchers behind it. */
export function selectionsIn(expr: string): Selection[] {
  const selected = [...expr.matchAll(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g)].map(([, metric = "", matchers = ""]) => {
    const operators = [...matchers.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"/g)];
    const values = parsed(matchers.replaceAll(/(=~|!~|!=)/g, "="));
    return {
      metric,
      matchers: Object.fromEntries(operators.map(([, label = "", operator]) => [label, `${operator}"${values[label]}"`])),
    };
  });
  const bare = seriesIn(expr).filter((name) => !selected.some(({ metric }) => metric === name));
  return [...selected, ...bare.map((metric) => ({ metric, matchers: {} }))];
}
