import * as pulumi from "@pulumi/pulumi";
import { GPU } from "../labels.ts";
import { check } from "../validation.ts";

/** One immutable version of a model: the same bytes wherever it runs. An alias of the registry never comes this far. */
export interface ModelVersion {
  /** Version in the registry, a number as text. */
  version: string;
  /** Folder of the version in the model store, inside `models/<name>/`. */
  path: string;
  /** sha256 over the version's files, as docs/model-server.md defines it; pods that find another one do not start. */
  sha256: string;
  /** Model server image by digest, `<repository>@sha256:…`. */
  image: pulumi.Input<string>;
}

/** What one model server runs on. */
export type Compute =
  | {
      kind: "cpu";
      /** @default "500m" */
      cpu?: string;
      /** @default "1Gi" */
      memory?: string;
    }
  | {
      kind: "gpu";
      /** Whole GPUs of one server. */
      gpus: number;
      /** Labels of the nodes of the inference pool. */
      nodeLabels: Record<string, string>;
      /** @default "4" */
      cpu?: string;
      /** @default "16Gi" */
      memory?: string;
    };

const COMPUTE_DEFAULTS = { cpu: { cpu: "500m", memory: "1Gi" }, gpu: { cpu: "4", memory: "16Gi" } } as const;

/** Port of the model server: predictions, `/ping` and `/metrics`. */
export const SERVER_PORT = 8080;

const MODEL_FOLDER = "/models";

/** Gateways go on sending for a moment after a pod has begun to leave. */
const DRAIN_SECONDS = 10;

/** @throws {pulumi.ResourceError} when the version is not immutable, lies outside the model's folder, or asks for no GPU. */
export function checkModel(name: string, { version, path, sha256, image }: ModelVersion, on: pulumi.Resource): void {
  check.matches("model.version", version, /^\d{1,18}$/, "a registered version number, never an alias", on);
  const inside = path.startsWith(modelPrefix(name)) && /^[\w.-]+(\/[\w.-]+)+$/.test(path) && !path.includes("..");
  check.that(inside, "model.path", `a folder inside '${modelPrefix(name)}'`, path, on);
  check.matches("model.sha256", sha256, /^[0-9a-f]{64}$/, "64 hexadecimal digits", on);
  check.matches(
    "model.image",
    image,
    /^[^\s@]+@sha256:[0-9a-f]{64}$/,
    "an image by digest, <repository>@sha256:<64 hexadecimal digits>",
    on,
  );
}

/** @throws {pulumi.ResourceError} when a server asks for no whole GPU. */
export function checkCompute(compute: Compute, on: pulumi.Resource): void {
  if (compute.kind === "gpu") {
    check.wholeNumber("compute.gpus", compute.gpus, { min: 1 }, on);
  }
}

/** Where the versions of a model lie in the store; its servers may read nothing else. */
export const modelPrefix = (name: string): string => `models/${name}/`;

/** What the template is made from. Nothing in it may change unless the release does: a changed template is a new release. */
export interface PodTemplateArgs {
  name: string;
  model: ModelVersion;
  bucketName: pulumi.Input<string>;
  compute: Compute;
  /** Longest time that a request may take, seconds. */
  timeoutSeconds: number;
  /** Longest time that the model takes to load, download included, seconds. */
  loadSeconds: number;
}

/** Pods of one version: the first container fetches and verifies the files, the second serves them. */
export function podTemplate({ name, model, bucketName, compute, timeoutSeconds, loadSeconds }: PodTemplateArgs) {
  const common = {
    image: model.image,
    imagePullPolicy: "IfNotPresent",
    env: environment(name, model, bucketName),
    securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } },
  };
  const scratch = { name: "scratch", mountPath: "/tmp" };
  return {
    metadata: { labels: { app: name, version: `v${model.version}` } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: DRAIN_SECONDS + timeoutSeconds + 5,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10001,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      },
      ...placement(name, compute),
      initContainers: [
        {
          ...common,
          name: "fetch",
          command: ["/usr/local/bin/fetch-model"],
          resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
          volumeMounts: [{ name: "model", mountPath: MODEL_FOLDER }, scratch],
        },
      ],
      containers: [
        {
          ...common,
          name: "server",
          ports: [{ name: "http", containerPort: SERVER_PORT }],
          ...probes(loadSeconds),
          lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
          resources: resources(compute),
          volumeMounts: [{ name: "model", mountPath: MODEL_FOLDER, readOnly: true }, scratch],
        },
      ],
      volumes: [
        { name: "model", emptyDir: {} },
        { name: "scratch", emptyDir: {} },
      ],
    },
  };
}

const environment = (name: string, { version, path, sha256 }: ModelVersion, bucketName: pulumi.Input<string>) => [
  { name: "MODEL_NAME", value: name },
  { name: "MODEL_VERSION", value: version },
  { name: "MODEL_URI", value: pulumi.interpolate`s3://${bucketName}/${path}` },
  { name: "MODEL_SHA256", value: sha256 },
  { name: "MODEL_DIR", value: MODEL_FOLDER },
  { name: "PORT", value: String(SERVER_PORT) },
];

/** `/ping` answers 200 once the model itself has answered a first request; before that a pod gets no user. */
function probes(loadSeconds: number) {
  const ping = { httpGet: { path: "/ping", port: "http" }, timeoutSeconds: 2 };
  return {
    startupProbe: { ...ping, periodSeconds: 5, failureThreshold: Math.max(3, Math.ceil((1.5 * loadSeconds) / 5)) },
    readinessProbe: { ...ping, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...ping, periodSeconds: 10, failureThreshold: 6 },
  };
}

function resources(compute: Compute) {
  const { cpu, memory } = { ...COMPUTE_DEFAULTS[compute.kind], ...compute };
  const gpu = compute.kind === "gpu" ? { [GPU]: String(compute.gpus) } : {};
  return { requests: { cpu, memory, ...gpu }, limits: { memory, ...gpu } };
}

/** Over zones where that can be had; on GPU nodes only where GPUs are asked for. */
function placement(name: string, compute: Compute) {
  const spread = {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "topology.kubernetes.io/zone",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { app: name } },
      },
    ],
  };
  return compute.kind === "cpu"
    ? spread
    : {
        ...spread,
        nodeSelector: compute.nodeLabels,
        tolerations: [{ key: GPU, operator: "Exists", effect: "NoSchedule" }],
      };
}
