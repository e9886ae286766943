import { parse } from "yaml";
import type { Resource } from "../resource.ts";
import { type Fault, levels, rule } from "../rule.ts";

const CHARTS = ["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"];
const WEBHOOKS = ["Validating", "Mutating"].map(
  (kind) => `kubernetes:admissionregistration.k8s.io/v1:${kind}WebhookConfiguration`,
);

/** Integrations whose webhooks look at what everybody makes. */
const EVERYBODYS = ["pod", "deployment", "statefulset"];

const SELECTOR = "a selector of the namespaces in which teams train";

/**
 * Measured with Kueue 0.18.3 and its default manifests: with Kueue down, no pod started in any namespace, model servers included, and
 * jobs that had finished did not complete. The chart takes the selector over into its webhooks, and lets those of pods, deployments
 * and stateful sets fail open only where the list of integrations leaves them out: it needs both.
 */
export const webhooksOfTeams = rule({
  id: "GPU-06",
  title: "Kueue's webhooks fail closed in namespaces of teams and nowhere else",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: [],
  remediation:
    "Set `managedJobsNamespaceSelector` to a label of team namespaces, and `integrations.frameworks` to the kinds of job in use, in the manager's configuration; in manifests of your own, `namespaceSelector` of each webhook.",
  types: [...CHARTS, ...WEBHOOKS],
  check: (resource) => (WEBHOOKS.includes(resource.type) ? configurationFaults(resource) : chartFaults(resource)),
});

const VALUE = "managerConfig.controllerManagerConfigYaml";

function chartFaults({ inputs }: Resource): Fault[] {
  if (!/(^|\/)kueue$/.test(inputs.chart)) {
    return [];
  }
  const property = `values.${VALUE}`;
  const text: string | undefined = inputs.values?.managerConfig?.controllerManagerConfigYaml;
  const configuration = text === undefined ? undefined : parsed(text);
  if (configuration === undefined) {
    const got = text === undefined ? "nothing" : "a text that is no YAML";
    return [{ property, got, want: "a configuration with managedJobsNamespaceSelector and integrations.frameworks" }];
  }
  const { managedJobsNamespaceSelector: selector, integrations } = configuration;
  // Left out, the list is the chart's own, with all three.
  const everybodys = EVERYBODYS.filter((kind) => (integrations?.frameworks ?? EVERYBODYS).includes(kind));
  return [
    ...(narrow(selector)
      ? []
      : [{ property: `${property}.managedJobsNamespaceSelector`, got: described(selector), want: SELECTOR }]),
    ...(everybodys.length === 0
      ? []
      : [
          {
            property: `${property}.integrations.frameworks`,
            got: everybodys.join(", "),
            want: `a list without ${EVERYBODYS.join(", ")}`,
          },
        ]),
  ];
}

function parsed(text: string): any {
  try {
    return parse(text) ?? {};
  } catch {
    return undefined;
  }
}

function configurationFaults({ inputs }: Resource): Fault[] {
  const webhooks: any[] = inputs.webhooks ?? [];
  return webhooks.flatMap((webhook, at): Fault[] => {
    const ofKueue = /kueue/.test(webhook.clientConfig?.service?.name ?? inputs.metadata?.name ?? "");
    const closed = (webhook.failurePolicy ?? "Fail") === "Fail";
    const onlyItsOwn = (webhook.rules ?? []).every(({ apiGroups = [] }: any) =>
      apiGroups.every((group: string) => group === "kueue.x-k8s.io"),
    );
    return !ofKueue || !closed || onlyItsOwn || narrow(webhook.namespaceSelector)
      ? []
      : [{ property: `webhooks[${at}].namespaceSelector`, got: described(webhook.namespaceSelector), want: SELECTOR }];
  });
}

interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string }[];
}

/** Whether a selector takes what carries a label; one that only leaves some out takes namespaces that nobody has thought of. */
const narrow = ({ matchLabels = {}, matchExpressions = [] }: Selector = {}): boolean =>
  Object.keys(matchLabels).length > 0 || matchExpressions.some(({ operator }) => ["In", "Exists"].includes(operator));

const described = (selector: Selector | undefined): string =>
  (selector?.matchExpressions ?? []).map(({ key, operator }) => `${key} ${operator}`).join(", ") || "nothing";
