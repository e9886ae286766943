// Where custom resource definitions and charts come from. Nothing here is compiled, so `go mod tidy` must not be run: it would drop every
// line. projects.ts downloads exactly these modules and compares each one's checksum with go.sum; to move a version, change it here,
// run `go mod download -json <module>@<version>` and put the printed "Sum" into go.sum.
module millrace/toolchain/projects

go 1.26

require (
	github.com/argoproj/argo-rollouts v1.9.1
	github.com/aws/karpenter-provider-aws v1.14.1
	github.com/cert-manager/cert-manager v1.21.2
	// The last release that Go accepts: 2.x keeps the module path without /v2. Its CRDs serve the same v1 that the 2.x chart uses.
	github.com/external-secrets/external-secrets v1.3.2
	github.com/prometheus-operator/prometheus-operator v0.93.1
	istio.io/istio v0.0.0-20260827124520-eed52ebb66ad
	sigs.k8s.io/karpenter v1.14.1
	sigs.k8s.io/kueue v0.18.3
)
