import * as pulumi from "@pulumi/pulumi";
import { roleBoundaryArn } from "#components/identity/role-boundary";
import { type Named, shorten } from "#components/naming";
import type { Context } from "./context.ts";
import { prefixOf } from "./names.ts";

const ROLE = "aws:iam/role:Role";

/** Types whose names Pulumi would make up, and what the services call the limit of their length. */
const NAMED: Readonly<Record<string, Named>> = {
  [ROLE]: "iam role",
  "aws:autoscaling/group:Group": "auto scaling group",
  "aws:budgets/budget:Budget": "budget",
  "aws:cloudwatch/eventRule:EventRule": "event rule",
  "aws:iam/instanceProfile:InstanceProfile": "instance profile",
  "aws:rds/parameterGroup:ParameterGroup": "rds parameter group",
  "aws:rds/subnetGroup:SubnetGroup": "rds subnet group",
  "aws:sqs/queue:Queue": "sqs queue",
};

/** What Terraform's provider, under Pulumi's, appends to a prefix: a timestamp and a counter. */
const SUFFIX = 26;

/**
 * Makes every name begin with the environment's prefix, and puts the boundary on every role: CI may touch nothing else. To be
 * called before a layer declares its first resource, so that no component can forget it. A name that is written out stays, and so
 * do the boundaries of CI's own roles.
 */
export function nameAndBound(context: Context): void {
  const prefix = prefixOf(context);
  const boundary = roleBoundaryArn({ account: context.settings.account, prefix });
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const kind = NAMED[type];
    return (
      kind && { props: { ...props, ...named(kind, prefix, name, props), ...(type === ROLE && bounded(boundary, props)) }, opts }
    );
  });
}

function named(kind: Named, prefix: string, name: string, { name: written, namePrefix = `${name}-` }: pulumi.Inputs): object {
  return written === undefined
    ? { namePrefix: shorten(kind, namePrefix.startsWith(`${prefix}-`) ? namePrefix : `${prefix}-${namePrefix}`, SUFFIX) }
    : {};
}

const bounded = (boundary: string, { permissionsBoundary = boundary }: pulumi.Inputs): object => ({ permissionsBoundary });
