// Package fieldpath gives the field paths of version 6 under the name of version 4.
package fieldpath

import "sigs.k8s.io/structured-merge-diff/v6/fieldpath"

type (
	// Path leads to a field of an object.
	Path = fieldpath.Path
	// Set holds paths to fields of an object.
	Set = fieldpath.Set
)

// MakePath makes a path of its parts.
func MakePath(parts ...any) (Path, error) { return fieldpath.MakePath(parts...) }
