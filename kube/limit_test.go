package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
)

// mute is a server that takes requests and doesn't answer, or only begins to.
func mute(t *testing.T, limit time.Duration) *Cluster {
	t.Helper()
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if strings.HasSuffix(r.URL.Path, "/half") {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"kind":`))
			w.(http.Flusher).Flush()
		}
		select {
		case <-r.Context().Done():
		case <-over:
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	cluster, err := NewCluster(&rest.Config{Host: server.URL, Timeout: limit}, "mute")
	if err != nil {
		t.Fatal(err)
	}
	return cluster
}

func TestEveryRequestHasALimit(t *testing.T) {
	const limit = 200 * time.Millisecond
	c := mute(t, limit)
	pods := c.Client.CoreV1().Pods("shop")
	tests := []struct {
		name  string
		send  func(context.Context) error
		write bool
	}{
		{"read", func(ctx context.Context) error { _, err := pods.Get(ctx, "web", metav1.GetOptions{}); return err }, false},
		{"read of a pod called log", func(ctx context.Context) error { _, err := pods.Get(ctx, "log", metav1.GetOptions{}); return err }, false},
		{"answer that stops in its midst", func(ctx context.Context) error { _, err := pods.Get(ctx, "half", metav1.GetOptions{}); return err }, false},
		{"dry run", func(ctx context.Context) error {
			_, err := pods.Patch(ctx, "web", types.MergePatchType, []byte("{}"), metav1.PatchOptions{DryRun: []string{"All"}})
			return err
		}, false},
		{"write", func(ctx context.Context) error {
			_, err := pods.Patch(ctx, "web", types.MergePatchType, []byte("{}"), metav1.PatchOptions{})
			return err
		}, true},
		{"write of an answer that stops", func(ctx context.Context) error {
			_, err := pods.Patch(ctx, "half", types.MergePatchType, []byte("{}"), metav1.PatchOptions{})
			return err
		}, true},
		{"ephemeral container", func(ctx context.Context) error {
			_, err := pods.Patch(ctx, "web", types.StrategicMergePatchType, []byte("{}"), metav1.PatchOptions{}, "ephemeralcontainers")
			return err
		}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			err := tt.send(ctx)
			var late *NoAnswerError
			if !errors.As(err, &late) || late.Write != tt.write || late.Limit != limit {
				t.Fatalf("%v, %+v", err, late)
			}
			if explained := Explain(err); strings.Contains(explained, "whether the change was made is not known") != tt.write ||
				strings.Contains(explained, "kiln journal") != tt.write {
				t.Errorf("it is explained as %q", explained)
			}
		})
	}
}

// What goes on for as long as somebody looks has no limit, and who asks for
// less keeps it.
func TestWhatHasNoLimit(t *testing.T) {
	const limit, look = 50 * time.Millisecond, 300 * time.Millisecond
	c := mute(t, limit)
	pods := c.Client.CoreV1().Pods("shop")
	tests := map[string]func(context.Context) error{
		"watch": func(ctx context.Context) error { _, err := pods.Watch(ctx, metav1.ListOptions{}); return err },
		"log": func(ctx context.Context) error {
			_, err := pods.GetLogs("web", &corev1.PodLogOptions{Follow: true}).Stream(ctx)
			return err
		},
		"shell": func(ctx context.Context) error {
			return c.Exec(ctx, Exec{Pod: Ref{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: "web"}, Command: []string{"sh"}, Out: io.Discard})
		},
	}
	for name, send := range tests {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), look)
			defer cancel()
			began := time.Now()
			err := send(ctx)
			var late *NoAnswerError
			if errors.As(err, &late) || time.Since(began) < look {
				t.Errorf("it ended after %s: %v", time.Since(began), err)
			}
		})
	}
	t.Run("own limit", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		defer cancel()
		_, err := mute(t, RequestLimit).Client.CoreV1().Pods("shop").Get(ctx, "web", metav1.GetOptions{})
		var late *NoAnswerError
		if errors.As(err, &late) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended with %v", err)
		}
	})
}
