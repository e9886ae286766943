import { mkdtempSync, writeFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyDefinitions, withoutProse } from "#rehearsal/cluster/controlplane/crds";
import { fakeServer } from "./fake-server.ts";

test("prose goes, fields and values that are called description stay", () => {
  const schema = {
    description: "prose",
    properties: {
      description: { type: "string", description: "prose" },
      list: { items: [{ description: "prose", type: "object" }] },
    },
    default: { description: "a value" },
    enum: [{ description: "a value" }],
  };
  expect(withoutProse(schema)).toEqual({
    properties: { description: { type: "string" }, list: { items: [{ type: "object" }] } },
    default: { description: "a value" },
    enum: [{ description: "a value" }],
  });
});

test("definitions of every document are applied and waited for until they are served", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "crds-")), "all.yaml");
  const versions = `[{name: v1, served: true}, {name: v1beta1, served: false}]`;
  const definition = `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: as.x.dev}\nspec: {group: x.dev, names: {plural: as}, versions: ${versions}}\n`;
  writeFileSync(file, `# comment\n---\n${definition}---\nkind: ConfigMap\napiVersion: v1\nmetadata: {name: other}\n---\n`);
  const path = "PATCH /apis/apiextensions.k8s.io/v1/customresourcedefinitions/as.x.dev?fieldManager=rehearsal&force=true";
  let looks = 0;
  const { kube, received, stop } = await fakeServer({
    "GET /apis/apiextensions.k8s.io/v1": {
      resources: [{ name: "customresourcedefinitions", kind: "CustomResourceDefinition", namespaced: false }],
    },
    [path]: {},
    "GET /apis/x.dev/v1": (response: ServerResponse) => {
      looks += 1;
      response.end(JSON.stringify({ resources: looks === 1 ? [] : [{ name: "as" }] }));
    },
  });
  expect(await applyDefinitions(kube, [file])).toEqual(["as.x.dev"]);
  stop();
  const asked = received.map(({ method, path: at }) => `${method} ${at}`);
  expect(asked.filter((line) => line === path).length).toBe(1);
  expect(looks).toBe(2);
});
