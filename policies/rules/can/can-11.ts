import { covers, speaksOf, statementsOf } from "../../aws/policy-document.ts";
import { POD_IDENTITY, ROLE_POLICY } from "../../aws/types.ts";
import { type Fault, type Finding, ofEach, together, unless } from "../../findings.ts";
import { namespaceOf } from "../../kubernetes/objects.ts";
import { containersOf, podOf, SERVICES } from "../../kubernetes/workloads.ts";
import { type Bag, bags, shown, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Variables of a model server's containers, and the label of its pods, that say which version it serves; the program that fetches it. */
const VERSION = {
  uri: "MODEL_URI",
  version: "MODEL_VERSION",
  digest: "MODEL_SHA256",
  name: "MODEL_NAME",
  label: "version",
  fetch: "/usr/local/bin/fetch-model",
};
type Names = typeof VERSION;

const ATTACHMENT = /^aws:iam\/(rolePolicyAttachment|rolePolicyAttachmentsExclusive|policyAttachment):/;

export const CAN_11 = stackRule<Names>({
  id: "CAN-11",
  title: "Pods serve the version that their release names: fetched from where their role may read, and checked by its digest",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["NIST AI RMF MANAGE 4.1", "SLSA L2"],
  remediation:
    "Give every container the same `MODEL_URI`, `MODEL_VERSION` and `MODEL_SHA256`, as `InferenceService` does, and change them together, by a release.",
  parameters: { dev: VERSION, staging: VERSION, prod: VERSION },
  // Others call their variables as they like, and may mean something else by the same names.
  elsewhere: { uri: "", version: "", digest: "", name: "", label: "", fetch: "" },
  types: SERVICES,
  relate: (resources, names) =>
    ofEach(
      resources.filter(({ type }) => SERVICES.includes(type)),
      (workload) => faultsOf(workload, resources, names),
    ),
});

/** A variable of a container, and where it stands. */
interface Variable {
  property: string;
  value: string | undefined;
}

/** What one container says of its version. */
interface Server {
  path: string;
  /** Whether it ends before the others begin. */
  init: boolean;
  command: readonly string[];
  variable: (name: string) => Variable | undefined;
}

function faultsOf(resource: Resource, resources: readonly Resource[], names: Names): Finding[] {
  const pod = podOf(resource);
  const servers = (pod === undefined ? [] : containersOf(pod))
    .map(
      ({ path, container, init }): Server => ({
        path,
        init,
        command: texts(container, "command"),
        variable: (name) => variableOf(container, path, name),
      }),
    )
    .filter(({ variable }) => variable(names.uri) !== undefined);
  return together(
    servers.flatMap((server) => [
      () => unchecked(server, names, resource),
      () => misnamed(server, names, resource),
      () => foreign(server, names, resource, resources),
    ]),
    () => unfetched(servers, names, resource),
    () => mislabelled(servers[0], names, resource),
    [names.uri, names.version, names.digest, names.name].map((name) => () => different(servers, name, resource)),
  );
}

function variableOf(container: Bag, path: string, name: string): Variable | undefined {
  const all = bags(container, "env");
  const index = all.findLastIndex((each) => text(each, "name") === name);
  const found = all[index];
  return found === undefined ? undefined : { property: `${path}.env[${index}].value`, value: text(found, "value") };
}

/** What comes from a ConfigMap or a Secret is not in the program. */
const isElsewhere = (variable: Variable | undefined): boolean => variable !== undefined && variable.value === undefined;

function unchecked({ path, variable }: Server, { digest }: Names, resource: Resource): Fault[] {
  const found = variable(digest);
  return unless(isElsewhere(found) || /^[0-9a-f]{64}$/i.test(found?.value ?? ""), {
    resource,
    property: found?.property ?? `${path}.env`,
    got: found?.value ?? `no ${digest}`,
    want: found === undefined ? `a list with ${digest}, by which the bytes are checked` : "64 hexadecimal digits",
  });
}

/** The bytes are fetched and compared with their digest before anything serves them. */
function unfetched(servers: readonly Server[], { fetch }: Names, resource: Resource): Fault[] {
  const [server] = servers;
  const own = servers.find(({ init }) => init);
  return server === undefined || own?.command.includes(fetch) === true
    ? []
    : [
        {
          resource,
          property: own === undefined ? "spec.template.spec.initContainers" : `${own.path}.command`,
          got: own?.command.join(" ") || "nothing",
          want: `${fetch}, which compares the bytes with their digest`,
        },
      ];
}

const numberIn = (written: string | undefined): string | undefined => /^v?(\d+)$/.exec(written ?? "")?.[1];

/** Whether a number of a version, where both are numbers, is that of the variable. */
const isSame = (number: string | undefined, named: string | undefined): boolean =>
  number === undefined || numberIn(named) === undefined || number === numberIn(named);

function misnamed({ variable }: Server, { uri, version, name }: Names, resource: Resource): Fault[] {
  const [folder, named, model] = [variable(uri), variable(version)?.value, variable(name)?.value];
  const isOther = model !== undefined && folder?.value?.split("/").includes(model) === false;
  const number = numberIn(folder?.value?.split("/").findLast((part) => part !== ""));
  return unless(isSame(number, named) && !isOther, {
    resource,
    property: folder?.property ?? uri,
    got: shown(folder?.value),
    want: isOther ? `a folder of '${model}', which '${name}' names` : `the folder of version ${named}, which '${version}' names`,
  });
}

function mislabelled(server: Server | undefined, { version, label }: Names, resource: Resource): Fault[] {
  const [named, got] = [server?.variable(version)?.value, text(podOf(resource)?.metadata, "labels", label)];
  return unless(isSame(numberIn(got), named), {
    resource,
    property: `spec.template.metadata.labels.${label}`,
    got: shown(got),
    want: `the label of version ${named}, which '${version}' names`,
  });
}

/** Containers that fetch and that serve speak of one version. */
function different(servers: readonly Server[], name: string, resource: Resource): Fault[] {
  const [first, ...others] = servers.flatMap(({ variable }) => variable(name) ?? []).filter(({ value }) => value !== undefined);
  return others.flatMap(({ property, value }) =>
    unless(value === first?.value, {
      resource,
      property,
      got: shown(value),
      want: `'${first?.value}', as in the other containers`,
    }),
  );
}

/** A model that lies where the role of the pods may not read. Rights from managed policies are not in the program. */
function foreign({ variable }: Server, { uri }: Names, resource: Resource, resources: readonly Resource[]): Finding[] {
  const found = variable(uri);
  const [, bucket, key] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(found?.value ?? "") ?? [];
  const roles = resources
    .filter((each) => each.type === POD_IDENTITY && isOf(each, resource))
    .flatMap(({ inputs }) => text(inputs, "roleArn")?.split("/").at(-1) ?? []);
  const own = resources.filter(({ type, inputs }) => type === ROLE_POLICY && roles.includes(text(inputs, "role") ?? ""));
  const isOpen = resources.some(({ type, inputs }) => ATTACHMENT.test(type) && roles.includes(text(inputs, "role") ?? ""));
  if (bucket === undefined || own.length === 0 || isOpen) {
    return [];
  }
  const object = `arn:aws:s3:::${bucket}/${key}/model`;
  const reads = own.some(({ inputs }) =>
    statementsOf(inputs["policy"], "policy").some(
      (statement) =>
        statement.allows &&
        speaksOf(statement, "s3:GetObject") &&
        texts(statement.body, "Resource").some((pattern) => covers(pattern.replace(/^arn:aws[\w-]*:/, "arn:aws:"), object)),
    ),
  );
  return unless(reads, {
    resource,
    property: found?.property ?? uri,
    got: found?.value ?? "nothing",
    want: "a folder that the role of the pods may read",
  });
}

/** Whether an association is for the service account of a workload. */
const isOf = ({ inputs }: Resource, workload: Resource): boolean =>
  text(inputs, "namespace") === namespaceOf(workload) &&
  text(inputs, "serviceAccount") === (text(podOf(workload)?.spec, "serviceAccountName") ?? "default");
