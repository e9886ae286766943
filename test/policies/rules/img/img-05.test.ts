import { describeRule } from "../../harness.ts";

const CHART = { layer: "platform", resource: "delivery-controller" } as const;
const at = "platform-prod/delivery-controller:";

describeRule("IMG-05", [
  {
    ...CHART,
    what: "a repository over HTTP",
    change: ({ repositoryOpts }) => (repositoryOpts.repo = "HTTP://argoproj.github.io/argo-helm"),
    says: `${at} 'repositoryOpts.repo' must be an address with https:// or oci://, got 'HTTP://argoproj.github.io/argo-helm'`,
    unknown: "repositoryOpts.repo",
  },
  {
    ...CHART,
    what: "an archive over HTTP",
    change: (inputs) => (inputs.chart = "http://charts.example.com/argo-rollouts-2.41.1.tgz"),
    says: `${at} 'chart' must be an address with https:// or oci://, got 'http://charts.example.com/argo-rollouts-2.41.1.tgz'`,
    unknown: "chart",
  },
  {
    ...CHART,
    what: "a repository whose certificate nobody checks",
    change: ({ repositoryOpts }) => (repositoryOpts.insecureSkipTlsVerify = "true"),
    says: `${at} 'repositoryOpts.insecureSkipTlsVerify' must be false or left out, got 'true'`,
  },
  {
    ...CHART,
    what: "a repository with a password",
    change: ({ repositoryOpts }) => (repositoryOpts.password = "x"),
    says: `${at} 'repositoryOpts.password' must be left out, got 'set'`,
  },
  {
    ...CHART,
    what: "a chart that a program rewrites",
    change: (inputs) => (inputs.postrender = "/bin/sh"),
    says: `${at} 'postrender' must be left out: what runs must be what was published, got 'set'`,
  },
  {
    ...CHART,
    what: "a version that is not finished",
    change: (inputs) => (inputs.devel = true),
    says: `${at} 'devel' must be left out, and \`version\` set, got 'true'`,
  },
  {
    ...CHART,
    what: "a chart that nobody waits for",
    change: (inputs) => (inputs.skipAwait = true),
    says: `${at} 'skipAwait' must be false or left out, so that a chart whose pods never start fails, got 'true'`,
  },
]);
