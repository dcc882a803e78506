package kube

import "maps"

// WithVersion is inv as if the list of r had ended at another version.
func (inv *Inventory) WithVersion(r Resource, version string) *Inventory {
	other := *inv
	other.versions = maps.Clone(inv.versions)
	other.versions[r] = version
	return &other
}

// ObjectsByResource are all objects that an Inventory holds of what is listed.
func (inv *Inventory) ObjectsByResource() map[Resource][]Object {
	all := map[Resource][]Object{}
	for _, k := range append(kinds(), customKinds()...) {
		if objects := k.objects(inv); len(objects) > 0 {
			all[k.resource] = objects
		}
	}
	return all
}

// SpecsKept counts the pods whose spec is kept.
func (inv *Inventory) SpecsKept() int {
	n := 0
	for _, p := range inv.Pods {
		if p.spec != nil {
			n++
		}
	}
	return n
}
