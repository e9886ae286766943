import { describe, expect, it } from "vitest";
import { chartName, type PinnedChart } from "#components/chart";
import { CHART_IMAGES } from "#components/chart-images";
import { CHARTS } from "#components/versions";
import { knownImages } from "#policies/kubernetes/chart-images";
import { describeRule, faults, found, of, ruleOf } from "../../harness.ts";

describeRule("CTL-03", [
  {
    layer: "platform",
    resource: "delivery-controller",
    what: "a release controller from somebody's repository",
    change: ({ repositoryOpts }) => {
      repositoryOpts.repo = "https://somebody.github.io/argo-helm";
    },
    says: "platform-prod/delivery-controller: 'repositoryOpts.repo' must be that of its publisher, argoproj.github.io/argo-helm or ghcr.io/argoproj, got 'somebody.github.io/argo-helm'",
    unknown: "repositoryOpts.repo",
  },
]);

const from = (chart: string, repo?: string, type = "v3:Release") =>
  of(`kubernetes:helm.sh/${type}`, "c", { chart, ...(repo !== undefined && { repositoryOpts: { repo } }) });

describe("CTL-03", () => {
  it.each([
    from("oci://public.ecr.aws/karpenter/karpenter"),
    from("cert-manager", "https://charts.jetstack.io/"),
    from("istiod", "HTTPS://BLOB.istio.io/istio-release/charts", "v4:Chart"),
    from("oci://111111111111.dkr.ecr.eu-north-1.amazonaws.com/charts/kueue"),
    from("./charts/kueue"),
    from("redis", "https://charts.example.com"),
    from("metrics-server", "https://kubernetes-sigs.github.io/metrics-server"),
  ])("accepts it: %#", (chart) => expect(found("CTL-03", chart)).toEqual([]));

  it.each([
    from("oci://ghcr.io/somebody/karpenter"),
    from("oci://public.ecr.aws/karpenters/karpenter"),
    from("cert-manager", "https://charts.jetstack.io.example.com"),
    from("cert-manager", "https://charts.jetstack.io@example.com"),
    from("kueue", "https://charts.example.com"),
    from("redis", "https://somebody.github.io/charts"),
  ])("refuses it: %#", (chart) => expect(found("CTL-03", chart)).toHaveLength(1));

  const set = (chart: string, values: unknown) => of("kubernetes:helm.sh/v3:Release", "c", { chart, values });

  it.each([
    set("cert-manager", { image: { repository: "docker.io/someone/cert-manager-controller" } }),
    set("cert-manager", { webhook: { image: { registry: "docker.io" } } }),
    set("istiod", { global: { hub: "docker.io/someone" } }),
    set("istiod", { global: { proxy: { image: "someone/proxyv2" } } }),
    set("argo-rollouts", { controller: { image: { repository: "someone/argo-rollouts" } } }),
    set("keda", { image: { keda: { repository: "someone/keda" } } }),
    set("keda", { image: { metricsApiServer: { registry: "docker.io", repository: "someone/keda-metrics-apiserver" } } }),
    set("kube-prometheus-stack", { global: { imageRegistry: "registry.example.com" } }),
  ])("refuses images of somebody: %#", (chart) => {
    expect(found("CTL-03", chart)).toHaveLength(1);
    expect(found("CTL-03", chart, ruleOf("CTL-03").elsewhere)).toEqual([]);
  });

  it.each([
    set("cert-manager", { image: { repository: "quay.io/jetstack/cert-manager-controller", tag: "v1.21.2" } }),
    set("cert-manager", { image: { registry: "quay.io" }, webhook: { image: null } }),
    set("cert-manager", { image: { repository: "111111111111.dkr.ecr.eu-north-1.amazonaws.com/jetstack/controller" } }),
    set("istiod", { global: { hub: "gcr.io/istio-release", proxy: { image: "auto" } } }),
    set("argo-rollouts", { controller: { image: { repository: "argoproj/argo-rollouts", tag: 3 } } }),
    set("redis", { image: { repository: "someone/redis" } }),
    set("istiod", null),
  ])("accepts images of publishers, and one's own: %#", (chart) => expect(found("CTL-03", chart)).toEqual([]));

  const MIRROR = "registry.example.com/mirror";
  const karpenter = (repository: string) => set("karpenter", { controller: { image: { repository } } });
  const rollouts = (image: object) => set("argo-rollouts", { controller: { image } });

  it.each<[name: string, chart: (beginning: string) => ReturnType<typeof set>]>([
    ["a misspelt name", (at) => karpenter(`${at}public.ecr.aws/karpenter/controler`)],
    ["a name that is too short", (at) => karpenter(`${at}public.ecr.aws/karpenter`)],
    ["a name behind the right one", (at) => karpenter(`${at}public.ecr.aws/karpenter/controller/own`)],
    ["another image of the publisher", (at) => karpenter(`${at}public.ecr.aws/karpenter/karpenter`)],
    ["a tag behind a misspelt name", (at) => karpenter(`${at}public.ecr.aws/karpenter/controler:v1.14.1`)],
    ["a hub", (at) => set("istiod", { global: { hub: `${at}docker.io/istio/own` } })],
    ["a name in two parts", (at) => rollouts({ registry: `${at}quay.io`, repository: "argoproj/argo-rolouts" })],
    ["a registry with a path too many", (at) => rollouts({ registry: `${at}quay.io/argoproj` })],
    [
      "an image that no value is known of",
      (at) => set("cert-manager", { image: { repository: `${at}quay.io/jetstack/cert-manager-controler` } }),
    ],
  ])("refuses %s, of a publisher and of the only place of images", (_, chart) => {
    expect(found("CTL-03", chart(""))).toHaveLength(1);
    expect(found("CTL-03", chart(`${MIRROR}/`), { mirrors: [], strict: true, images: MIRROR })).toHaveLength(1);
    expect(found("CTL-03", chart(`${MIRROR}/`), { mirrors: [MIRROR], strict: true })).toHaveLength(1);
  });

  it.each<[chart: (beginning: string) => ReturnType<typeof set>]>([
    [(at) => karpenter(`${at}public.ecr.aws/karpenter/controller`)],
    [(at) => karpenter(`${at}public.ecr.aws/karpenter/controller:v1.14.2`)],
    [(at) => set("istiod", { global: { hub: `${at}docker.io/istio` } })],
    [(at) => set("istiod", { global: { hub: `${at}gcr.io/istio-release` } })],
    [(at) => rollouts({ registry: `${at}quay.io` })],
    [(at) => rollouts({ registry: `${at}quay.io`, repository: "argoproj/argo-rollouts", tag: "v1" })],
  ])("accepts the names of a chart, of a publisher and of the only place of images: %#", (chart) => {
    expect(found("CTL-03", chart(""))).toEqual([]);
    expect(found("CTL-03", chart(`${MIRROR}/`), { mirrors: [], strict: true, images: MIRROR })).toEqual([]);
    expect(found("CTL-03", chart(`${MIRROR}/`), { mirrors: [MIRROR], strict: true })).toEqual([]);
    expect(found("CTL-03", karpenter(`${MIRROR}/any:v1`), { mirrors: [MIRROR], strict: true })).toEqual([]);
  });

  it("says which name was probably meant", () => {
    expect(faults("CTL-03", karpenter("public.ecr.aws/karpenter/controler"))).toEqual([
      "'values.controller.image.repository' must be one that karpenter has there (Did you mean 'public.ecr.aws/karpenter/controller'?), got 'public.ecr.aws/karpenter/controler'",
    ]);
  });

  it("knows the images that each pin names", () => {
    const pins = Object.keys(CHARTS) as PinnedChart[];
    const known = pins.map((pin) => [pin, knownImages(chartName(CHARTS[pin].chart))]);
    expect(Object.fromEntries(known)).toEqual(CHART_IMAGES);
  });

  it("lets others have a mirror, and nobody a place where everybody has one", () => {
    const { elsewhere } = ruleOf("CTL-03");
    expect(found("CTL-03", from("kueue", "https://charts.example.com"), elsewhere)).toEqual([]);
    expect(found("CTL-03", from("oci://ghcr.io/somebody/karpenter"), elsewhere)).toHaveLength(1);
    const mirrored = { mirrors: ["charts.example.com/mirror"], strict: true };
    expect(found("CTL-03", from("kueue", "https://charts.example.com/mirror/kueue"), mirrored)).toEqual([]);
  });
});
