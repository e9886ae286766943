import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseInstance } from "../database/instance.ts";
import type { Placement } from "../placement.ts";
import { HARDENED_CONTAINER, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import {
  DATABASE_MOUNTS,
  databaseVolumes,
  MASTER_MOUNTS,
  MASTER_VOLUMES,
  masterEnvironment,
  userEnvironment,
} from "./database.ts";
import { type Container, ENVIRONMENT, IMAGE, JOBS_POD, labelsOf, NAME } from "./pod.ts";
import { SETTINGS_MOUNT, SETTINGS_VOLUME } from "./server.ts";

/** Time for the job that applies the definitions: it waits for the database, and makes tables. */
export const APPLY_SECONDS = 900;
/** Longest time of a materialization; what it has not brought is for the next one. */
const MATERIALIZE_SECONDS = 3_600;
const TRIES = 2;

export interface Job {
  image: string;
  placement: Placement;
  database: DatabaseInstance;
  /** Where the rows of features lie, `s3://<bucket>/<folder>`. */
  rows: pulumi.Input<string>;
}

/** Name of the job that applies the definitions of an image: another image, another Job. */
export const applyName = (image: string): string => `${NAME}-apply-${IMAGE.exec(image)?.[1]?.slice(0, 12) ?? ""}`;

/** Makes database and users with the password of the master user, which no other pod gets; then registry and tables, as their owner. */
export const applySpec = (job: Job): k8s.types.input.batch.v1.JobSpec => ({
  backoffLimit: TRIES,
  activeDeadlineSeconds: APPLY_SECONDS,
  template: {
    metadata: { labels: labelsOf("apply") },
    spec: {
      ...JOBS_POD,
      ...job.placement,
      restartPolicy: "Never",
      initContainers: [
        {
          ...container("users", ["prepare"], job),
          env: [...ENVIRONMENT, ...masterEnvironment(job.database)],
          volumeMounts: [SCRATCH_MOUNT, ...MASTER_MOUNTS],
        },
        // What will change stands in the log before it changes.
        container("plan", ["plan"], job),
      ],
      containers: [container("apply", ["apply"], job)],
      volumes: [scratchVolume("1Gi"), SETTINGS_VOLUME, ...databaseVolumes("feast"), ...MASTER_VOLUMES],
    },
  },
});

/** Brings new values into the online store. A run that takes long is not overtaken; each can be repeated. */
export const materializationSpec = (job: Job, schedule: string): k8s.types.input.batch.v1.CronJobSpec => ({
  schedule,
  timeZone: "Etc/UTC",
  concurrencyPolicy: "Forbid",
  startingDeadlineSeconds: 600,
  successfulJobsHistoryLimit: 1,
  failedJobsHistoryLimit: 3,
  jobTemplate: {
    spec: {
      backoffLimit: TRIES,
      activeDeadlineSeconds: MATERIALIZE_SECONDS,
      template: {
        metadata: { labels: labelsOf("materialization") },
        spec: {
          ...JOBS_POD,
          ...job.placement,
          restartPolicy: "Never",
          containers: [container("materialize", ["materialize"], job)],
          volumes: [scratchVolume("1Gi"), SETTINGS_VOLUME, ...databaseVolumes("feast")],
        },
      },
    },
  },
});

const container = (name: string, args: string[], { image, rows }: Job): Container => ({
  name,
  image,
  args,
  env: [...ENVIRONMENT, userEnvironment, { name: "FEATURES_DATA", value: rows }],
  volumeMounts: [SCRATCH_MOUNT, SETTINGS_MOUNT, ...DATABASE_MOUNTS],
  // The rows of a view are read whole (images/feature-server/feature_store/offline.py).
  resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "4Gi" } },
  securityContext: HARDENED_CONTAINER,
});
