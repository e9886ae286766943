import type { Violation } from "#policies/evaluate";
import { type Exception, matches, patternOf } from "#policies/exceptions";
import { LAYERS } from "#stacks/contracts";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { isNear, shown } from "#stacks/wording";
import type { Policy } from "./policy.ts";

/**
 * Exceptions that allow nothing in the stacks of a plan, a sentence each, with what was probably meant. Those for other stacks cannot be
 * judged from here.
 */
export function idleExceptions({ verdicts }: Policy): string[] {
  const planned = verdicts.map(({ stack }) => stack);
  const accused = verdicts.flatMap(({ verdict }) => verdict.violations);
  return verdicts
    .map(({ verdict }) => verdict.unused)
    .reduce((idle, unused) => idle.filter((exception) => unused.includes(exception)))
    .flatMap((exception) => {
      const own = accused.filter(({ rule }) => rule.id === exception.rule);
      const meant = own.find(({ address }) => isMeant(exception.resource, address))?.address;
      const [stack] = halves(exception.resource);
      const { ticket, rule, resource } = exception;
      return meant !== undefined || isOnlyFor(stack, planned)
        ? [`exception ${ticket} (${rule}, ${resource}) ${reasonOf(exception, own, meant)}`]
        : [];
    });
}

function reasonOf(exception: Exception, accused: readonly Violation[], meant: string | undefined): string {
  const { rule, resource, value, expires } = exception;
  if (accused.some(({ address, got }) => matches(exception, { rule, address, got }))) {
    return `ended on ${expires}: mend what it allowed, or decide again`;
  }
  const there = accused.find(({ address }) => patternOf(resource).test(address));
  if (there !== undefined) {
    return `allows nothing: 'value' must be ${shown(there.got)}, which the rule finds at ${there.address}, got ${shown(value)}`;
  }
  return meant === undefined
    ? "allows nothing any more: take it out of policies/exceptions.yaml"
    : `allows nothing. Did you mean '${meant}'?`;
}

const STACKS: readonly string[] = ENVIRONMENTS.flatMap((environment) => LAYERS.map((layer) => `${layer}-${environment}`));

/** Whether a stack, or a glob of stacks, stands for some of these and for no other stack of this program. */
function isOnlyFor(stack: string, planned: readonly string[]): boolean {
  const named = STACKS.filter((each) => patternOf(stack).test(each));
  return named.length > 0 && named.every((each) => planned.includes(each));
}

/** Whether somebody who wrote `resource` probably meant the address: one is misspelt, or its stack is misspelt or left out. */
function isMeant(resource: string, address: string): boolean {
  const [stack, name] = halves(resource);
  const [otherStack, otherName] = halves(address);
  const isOtherStack = stack !== otherStack && STACKS.includes(stack);
  return !isOtherStack && (stack === "" || isNear(stack, otherStack)) && isNear(name, otherName);
}

/** `<stack>/<name>`, apart; the stack is empty where none is written. */
function halves(address: string): [stack: string, name: string] {
  const at = address.indexOf("/");
  return [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
}
