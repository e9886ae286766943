import * as k8s from "@pulumi/kubernetes";
import { Component, type ComponentOptions } from "../component.ts";
import { GPU, LABELS } from "../labels.ts";
import { CPU_QUEUE, QUEUE_LABEL } from "./queue-names.ts";

type PolicySpec = k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec;

/**
 * Closes the ways round the queue in team namespaces: a pod that asks for a GPU, or tolerates the taint of GPU nodes, belongs to a
 * Job that a queue admits. Without it a pod with a toleration of its own got a GPU node and no quota noticed (measured).
 *
 * Two admission policies, evaluated inside the API server: no webhook that could be down.
 */
export class QueueGuard extends Component {
  constructor(name: string, opts?: ComponentOptions) {
    super("training:QueueGuard", name, {}, opts);

    const child = { parent: this };
    for (const [role, spec] of Object.entries({ jobs: jobsNeedQueue(), pods: podsNeedJob() })) {
      const policyName = `millrace-gpu-${role}`;
      const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        `${name}-${role}`,
        { metadata: { name: policyName }, spec },
        child,
      );
      new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${name}-${role}-binding`,
        { metadata: { name: policyName }, spec: { policyName, validationActions: ["Deny"] } },
        { ...child, dependsOn: policy },
      );
    }
    this.registerOutputs({});
  }
}

/** Kueue's own webhook has run by now: a Job that it put into the default queue carries the label. */
function jobsNeedQueue(): PolicySpec {
  return {
    failurePolicy: "Fail",
    matchConstraints: inTeamNamespaces({
      apiGroups: ["batch"],
      apiVersions: ["v1"],
      operations: ["CREATE", "UPDATE"],
      resources: ["jobs"],
    }),
    // Removing a finalizer is an update too: a Job that came before its rule must still be able to go.
    matchConditions: [{ name: "not-being-deleted", expression: "!has(object.metadata.deletionTimestamp)" }],
    variables: ofPodSpec("object.spec.template.spec"),
    validations: [
      {
        expression: `!variables.gpu || (has(object.metadata.labels) && '${QUEUE_LABEL}' in object.metadata.labels)`,
        message: `a Job that asks for GPUs must carry the label ${QUEUE_LABEL}: add it with the name of the namespace's LocalQueue`,
      },
      {
        expression: "!variables.uncounted",
        message: `a Job that asks for GPUs must ask for ${GPU}: quotas count no other resource of nvidia.com/`,
      },
      {
        expression: "variables.gpu || !variables.tolerant",
        message: `a Job that tolerates ${GPU} must ask for GPUs: it would hold a GPU node that no quota counts; remove the toleration`,
      },
      {
        expression: `variables.gpu != (has(object.metadata.labels) && '${QUEUE_LABEL}' in object.metadata.labels && object.metadata.labels['${QUEUE_LABEL}'] == '${CPU_QUEUE}')`,
        message: `a Job without GPUs must go to the queue '${CPU_QUEUE}', and a Job with GPUs to another: set its label ${QUEUE_LABEL}`,
      },
    ],
  };
}

/**
 * Kueue manages Jobs alone here, so a pod that anyone but the Job controller makes would pass it by. The controller is known by its
 * user, which nobody can forge, and not by the owner that a pod names. EKS gives each controller a user of its own; a control
 * plane without `--use-service-account-credentials` has one for all.
 */
const JOB_CONTROLLERS = ["system:serviceaccount:kube-system:job-controller", "system:kube-controller-manager"];

function podsNeedJob(): PolicySpec {
  return {
    failurePolicy: "Fail",
    matchConstraints: inTeamNamespaces({
      apiGroups: [""],
      apiVersions: ["v1"],
      operations: ["CREATE", "UPDATE"],
      resources: ["pods"],
    }),
    matchConditions: [
      {
        name: "not-from-a-job",
        expression: `!(request.userInfo.username in [${JOB_CONTROLLERS.map((user) => `'${user}'`).join(", ")}])`,
      },
      // Of what brings a pod to a GPU node, a change can only add tolerations. Without this nobody could label a pod of a Job.
      {
        name: "new-or-more-tolerant",
        expression:
          "request.operation == 'CREATE' || (has(object.spec.tolerations) && (!has(oldObject.spec.tolerations) || object.spec.tolerations != oldObject.spec.tolerations))",
      },
    ],
    variables: ofPodSpec("object.spec"),
    validations: [
      {
        expression: "!variables.gpu && !variables.tolerant",
        message: `a pod with ${GPU} in a team's namespace must come from a Job in a queue: wrap it in a Job with the label ${QUEUE_LABEL}`,
      },
    ],
  };
}

function inTeamNamespaces(rule: k8s.types.input.admissionregistration.v1.NamedRuleWithOperations) {
  return { namespaceSelector: { matchExpressions: [{ key: LABELS.team, operator: "Exists" }] }, resourceRules: [rule] };
}

/** Whether a pod asks for anything of NVIDIA's, whether that is more than whole GPUs, and whether it could stand on a GPU node. */
function ofPodSpec(spec: string) {
  const asks = (which: string): string => {
    const among = (kind: string) => `(has(c.resources.${kind}) && c.resources.${kind}.exists(r, ${which}))`;
    return `variables.containers.exists(c, has(c.resources) && (${among("limits")} || ${among("requests")}))`;
  };
  const nvidia = "r.startsWith('nvidia.com/')";
  const everything = "(!has(t.key) || t.key == '') && has(t.operator) && t.operator == 'Exists'";
  return [
    { name: "containers", expression: `${spec}.containers + (has(${spec}.initContainers) ? ${spec}.initContainers : [])` },
    { name: "gpu", expression: asks(nvidia) },
    { name: "uncounted", expression: asks(`${nvidia} && r != '${GPU}'`) },
    {
      name: "tolerant",
      expression: `has(${spec}.tolerations) && ${spec}.tolerations.exists(t, (has(t.key) && t.key == '${GPU}') || (${everything}))`,
    },
  ];
}
