import { type Profile, prefixOfEnvironment } from "./environments/profile.ts";
import type { Settings } from "./settings.ts";

type ArnSettings = Pick<Settings, "account" | "region" | "state" | "runner" | "callers" | "kafka" | "signOn" | "breakGlass">;

/**
 * The role that uses an ARN of the config has a right to it in the environment's own region and account only, and to secrets only under
 * the environment's prefix (components/identity/role-boundary.ts). AWS would say so at run time: to a pod, or to a build of CI.
 * Principals are not among these ARNs: roles and callers may belong to other accounts, and IAM has no regions.
 *
 * @returns a sentence for every ARN that its role may not use; it begins with the key.
 */
export function arnProblems(
  { name }: Profile,
  { account, region, state, runner, callers, kafka, signOn, breakGlass }: ArnSettings,
): string[] {
  const arns: [key: string, arn: string | undefined, beginning?: string][] = [
    ["state.key", state?.key],
    ["runner.connection", runner?.connection],
    ["callers.certificate", callers?.certificate],
    ["kafka.clusterArn", kafka?.clusterArn],
    ["breakGlass.topic", breakGlass?.topic],
    ["signOn.secretArn", signOn?.secretArn, `${prefixOfEnvironment(name)}-`],
  ];
  return arns.flatMap(([key, arn, beginning]) => {
    const [, , , itsRegion, itsAccount, , resource = ""] = arn?.split(":") ?? [];
    const rule =
      itsAccount !== account || itsRegion !== region
        ? `must be in account ${account} and region ${region}`
        : beginning !== undefined && !resource.startsWith(beginning)
          ? `must be a secret whose name begins with ${beginning} (roles of the environment may read no other)`
          : undefined;
    return arn === undefined || rule === undefined ? [] : [`${key} ${rule}, got '${arn}'`];
  });
}
