import { added, aws, configured, kubernetes, object, type StackMutant, welcome } from "./mutant.ts";

const REGISTRATION = "admissionregistration.k8s.io/v1";
const guard = (name: string) => kubernetes("platform", `${REGISTRATION}:ValidatingAdmissionPolicy`, name);
const bound = (name: string) => kubernetes("platform", `${REGISTRATION}:ValidatingAdmissionPolicyBinding`, `${name}-binding`);
const namespace = (layer: "platform" | "workloads", name: string) => kubernetes(layer, "core/v1:Namespace", name);

const IMAGES = guard("guardrails-millrace-img-01");
const IMAGES_BOUND = bound("guardrails-millrace-img-01");
const MODELS = namespace("workloads", "risk-models");
const JOBS = namespace("workloads", "risk-jobs");
const CNI = aws("platform", "eks/addon:Addon", "addons-before-nodes-vpc-cni");

const ENFORCE = "pod-security.kubernetes.io/enforce";

type Edit = (spec: any) => void;

const condition =
  (expression: string): Edit =>
  (spec) =>
    spec.matchConditions.push({ name: "more", expression });
const check =
  (expression: string): Edit =>
  (spec) =>
    spec.validations.push({ expression });
const match =
  (more: object): Edit =>
  (spec) =>
    Object.assign(spec.matchConstraints, more);
const excludes = (more: object): Edit =>
  match({ excludeResourceRules: [{ apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*"], ...more }] });

/** Ways round a policy that is not made from a rule. */
const GUARD_GAPS: readonly (readonly [what: string, edit: Edit])[] = [
  ["that excludes everything", excludes({})],
  ["that excludes pods in one version", excludes({ apiGroups: [""], apiVersions: ["v1"], resources: ["pods"] })],
  ["that excludes creations", excludes({ operations: ["CREATE"] })],
  ["that excludes pods of one name", excludes({ resources: ["pods"], resourceNames: ["debug"] })],
  [
    "that sees creations only",
    ({ matchConstraints }) => {
      matchConstraints.resourceRules[0].operations = ["CREATE"];
    },
  ],
  ["for objects with a label", match({ objectSelector: { matchLabels: { checked: "true" } } })],
  ["for one version of the API only", match({ matchPolicy: "Exact" })],
  [
    "that a namespace leaves by a label",
    match({ namespaceSelector: { matchExpressions: [{ key: "skip", operator: "DoesNotExist" }] } }),
  ],
  ["that a label switches off", condition("!('skip' in object.metadata.labels)")],
  ["that an annotation switches off", condition("object.metadata.?annotations['a/skip'].orValue('') != 'true'")],
  ["that a name switches off", condition("object.metadata.name != 'debug'")],
  ["that an owner switches off", condition("!has(object.metadata.ownerReferences)")],
  ["that looks at changes of labels", condition("object.metadata.labels != oldObject.metadata.labels")],
  ["for one kind of pods", condition("object.spec.schedulerName == 'gpu'")],
  ["for an impossible request", condition("request.operation != request.operation")],
  ...[
    "object.spec.x == object.spec['x']",
    "true",
    "!false",
    "1 == 1",
    "variables.gpu || true",
    "variables.gpu || !variables.gpu",
    "object.spec.containers.size() >= 0",
    "size(object.spec.containers) > -1",
    "has(object.metadata)",
    "object.metadata.name.startsWith('')",
    "object.spec.containers.all(c, true)",
    "variables.gpu ? true : !variables.gpu",
    "variables.gpu || 'a/skip' in object.metadata.labels",
    "!variables.gpu || object.metadata.name == 'debug'",
  ].map((expression): [string, Edit] => [`with the check ${expression}`, check(expression)]),
];

const GUARD_FINE: readonly (readonly [what: string, edit: Edit])[] = [
  ["that excludes something else", excludes({ apiGroups: ["coordination.k8s.io"], resources: ["leases"] })],
  ["with one more check", check("!has(object.spec.hostname) || object.spec.hostname != 'x'")],
  ["that wants a label", check("!variables.gpu || 'a/team' in object.metadata.labels")],
  ["that wants containers", check("size(object.spec.containers) > 0")],
];

/** A guard that some requests pass, by who asks, where, or as a trial. */
const PASSED_BY: readonly (readonly [list: string, who: string])[] = [
  ["matchConditions", "request.dryRun"],
  ["matchConditions", "request.namespace == 'models-risk'"],
  ["matchConditions", "request.userInfo.username in ['system:kube-scheduler', 'ann']"],
  ["validations", "request.dryRun"],
  ["validations", "request.namespace == 'models-risk'"],
  ["validations", "request.userInfo.username == 'ann'"],
];
const passed =
  ([list, who]: readonly [string, string]): Edit =>
  (spec) => {
    if (list === "validations") {
      spec.validations[0].expression = `${who} || (${spec.validations[0].expression})`;
    } else {
      spec.matchConditions.push({ name: "more", expression: `!(${who})` });
    }
  };

const webhook = (adds: typeof added, what: string, rest: object): StackMutant => {
  const { type, inputs } = object(REGISTRATION, "ValidatingWebhookConfiguration", {
    metadata: { name: "checks" },
    webhooks: [
      {
        name: "pods.checks.example.com",
        clientConfig: { service: { name: "checks", namespace: "checks-system", path: "/" } },
        rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["pods"] }],
        sideEffects: "None",
        admissionReviewVersions: ["v1"],
        ...rest,
      },
    ],
  });
  return adds("platform", type, what, inputs);
};

const WEBHOOK_GAPS: readonly (readonly [what: string, rest: object])[] = [
  ["that fails open", { failurePolicy: "Ignore" }],
  ["for objects with a label", { objectSelector: { matchExpressions: [{ key: "skip", operator: "DoesNotExist" }] } }],
  [
    "that a namespace leaves by a label",
    { namespaceSelector: { matchExpressions: [{ key: "skip", operator: "DoesNotExist" }] } },
  ],
  [
    "that leaves a team out",
    {
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["risk-models"] }],
      },
    },
  ],
  [
    "that sees creations only",
    { rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }] },
  ],
  ["that an annotation switches off", { matchConditions: [{ name: "a", expression: "!has(object.metadata.annotations)" }] }],
];

/** Ways round what the API server checks. */
export const ADMISSION: readonly StackMutant[] = [
  IMAGES_BOUND.bad("a guardrail that only audits", ({ spec }) => {
    spec.validationActions = ["Audit"];
  }),
  IMAGES_BOUND.bad("a guardrail that only warns and audits", ({ spec }) => {
    spec.validationActions = ["Warn", "Audit"];
  }),
  IMAGES_BOUND.bad("a guardrail without an action", ({ spec }) => {
    spec.validationActions = [];
  }),
  IMAGES_BOUND.bad("a binding of a policy that does not exist", ({ spec }) => {
    spec.policyName = "millrace-img-1";
  }),
  IMAGES_BOUND.bad("a guardrail that is bound for one namespace only", ({ spec }) => {
    spec.matchResources = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "mlflow" } } };
  }),
  IMAGES_BOUND.bad("a guardrail that leaves one team out", ({ spec }) => {
    spec.matchResources = {
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["models-risk"] }],
      },
    };
  }),
  IMAGES_BOUND.bad("a guardrail that leaves pods out", ({ spec }) => {
    spec.matchResources = {
      excludeResourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["pods"] }],
    };
  }),
  IMAGES_BOUND.bad("a guardrail for objects with a label only", ({ spec }) => {
    spec.matchResources = { objectSelector: { matchLabels: { "example.com/checked": "true" } } };
  }),
  IMAGES_BOUND.removed("a guardrail that nothing binds"),
  bound("queues-guard-pods").bad("a guard of the queues that only audits", ({ spec }) => {
    spec.validationActions = ["Audit"];
  }),
  bound("queues-guard-jobs").removed("a guard of the queues that nothing binds"),
  IMAGES.bad("a guardrail that fails open", ({ spec }) => {
    spec.failurePolicy = "Ignore";
  }),
  guard("queues-guard-pods").bad("a guard of the queues that fails open", ({ spec }) => {
    spec.failurePolicy = "Ignore";
  }),
  IMAGES.bad("a guardrail that never matches", ({ spec }) => {
    spec.matchConditions.push({ name: "never", expression: "false" });
  }),
  IMAGES.bad("a guardrail that matches one user only", ({ spec }) => {
    spec.matchConditions.push({ name: "one", expression: "request.userInfo.username == 'nobody'" });
  }),
  IMAGES.bad("a guardrail that lets service accounts through", ({ spec }) => {
    spec.matchConditions.push({
      name: "people",
      expression: "!request.userInfo.username.startsWith('system:serviceaccount:')",
    });
  }),
  IMAGES.bad("a guardrail whose check is true", ({ spec }) => {
    spec.validations = [{ expression: "true", message: "fine" }];
  }),
  IMAGES.bad("a guardrail whose check ends in an alternative", ({ spec }) => {
    spec.validations[0].expression = `(${spec.validations[0].expression}) || object.metadata.name != ''`;
  }),
  IMAGES.bad("a guardrail that finds no team", ({ spec }) => {
    spec.variables.find(({ name }: any) => name === "teams").expression = "false";
  }),
  IMAGES.bad("a guardrail that sees no containers", ({ spec }) => {
    spec.variables.find(({ name }: any) => name === "images").expression = "[]";
  }),
  IMAGES.bad("a guardrail for namespaces that do not exist", ({ spec }) => {
    spec.matchConstraints.namespaceSelector = { matchLabels: { "example.com/checked": "true" } };
  }),
  IMAGES.bad("a guardrail for updates only", ({ spec }) => {
    spec.matchConstraints.resourceRules[0].operations = ["UPDATE"];
  }),
  IMAGES.bad("a guardrail for a version of the API that is gone", ({ spec }) => {
    spec.matchConstraints.resourceRules[0].apiVersions = ["v1beta1"];
  }),
  IMAGES.bad("a guardrail that does not see debug containers", ({ spec }) => {
    spec.matchConstraints.resourceRules[0].resources = ["pods"];
  }),
  IMAGES.removed("a guardrail that is gone"),
  MODELS.bad("a namespace of models that counts as filled by a chart", ({ metadata }) => {
    metadata.labels["millrace.dev/filled-by"] = "chart";
  }),
  MODELS.bad("a namespace of models with an old version of Pod Security", ({ metadata }) => {
    metadata.labels[`${ENFORCE}-version`] = "v1.18";
  }),
  JOBS.bad("a namespace of a team without Pod Security", ({ metadata }) => {
    delete metadata.labels[ENFORCE];
  }),
  MODELS.bad("a namespace of models at the level baseline", ({ metadata }) => {
    metadata.labels[ENFORCE] = "baseline";
  }),
  JOBS.bad("a namespace whose level is misspelt", ({ metadata }) => {
    metadata.labels[ENFORCE] = "Restricted";
  }),
  namespace("platform", "tracking-namespace").bad("a namespace of MLflow that counts as filled by a chart", ({ metadata }) => {
    metadata.labels["millrace.dev/filled-by"] = "chart";
  }),
  JOBS.bad(
    "a team's namespace that no queue and no guard knows",
    ({ metadata }) => {
      delete metadata.labels["millrace.dev/team"];
    },
    "risk-queue",
  ),
  CNI.bad(
    "network policies switched off in the CNI",
    configured((values) => {
      values.enableNetworkPolicy = "false";
    }),
  ),
  CNI.bad(
    "a CNI that does not say whether it keeps network policies",
    configured((values) => {
      delete values.enableNetworkPolicy;
    }),
  ),
  CNI.bad("a CNI without values", (inputs) => {
    delete inputs["configurationValues"];
  }),
  CNI.removed("no CNI that keeps network policies"),
  ((it) => added("platform", it.type, "a webhook outside the cluster that rewrites pods", it.inputs))(
    object(REGISTRATION, "MutatingWebhookConfiguration", {
      metadata: { name: "helper" },
      webhooks: [
        {
          name: "pods.helper.example.com",
          clientConfig: { url: "https://helper.example.com/mutate" },
          rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] }],
          sideEffects: "None",
          admissionReviewVersions: ["v1"],
        },
      ],
    }),
  ),
  ((it) => added("workloads", it.type, "one more namespace that admits everything", it.inputs))(
    object("v1", "Namespace", { metadata: { name: "scratch" } }),
  ),

  bound("guardrails-millrace-k8s-02").bad("a guardrail of pods that only warns", ({ spec }) => {
    spec.validationActions = ["Warn"];
  }),
  bound("guardrails-millrace-sec-02").bad("a guardrail of secrets for no namespace", ({ spec }) => {
    spec.matchResources = {
      namespaceSelector: { matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "DoesNotExist" }] },
    };
  }),
  bound("queues-guard-jobs").bad("a guard of jobs for small objects", ({ spec }) => {
    spec.matchResources = { objectSelector: { matchExpressions: [{ key: "size", operator: "In", values: ["small"] }] } };
  }),
  guard("guardrails-millrace-k8s-02").bad("a guardrail of pods whose check asks for nothing", ({ spec }) => {
    for (const validation of spec.validations) {
      validation.expression = "1 == 1";
    }
  }),
  guard("guardrails-millrace-mesh-03").bad("a guardrail of gateways without a check", ({ spec }) => {
    spec.validations = [];
  }),
  guard("guardrails-millrace-k8s-03").bad("a guardrail with one check less", ({ spec }) => {
    spec.validations = spec.validations.slice(1);
  }),
  guard("guardrails-millrace-img-02").bad("a guardrail that excludes what it looks at", ({ spec }) => {
    spec.matchConstraints.excludeResourceRules = spec.matchConstraints.resourceRules;
  }),
  guard("guardrails-millrace-img-02").bad("a guardrail that looks at another group of the API", ({ spec }) => {
    spec.matchConstraints.resourceRules[0].apiGroups = ["apps"];
  }),
  guard("guardrails-millrace-k8s-06").bad("a guardrail for objects of one name", ({ spec }) => {
    spec.matchConstraints.resourceRules[0].resourceNames = ["example"];
  }),
  guard("guardrails-millrace-sec-02").bad("a guardrail that is never asked in the night", ({ spec }) => {
    spec.matchConditions.push({ name: "day", expression: "!object.metadata.name.startsWith('a')" });
  }),
  guard("queues-guard-jobs").bad("a guard of jobs in which no job asks for GPUs", ({ spec }) => {
    spec.variables.find(({ name }: any) => name === "gpu").expression = "1 > 2";
  }),
  guard("queues-guard-pods").bad("a guard of pods that every controller passes", ({ spec }) => {
    spec.matchConditions[0].expression = "!request.userInfo.username.startsWith('system:')";
  }),

  IMAGES_BOUND.harmless("a guardrail that also audits", ({ spec }) => {
    spec.validationActions = ["Deny", "Audit"];
  }),
  IMAGES_BOUND.harmless("one more label on a binding", ({ metadata }) => {
    metadata.labels = { "example.com/owner": "platform" };
  }),
  IMAGES.harmless("a guardrail that fails closed by default", ({ spec }) => {
    delete spec.failurePolicy;
  }),
  IMAGES.harmless("a guardrail with another message", ({ spec }) => {
    spec.validations[0].message = "name images by their digest";
  }),
  IMAGES.harmless("operations of a guardrail in another order", ({ spec }) =>
    spec.matchConstraints.resourceRules[0].operations.reverse(),
  ),
  guard("queues-guard-pods").harmless("operations of a guard of the queues in another order", ({ spec }) => {
    spec.matchConstraints.resourceRules[0].operations = ["UPDATE", "CREATE"];
  }),
  ...GUARD_GAPS.map(([what, edit]) => guard("queues-guard-pods").bad(`a guard of the queues ${what}`, ({ spec }) => edit(spec))),
  ...GUARD_FINE.map(([what, edit]) =>
    guard("queues-guard-pods").harmless(`a guard of the queues ${what}`, ({ spec }) => edit(spec)),
  ),
  bound("queues-guard-pods").bad("a guard of the queues that goes with its parameters", ({ spec }) => {
    spec.paramRef = { name: "limits", parameterNotFoundAction: "Allow" };
  }),
  bound("queues-guard-pods").harmless("a guard of the queues that denies without its parameters", ({ spec }) => {
    spec.paramRef = { name: "limits", parameterNotFoundAction: "Deny" };
  }),
  ...(["pods", "jobs"] as const).flatMap((kind) => [
    ...PASSED_BY.map((each) =>
      guard(`queues-guard-${kind}`).bad(`a guard of ${kind} passed in its ${each.join(" by ")}`, ({ spec }) =>
        passed(each)(spec),
      ),
    ),
    ...["request.namespace == 'kube-system'", "request.userInfo.username == 'system:kube-scheduler'"].map((who) =>
      guard(`queues-guard-${kind}`).harmless(`a guard of ${kind} not asked if ${who}`, ({ spec }) =>
        passed(["matchConditions", who])(spec),
      ),
    ),
  ]),
  ...WEBHOOK_GAPS.map(([what, rest]) => webhook(added, `a webhook ${what}`, rest)),
  webhook(welcome, "a webhook that fails closed and sees all but the namespaces of the system", {
    namespaceSelector: {
      matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: ["kube-system", "checks-system"] }],
    },
  }),
  MODELS.harmless("a namespace with the latest Pod Security", ({ metadata }) => {
    metadata.labels[`${ENFORCE}-version`] = "latest";
  }),
  MODELS.harmless("a namespace that also audits", ({ metadata }) => {
    metadata.labels["pod-security.kubernetes.io/audit"] = "restricted";
  }),
  JOBS.harmless("one more label of a namespace", ({ metadata }) => {
    metadata.labels["example.com/cost"] = "risk";
  }),
  namespace("platform", "mesh-namespace").harmless("a stricter level for the mesh", ({ metadata }) => {
    metadata.labels[ENFORCE] = "restricted";
  }),
  CNI.harmless(
    "network policies switched on by a boolean",
    configured((values) => {
      values.enableNetworkPolicy = true;
    }),
  ),
  CNI.harmless("values of the CNI over several lines", (inputs) => {
    inputs["configurationValues"] = JSON.stringify(JSON.parse(inputs["configurationValues"]), undefined, 2);
  }),
  ((it) => welcome("platform", it.type, "one more binding of a guardrail, which warns", it.inputs))(
    object(REGISTRATION, "ValidatingAdmissionPolicyBinding", {
      metadata: { name: "images-warned" },
      spec: { policyName: "millrace-img-01", validationActions: ["Warn"] },
    }),
  ),
];
