import type {
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { RULES } from "./catalogue.ts";
import type { Day } from "./day.ts";
import type { Exception } from "./exceptions.ts";
import { judge, openSentence, sentence, type Terms } from "./judge.ts";
import type { Bag } from "./read.ts";
import { type Resource, readable } from "./resource.ts";
import { isResourceRule, type Level, type Rule } from "./rule.ts";
import { unseenAmong, unseenLine } from "./unseen.ts";

const LEVELS = { off: "disabled", advisory: "advisory", mandatory: "mandatory" } as const satisfies Record<Level, string>;

/**
 * A rule as Pulumi's SDK wants it: same id, same words, same logic. Levels and parameters are those of prod unless a config says
 * otherwise; what is Millrace's own (regions, tags, labels) is asked for only by a config.
 *
 * @param today day on which support and exceptions must last.
 */
export function policyOf(
  rule: Rule,
  exceptions: readonly Exception[],
  today: Day,
): ResourceValidationPolicy | StackValidationPolicy {
  const base = {
    name: rule.id,
    description: rule.title,
    enforcementLevel: LEVELS[rule.levels.prod],
    severity: rule.severity,
    remediationSteps: rule.remediation,
    tags: [...rule.frameworks],
    ...(rule.parameters && { configSchema: { properties: schemaOf(rule.parameters.prod) } }),
  };
  const parametersOf = (args: ResourceValidationArgs | StackValidationArgs): object => ({
    ...(rule.elsewhere ?? rule.parameters?.prod),
    ...args.getConfig<object>(),
  });
  if (isResourceRule(rule)) {
    const types = new Set(rule.types);
    return {
      ...base,
      validateResource: (args, report) => {
        if (types.has(args.type)) {
          tellStrange(rule, args.getConfig<object>(), report);
          tell(rule, resourceOf(args), parametersOf(args), { exceptions, today }, report);
        }
      },
    };
  }
  return {
    ...base,
    validateStack: (args, report) => {
      const stack = stackOf(args);
      tellStrange(rule, args.getConfig<object>(), report);
      unseenLine(unseenAmong(stack, RULES)).forEach(say);
      tell(rule, stack, parametersOf(args), { exceptions, today }, report);
    },
  };
}

/** Reports what a config says to a rule that does not listen: the engine takes any name, and a misspelt one would change nothing. */
function tellStrange({ id, parameters }: Rule, config: object, report: ReportViolation): void {
  const known = Object.keys(parameters?.prod ?? {});
  for (const key of Object.keys(config).filter((each) => !known.includes(each))) {
    const want = known.length === 0 ? "left out: the rule has no parameters" : `one of ${known.join(", ")}`;
    report(`a parameter of ${id} must be ${want}, got '${key}'. Fix the file of \`--policy-pack-config\`.`);
  }
}

/**
 * Reports what is wrong, and where a rule failed: the engine gives both the rule's level. Where an exception holds, support ends soon or
 * a value is not known yet, nothing is reported; a message is printed instead.
 */
function tell(
  rule: Rule,
  subject: Resource | readonly Resource[],
  parameters: object,
  terms: Pick<Terms, "exceptions" | "today">,
  report: ReportViolation,
): void {
  const { violations, excepted, open } = judge(rule, subject, { level: "mandatory", parameters, ...terms });
  // One message a resource: the engine would repeat title and remedy for each fault.
  for (const own of Map.groupBy(violations, ({ level, address }) => `${level} ${address}`).values()) {
    const message = `${own.map(sentence).join("\n")}. ${rule.remediation}`;
    // The engine gives all that is reported the rule's own level, and a warning must not stop a change.
    if (own[0]?.level === "advisory") {
      say(message);
    } else {
      report(message, own[0]?.urn);
    }
  }
  for (const { address, exception } of excepted) {
    const { expires, reason, ticket, owner } = exception;
    say(`${rule.id} ${address} is excepted until ${expires}: ${reason} (${ticket}, ${owner})`);
  }
  for (const each of open) {
    if (each.failure === undefined) {
      say(`${rule.id} ${each.address} is open until deployment: '${each.path}' is not known yet`);
    } else {
      report(openSentence(each), each.urn);
    }
  }
}

const said = new Set<string>();

/** Prints a message for the user of the engine, each only once: one exception may allow two faults of a resource. */
function say(text: string): void {
  if (!said.has(text)) {
    said.add(text);
    console.log(text);
  }
}

interface Handed {
  type: string;
  name: string;
  urn: string;
  props: Bag;
  opts: PolicyResourceOptions;
  provider?: { props: Bag };
  parent?: { name: string };
  dependencies?: { name: string }[];
}

/** The SDK's own proxy throws at unknown values in its own words, so ours is laid over what is below it. */
const below = (props: Bag): object => (props["__getSpecialProxyTarget"] as object | undefined) ?? props;

/** Resources that were read already, by what the SDK hands over below its proxies: it asks once a rule. */
const known = new WeakMap<object, Resource>();

function resourceOf(handed: Handed): Resource {
  const inputs = below(handed.props);
  const resource = known.get(inputs) ?? read(handed, inputs);
  known.set(inputs, resource);
  return resource;
}

function read({ type, name, urn, opts, provider, parent, dependencies = [] }: Handed, inputs: object): Resource {
  const address = `${urn.split("::")[0]?.split(":").at(-1)}/${name}`;
  return {
    type,
    name,
    urn,
    address,
    inputs: readable(inputs, address),
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    deleteBeforeReplace: opts.deleteBeforeReplace ?? false,
    parent: parent?.name ?? opts.parent?.split("::").at(-1) ?? "",
    dependencies: dependencies.map((each) => each.name),
    provider: readable(below(provider?.props ?? {}), address),
  };
}

const stacks = new WeakMap<object, readonly Resource[]>();

/** The resources of a stack, the same list for every rule. */
function stackOf({ resources }: StackValidationArgs): readonly Resource[] {
  const stack = stacks.get(resources) ?? resources.map(resourceOf);
  stacks.set(resources, stack);
  return stack;
}

/** JSON schema of parameters, from values of their types: what a `--policy-pack-config` may set. */
const schemaOf = (parameters: object): Record<string, { type: "array" | "boolean" | "number" | "object" | "string" }> =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      { type: Array.isArray(value) ? "array" : (typeof value as "boolean" | "number" | "object" | "string") },
    ]),
  );
