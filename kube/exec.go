package kube

import (
	"context"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/remotecommand"
	"k8s.io/streaming/pkg/httpstream"
)

// Exec says which command runs in which container, and what it is connected
// with.
type Exec struct {
	Pod       Ref
	Container string
	Command   []string
	// In may be nil, and so may either of the others. Out and Err are written to
	// at the same time. Err is not used with a terminal, which has one output.
	In       io.Reader
	Out, Err io.Writer
	// Terminal gives the command a terminal, of the sizes that Sizes tells.
	Terminal bool
	Sizes    remotecommand.TerminalSizeQueue
}

// Exec runs the command until it or ctx ends. The error of a command that
// failed is an exec.CodeExitError with its exit code. A proxy or server that
// knows no websockets is talked to in SPDY.
func (c *Cluster) Exec(ctx context.Context, e Exec) error {
	url := c.Client.CoreV1().RESTClient().Post().Namespace(e.Pod.Namespace).
		Resource("pods").Name(e.Pod.Name).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{
			Container: e.Container, Command: e.Command,
			Stdin: e.In != nil, Stdout: e.Out != nil, Stderr: e.Err != nil && !e.Terminal, TTY: e.Terminal,
		}, scheme.ParameterCodec).URL()
	websocket, err := remotecommand.NewWebSocketExecutor(c.Config, "GET", url.String())
	if err != nil {
		return fmt.Errorf("preparing to run a command in %s: %w", e.Pod, err)
	}
	spdy, err := remotecommand.NewSPDYExecutor(c.Config, "POST", url)
	if err != nil {
		return fmt.Errorf("preparing to run a command in %s: %w", e.Pod, err)
	}
	executor, err := remotecommand.NewFallbackExecutor(websocket, spdy, speaksNoWebsocket)
	if err != nil {
		return fmt.Errorf("preparing to run a command in %s: %w", e.Pod, err)
	}
	options := remotecommand.StreamOptions{Stdin: e.In, Stdout: e.Out, Tty: e.Terminal, TerminalSizeQueue: e.Sizes}
	if !e.Terminal {
		options.Stderr = e.Err
	}
	return executor.StreamWithContext(ctx, options)
}

// speaksNoWebsocket says that another protocol is worth a try. A refusal by
// the server's authorization is none, and neither is our own read-only mode.
func speaksNoWebsocket(err error) bool {
	var readOnly *ReadOnlyError
	if errors.As(err, &readOnly) || apierrors.IsForbidden(err) {
		return false
	}
	return httpstream.IsUpgradeFailure(err) || httpstream.IsHTTPSProxyError(err)
}
