// Resources of a layer: some stay, one changes with each release, and one of each kind comes and goes with it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

const [layer] = pulumi.getStack().split("-");
const { platform, models } = JSON.parse(readFileSync(join(process.env.MILLRACE_RELEASES, "environments", "dev.json"), "utf8"));

const ROLE = "aws:iam/role:Role";
const OBJECT = "kubernetes:core/v1:ConfigMap";

/** One after the other: the n-th operation is the same one in every run. */
let before;
function add(type, name, content) {
  const inputs = type === OBJECT ? { name: `${layer}-${name}`, content } : { content };
  before = new pulumi.CustomResource(type, name, inputs, before && { dependsOn: [before] });
}

add(ROLE, "base", "as ever");
add(OBJECT, "base", "as ever");
add(OBJECT, "release", platform);
add(ROLE, `of-${platform}`, platform);
add(OBJECT, `of-${platform}`, platform);
if (layer === "workloads") {
  for (const [model, version] of Object.entries(models)) {
    add(OBJECT, model, version);
    for (const part of ["serving", "metrics"]) {
      add(ROLE, `${model}-${version}-${part}`, version);
      add(OBJECT, `${model}-${version}-${part}`, version);
    }
  }
}
