/** A route of Alertmanager, as its configuration writes it. */
export interface Route {
  receiver?: string;
  matchers?: readonly string[];
  continue?: boolean;
  routes?: readonly Route[];
}

/**
 * Receivers that an alert reaches, as Alertmanager's dispatcher finds them: the children of a route in their order, up to the first that
 * matches and does not continue; the route itself where no child matches. Compared with `amtool config routes test` 0.33.0.
 */
export function receiversOf(route: Route, labels: Readonly<Record<string, string>>, inherited = ""): string[] {
  const receiver = route.receiver ?? inherited;
  const found: string[] = [];
  for (const child of route.routes ?? []) {
    if ((child.matchers ?? []).every((matcher) => holds(matcher, labels))) {
      found.push(...receiversOf(child, labels, receiver));
      if (child.continue !== true) {
        break;
      }
    }
  }
  return found.length > 0 ? found : [receiver];
}

const MATCHER = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"(.*)"\s*$/;

/** Whether a matcher holds of labels. A label that is not there counts as empty. */
export function holds(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, label = "", operator, value = ""] = MATCHER.exec(matcher) ?? [];
  if (operator === undefined) {
    throw new Error(`matcher '${matcher}' cannot be read`);
  }
  const actual = labels[label] ?? "";
  const equal = operator.endsWith("~") ? new RegExp(`^(?:${value})$`).test(actual) : actual === value;
  return operator.startsWith("!") ? !equal : equal;
}
