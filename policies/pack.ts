import type {
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { addressOf, faultsOf, sentence, standing, type Violation } from "./evaluate.ts";
import type { Exception } from "./exceptions.ts";
import { type Resource, readable, Undecided } from "./resource.ts";
import { isResourceRule, type Level, type Rule } from "./rule.ts";

const LEVELS = { off: "disabled", advisory: "advisory", mandatory: "mandatory" } as const satisfies Record<Level, string>;

/** A rule as Pulumi's SDK wants it: same id, same words, same logic. Levels and parameters are those of prod unless a config says otherwise. */
export function policyOf(rule: Rule, exceptions: readonly Exception[]): ResourceValidationPolicy | StackValidationPolicy {
  const base = {
    name: rule.id,
    description: rule.title,
    enforcementLevel: LEVELS[rule.levels.prod],
    severity: rule.severity,
    remediationSteps: rule.remediation,
    tags: [...rule.frameworks],
    ...(rule.parameters && { configSchema: { properties: schemaOf(rule.parameters.prod as object) } }),
  };
  const parametersOf = (args: ResourceValidationArgs | StackValidationArgs): object => ({
    ...(rule.parameters?.prod as object | undefined),
    ...args.getConfig<object>(),
  });
  if (isResourceRule(rule)) {
    return {
      ...base,
      validateResource: (args, report) => {
        if (rule.types.includes(args.type)) {
          tell(rule, resourceOf(args), parametersOf(args), exceptions, report);
        }
      },
    };
  }
  return {
    ...base,
    validateStack: (args, report) => tell(rule, args.resources.map(resourceOf), parametersOf(args), exceptions, report),
  };
}

/** Reports what is wrong. Nothing is reported, and said instead, where an exception holds or a value is not known yet. */
function tell(
  rule: Rule,
  subject: Resource | readonly Resource[],
  parameters: object,
  exceptions: readonly Exception[],
  report: ReportViolation,
): void {
  const own = isResourceRule(rule) ? (subject as Resource) : undefined;
  const faults = faultsOf(rule, subject, parameters);
  if (faults instanceof Undecided) {
    say(`${rule.id} ${addressOf(own)} is open until deployment: ${faults.message}`);
    return;
  }
  for (const { property, got, want, resource = own } of faults) {
    const address = addressOf(resource);
    const { valid, expired } = standing(exceptions, { rule: rule.id, address, got }, today());
    if (valid) {
      say(`${rule.id} ${address} is excepted until ${valid.expires}: ${valid.reason} (${valid.ticket}, ${valid.owner})`);
      continue;
    }
    const violation: Violation = { rule, level: "mandatory", address, property, got, want, ...(expired && { expired }) };
    report(`${sentence(violation)}. ${rule.remediation}`, resource?.urn);
  }
}

const said = new Set<string>();

/** Tells whoever runs the engine, each thing once: two faults of a resource may be allowed for one reason. */
function say(text: string): void {
  if (!said.has(text)) {
    said.add(text);
    console.log(text);
  }
}

const today = (): string => new Date().toISOString().slice(0, 10);

interface Handed {
  type: string;
  name: string;
  urn: string;
  props: Record<string, any>;
  opts: PolicyResourceOptions;
  provider?: { props: Record<string, any> };
  parent?: { name: string };
  dependencies?: { name: string }[];
}

/** The SDK's own proxy throws at unknown values in its own words, so ours is laid over what is below it. */
const below = (props: any): any => props["__getSpecialProxyTarget"] ?? props;

function resourceOf({ type, name, urn, props, opts, provider, parent, dependencies = [] }: Handed): Resource {
  return {
    type,
    name,
    urn,
    address: `${urn.split("::")[0]?.split(":").at(-1)}/${name}`,
    inputs: readable(below(props)),
    protect: opts.protect,
    ignoreChanges: opts.ignoreChanges,
    deleteBeforeReplace: opts.deleteBeforeReplace ?? false,
    parent: parent?.name ?? opts.parent?.split("::").at(-1) ?? "",
    dependencies: dependencies.map((each) => each.name),
    provider: readable(below(provider?.props ?? {})),
  };
}

/** JSON schema of parameters, from values of their types: what a `--policy-pack-config` may set. */
const schemaOf = (parameters: object): Record<string, { type: "array" | "boolean" | "number" | "object" | "string" }> =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      { type: Array.isArray(value) ? "array" : (typeof value as "boolean" | "number" | "object" | "string") },
    ]),
  );
