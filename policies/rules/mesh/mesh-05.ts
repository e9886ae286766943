import { type Fault, type Finding, together, unless } from "../../findings.ts";
import { CHARTS, chartOf, isChart } from "../../kubernetes/charts.ts";
import { DESTINATION_RULES, istioTypes, trafficPolicies } from "../../kubernetes/istio.ts";
import { type Bag, flag, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, rule } from "../../rule.ts";

const SERVICE_ENTRIES = istioTypes("networking.istio.io", "ServiceEntry");

export const MESH_05 = rule({
  id: "MESH-05",
  title: "Calls out of the mesh go to named hosts, and their certificates are checked",
  severity: "high",
  levels: levels("A/M/M"),
  frameworks: ["SOC2 CC6.6"],
  remediation:
    "Set `meshConfig.outboundTrafficPolicy.mode: REGISTRY_ONLY` for istiod, name each host in a ServiceEntry (`*.example.com` at most), and remove `insecureSkipVerify`.",
  types: [...SERVICE_ENTRIES, ...DESTINATION_RULES, ...CHARTS],
  check: (resource): Finding[] => {
    const { type, inputs } = resource;
    if (SERVICE_ENTRIES.includes(type)) {
      return wideHosts(inputs);
    }
    return isChart(resource) ? anyCall(resource) : unchecked(resource);
  },
});

/** `*.com` is everybody. */
const wideHosts = (inputs: Bag): Fault[] =>
  texts(inputs, "spec", "hosts").flatMap((got, index) =>
    unless(!got.startsWith("*") || got.split(".").length > 2, {
      property: `spec.hosts[${index}]`,
      got,
      want: "a host, or all hosts of one domain",
    }),
  );

/** Without a mode istiod allows every call (Istio reference, "OutboundTrafficPolicy"). */
function anyCall(resource: Resource): Fault[] {
  const property = "values.meshConfig.outboundTrafficPolicy.mode";
  const got = text(resource.inputs, ...property.split(".")) ?? "nothing";
  return unless(chartOf(resource) !== "istiod" || got === "REGISTRY_ONLY", { property, got, want: "REGISTRY_ONLY" });
}

const unchecked = (resource: Resource): Finding[] =>
  together(
    trafficPolicies(resource).map(
      ([path, policy]) =>
        () =>
          unless(flag(policy, "tls", "insecureSkipVerify") !== true, {
            property: `${path}.tls.insecureSkipVerify`,
            got: "true",
            want: "false or left out",
          }),
    ),
  );
