package fixes

import (
	"slices"

	"kiln/kube"
)

// tokenNotes tell what probes saw of the token, of all containers of the
// finding's workload. Whether it is used can't be seen, only guessed by whom
// the pod talks to.
func tokenNotes(s Situation) []string {
	evidence := s.Workloads[s.Finding.Object]
	if len(evidence) == 0 {
		return nil
	}
	at := s.seenAt(evidence)
	if !slices.ContainsFunc(evidence, func(e kube.Evidence) bool { return e.TokenMounted }) {
		return []string{at + " saw no token in the pod: nothing changes for it."}
	}
	notes := []string{at + " saw the token mounted. Whether it is used can't be seen."}
	if slices.ContainsFunc(evidence, talksToServer) {
		return append(notes, at+" saw the pod connected to the API server: it most likely logs in with the token, and will fail.")
	}
	return append(notes, at+" saw the pod without a connection to the API server, which says little: such connections can be short.")
}

// talksToServer looks for the API server's service, or what is behind it.
func talksToServer(e kube.Evidence) bool {
	return slices.ContainsFunc(e.Connections, func(c kube.Connection) bool {
		return !c.Inbound && slices.ContainsFunc(c.Peers, func(p kube.Peer) bool {
			return p.Kind == "Service" && p.Namespace == "default" && p.Name == "kubernetes"
		})
	})
}
