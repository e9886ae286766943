import { expect, it } from "vitest";
import { type Keys, type Kind, keysOf } from "#policies/kubernetes/chart-values/tree";
import { type ChartSource, treeOf } from "#scripts/charts/tree";
import { textOfTree } from "#scripts/charts/tree-text";

const chart = (values: object, more: Partial<ChartSource> = {}): ChartSource => ({
  values,
  text: "",
  templates: "",
  inner: {},
  ...more,
});

it("takes the kind of a value from the chart's default, and leaves maps open whose keys are the user's", () => {
  const values = {
    a: "x",
    n: 1,
    b: true,
    l: [],
    m: {},
    port: 80,
    none: null,
    nodeSelector: { "a/b": "c" },
    resources: {},
    in: { k: "" },
  };
  expect(treeOf(chart(values))).toEqual({
    a: "s",
    n: "n",
    b: "b",
    l: "l",
    m: "m",
    port: "s",
    none: "*",
    nodeSelector: "m",
    resources: "r",
    in: { k: "s" },
    global: "m",
  });
});

it("knows the keys of a map that templates read one by one, whatever its name is, and leaves one open that they hand on", () => {
  const values = {
    sidecar: { dashboards: { enabled: true, label: "a" }, datasources: { enabled: true } },
    livenessProbe: { periodSeconds: 1 },
    readinessProbe: { periodSeconds: 1 },
    podLabels: { "a/b": "c" },
    ruleLabels: { ofResources: {} },
    config: { a: 1 },
  };
  const templates = [
    "{{ .Values.sidecar.dashboards.enabled }}{{ with .Values.sidecar.datasources }}{{ .enabled }}{{ .url }}{{ end }}",
    "{{ .Values.livenessProbe.periodSeconds }}{{ .Values.readinessProbe.periodSeconds }}{{ toYaml .Values.readinessProbe }}",
    "{{ .Values.config.a }}{{ range $key, $value := .Values.config }}{{ $key }}{{ end }}{{ toYaml .Values.ruleLabels.ofResources }}",
  ].join("\n");
  expect(treeOf(chart(values, { templates }))).toEqual({
    sidecar: { dashboards: { enabled: "b", label: "s" }, datasources: { enabled: "b", url: "*" } },
    livenessProbe: { periodSeconds: "n" },
    readinessProbe: "m",
    podLabels: "m",
    ruleLabels: { ofResources: "c" },
    config: "m",
    global: "m",
  });
});

it("knows keys that only a comment or a template names", () => {
  const text = "outer:\n  # Note: prose\n  # strategy:\n  #   type: x\n  inner: 1\n# ref: https://example.com\n";
  const templates = "{{ .Values.outer.late }} {{ $.Values.top.deep }} {{ .Values.outer.inner }}";
  expect(treeOf(chart({ outer: { inner: 1 } }, { text, templates }))).toEqual({
    outer: { inner: "n", strategy: "*", late: "*" },
    top: "*",
    global: "m",
  });
});

it("takes what the schema adds, and nothing else where the schema closes a map", () => {
  const schema = {
    $ref: "#/$defs/all",
    $defs: {
      all: { properties: { a: { type: "integer" }, n: { type: ["string", "null"] }, o: { $ref: "#/$defs/o" } } },
      o: { type: "object", additionalProperties: false, properties: { x: { anyOf: [{ type: "string" }] } } },
    },
  };
  expect(treeOf(chart({ a: "1", n: null, o: { y: 1 }, z: true }, { schema }))).toEqual({
    a: "*",
    n: "s",
    o: { x: "*" },
    z: "b",
    global: "m",
  });
});

it("puts the keys of a chart inside of it below its name, beside those that the outer chart sets there", () => {
  const inner = { sub: chart({ image: { tag: "" } }), foreign: undefined };
  expect(treeOf(chart({ sub: { image: { registry: "" }, own: 1 } }, { inner }))).toEqual({
    sub: { enabled: "b", global: "m", image: { tag: "s", registry: "s" }, own: "n" },
    foreign: "m",
    global: "m",
  });
});

it("moves the defaults of charts of Istio to where a user sets them: at the root, and below global", () => {
  const templates =
    '{{ $d := .Values._internal_defaults_do_not_set }}{{ $x := set $.Values "_original" 1 }}{{ .Values.global.own }}';
  expect(treeOf(chart({ _internal_defaults_do_not_set: { hub: "a", global: {} } }, { templates }))).toEqual({
    _internal_defaults_do_not_set: "m",
    hub: "s",
    global: { hub: "s", "...": "*" },
  });
});

it("opens what templates use otherwise than its default looks, and nothing else", () => {
  const values = {
    dumped: { a: 1, in: { b: "" } },
    by: { key: { a: 1 } },
    list: "",
    text: "",
    init: {},
    share: {},
    either: [],
    null: {},
    tls: { on: true },
    nodeSelector: {},
    kept: { a: { b: 1 } },
    address: false,
    on: false,
    of: true,
  };
  const templates = [
    "{{- with .Values.dumped }}{{ toYaml . | nindent 4 }}{{ end }}",
    "{{ range $name, $each := .Values.by }}{{ $each.a }}{{ end }}",
    '{{ .Values.list | join "," }}{{ .Values.text | quote }}',
    "{{ toYaml .Values.init }}{{ .Values.share }}{{ toYaml .Values.nodeSelector }}",
    '{{ if kindIs "map" .Values.either }}{{ end }}{{ if not (kindIs "invalid" .Values.null) }}{{ end }}',
    '{{ define "tls" }}{{ omit .tls "on" | toYaml }}{{ .root.Values.late }}{{ end }}',
    '{{ include "tls" (dict "tls" .Values.tls "root" $) }}',
    "{{ if .Values.kept }}{{ ((.Values.kept).a).c }}{{ end }}",
    '{{ $all := dict }}{{ $_ := set $all "x" .Values.kept.a }}{{ $all.x.d }}{{ dig "a" "e" "" .Values.kept }}',
    "{{ if .Values.address }}{{ .Values.address }}{{ end }}{{ if .Values.on }}{{ end }}{{ .Values.of }}",
    '{{/* .Values.comment */}}{{ "{{ .Values.quoted }}" }}{{ index .Values "with-dash" "in" }}',
  ].join("\n");
  expect(treeOf(chart(values, { templates }))).toEqual({
    dumped: { a: "n", in: { b: "s", "...": "*" }, "...": "*" },
    by: { key: { a: "n" }, "...": "*" },
    list: "*",
    text: "s",
    init: "c",
    share: "*",
    either: "*",
    null: "m",
    tls: { on: "b", "...": "*" },
    nodeSelector: "m",
    kept: { a: { b: "n", c: "*", d: "*", e: "*" } },
    address: "t",
    on: "b",
    of: "b",
    late: "*",
    "with-dash": "*",
    global: "m",
  });
});

it("knows what switches the charts inside of a chart on", () => {
  expect(treeOf(chart({}, { switches: ["sub.enabled", "tags.all"] }))).toEqual({ sub: "*", tags: "*", global: "m" });
});

it("writes what the rule reads", () => {
  const tree = { b: "s", a: "s", deep: { er: { l: "l" }, m: "m" }, last: "*", "grafana.ini": "m" };
  const keys = textOfTree(tree).join("\n");
  const plain = (known: Keys | Kind): unknown =>
    typeof known === "string" ? known : Object.fromEntries([...known].map(([key, each]) => [key, plain(each)]));
  expect(plain(keysOf({ version: "1", read: "1", keys }))).toEqual(tree);
});
