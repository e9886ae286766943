import { outOfSupport } from "#components/support";
import { CHARTS, type ChartPin, KUBERNETES, MLFLOW, POSTGRES } from "#components/versions";
import { moduleFolder } from "#toolchain/cache";
import { readPins } from "#toolchain/projects";
import { CATALOGUE, type ToolName } from "#toolchain/tools";
import { installedVersion } from "./plugins/packages.ts";

/** A program or a definition, as an account gets it and as a rehearsal runs it. */
export interface Compared {
  what: string;
  deployed: string;
  /** Tool of the catalogue, or Go module of the custom resource definitions. */
  from: ToolName | (string & {});
  /** Why another version is rehearsed than is deployed, and the day on which that was last found necessary. Absent where they are equal. */
  reason?: string;
  since?: string;
}

const plain = (version: string): string => version.replace(/^v/, "");
const app = ({ app, version }: ChartPin): string => app ?? plain(version);

/** Everything that a rehearsal runs in place of what is deployed. The version of Argo Rollouts in its chart was not to be read. */
export const COMPARED: readonly Compared[] = [
  { what: "Kubernetes", deployed: KUBERNETES.default, from: "controlplane" },
  {
    what: "Pulumi's Kubernetes provider",
    deployed: installedVersion("@pulumi/kubernetes"),
    from: "kubernetes",
    since: "2026-11-29",
    reason: "Go finds no newer sources; without your own plugin of that version they are built",
  },
  {
    what: "Istio",
    deployed: app(CHARTS.istiod),
    from: "istiod",
    since: "2026-11-29",
    reason: "no tag of istio.io/istio is a version for Go: a snapshot of the line's last days before 1.31.0 is what builds",
  },
  { what: "cert-manager's definitions", deployed: app(CHARTS.certManager), from: "github.com/cert-manager/cert-manager" },
  {
    what: "External Secrets' definitions",
    deployed: app(CHARTS.externalSecrets),
    from: "github.com/external-secrets/external-secrets",
    since: "2026-11-29",
    reason: "the definitions come from the last release that Go accepts; both serve external-secrets.io/v1",
  },
  { what: "Karpenter", deployed: app(CHARTS.karpenter), from: "karpenter" },
  { what: "Karpenter's definitions", deployed: app(CHARTS.karpenterCrds), from: "sigs.k8s.io/karpenter" },
  {
    what: "Karpenter's definitions for AWS",
    deployed: app(CHARTS.karpenterCrds),
    from: "github.com/aws/karpenter-provider-aws",
  },
  { what: "Kueue", deployed: app(CHARTS.kueue), from: "kueue" },
  { what: "Kueue's definitions", deployed: app(CHARTS.kueue), from: "sigs.k8s.io/kueue" },
  {
    what: "Prometheus operator's definitions",
    deployed: app(CHARTS.prometheusCrds),
    from: "github.com/prometheus-operator/prometheus-operator",
  },
  { what: "Prometheus operator", deployed: app(CHARTS.prometheusStack), from: "prometheus-operator" },
  { what: "MLflow", deployed: MLFLOW.tag.replace(/^v|-full$/g, ""), from: "mlflow" },
  {
    what: "PostgreSQL",
    deployed: POSTGRES,
    from: "postgres",
    since: "2026-12-01",
    reason: "npm has no package of it for both kinds of processor; a newer minor version reads the same files",
  },
  // kube-prometheus-stack 88.5.3 runs the image of 3.14.0.
  { what: "Prometheus", deployed: "3.14.0", from: "prometheus" },
  { what: "Argo Rollouts' definitions", deployed: CATALOGUE.rollouts.version, from: "github.com/argoproj/argo-rollouts" },
];

/** What a rehearsal runs without a counterpart among the pins, and why its support has no say: none of it reaches an account. */
export const REHEARSED_ALONE: Readonly<Record<string, string>> = {
  rollouts: "the chart brings the controller that is deployed; this one is compared with its definitions",
  envoy: "the chart of the gateway brings the proxy that is deployed",
  "model-server": "an account gets an image that its user builds of the same sources and pins",
  "model-store": "an account has S3",
  pulumi: "an account is deployed to by the Pulumi that its user installs",
  "istio.io/istio": "the definitions are those of the rehearsed istiod",
};

/** A difference between what is deployed and what is rehearsed. */
export interface Difference extends Compared {
  rehearsed: string;
}

/** Every difference between what is deployed and what is rehearsed. */
export async function differences(): Promise<Difference[]> {
  const definitions = await readPins(moduleFolder("projects"));
  return COMPARED.map((each) => ({
    ...each,
    rehearsed:
      each.from === "controlplane"
        ? CATALOGUE.controlplane.version.replace(/\.\d+$/, "")
        : each.from in CATALOGUE
          ? CATALOGUE[each.from as ToolName].version
          : plain(definitions.get(each.from)?.version ?? "nothing"),
  })).filter(({ deployed, rehearsed }) => deployed !== rehearsed);
}

/** The lines of a rehearsal's screen about versions. */
export const versionLines = async (day: string): Promise<string[]> => [
  ...(await differences()).map(
    ({ what, deployed, rehearsed, reason }) => `${what}: rehearsed ${rehearsed}, deployed ${deployed} (${reason})`,
  ),
  ...outOfSupport(day).map(({ what, version, ends }) => `${what} ${version}: out of support since ${ends}`),
];
