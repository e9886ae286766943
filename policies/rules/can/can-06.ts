import { type Finding, ofEach, together, unless } from "../../findings.ts";
import { VIRTUAL_SERVICES } from "../../kubernetes/istio.ts";
import { nameOf, namespaceOf } from "../../kubernetes/objects.ts";
import { ROLLOUT, SERVICE } from "../../kubernetes/types.ts";
import { text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";
import { canaryOf, managedRoutes } from "./rollouts.ts";

/**
 * Measured with server-side apply: if Pulumi writes the weighted route, the API server refuses with a conflict; a forced write put the
 * weights back to the old version. Pulumi cannot ignore an element of a list in a server-side apply (pulumi-kubernetes, `await.go`).
 */
export const CAN_06 = stackRule({
  id: "CAN-06",
  title:
    "Pulumi does not touch what Argo Rollouts changes during a release: the weighted routes and the selectors of both Services",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MANAGE 4.1"],
  remediation:
    'Move the route into a delegate VirtualService and give it `ignoreChanges: ["spec.http"]`, never an element of the list. Give both Services `ignoreChanges: ["spec.selector"]`. Do not force patches.',
  types: [ROLLOUT],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => type === ROLLOUT),
      (rollout) => shared(rollout, resources),
    ),
});

function shared(rollout: Resource, resources: readonly Resource[]): Finding[] {
  const canary = canaryOf(rollout);
  if (canary === undefined) {
    return [];
  }
  const named = (types: readonly string[], name: string | undefined): Resource[] => {
    const [short, namespace = namespaceOf(rollout)] = (name ?? "").split(".");
    return resources.filter((each) => types.includes(each.type) && nameOf(each) === short && namespaceOf(each) === namespace);
  };
  return together(
    () =>
      ofEach(
        managedRoutes(canary).flatMap((route) => named(VIRTUAL_SERVICES, text(route, "name"))),
        (route) => leaves(route, "spec.http"),
      ),
    () =>
      ofEach(
        ["canaryService", "stableService"].flatMap((role) => named([SERVICE], text(canary, role))),
        (service) => leaves(service, "spec.selector"),
      ),
  );
}

const FORCED = "pulumi.com/patchForce";

function leaves(resource: Resource, field: string): Finding[] {
  const { ignoreChanges, inputs } = resource;
  const parts = ignoreChanges.filter((path) => path.startsWith(`${field}[`) || path.startsWith(`${field}.`));
  const whole = ignoreChanges.some((path) => path === field || path === "spec");
  const got = ignoreChanges.join(", ") || "nothing";
  return together(
    () =>
      unless(whole && parts.length === 0, {
        resource,
        property: "ignoreChanges",
        got,
        want: `a list with the whole of '${field}'`,
      }),
    () => {
      const forced = text(inputs, "metadata", "annotations", FORCED) ?? "false";
      return unless(forced !== "true", { resource, property: `metadata.annotations.${FORCED}`, got: forced, want: "left out" });
    },
  );
}
