package scanners

// Config is what only the people who run a cluster can say about it.
type Config struct {
	// Registries are where images may come from, as far as they are named:
	// "registry.example" or "ghcr.io/team". Empty means from anywhere.
	Registries []string
	// OwnerLabels are labels or annotations of which every workload, or its
	// namespace, should have one. Empty means that nobody asks for them.
	OwnerLabels []string
}

// DefaultConfig is for clusters about which nobody said anything.
func DefaultConfig() Config {
	return Config{OwnerLabels: []string{"owner", "team", "contact", "maintainer", "app.kubernetes.io/owner", "a8r.io/owner"}}
}
