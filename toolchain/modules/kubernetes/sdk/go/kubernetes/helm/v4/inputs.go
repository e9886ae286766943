// Package v4 holds the inputs of the component `kubernetes:helm.sh/v4:Chart` that are objects.
package v4

import (
	"reflect"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RepositoryOpts says where a chart lies, and how one signs in there.
type RepositoryOpts struct {
	CaFile   pulumi.AssetOrArchive `pulumi:"caFile"`
	CertFile pulumi.AssetOrArchive `pulumi:"certFile"`
	KeyFile  pulumi.AssetOrArchive `pulumi:"keyFile"`
	Password *string               `pulumi:"password"`
	Repo     *string               `pulumi:"repo"`
	Username *string               `pulumi:"username"`
}

// RepositoryOptsInput is a RepositoryOpts that may become known later.
type RepositoryOptsInput interface {
	pulumi.Input
	isRepositoryOpts()
}

// RepositoryOptsOutput is a RepositoryOpts that becomes known later.
type RepositoryOptsOutput struct{ *pulumi.OutputState }

// ElementType tells Pulumi's SDK what it resolves to.
func (RepositoryOptsOutput) ElementType() reflect.Type { return reflect.TypeFor[RepositoryOpts]() }

func (RepositoryOptsOutput) isRepositoryOpts() {}

// PostRenderer is a command that changes the rendered objects.
type PostRenderer struct {
	Args    []string `pulumi:"args"`
	Command string   `pulumi:"command"`
}

// PostRendererInput is a PostRenderer that may become known later.
type PostRendererInput interface {
	pulumi.Input
	isPostRenderer()
}

// PostRendererOutput is a PostRenderer that becomes known later.
type PostRendererOutput struct{ *pulumi.OutputState }

// ElementType tells Pulumi's SDK what it resolves to.
func (PostRendererOutput) ElementType() reflect.Type { return reflect.TypeFor[PostRenderer]() }

func (PostRendererOutput) isPostRenderer() {}

func init() {
	pulumi.RegisterOutputType(RepositoryOptsOutput{})
	pulumi.RegisterOutputType(PostRendererOutput{})
}
