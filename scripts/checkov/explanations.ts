/** Why only one of both finds something. */
export interface Explanation {
  kind: "covered elsewhere" | "accepted" | "gap";
  why: string;
}

/** Findings of checkov on prod or on a bad change that our rules do not have, by check id. Compared on 2026-11-21. */
export const OF_CHECKOV: Readonly<Record<string, Explanation>> = {
  CKV_K8S_8: {
    kind: "accepted",
    why: "It requires a probe for every container. The server has one (K8S-07 requires it for the container that serves). The pod's other container exports counters and needs no probe: Prometheus reports when it is gone.",
  },
  CKV_K8S_9: {
    kind: "accepted",
    why: "The same exporter: with a probe, an exporter that is not ready would take a working server out of service.",
  },
  CKV_K8S_11: {
    kind: "accepted",
    why: "A CPU limit slows a server down even when its node is idle. Every container requests what it needs and has a memory limit (K8S-03).",
  },
  CKV_K8S_35: {
    kind: "accepted",
    why: "MLflow reads these keys and the password of its first account from variables only. The password of the database is a file. SEC-02 finds secrets in plain text.",
  },
  CKV_K8S_40: {
    kind: "accepted",
    why: "MLflow runs as user 1000, as its own chart does. Our pods mount no folder of their node (K8S-02), where the same user id could own files. Model servers run as 10001.",
  },
};

/** Why checkov has no finding for an object that it checked, by the id of our rule, and by the change if a rule has several reasons. */
export const OF_OURS: Readonly<Record<string, string>> = {
  "GPU-09": "it does not know queues",
  "IMG-02": "no check looks at the registry of an image",
  "K8S-04": "CKV2_K8S_6 accepts any NetworkPolicy that selects a pod, whatever it allows",
  "K8S-05, wildcards in the last rule of a Role": "CKV_K8S_49 reads only the first rule of a role",
  "K8S-05, a Role that reads all secrets": "CKV2_K8S_5 checks only service accounts and nodes, but this role is for people",
  "K8S-05, a Role that opens shells": "CKV2_K8S_2 checks only service accounts and nodes, but this role is for people",
  "K8S-05, a service account that reads all secrets, among other things": "CKV2_K8S_5 reads only roles with a single rule",
  "K8S-05, Prometheus as `cluster-admin`": "no check knows this role, which is built into Kubernetes and not among the objects",
  "K8S-05, a role for anonymous users": "no check knows the groups that include everybody",
  "K8S-06": "CKV_K8S_41 and CKV_K8S_42 look at accounts and bindings, not at the pods that use them",
  "K8S-07": "no check looks at zones",
  "NET-04": "no check looks at how a Service is exposed",
  "SEC-02":
    "its search for secrets needs a key with a telling name before a random text; in a variable both are values, of `name` and `value`",
};
