package node

import (
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kubeletconfig "k8s.io/kubelet/config/v1beta1"
)

// withDefaults reads a kubelet's configuration file and fills in what the
// kubelet takes for settings that are not there, as far as checks look at them.
// Those of files are the safe ones; flags have others.
func withDefaults(file *unstructured.Unstructured) *kubeletconfig.KubeletConfiguration {
	c := &kubeletconfig.KubeletConfiguration{}
	// What is wrongly typed stays at its default: the kubelet wouldn't start.
	_ = runtime.DefaultUnstructuredConverter.FromUnstructured(file.Object, c)
	if c.Authorization.Mode == "" {
		c.Authorization.Mode = kubeletconfig.KubeletAuthorizationModeWebhook
	}
	if c.StreamingConnectionIdleTimeout.Duration == 0 { // also one that is written down
		c.StreamingConnectionIdleTimeout.Duration = 4 * time.Hour
	}
	return c
}
