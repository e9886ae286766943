import { describe, expect, it } from "vitest";
import { describeRule, found, of, ruleOf } from "../../harness.ts";

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

  it("lets others have a mirror, and nobody a place where everybody has one", () => {
    const { elsewhere } = ruleOf("CTL-03");
    expect(found("CTL-03", from("kueue", "https://charts.example.com"), elsewhere)).toEqual([]);
    expect(found("CTL-03", from("oci://ghcr.io/somebody/karpenter"), elsewhere)).toHaveLength(1);
    const mirrored = { mirrors: ["charts.example.com/mirror"], strict: true };
    expect(found("CTL-03", from("kueue", "https://charts.example.com/mirror/kueue"), mirrored)).toEqual([]);
  });
});
