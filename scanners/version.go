package scanners

import "k8s.io/apimachinery/pkg/util/version"

// OlderThan says that a server's version, such as "v1.35.2-gke.100", is before a
// minor release, such as "1.36"; one that can't be read isn't.
func OlderThan(gitVersion, minor string) bool {
	v, err := version.ParseGeneric(gitVersion)
	return err == nil && v.LessThan(version.MustParseGeneric(minor))
}

// AtLeast says that a server's version is a minor release or later; one that
// can't be read isn't.
func AtLeast(gitVersion, minor string) bool {
	v, err := version.ParseGeneric(gitVersion)
	return err == nil && v.AtLeast(version.MustParseGeneric(minor))
}
