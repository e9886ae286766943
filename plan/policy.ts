import type { Day } from "#policies/day";
import { evaluate, isByCalendar, stops, type Verdict, type Violation } from "#policies/evaluate";
import type { Exception } from "#policies/exceptions";
import { pageOf } from "#policies/reports/page";
import type { StackVerdict } from "#policies/reports/sarif";
import { type Resource, readable } from "#policies/resource";
import type { Rule } from "#policies/rule";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { writtenAs } from "#stacks/origins";
import type { EnvironmentPlan, PlannedLayer } from "./environment.ts";
import { rulesOf } from "./rules.ts";

/** Exit code of a plan that violates a mandatory rule: the plan is printed in full, and CI must stop. */
export const POLICY_VIOLATED = 5;

/**
 * Exit code of a plan in which only the calendar stops something: a support or an exception has ended. The change that is looked at
 * did not cause it.
 */
export const SUPPORT_ENDED = 6;

/** What the rules say of a plan. */
export interface Policy {
  verdicts: StackVerdict[];
  /** Day on which support and exceptions had to last. */
  today: Day;
}

/** The verdict of every rule on each layer. What AWS would answer is known in a plan, so few rules remain undecided. */
export function policyOf({ environment, layers }: EnvironmentPlan, exceptions: readonly Exception[], today: Day): Policy {
  const verdicts = layers.map((layer) => ({
    stack: `${layer.layer}-${environment}`,
    file: `stacks/${layer.layer}/${layer.layer}.ts`,
    verdict: withOrigins(
      evaluate(resourcesOf(layer, environment), { rules: rulesOf(environment), environment, exceptions, today }),
      layer,
      environment,
    ),
  }));
  return { verdicts, today };
}

/** Says of a value that a component took from a file of this program where a person wrote it. */
function withOrigins(verdict: Verdict, { layer, registrations }: PlannedLayer, environment: EnvironmentName): Verdict {
  const withOrigin = <T extends Violation>(violation: T): T => {
    const { type, path } = registrations.find(({ name }) => violation.address === `${layer}-${environment}/${name}`) ?? {};
    const written = type === undefined ? undefined : writtenAs(type, violation.property, path ?? [], environment);
    return written === undefined ? violation : { ...violation, written };
  };
  return { ...verdict, violations: verdict.violations.map(withOrigin), excepted: verdict.excepted.map(withOrigin) };
}

/** A planned layer as rules see it. */
export function resourcesOf(
  { layer, registrations }: Pick<PlannedLayer, "layer" | "registrations">,
  environment: string,
): Resource[] {
  const providers = new Map(
    registrations.filter(({ type }) => type.startsWith("pulumi:providers:")).map(({ name, inputs }) => [name, inputs]),
  );
  return registrations
    .filter(({ custom }) => custom)
    .map(({ type, name, inputs, protect, ignoreChanges, parent, dependencies, provider, deleteBeforeReplace = false }) => ({
      type,
      name,
      address: `${layer}-${environment}/${name}`,
      inputs: readable(inputs, `${layer}-${environment}/${name}`),
      protect,
      ignoreChanges,
      deleteBeforeReplace,
      parent,
      dependencies,
      provider: readable(providers.get(provider) ?? {}),
    }));
}

/** Exit code of a plan by what the rules say: 0, `POLICY_VIOLATED` or `SUPPORT_ENDED`. */
export function exitCodeOf({ verdicts }: Policy): number {
  if (!verdicts.some(({ verdict }) => stops(verdict))) {
    return 0;
  }
  const lasting = ({ violations, open }: Verdict) => ({ violations: violations.filter((each) => !isByCalendar(each)), open });
  return verdicts.some(({ verdict }) => stops(lasting(verdict))) ? POLICY_VIOLATED : SUPPORT_ENDED;
}

/**
 * Address of the page on a rule. In CI it is the one of the commit that is looked at: a comment resolves no relative links.
 *
 * @param env variables that GitHub Actions or GitLab CI set.
 */
export function ruleAddress(rule: Rule, env: NodeJS.ProcessEnv = process.env): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA, CI_PROJECT_URL: project, CI_COMMIT_SHA } = env;
  const page = pageOf(rule);
  if (server && repository && GITHUB_SHA) {
    return `${server}/${repository}/blob/${GITHUB_SHA}/${page}`;
  }
  return project && CI_COMMIT_SHA ? `${project}/-/blob/${CI_COMMIT_SHA}/${page}` : page;
}
