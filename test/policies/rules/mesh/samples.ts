import { of } from "../../harness.ts";

export const meshed = { metadata: { name: "shop", labels: { "istio-injection": "enabled" } } };

export const namespace = (labels: object) => of("kubernetes:core/v1:Namespace", "shop", { metadata: { name: "shop", labels } });

export const within = (name: string, spec: object) => ({ metadata: { name: "default", namespace: name }, spec });
