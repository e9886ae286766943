import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { CHART_IMAGES } from "#components/chart-images";
import { PROJECT_FOLDER } from "#engine/project";
import { imagesHere } from "#rehearsal/cluster/images-here";
import { imageOf } from "#rehearsal/cluster/nodes/containers/images";
import { RENDERED } from "../../stacks/charts/charts.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-controllers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const programs = {
  kueue: "/t/kueue",
  karpenter: "/t/karpenter",
  rollouts: "/t/rollouts-controller",
  istiod: "/t/pilot-discovery",
  prometheus: "/t/prometheus",
  prometheusOperator: "/t/operator",
  configReloader: "/t/prometheus-config-reloader",
  python: ["/t/python"] as const,
  mlflow: ["/t/mlflow/python"] as const,
};
const images = imagesHere({ folder, tools: programs, zones: ["eu-central-1a"], issuerCertificate: "/t/issuer.crt" });

/** The program that runs for an image. */
const programOf = (image: string): string | undefined => {
  const found = imageOf(images, { image: `${image}:v1` });
  return found && found.files[found.entrypoint[0]!];
};

it.each([
  ["kueue", programs.kueue],
  ["karpenter", programs.karpenter],
  ["argoRollouts", programs.rollouts],
  ["istiod", programs.istiod],
] as const)(
  "the pod of %s runs its program: as published, from a mirror, and from the project's own builds",
  (chart, program) => {
    const published = CHART_IMAGES[chart].map(({ images: [image] }) => image!);
    const mirrored = published.map(
      (image) => `1.dkr.ecr.eu-central-1.amazonaws.com/millrace/${image.split("/").slice(-2).join("/")}`,
    );
    const moved = chart === "istiod" ? ["registry.istio.io/release/pilot"] : [];
    for (const image of [...published, ...moved, ...mirrored, ...RENDERED[chart].images]) {
      expect([image, programOf(image)]).toEqual([image, program]);
    }
  },
);

it("the pods of kube-prometheus-stack run the programs of operator, reloader and Prometheus, and no others", () => {
  const ran = RENDERED.prometheusStack.images.flatMap((image) => programOf(image) ?? []);
  expect(ran.sort()).toEqual([programs.prometheusOperator, programs.configReloader, programs.prometheus].sort());
});

it("the containers of a model server run our own programs, in whatever registry of an account", () => {
  const image = imageOf(images, {
    image: `1.dkr.ecr.eu-central-1.amazonaws.com/acme-dev/model-server@sha256:${"a".repeat(64)}`,
  })!;
  const programs = ["fetch-model", "model-server", "compare-answers"].map((name) => `/usr/local/bin/${name}`);
  expect(Object.keys(image.files)).toEqual(programs);
  expect(image.entrypoint).toEqual(["model-server"]);
  expect(image.env).toMatchObject(variablesOf("model-server"));
});

/** The variables that the Dockerfile of an image sets. */
function variablesOf(image: string): Record<string, string> {
  const [, words = ""] = /^ENV (.+)$/m.exec(readFileSync(join(PROJECT_FOLDER, "images", image, "Dockerfile"), "utf8"))!;
  return Object.fromEntries(words.split(" ").map((word) => word.split("=")));
}

it("the containers of the tracking server run MLflow and Python, with the variables of its Dockerfile", () => {
  const image = imageOf(images, {
    image: `1.dkr.ecr.eu-central-1.amazonaws.com/acme-dev/mlflow:v3.17.0-full@sha256:${"a".repeat(64)}`,
  })!;
  expect(Object.keys(image.files)).toEqual(["/usr/local/bin/mlflow", "/usr/local/bin/python", "/etc/millrace/token-issuer.crt"]);
  expect(image.folders).toEqual({
    "/opt/mlflow": "/t/mlflow",
    "/opt/millrace-auth": join(PROJECT_FOLDER, "images", "mlflow"),
    "/opt/millrace": join(PROJECT_FOLDER, "python", "src"),
    "/opt/millrace-auth-installed": join(folder, "mlflow", "installed"),
  });
  const points = readFileSync(join(folder, "mlflow", "installed", "millrace_auth-1.0.0.dist-info", "entry_points.txt"), "utf8");
  expect(points).toBe("[mlflow.app]\nmillrace = millrace_auth.app:create_app\n");
  expect(image.env).toMatchObject(variablesOf("mlflow"));
});

it.each([
  "docker.io/istio/proxyv2",
  "example.com/models/not-a-model-server",
  "example.com/copilot",
  "example.com/models/pilot",
  "quay.io/argoproj/kubectl-argo-rollouts",
  "controller",
])("no program runs for %s", (image) => expect(programOf(image)).toBeUndefined());
