import { expect, it } from "vitest";
import { stackConfig } from "#plan/environment";
import { LAYERS } from "#stacks/contracts";
import { ENVIRONMENTS } from "#stacks/inputs/environments/profile";
import { placeholderNotes, placeholdersIn, releaseNotes } from "#stacks/inputs/placeholders";
import { readRelease } from "#stacks/inputs/release";

const keysOf = (value: unknown): string[] =>
  placeholdersIn({ "millrace:it": typeof value === "string" ? value : JSON.stringify(value) }).map(({ key }) => key);

it.each([
  "111111111111",
  "123456789012",
  "arn:aws:iam::000000000000:role/x",
  `sha256:${"0".repeat(64)}`,
  `sha256:${"0123456789abcdef".repeat(4)}`,
  `sha256:${"deadbeef".repeat(8)}`,
  "sha256:6d6c666c6f770000000000000000000000000000000000000000000000000000",
  "arn:aws:kms:eu-north-1:482913650274:key/11111111-2222-3333-4444-555555555555",
  "arn:aws:kms:eu-north-1:482913650274:key/00000000-0000-0000-0000-000000000000",
  "arn:aws:kms:eu-north-1:482913650274:key/12345678-1234-1234-1234-123456789012",
  "arn:aws:kms:eu-north-1:482913650274:key/1234abcd-12ab-34cd-56ef-1234567890ab",
  "arn:aws:codeconnections:eu-north-1:482913650274:connection/a1b2c3d4-5678-90ab-cdef-EXAMPLE11111",
  "111122223333",
  "arn:aws:iam::444455556666:role/x",
  "acme-state-012345678910",
  "ml@example.com",
  "https://id.example.org/token",
  "https://sso.invalid/token",
  "example/millrace",
  "example-millrace-state-dev",
  "203.0.113.0/24",
  "your-bucket",
  "CHANGE_ME".replace("_", "-"),
  "<account>",
])("'%s' is a placeholder", (value) => {
  expect(keysOf(value)).toEqual(["it"]);
});

it.each([
  "482913650274",
  "arn:aws:iam::482913650274:role/platform-engineers",
  "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "arn:aws:kms:eu-north-1:482913650274:key/0c6f2b9e-41a7-4d0b-9c55-2f1e8a7b6d33",
  "ml@acme.io",
  "acme/millrace",
  "acme-millrace-state-dev",
  "eu-north-1",
  "10.20.0.0/16",
  "counterexamples/ml",
  "contains(groups[*], 'admins') && 'Admin' || 'Viewer'",
])("'%s' is a value of somebody's own", (value) => {
  expect(keysOf(value)).toEqual([]);
});

it("finds them inside of objects and lists, and looks at no secret", () => {
  expect(keysOf({ roles: ["arn:aws:iam::482913650274:role/a", "arn:aws:iam::333333333333:role/b"], none: null })).toEqual([
    "it.roles[1]",
  ]);
  expect(placeholdersIn({ "millrace:it": "example", "aws:region": "example" }, ["millrace:it"])).toEqual([]);
});

it.each(ENVIRONMENTS.flatMap((environment) => LAYERS.map((layer) => [layer, environment] as const)))(
  "every made-up value in the config of %s-%s is known",
  (layer, environment) => {
    const { config, secretKeys } = stackConfig(layer, environment);
    const keys = placeholdersIn(config, secretKeys).map(({ key }) => key);
    expect(keys).toEqual(
      expect.arrayContaining([
        "account",
        "owners.roles[0]",
        "owners.repository",
        "contact",
        "trackingImage",
        "state.bucket",
        "state.key",
      ]),
    );
    // What is left is true of every account.
    const rest = Object.keys(config).filter(
      (key) => !secretKeys.includes(key) && !keys.some((each) => `millrace:${each}`.startsWith(key)),
    );
    expect(rest).toEqual(["millrace:region"]);
  },
);

it("a note names every path, and why its value is a placeholder", () => {
  expect(placeholderNotes("a.yaml", [])).toEqual([]);
  const own = JSON.stringify({
    roles: ["arn:aws:iam::482913650274:role/a", "arn:aws:iam::333333333333:role/b"],
    networks: ["203.0.113.0/24"],
  });
  const found = placeholdersIn({ "millrace:account": "333333333333", "millrace:owners": own });
  // The three files of an environment say the same.
  expect(placeholderNotes("a.yaml", [...found, ...found])).toEqual([
    "a.yaml: placeholder: replace before `pulumi up`: millrace:account, millrace:owners.roles[1] (account of examples)",
    "a.yaml: placeholder: replace before `pulumi up`: millrace:owners.networks[0] (network of examples)",
  ]);
});

it.each(ENVIRONMENTS)("every digest in the release of %s is known as made up", (environment) => {
  const release = readRelease(environment);
  expect(releaseNotes(release)).toEqual([
    "releases/models/fraud/3.json: placeholder: replace before `pulumi up`: image.digest, sha256 (digest of this repository's example release, in no store and no registry)",
  ]);
  expect(releaseNotes({ ...release, models: {} })).toEqual([]);
});
