import type * as pulumi from "@pulumi/pulumi";
import { HARDENED_CONTAINER, hardenedPod, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { type Compute, placementOf, resourcesOf } from "./compute.ts";
import type { ModelVersion } from "./model.ts";
import { CONTAINERS } from "./names.ts";
import type { ServerContract } from "./runtimes/contract.ts";

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

/** User and group of the model server images. */
const USER = 10_001;

/** Gateways go on sending for a moment after a pod has begun to leave. */
const DRAIN_SECONDS = 10;

/** Pods of one version: the first container fetches and verifies the files, the second serves them. */
export function podTemplate({ name, model, bucketName, contract, compute, timeoutSeconds, loadSeconds }: PodTemplateArgs) {
  const common = {
    image: model.image,
    imagePullPolicy: "IfNotPresent",
    env: contract.environment({ name, version: model, bucketName }),
    securityContext: HARDENED_CONTAINER,
  };
  const files = { name: "model", mountPath: contract.modelFolder };
  return {
    metadata: { labels: { app: name, version: `v${model.version}` } },
    spec: {
      ...hardenedPod(name, USER),
      terminationGracePeriodSeconds: DRAIN_SECONDS + timeoutSeconds + 5,
      ...placementOf(name, compute),
      initContainers: [
        {
          ...common,
          name: CONTAINERS.fetch,
          command: contract.fetchCommand,
          resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { memory: "512Mi" } },
          volumeMounts: [files, SCRATCH_MOUNT],
        },
      ],
      containers: [
        {
          ...common,
          name: CONTAINERS.server,
          ports: [{ name: "http", containerPort: contract.port }],
          ...probes(contract.healthPath, loadSeconds),
          lifecycle: { preStop: { sleep: { seconds: DRAIN_SECONDS } } },
          resources: resourcesOf(compute),
          volumeMounts: [{ ...files, readOnly: true }, SCRATCH_MOUNT],
        },
      ],
      volumes: [{ name: "model", emptyDir: {} }, scratchVolume()],
    },
  };
}

/** A pod gets no user before its model has loaded; it may take half as long again as it should. */
function probes(path: string, loadSeconds: number) {
  const healthy = { httpGet: { path, port: "http" }, timeoutSeconds: 2 };
  return {
    startupProbe: { ...healthy, periodSeconds: 5, failureThreshold: Math.max(3, Math.ceil((1.5 * loadSeconds) / 5)) },
    readinessProbe: { ...healthy, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...healthy, periodSeconds: 10, failureThreshold: 6 },
  };
}
