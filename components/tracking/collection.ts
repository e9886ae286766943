import type * as k8s from "@pulumi/kubernetes";
import type { DatabaseInstance } from "../database/instance.ts";
import type { Placement } from "../placement.ts";
import { HARDENED_CONTAINER, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import { ADMIN, fromKeys } from "./configuration.ts";
import { DATABASE_MOUNTS, DATABASE_VOLUMES, databaseEnvironment } from "./database.ts";
import { labelsOf, NAME, podSecurity, SCRATCH_ENVIRONMENT } from "./pod.ts";
import { KEY } from "./secrets.ts";

/** Name of its CronJob. */
export const COLLECTION = `${NAME}-collection`;

/** How long what was deleted can be brought back, days. */
const KEPT_DAYS = 30;

/**
 * Every Sunday night: what was deleted long ago loses its rows and its files. Rows go by the database, files by way of the server, which
 * alone knows where they are; hence both, and the first account.
 */
export function collectionSpec(
  image: string,
  database: DatabaseInstance,
  uri: string,
  placement: Placement,
): k8s.types.input.batch.v1.CronJobSpec {
  return {
    schedule: "0 3 * * 0",
    timeZone: "Etc/UTC",
    concurrencyPolicy: "Forbid",
    startingDeadlineSeconds: 3_600,
    successfulJobsHistoryLimit: 1,
    failedJobsHistoryLimit: 3,
    jobTemplate: {
      spec: {
        backoffLimit: 1,
        activeDeadlineSeconds: 6 * 3_600,
        template: {
          metadata: { labels: labelsOf("collection") },
          spec: {
            ...podSecurity,
            ...placement,
            restartPolicy: "Never",
            containers: [
              {
                name: "collection",
                image,
                command: ["mlflow", "gc", "--backend-store-uri=$(MLFLOW_BACKEND_STORE_URI)", `--older-than=${KEPT_DAYS}d`],
                env: [
                  ...SCRATCH_ENVIRONMENT,
                  ...databaseEnvironment(database),
                  { name: "MLFLOW_TRACKING_URI", value: uri },
                  { name: "MLFLOW_TRACKING_USERNAME", value: ADMIN },
                  fromKeys("MLFLOW_TRACKING_PASSWORD", KEY.admin),
                ],
                volumeMounts: [SCRATCH_MOUNT, ...DATABASE_MOUNTS],
                resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "2Gi" } },
                securityContext: HARDENED_CONTAINER,
              },
            ],
            volumes: [scratchVolume("1Gi"), ...DATABASE_VOLUMES],
          },
        },
      },
    },
  };
}
