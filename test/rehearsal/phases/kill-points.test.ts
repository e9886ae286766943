import { expect, it } from "vitest";
import { unfinished } from "#rehearsal/phases/kill-points";

const of = (name: string, namespace: string, type = "kubernetes:helm.sh/v3:Release") => ({ type, inputs: { name, namespace } });

it("Helm forgets a chart whose installation nobody knows the end of, and none that a later command has installed", () => {
  const pending_operations = [
    { resource: of("kueue", "kueue-system") },
    { resource: of("dcgm-exporter", "gpu") },
    { resource: of("other", "gpu", "kubernetes:core/v1:Namespace") },
  ];
  const resources = [of("dcgm-exporter", "gpu"), of("kueue", "elsewhere")];
  expect(unfinished({ resources, pending_operations })).toEqual([{ name: "kueue", namespace: "kueue-system" }]);
  expect(unfinished({ resources })).toEqual([]);
  expect(unfinished({ pending_operations })).toHaveLength(2);
});
