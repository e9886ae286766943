// A simulated AWS: inputs are checked, nothing leaves the machine. What it remembers is the engine's state file, so that a refresh
// never finds drift, and the names of the account, which outlive a stack.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { Failure } from "#engine/values";
import { type Bag, containsUnknown, differences, restoreSecrets, reveal, UNKNOWN } from "#engine/values";
import { Account, type Names } from "#simulation/aws/account";
import { argumentFailures } from "#simulation/aws/arguments";
import { replacing, undeletable } from "#simulation/aws/lifecycle";
import { regionReason, valueFailures } from "#simulation/aws/limits";
import { nameFailures } from "#simulation/aws/names";
import { awsCall, awsOutputs, tagsAll, withName } from "#simulation/aws/outputs";
import type { Place } from "#simulation/aws/place";
import { policyFailures } from "#simulation/aws/policies";
import { resourceShape } from "#simulation/aws/schema";
import { installedVersion } from "../../packages.ts";
import type { Old, StandIn, Subject } from "../../protocol/stand-in.ts";
import { locked } from "./lock.ts";

/**
 * Whether somebody has switched deletion protection off in the simulated account, as one does with the AWS CLI before a wanted
 * destroy: the file that this variable names is there.
 */
const protectionLifted = (): boolean => existsSync(process.env["MILLRACE_REHEARSAL_UNPROTECTED"] ?? "");

const ENDPOINT = "aws:sagemaker/endpoint:Endpoint";

/**
 * Whether SageMaker rolls back what it is told, as it does when an alarm of the release fires: the file that this variable names is there.
 * The provider says nothing then (hashicorp/terraform-provider-aws, issues 46663 and 48997).
 */
const rollsBack = (): boolean => existsSync(process.env["MILLRACE_REHEARSAL_ROLLED_BACK"] ?? "");

/** Where the names of the simulated account are kept between operations. */
const namesFile = (): string | undefined => process.env["MILLRACE_REHEARSAL_NAMES"];

/** Lets the account change its names, one process at a time: a stack may have several providers, each a process of its own. */
function changeNames(account: Account, change: () => void): void {
  const file = namesFile();
  if (file === undefined) {
    change();
    return;
  }
  locked(`${file}.lock`, () => {
    account.names = existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Names) : {};
    change();
    writeFileSync(file, JSON.stringify(account.names));
  });
}

/**
 * The simulated `aws` provider.
 *
 * @param place where resources go when neither the provider's settings nor the resource say so
 * @param account where names are taken. @default - one that has the names which earlier operations left, where a rehearsal keeps them
 */
export function aws(
  place: Place = { account: "123456789012", region: process.env["AWS_REGION"] ?? "us-east-1" },
  account: Account = new Account(),
): StandIn {
  let here = place;
  /** The URN makes invented ids differ between stacks. */
  const at = ({ urn }: Subject): Place => ({ ...here, seed: urn });
  return {
    version: installedVersion("@pulumi/aws"),
    configure(settings) {
      here = configured(reveal(settings), place);
    },
    check(subject, inputs, old, seed) {
      // The engine's seed makes each life of a resource have another name, and a resource that takes the place of an older one.
      const named = withName(subject.type, subject.name, inputs, {
        ...here,
        seed: `${subject.urn}${Buffer.from(seed).toString("hex")}`,
      });
      // An invented name stays what it is, even if the rule that invents names changes.
      const checked = Object.fromEntries(
        Object.entries(named).map(([key, value]) => [key, key in inputs ? value : (old[key] ?? value)]),
      );
      return { inputs: checked, failures: failuresOf(subject, reveal(checked), here) };
    },
    compare({ type }, old, inputs) {
      // An endpoint is compared with what it runs, as the real provider does, and not with what it was told.
      const before = type === ENDPOINT ? { ...old.inputs, endpointConfigName: old.outputs["endpointConfigName"] } : old.inputs;
      const changes = differences(before, inputs);
      return { changes, replaces: [...changes.keys()].filter((path) => replacing(type, path)) };
    },
    create(subject, inputs, { preview }) {
      const { id, ...outputs } = awsOutputs(subject.type, subject.name, reveal(inputs), at(subject));
      if (preview || containsUnknown(inputs)) {
        // What AWS decides is not known before it has been asked.
        const computed = resourceShape(subject.type)?.computed ?? Object.keys(outputs).filter((key) => !(key in inputs));
        return { id: "", outputs: { ...inputs, ...Object.fromEntries(computed.map((key) => [key, UNKNOWN])) } };
      }
      changeNames(account, () => account.created(subject.type, subject.urn, outputs));
      return { id, outputs: { id, ...restoreSecrets(outputs, inputs) } };
    },
    update(subject, old, inputs, { preview }) {
      const outputs = updated(subject, old, inputs, here);
      if (subject.type !== ENDPOINT || preview || containsUnknown(inputs)) {
        return { id: old.id, outputs };
      }
      const runs = old.outputs["endpointConfigName"];
      changeNames(account, () => account.moves([runs, inputs["endpointConfigName"]]));
      return { id: old.id, outputs: rollsBack() ? { ...outputs, endpointConfigName: runs } : outputs };
    },
    delete({ type, name, urn }, { outputs }) {
      const known = reveal(outputs);
      const reason = undeletable(type, known);
      if (reason !== undefined && !protectionLifted()) {
        throw new Error(`deleting ${name}: ${reason}`);
      }
      changeNames(account, () => account.deleted(type, urn, known));
    },
    invoke(token, args) {
      const answer = awsCall(token, reveal(args), here);
      if (!answer) {
        throw new Error(`the simulated AWS has no answer for ${token}; give it one in simulation/aws/functions.ts`);
      }
      return answer;
    },
  };
}

/** Settings arrive as texts, objects and lists among them as JSON. */
function configured(settings: Bag, otherwise: Place): Place {
  const decoded = (key: string): Bag | undefined =>
    typeof settings[key] === "string" ? JSON.parse(settings[key]) : settings[key];
  const region: string = settings["region"] ?? otherwise.region;
  const reason = regionReason(region);
  if (reason !== undefined) {
    throw new Error(reason);
  }
  const tags: Record<string, string> | undefined = decoded("defaultTags")?.["tags"];
  const account: string = decoded("allowedAccountIds")?.[0] ?? otherwise.account;
  return { account, region, ...(tags ? { defaultTags: tags } : {}) };
}

function failuresOf({ type }: Subject, inputs: Bag, place: Place): Failure[] {
  const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== UNKNOWN));
  return [
    ...argumentFailures(type, inputs),
    ...nameFailures(type, known),
    ...policyFailures(type, known),
    ...valueFailures(type, inputs, place),
  ];
}

/** What AWS decided stays; what was asked for is as asked now, and an argument left out is gone. */
function updated({ type }: Subject, old: Old, inputs: Bag, place: Place): Bag {
  const decided = Object.fromEntries(Object.entries(old.outputs).filter(([key]) => !(key in old.inputs)));
  const joined = Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => {
      const [before, given] = [old.outputs[key], old.inputs[key]];
      const both = isBag(before) && isBag(given) && isBag(value);
      const added = both ? Object.entries(before).filter(([inner]) => !(inner in given)) : [];
      return [key, both ? { ...Object.fromEntries(added), ...value } : value];
    }),
  );
  const version = type === "aws:ec2/launchTemplate:LaunchTemplate" ? { latestVersion: (decided["latestVersion"] ?? 0) + 1 } : {};
  return { ...decided, ...joined, ...tagsAll(inputs, old.outputs, place), ...version };
}

const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);
