import { expect, it } from "vitest";
import { PrometheusCrds } from "#components/monitoring/prometheus-crds";
import { record } from "../../harness/graph.ts";
import { named } from "../named.ts";

it("PrometheusCrds leaves the definitions where they are when it goes", async () => {
  const { inputs } = named(await record(() => void new PrometheusCrds("monitors")), "monitors");
  expect(inputs).toMatchObject({
    name: "prometheus-operator-crds",
    namespace: "kube-system",
    values: { crds: { annotations: { "helm.sh/resource-policy": "keep" } } },
  });
});
