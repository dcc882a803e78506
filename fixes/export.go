package fixes

import "errors"

// Export writes a previewed plan as YAML for the source of truth: a patch of
// only the changed fields for each object that exists (kustomize takes it as a
// strategic merge patch, kubectl with "apply --server-side"), the whole object
// for each new one. Secret values are replaced by placeholders.
func Export(preview Preview) (string, error) { return "", errors.ErrUnsupported }
