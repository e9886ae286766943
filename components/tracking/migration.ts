import type * as k8s from "@pulumi/kubernetes";
import type { DatabaseInstance } from "../database/instance.ts";
import type { Placement } from "../placement.ts";
import { HARDENED_CONTAINER, SCRATCH_MOUNT, scratchVolume } from "../pod-security.ts";
import {
  DATABASE_MOUNTS,
  DATABASE_VOLUMES,
  databaseEnvironment,
  MASTER_MOUNT,
  MASTER_VOLUME,
  masterEnvironment,
} from "./database.ts";
import { USER_PROGRAM } from "./database-user.ts";
import { type Container, labelsOf, NAME, podSecurity, SCRATCH_ENVIRONMENT } from "./pod.ts";

/** An hour: large tables take long to rewrite, and a migration that was cut off has to be restored from a backup. */
export const MIGRATION_SECONDS = 3_600;

/** MLflow image with a whole version, and the drivers, and its digest: `…:v3.17.0-full@sha256:…`. */
export const IMAGE = /:v(\d+\.\d+\.\d+)-full@sha256:[0-9a-f]{64}$/;

/** Name of the migration to the version of an image: another version, another Job. */
export function migrationName(image: string): string {
  return `${NAME}-migrate-v${image.match(IMAGE)?.[1]?.replaceAll(".", "-") ?? ""}`;
}

/**
 * Makes the server's own user with the password of the master user, which no other pod gets. Then it brings the tables to the version
 * of the image. Neither does anything when there is nothing to do.
 */
export function migrationSpec(image: string, database: DatabaseInstance, placement: Placement): k8s.types.input.batch.v1.JobSpec {
  const step = (name: string, command: string[], more: Pick<Container, "env" | "volumeMounts"> = {}): Container => ({
    name,
    image,
    command,
    env: [...SCRATCH_ENVIRONMENT, ...databaseEnvironment(database)],
    volumeMounts: [SCRATCH_MOUNT, ...DATABASE_MOUNTS],
    resources: { requests: { cpu: "100m", memory: "512Mi" }, limits: { memory: "2Gi" } },
    securityContext: HARDENED_CONTAINER,
    ...more,
  });
  const asMaster = {
    env: [...SCRATCH_ENVIRONMENT, ...masterEnvironment(database)],
    volumeMounts: [SCRATCH_MOUNT, ...DATABASE_MOUNTS, MASTER_MOUNT],
  };
  return {
    backoffLimit: 2,
    activeDeadlineSeconds: MIGRATION_SECONDS,
    template: {
      metadata: { labels: labelsOf("migration") },
      spec: {
        ...podSecurity,
        ...placement,
        restartPolicy: "Never",
        initContainers: [step("user", ["python", "-c", USER_PROGRAM], asMaster)],
        containers: [step("tables", ["mlflow", "db", "upgrade", "$(MLFLOW_BACKEND_STORE_URI)"])],
        volumes: [scratchVolume("1Gi"), ...DATABASE_VOLUMES, MASTER_VOLUME],
      },
    },
  };
}
