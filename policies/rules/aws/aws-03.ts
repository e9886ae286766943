import { type Fault, ofEach, together, unless } from "../../findings.ts";
import { kubeconfigOf } from "../../kubeconfig.ts";
import { isLoopback, isProvider, opened, PROVIDERS } from "../../providers.ts";
import { bag, bags, flag, text, texts } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import { levels, stackRule } from "../../rule.ts";

/** Names under which providers take certificates of anybody, and those under which they refuse to, without their separators. */
const UNCHECKED =
  /^(insecure|(insecure)?skip(tls|ssl|cert)?verif(y|ication)|(tls|ssl)(insecure|skipverify|noverify)|insecure(tls|ssl|https)?(skip(tls)?verify)?|allowinsecure|allowunverifiedssl|no(ssl)?verify(ssl)?)$/i;
const CHECKED = /^((verify|validate)(tls|ssl|certs?|certificates?)|(tls|ssl)verify|verify)$/i;

export const AWS_03 = stackRule({
  id: "AWS-03",
  title: "Providers check the certificate of whom they give their credentials to",
  severity: "critical",
  levels: levels("M/M/M"),
  frameworks: ["FSBP ELB.3", "SOC2 CC6.7", "AISF-INFRA-05"],
  remediation:
    "Leave `insecure` and its like out. Give a kubeconfig `certificate-authority-data` in place of `insecure-skip-tls-verify`, and addresses with `https://`.",
  types: [PROVIDERS],
  relate: (resources) =>
    ofEach(
      resources.filter(({ type }) => isProvider(type)),
      (provider) =>
        together(
          () => switches(provider),
          () => endpoints(provider),
          () => clusters(provider),
        ),
    ),
});

const switches = (resource: Resource): readonly Fault[] =>
  Object.keys(bag(resource.inputs)).flatMap((key) => {
    const plain = key.replaceAll(/[_-]/g, "");
    const wrong = UNCHECKED.test(plain) ? true : CHECKED.test(plain) ? false : undefined;
    return unless(wrong === undefined || flag(resource.inputs, key) !== wrong, {
      resource,
      property: key,
      got: String(wrong),
      want: String(!wrong),
    });
  });

/** Other addresses of services, in a list with the service as key. */
const endpoints = (resource: Resource): Fault[] =>
  bags({ endpoints: opened(resource.inputs, "endpoints") }, "endpoints").flatMap((each) =>
    Object.entries(each).flatMap(([service, url]) =>
      texts(url).flatMap((got) => inTheClear(resource, `endpoints.${service}`, got)),
    ),
  );

const clusters = (resource: Resource): Fault[] =>
  bags(kubeconfigOf(resource), "clusters").flatMap((each) => {
    const path = `kubeconfig.clusters.${text(each, "name") ?? ""}`;
    return [
      ...unless(flag(each, "cluster", "insecure-skip-tls-verify") !== true, {
        resource,
        property: `${path}.insecure-skip-tls-verify`,
        got: "true",
        want: "left out, in favour of certificate-authority-data",
      }),
      ...inTheClear(resource, `${path}.server`, text(each, "cluster", "server") ?? ""),
    ];
  });

const inTheClear = (resource: Resource, property: string, got: string): Fault[] =>
  unless(!/^http:/i.test(got) || isLoopback(got), { resource, property, got, want: "an address with https" });
