package tui

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"kiln/kube"
	"kiln/kube/crash"
)

// logSource is a container whose log can be read.
type logSource struct{ namespace, pod, container string }

func (l logSource) String() string { return l.pod + " · " + l.container }

// logPods lists the pods that an object stands for: itself, or those that run
// from it, the running ones first.
func logPods(ref kube.Ref, inv *kube.Inventory) []string {
	if ref.Kind == "Pod" {
		return []string{ref.Name}
	}
	if inv == nil {
		return nil
	}
	var pods []*kube.Pod
	for _, w := range inv.Workloads {
		if !w.EphemeralOnly && w.Ref() == ref {
			pods = append(pods, w.Pods...)
		}
	}
	slices.SortStableFunc(pods, func(a, b *kube.Pod) int {
		running := func(p *kube.Pod) int { return map[bool]int{true: 0, false: 1}[p.Phase == corev1.PodRunning] }
		return cmp.Or(running(a)-running(b), strings.Compare(a.Name, b.Name))
	})
	names := make([]string, len(pods))
	for i, p := range pods {
		names[i] = p.Name
	}
	return names
}

// containersOf lists a pod's containers: those that run for long first.
func (s *Session) containersOf(ctx context.Context, namespace, pod string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	p, err := s.cluster.Client.CoreV1().Pods(namespace).Get(ctx, pod, metav1.GetOptions{})
	if err != nil {
		return nil, fmt.Errorf("reading Pod/%s in %s: %w", pod, namespace, err)
	}
	var names []string
	for _, c := range p.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range p.Spec.InitContainers {
		names = append(names, c.Name)
	}
	for _, c := range p.Spec.EphemeralContainers {
		names = append(names, c.Name)
	}
	return names, nil
}

const (
	// logTail is how many earlier lines are read.
	logTail = 1000
	// longestLogLine bounds a line, in bytes; the rest of it is dropped.
	longestLogLine = 4096
	// logPace is how long lines are collected before they are shown.
	logPace = 100 * time.Millisecond
	// logBatch is how many lines are shown at once.
	logBatch = 1000
)

// logStream is a log being read. Its reader waits when nobody takes lines.
type logStream struct {
	lines chan string
	err   error // why it ended, once lines is closed
}

// openLog starts to read a log; it ends with ctx. A previous container's log
// isn't followed.
func (s *Session) openLog(ctx context.Context, from logSource, previous bool) *logStream {
	stream := &logStream{lines: make(chan string, logBatch)}
	tail := int64(logTail)
	request := s.cluster.Client.CoreV1().Pods(from.namespace).GetLogs(from.pod, &corev1.PodLogOptions{
		Container: from.container, Follow: !previous, Previous: previous, TailLines: &tail,
	})
	go func() {
		defer close(stream.lines)
		defer crash.Catch(ctx)
		body, err := request.Stream(ctx)
		if err != nil {
			stream.err = fmt.Errorf("reading the log of %s: %w", from, err)
			return
		}
		defer body.Close()
		stream.err = stream.read(ctx, body)
	}()
	return stream
}

// read takes the log apart into clean lines, with secrets masked.
func (l *logStream) read(ctx context.Context, from io.Reader) error {
	var masker kube.Masker
	in := bufio.NewReaderSize(from, longestLogLine)
	for {
		line, more, err := in.ReadLine()
		if err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		text := masker.Text(kube.Clean(string(line)))
		if more {
			text += " …"
		}
		for more && err == nil {
			_, more, err = in.ReadLine()
		}
		select {
		case l.lines <- text:
		case <-ctx.Done():
			return nil
		}
	}
}

// next waits for lines, and takes those that follow at once. done says that
// there will be no more.
func (l *logStream) next(ctx context.Context) (lines []string, done bool) {
	pace := (<-chan time.Time)(nil)
	for len(lines) < logBatch {
		select {
		case line, open := <-l.lines:
			if !open {
				return lines, true
			}
			lines = append(lines, line)
			if pace == nil {
				pace = time.After(logPace)
			}
		case <-pace:
			return lines, false
		case <-ctx.Done():
			return lines, true
		}
	}
	return lines, false
}
