import * as pulumi from "@pulumi/pulumi";
import { HARDENED_CONTAINER, hardenedPod, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { type Compute, placementOf, resourcesOf } from "./compute.ts";
import type { ModelVersion } from "./model.ts";
import { CONTAINERS } from "./names.ts";
import { metricsPort } from "./reach.ts";
import { DRAIN_SECONDS, MODEL_FOLDER, SERVER_USER, type ServerContract } from "./runtimes/contract.ts";

/** What the template is made from. Nothing in it may change unless the release does: a changed template is a new release. */
export interface PodTemplateArgs {
  name: string;
  model: ModelVersion;
  bucketName: pulumi.Input<string>;
  contract: ServerContract;
  compute: Compute;
  /** Longest time that a request may take, seconds. */
  timeoutSeconds: number;
  /** Longest time that the model takes to load, download included, seconds. */
  loadSeconds: number;
}

/** Pods of one version: the first container fetches and verifies the files, the second serves them. */
export function podTemplate({ name, model, bucketName, contract, compute, timeoutSeconds, loadSeconds }: PodTemplateArgs) {
  const { container, variables, files } = fetching(name, model, bucketName, contract.fetcher ?? model.image);
  const { command, args, sharedMemory, metrics, grpc } = contract;
  return {
    metadata: { labels: { app: name, version: `v${model.version}` } },
    spec: {
      ...hardenedPod(name, SERVER_USER),
      terminationGracePeriodSeconds: DRAIN_SECONDS + timeoutSeconds + 5,
      ...placementOf(name, compute),
      initContainers: [container],
      containers: [
        {
          ...COMMON,
          name: CONTAINERS.server,
          image: model.image,
          ...(command && { command: [...command] }),
          ...(args && { args: [...args] }),
          env: [...variables, ...Object.entries(contract.variables).map(([variable, value]) => ({ name: variable, value }))],
          ports: [
            { name: "http", containerPort: contract.port },
            ...(grpc ? [{ name: "grpc", containerPort: grpc.port }] : []),
            ...(metrics.port === undefined ? [] : [{ name: metricsPort(metrics), containerPort: metrics.port }]),
          ],
          ...probes(contract.health, loadSeconds),
          lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
          resources: resourcesOf(compute),
          volumeMounts: [
            { ...files, readOnly: true },
            SCRATCH_MOUNT,
            ...(sharedMemory === undefined ? [] : [{ name: "shared-memory", mountPath: "/dev/shm" }]),
          ],
        },
      ],
      volumes: [
        { name: files.name, emptyDir: {} },
        scratchVolume(),
        ...(sharedMemory === undefined
          ? []
          : [{ name: "shared-memory", emptyDir: { medium: "Memory", sizeLimit: sharedMemory } }]),
      ],
    },
  };
}

const COMMON = { imagePullPolicy: "IfNotPresent", securityContext: HARDENED_CONTAINER };

/**
 * The container that brings a version's files and checks them, the variables that name the version, and where the files are then.
 *
 * @param image with `fetch-model`.
 */
export function fetching(name: string, model: ModelVersion, bucketName: pulumi.Input<string>, image: pulumi.Input<string>) {
  const variables = namingVariables(name, model, bucketName);
  const files = { name: "model", mountPath: MODEL_FOLDER };
  const container = {
    ...COMMON,
    name: CONTAINERS.fetch,
    image,
    command: ["/usr/local/bin/fetch-model"],
    env: variables,
    resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
    volumeMounts: [files, SCRATCH_MOUNT],
  };
  return { container, variables, files };
}

/** What says which version it is: the fetching program reads it, and whoever looks at the pod. */
const namingVariables = (
  name: string,
  { version, path, sha256 }: ModelVersion,
  bucketName: pulumi.Input<string>,
): { name: string; value: pulumi.Input<string> }[] => [
  { name: "MODEL_NAME", value: name },
  { name: "MODEL_VERSION", value: version },
  { name: "MODEL_URI", value: pulumi.interpolate`s3://${bucketName}/${path}` },
  { name: "MODEL_SHA256", value: sha256 },
  { name: "MODEL_DIR", value: MODEL_FOLDER },
];

/** A pod gets no user before its model has loaded; it may take half as long again as it should. */
function probes({ ready, live }: ServerContract["health"], loadSeconds: number) {
  const answers = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 2 });
  return {
    startupProbe: { ...answers(ready), periodSeconds: 5, failureThreshold: Math.max(3, Math.ceil((1.5 * loadSeconds) / 5)) },
    readinessProbe: { ...answers(ready), periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...answers(live), periodSeconds: 10, failureThreshold: 6 },
  };
}
