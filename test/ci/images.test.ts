import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { PROJECT_FOLDER } from "#engine/project";
import { profiles } from "#stacks/inputs/environments/index";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { settingKeys } from "#stacks/inputs/settings";
import { IMAGES } from "#stacks/names";
import { read } from "../docs/pages.ts";
import { stackOf } from "../harness/stacks.ts";

interface Step {
  run?: string;
  uses?: string;
  with?: Record<string, string | boolean>;
}

const { on, permissions, jobs } = parse(read(".github/workflows/images.yml"));
const steps = jobs.push.steps as Step[];
const at = (text: string): number => steps.findIndex(({ run, uses }) => run?.includes(text) || uses?.startsWith(text));

describe("the workflow of images", () => {
  it("builds, scans, then takes the role, pushes, signs, and prints the digest as a release writes it", () => {
    const order = [
      "docker build",
      "anchore/scan-action",
      "aws-actions/",
      "docker push",
      "cosign sign",
      "GITHUB_STEP_SUMMARY",
    ].map(at);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(steps[at("anchore/scan-action")]!.with!["fail-build"]).toBe(true);
    expect(steps[at("cosign sign")]!.run).toContain("cosign attest --yes --type cyclonedx --predicate sbom.json");
    expect(steps.at(-2)!.run).toContain('\\"repository\\": \\"model-server\\"');
  });

  it("builds every image that lies in our registries, and says where its digest goes", () => {
    const images = [...IMAGES.models, ...IMAGES.platform];
    expect(on.workflow_dispatch.inputs.image.options).toEqual(images);
    const said = steps[at("GITHUB_STEP_SUMMARY")]!.run!;
    for (const image of images) {
      expect(said).toContain(`${image}) line=`);
      expect(existsSync(join(PROJECT_FOLDER, "images", image, "check"))).toBe(true);
    }
    for (const [, key] of said.matchAll(/millrace:(\w+)/g)) {
      expect(settingKeys(profiles.dev)).toContain(key);
    }
  });

  it.each(["model-server", "mlflow", "feature-server"])("builds %s from the folder whose files its Dockerfile names", (image) => {
    const build = steps[at("docker build")]!.run!;
    expect(build).toContain('--file "images/$NAME/Dockerfile" "$context"');
    const context = image === "model-server" ? "images/model-server" : ".";
    const dockerfile = readFileSync(join(PROJECT_FOLDER, "images", image, "Dockerfile"), "utf8");
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = ""]) => names.split(" "));
    expect(copied.length).toBeGreaterThan(0);
    const folders = copied.map((name) => join(PROJECT_FOLDER, context, name.replace(/\/\*.*$/, "")));
    expect(folders.filter((each) => !existsSync(each))).toEqual([]);
  });

  it("refuses a base image that is not named by digest, before anything is built", () => {
    expect(at("@sha256:[0-9a-f]{64}$")).toBeGreaterThan(-1);
    expect(at("@sha256:[0-9a-f]{64}$")).toBeLessThan(at("docker build"));
    const dockerfile = readFileSync(join(PROJECT_FOLDER, "images/model-server/Dockerfile"), "utf8");
    expect(dockerfile.match(/^FROM (\S+)/gm)).toEqual(["FROM ${BASE}", "FROM ${BASE}"]);
    expect(dockerfile).toMatch(/^ARG BASE$/m);
  });

  it.each(ENVIRONMENTS)(
    "takes the role that pushes images of %s, from the main branch and the environment that the role trusts",
    async (environment) => {
      const { resources } = await stackOf("foundation", environment);
      const role = resources.find(
        ({ type, inputs }) => type === "aws:iam/role:Role" && inputs["name"] === `millrace-${environment}-ci-images`,
      );
      expect(String(role!.inputs["assumeRolePolicy"])).toContain(`environment:${environment}-images`);
      expect(on.workflow_dispatch.inputs.environment.options).toContain(environment);
      expect(jobs.push.environment).toBe("${{ inputs.environment }}-images");
      expect(steps[at("aws-actions/")]!.with!["role-to-assume"]).toBe("${{ vars.IMAGES_ROLE }}");
      expect(jobs.push.if).toContain("github.ref == format('refs/heads/{0}', github.event.repository.default_branch)");
    },
  );

  it("runs when a person starts it, after the checks that each pull request has run without a role", () => {
    expect(Object.keys(on)).toEqual(["workflow_dispatch"]);
    expect(permissions).toEqual({ contents: "read" });
    expect(jobs.push.permissions).toEqual({ contents: "read", "id-token": "write" });
    const check = "images/model-server/check";
    expect(at("images/$NAME/check")).toBeGreaterThan(-1);
    expect(at("images/$NAME/check")).toBeLessThan(at("docker build"));
    const runs = (parse(read(".github/workflows/check.yml")).jobs.images.steps as Step[]).slice(-2).map(({ run }) => run);
    expect(runs).toEqual(["images/feature-server/check", check]);
  });
});
