/** Why one of both stays silent where the other speaks. */
export interface Explanation {
  kind: "covered elsewhere" | "accepted" | "gap";
  why: string;
}

/** What checkov finds and none of our rules does, or says of prod, by its check id. Compared on 2026-11-21. */
export const OF_CHECKOV: Readonly<Record<string, Explanation>> = {
  CKV_K8S_8: {
    kind: "accepted",
    why: "It asks every container for a probe. The server has one (K8S-07 asks the container that serves); beside it stands an exporter of counters, and restarting that is not worth a probe: Prometheus tells when it is gone.",
  },
  CKV_K8S_9: {
    kind: "accepted",
    why: "The same exporter: were it not ready, the whole pod would lose its requests, with a server that answers well.",
  },
  CKV_K8S_11: {
    kind: "accepted",
    why: "A limit of processor slows a server down while its node has time to spare. Every container requests what it needs and has a limit of memory (K8S-03).",
  },
  CKV_K8S_15: {
    kind: "covered elsewhere",
    why: "Pulling again matters where a tag can move. IMG-01 asks for a digest, with which checkov is content too; MLflow's images are set aside there.",
  },
  CKV_K8S_22: {
    kind: "gap",
    why: "No rule asks for `readOnlyRootFilesystem`, and Pod Security does not either. All our containers set it; nothing keeps the next one from leaving it out.",
  },
  CKV_K8S_35: {
    kind: "accepted",
    why: "MLflow reads these keys and the password of its first account from variables only. The password of the database is a file. What stands in plain text is found by SEC-02.",
  },
  CKV_K8S_40: {
    kind: "accepted",
    why: "MLflow runs as user 1000, as its own chart does. None of our pods mounts a folder of its node (K8S-02), where the same number could own something; model servers run as 10001.",
  },
  CKV_K8S_43: { kind: "covered elsewhere", why: "IMG-01 finds the same images, and an exception with an end allows them." },
  CKV_K8S_152: { kind: "accepted", why: "Requests come through Istio's gateway: no controller here reads annotations of nginx." },
  CKV_K8S_153: { kind: "accepted", why: "As CKV_K8S_152." },
};

/** Why checkov says nothing although it looked at what was changed, by the id of our rule; with the change, where a rule has several reasons. */
export const OF_OURS: Readonly<Record<string, string>> = {
  "GPU-09": "it knows nothing of queues",
  "IMG-02": "no check asks where an image comes from",
  "K8S-04": "CKV2_K8S_6 is content with any NetworkPolicy that selects a pod, whatever it lets through",
  "K8S-05, wildcards in the last rule of a Role": "CKV_K8S_49 reads the first rule of a role",
  "K8S-05, a Role that reads all secrets": "CKV2_K8S_5 asks about service accounts and nodes, and people hold this role",
  "K8S-05, a Role that opens shells": "CKV2_K8S_2 asks about service accounts and nodes, and people hold this role",
  "K8S-05, a service account that reads all secrets, among other things": "CKV2_K8S_5 understands roles of a single rule",
  "K8S-05, Prometheus as `cluster-admin`": "no check knows this role, which is Kubernetes' own and not among the objects",
  "K8S-05, a role for people who have not signed in": "no check knows the groups that are everybody",
  "K8S-06": "CKV_K8S_41 and CKV_K8S_42 look at accounts and bindings, not at the pods that use them",
  "K8S-07": "no check asks about zones",
  "NET-04": "no check looks at how a Service is exposed",
  "SEC-02":
    "its search for secrets wants a key that is called like one before a text that looks random; of a variable both are values, of `name` and `value`",
};
