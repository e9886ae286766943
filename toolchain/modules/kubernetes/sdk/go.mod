// The four declarations of Pulumi's SDK that its Kubernetes provider uses. The SDK itself has sixty generated packages, which take
// minutes to compile and which the provider needs for its typed answers to Go programs only.
module github.com/pulumi/pulumi-kubernetes/sdk/v4

go 1.26.0

require github.com/pulumi/pulumi/sdk/v3 v3.215.0
