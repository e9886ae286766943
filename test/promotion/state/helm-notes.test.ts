import { expect, it } from "vitest";
import { unfinishedReleases } from "#promotion/state/helm-notes";

const of = (name: string, namespace: string, type = "kubernetes:helm.sh/v3:Release") => ({
  urn: name,
  type,
  inputs: { name, namespace },
});
const begun = (...resources: ReturnType<typeof of>[]) => resources.map((resource) => ({ type: "creating", resource }));

it("Helm forgets a chart whose installation nobody knows the end of, once, and none that a later command has installed", () => {
  const pending_operations = begun(
    of("kueue", "kueue-system"),
    of("dcgm-exporter", "gpu"),
    of("other", "gpu", "kubernetes:core/v1:Namespace"),
  );
  const resources = [of("dcgm-exporter", "gpu"), of("kueue", "elsewhere")];
  const noted = [
    { name: "kueue", namespace: "kueue-system" },
    { name: "dcgm-exporter", namespace: "gpu" },
    { name: "karpenter", namespace: "kube-system" },
  ];
  expect(unfinishedReleases({ resources, pending_operations }, [])).toEqual([{ name: "kueue", namespace: "kueue-system" }]);
  expect(unfinishedReleases({ resources, pending_operations }, noted)).toEqual([
    { name: "kueue", namespace: "kueue-system" },
    { name: "karpenter", namespace: "kube-system" },
  ]);
  expect(unfinishedReleases({ resources }, [])).toEqual([]);
});
