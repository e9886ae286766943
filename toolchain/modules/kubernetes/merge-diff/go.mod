// Version 4 of this module, for the one package that still asks for it: its types are those of version 6, which all others use.
module sigs.k8s.io/structured-merge-diff/v4

go 1.26.0

require sigs.k8s.io/structured-merge-diff/v6 v6.4.0
