import * as k8s from "@pulumi/kubernetes";
import { Component, type ComponentOptions } from "../component.ts";
import { anyObject, fields, listOf, text } from "../shape.ts";
import { check } from "../validation.ts";

/** A rule that the API server itself keeps. */
export interface AdmissionPolicy {
  /** Name of the policy and of its binding. */
  name: string;

  /** `spec` of the ValidatingAdmissionPolicy. */
  spec: object;

  /** `spec` of its binding. */
  binding: { policyName: string; validationActions: string[] };
}

export interface GuardrailsArgs {
  /** What the API server refuses, or warns of. */
  policies: readonly AdmissionPolicy[];
}

/**
 * Admission policies in the API server (admissionregistration.k8s.io/v1, no controller that could be down): they hold for every client,
 * also past the program and its checks.
 *
 * @throws {pulumi.ResourceError} when two policies have one name.
 */
export class Guardrails extends Component {
  static override readonly shape = fields<GuardrailsArgs>({
    policies: listOf(
      fields<AdmissionPolicy>({
        name: text,
        spec: anyObject,
        binding: fields<AdmissionPolicy["binding"]>({ policyName: text, validationActions: listOf(text) }),
      }),
    ),
  });

  constructor(name: string, args: GuardrailsArgs, opts?: ComponentOptions) {
    super("admission:Guardrails", name, args, opts);
    check.distinct(
      "policies",
      args.policies.map((policy) => policy.name),
      this,
    );

    const child = { parent: this };
    for (const { name: policyName, spec, binding } of args.policies) {
      const policy = new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
        `${name}-${policyName}`,
        { metadata: { name: policyName }, spec },
        child,
      );
      // Bound before it is there, a policy that fails closed would refuse everything.
      new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
        `${name}-${policyName}-binding`,
        { metadata: { name: policyName }, spec: binding },
        { ...child, dependsOn: policy },
      );
    }
    this.registerOutputs({});
  }
}
