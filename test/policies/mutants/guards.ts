import { kubernetes, type StackMutant } from "./mutant.ts";

type Edit = (spec: any) => void;

const rules = ({ matchConstraints }: any): any => matchConstraints.resourceRules[0];
const sees =
  (group: string, resource: string): Edit =>
  (spec) =>
    Object.assign(rules(spec), { apiGroups: [group], resources: [resource] });
const first =
  (expression: string): Edit =>
  (spec) => {
    spec.validations[0].expression = expression;
  };
const asked =
  (expression: string): Edit =>
  (spec) =>
    spec.matchConditions.push({ name: "more", expression });
const variable =
  (name: string, expression: string): Edit =>
  (spec) => {
    spec.variables.find((each: any) => each.name === name).expression = expression;
  };

/** Ways past a guard of the queues that its checks still look like checks in. */
const PAST: readonly (readonly [what: string, edit: Edit])[] = [
  ["that looks at ConfigMaps", sees("", "configmaps")],
  ["that looks at CronJobs", sees("batch", "cronjobs")],
  ["that looks at what nobody serves", (spec) => Object.assign(rules(spec), { apiVersions: ["v2"] })],
  ["that looks at objects of the cluster", (spec) => Object.assign(rules(spec), { scope: "Cluster" })],
  ["that looks at deletions", (spec) => Object.assign(rules(spec), { operations: ["DELETE"] })],
  ["of namespaces that nobody labels", (spec) => (spec.matchConstraints.namespaceSelector.matchExpressions[0].key = "gpu")],
  ["of one team", (spec) => (spec.matchConstraints.namespaceSelector = { matchLabels: { "millrace.dev/team": "risk" } })],
  ["that begins with a check of the priority", first("!has(object.spec.priority) || object.spec.priority < 1000")],
  ["that begins with a check of its own labels", first("has(object.metadata.labels) || !variables.gpu")],
  ["that counts GPUs of another vendor", variable("gpu", "variables.containers.exists(c, c.name == 'gpu')")],
  ["that knows no tolerations", variable("tolerant", "has(object.spec.priority) && object.spec.priority > 100")],
  [
    "that looks into the first containers alone",
    (spec) => (spec.variables[0].expression = spec.variables[0].expression.split(" +")[0]),
  ],
  ["that is not asked where there is a deadline", asked("!has(object.spec.activeDeadlineSeconds)")],
  ["that is asked of changes alone", asked("request.operation == 'UPDATE'")],
];

const FINE: readonly (readonly [what: string, edit: Edit])[] = [
  ["that names its scope", (spec) => Object.assign(rules(spec), { scope: "Namespaced" })],
  ["of every operation", (spec) => Object.assign(rules(spec), { operations: ["*"] })],
  [
    "with a check of the priority beside its own",
    (spec) => spec.validations.push({ expression: "!has(object.spec.priority) || object.spec.priority < 1000" }),
  ],
  ["in other words", (spec) => (spec.validations[0].expression = `(${spec.validations[0].expression}) == true`)],
  ["with another message", (spec) => (spec.validations[0].message = "ask a queue")],
];

/** Guards of the queues that stand there and guard nothing. */
export const GUARDS: readonly StackMutant[] = ["pods", "jobs"].flatMap((kind) => {
  const guard = kubernetes("platform", "admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy", `queues-guard-${kind}`);
  return [
    ...PAST.map(([what, edit]) => guard.bad(`the guard of ${kind} ${what}`, ({ spec }) => edit(spec))),
    ...FINE.map(([what, edit]) => guard.harmless(`the guard of ${kind} ${what}`, ({ spec }) => edit(spec))),
  ];
});
