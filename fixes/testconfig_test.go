package fixes

import (
	"encoding/base64"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const (
	mergePatch = types.MergePatchType
	applyPatch = types.ApplyYAMLPatchType
)

func loadConfig(t *testing.T, kubeconfig string) *rest.Config {
	t.Helper()
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

// forms are the ways in which a secret could be written.
func forms(secret string) []string {
	encoded := base64.StdEncoding.EncodeToString([]byte(secret))
	return []string{secret, strings.TrimRight(encoded, "=")}
}
