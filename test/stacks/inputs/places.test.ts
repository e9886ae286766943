import { describe, expect, it } from "vitest";
import { chartsFault, imagesFault } from "#stacks/inputs/places";

const HOST = "have a host with letters and digits at both ends of each part, and - only between them";
const PATH = "have a path with letters and digits at both ends of each part, and one . or _, two _ or any - between";
const CHARTS = "such as oci://registry.example.com/charts";
const BOTH = `${CHARTS} or vendor/charts`;
const IMAGES = "such as registry.example.com/mirror";

describe("the setting charts", () => {
  it.each<[unknown, string]>([
    ["oci://Registry.example.com/Charts", "be in lower case (write 'oci://registry.example.com/charts')"],
    ["oci://r.example.com/a:v1", "have no tag, because each version is pinned (write 'oci://r.example.com/a')"],
    ["oci://r.example.com/a@sha256:ab", "have no digest, because each version is pinned (write 'oci://r.example.com/a')"],
    [
      "oci://r.example.com:5000/a:v1@sha256:ab",
      "have no tag, because each version is pinned and have no digest, because each version is pinned (write 'oci://r.example.com:5000/a')",
    ],
    ["oci://r.example.com", "have a path behind the registry (write 'oci://r.example.com/charts')"],
    ["oci:///charts", `name the host of a registry (${CHARTS})`],
    ["oci://", `name the host of a registry (${CHARTS})`],
    [
      "http://r.example.com/a",
      "begin with oci:// for a registry, or name a folder without a scheme (write 'oci://r.example.com/a')",
    ],
    [
      "https://user:p/w@r.example.com/a",
      "begin with oci:// for a registry, or name a folder without a scheme and have no user and no password, which `helm registry login` and `docker login` keep (write 'oci://r.example.com/a')",
    ],
    [
      "OCI://r.example.com/a",
      "begin with oci:// for a registry, or name a folder without a scheme (write 'oci://r.example.com/a')",
    ],
    ["s3://bucket/a", `begin with oci:// for a registry, or name a folder without a scheme (${CHARTS})`],
    [
      "oci://user:pw@r.example.com/a",
      "have no user and no password, which `helm registry login` and `docker login` keep (write 'oci://r.example.com/a')",
    ],
    ["oci://r.example.com/a/", "have no slash at the end (write 'oci://r.example.com/a')"],
    ["oci://r.example.com//a", "have no two slashes in a row (write 'oci://r.example.com/a')"],
    [" oci://r.example.com/a", "have no blanks (write 'oci://r.example.com/a')"],
    ["oci://r.example.com:70000/a", `have a port from 1 to 65535 (${CHARTS})`],
    ["oci://r_a.example.com/a", `have a host without _ (${CHARTS})`],
    ["oci://r.example.com/a?b=c", "have no ? and no # (write 'oci://r.example.com/a')"],
    ["oci://r..example.com/x", `${HOST} (${CHARTS})`],
    ["oci://r.example.com-/m", `${HOST} (${CHARTS})`],
    ["oci://-r.example.com/m", `${HOST} (${CHARTS})`],
    ["oci://r.example.com./m", `${HOST} (${CHARTS})`],
    [`oci://${"a".repeat(64)}.example.com/m`, `${HOST} (${CHARTS})`],
    ["oci://r.example.com/a__b___c", `${PATH} (${CHARTS})`],
    ["oci://r.example.com/a..b", `${PATH} (${CHARTS})`],
    ["oci://r.example.com/a._b", `${PATH} (${CHARTS})`],
    ["oci://r-.example.com/a-", `${HOST} and ${PATH} (${CHARTS})`],
    ["/opt/charts", `be a path from the root of the project (${BOTH})`],
    ["../charts", `be a folder inside of the project, without .. (${BOTH})`],
    [".", `be a folder of its own, not the project itself (${BOTH})`],
    ["./vendor/charts", "have no ./ at the beginning (write 'vendor/charts')"],
    ["vendor/charts/", "have no slash at the end (write 'vendor/charts')"],
    ["vendor\\charts", "have / between its parts (write 'vendor/charts')"],
    ["vendor charts", "have no blanks (write 'vendor-charts')"],
    [42, `be the name of a place, ${BOTH}, not a number, true, false or null`],
    ["42", `be the name of a place, ${BOTH}, not a number, true, false or null`],
    ["true", `be the name of a place, ${BOTH}, not a number, true, false or null`],
    [["a"], `be one text, ${BOTH}, not a list`],
    [{ registry: "a" }, `be one text, ${BOTH}, not a map`],
    ["", `be a place, ${BOTH}, or be left out`],
  ])("%j must …", (value, fault) => expect(chartsFault(value)).toBe(fault));

  it.each([
    "oci://r.example.com/a",
    "oci://r.example.com:5000/a/b_c",
    "oci://localhost:5000/a__b/c--d.e",
    "vendor/charts",
    "charts-2",
  ])("takes %s", (place) => expect(chartsFault(place)).toBeUndefined());
});

describe("the setting images", () => {
  it.each<[unknown, string]>([
    ["Registry.example.com/mirror", "be in lower case (write 'registry.example.com/mirror')"],
    ["r.example.com/a:v1", "have no tag, because each version is pinned (write 'r.example.com/a')"],
    ["r.example.com/a@sha256:ab", "have no digest, because each version is pinned (write 'r.example.com/a')"],
    ["oci://r.example.com/a", "begin with the host of the registry, without a scheme (write 'r.example.com/a')"],
    ["r.example.com/a/", "have no slash at the end (write 'r.example.com/a')"],
    [
      "user:pw@r.example.com/a",
      "have no user and no password, which `helm registry login` and `docker login` keep (write 'r.example.com/a')",
    ],
    ["mirror", `begin with a host that has a dot, because other names are repositories of Docker Hub (${IMAGES})`],
    ["r.example.com:0/a", `have a port from 1 to 65535 (${IMAGES})`],
    ["r..example.com/x", `${HOST} (${IMAGES})`],
    ["r.example.com-/m", `${HOST} (${IMAGES})`],
    ["r.example.com/a___b", `${PATH} (${IMAGES})`],
    ["./images", `name a registry, because images do not come from a folder (${IMAGES})`],
    ["r.example .com/a", "have no blanks (write 'r.example.com/a')"],
    ["true", `be the name of a place, ${IMAGES}, not a number, true, false or null`],
    [["a"], `be one text, ${IMAGES}, not a list`],
  ])("%j must …", (value, fault) => expect(imagesFault(value)).toBe(fault));

  it.each([
    "r.example.com",
    "10.0.0.1:5000/a__b",
    "r--1.example.com/a---b.c",
    "r.example.com:5000",
    "111111111111.dkr.ecr.eu-north-1.amazonaws.com/a",
  ])("takes %s", (place) => expect(imagesFault(place)).toBeUndefined());
});
