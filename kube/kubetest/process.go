package kubetest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// process is a running "testbed up".
type process struct {
	dir    string
	cmd    *exec.Cmd
	stdin  io.Closer
	stderr *bytes.Buffer
}

// errNoNode means that this machine can't run a real node.
var errNoNode = errors.New("no real node")

// exitNoNode is how the testbed says so.
const exitNoNode = 3

// startProcess starts a cluster in the folder and waits until it is ready. The
// cluster stops when its standard input ends, which it does even if this process
// is killed, so none can outlive its tests.
func startProcess(binary, dir string, flags []string) (*process, error) {
	args := append([]string{"up", "--dir", dir, "--stop-on-eof", "--discard", "--timeout=2m"}, flags...)
	p := &process{dir: dir, cmd: exec.Command(binary, args...), stderr: new(bytes.Buffer)}
	p.cmd.Stderr = p.stderr
	stdin, err := p.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a cluster: %w", err)
	}
	p.stdin = stdin
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting a cluster: %w", err)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting a cluster: %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "ready ") {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		if p.cmd.ProcessState.ExitCode() == exitNoNode {
			return nil, fmt.Errorf("%w: %s", errNoNode, bytes.TrimSpace(p.stderr.Bytes()))
		}
		return nil, fmt.Errorf("starting a cluster in %s: %s", dir, p.stderr)
	}
	return p, nil
}

// stop stops the cluster, which removes its folder. It fails, with what the
// cluster had to say, if it wasn't running any more.
func (p *process) stop() error {
	if err := p.stdin.Close(); err != nil {
		return fmt.Errorf("stopping the cluster: %w", err)
	}
	if err := p.cmd.Wait(); err != nil {
		return fmt.Errorf("the cluster in %s did not last: %w\n%s", p.dir, err, p.stderr)
	}
	return nil
}
