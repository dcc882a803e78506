package kube

// FieldChange is one field that a write changes.
type FieldChange struct {
	// Path is the field in the server's notation, for people:
	// .spec.template.spec.containers[name="api"].image
	Path string `json:"path"`
	// Elements are the same path as managedFields writes its elements.
	Elements []string `json:"elements"`
	// Before and After are the values; nil where the field doesn't exist.
	Before any `json:"before"`
	After  any `json:"after"`
	// Masked says that the values are secret, and hold marks instead.
	Masked bool `json:"masked,omitempty"`
}
