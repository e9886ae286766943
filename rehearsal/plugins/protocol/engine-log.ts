// Messages to the user, through the engine that started this plugin.

import { credentials } from "@grpc/grpc-js";
import engineService from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import { fill } from "./messages.ts";

let log: ((severity: "warning" | "info", message: string, urn: string) => void) | undefined;

/** Says something to the user, next to the resource it is about. Silent when no engine listens. */
export function tell(severity: "warning" | "info", message: string, urn = ""): void {
  log?.(severity, message, urn);
}

/** Makes the engine at this address the one that {@link tell} speaks to. */
export function connect(address: string): void {
  const client = new engineService.EngineClient(address, credentials.createInsecure());
  log = (severity, message, urn) => {
    const level = severity === "warning" ? engine.LogSeverity.WARNING : engine.LogSeverity.INFO;
    client.log(fill(new engine.LogRequest(), { severity: level, message, urn }), () => {});
  };
}
