package kube

import (
	"cmp"
	"encoding/hex"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// tcpEntry is a line of /proc/net/tcp and its like.
type tcpEntry struct {
	protocol      string
	local, remote netip.AddrPort
	state         string
}

// The kernel's states of TCP sockets. UDP sockets that only receive have the
// number of TCP's closed.
const (
	stateEstablished = "01"
	stateClosed      = "07"
	stateListening   = "0A"
)

// parseSocket reads "0: 0100007F:1F90 00000000:0000 0A …".
func parseSocket(kind, line string) (tcpEntry, bool) {
	fields := strings.Fields(line)
	if len(fields) < 4 {
		return tcpEntry{}, false
	}
	local, okLocal := parseHexAddress(fields[1])
	remote, okRemote := parseHexAddress(fields[2])
	return tcpEntry{
		protocol: strings.ToUpper(strings.TrimSuffix(kind, "6")), local: local, remote: remote, state: fields[3],
	}, okLocal && okRemote
}

// parseHexAddress reads an address that the kernel has printed as 32-bit words
// of a little-endian machine.
func parseHexAddress(text string) (netip.AddrPort, bool) {
	address, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(address)
	if err != nil || len(raw)%4 != 0 {
		return netip.AddrPort{}, false
	}
	for i := 0; i < len(raw); i += 4 {
		slices.Reverse(raw[i : i+4])
	}
	ip, ok := netip.AddrFromSlice(raw)
	number, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(ip.Unmap(), uint16(number)), ok && err == nil
}

// readSockets tells servers from connections, each once, in order.
func readSockets(entries []tcpEntry) ([]Socket, []Connection) {
	var listening []Socket
	serves := map[uint16]bool{}
	for _, e := range entries {
		waits := e.protocol == "TCP" && e.state == stateListening || e.protocol == "UDP" && e.state == stateClosed
		if waits {
			serves[e.local.Port()] = serves[e.local.Port()] || e.protocol == "TCP"
			listening = append(listening, Socket{e.protocol, e.local.Addr().String(), int(e.local.Port())})
		}
	}
	slices.SortFunc(listening, func(a, b Socket) int {
		return cmp.Or(cmp.Compare(a.Port, b.Port), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Address, b.Address))
	})
	return slices.Compact(listening), connectionsOf(entries, serves)
}

// connectionsOf leaves out what a pod says to itself.
func connectionsOf(entries []tcpEntry, serves map[uint16]bool) []Connection {
	seen := map[string]bool{}
	var connections []Connection
	for _, e := range entries {
		peer := e.remote.Addr()
		if e.protocol != "TCP" || e.state != stateEstablished || peer.IsLoopback() || peer == e.local.Addr() {
			continue
		}
		c := Connection{Peer: peer.String(), Port: int(e.remote.Port())}
		if serves[e.local.Port()] {
			c.Inbound, c.Port = true, int(e.local.Port())
		}
		key := strconv.FormatBool(c.Inbound) + c.Peer + " " + strconv.Itoa(c.Port)
		if !seen[key] {
			seen[key] = true
			connections = append(connections, c)
		}
	}
	slices.SortFunc(connections, func(a, b Connection) int {
		return cmp.Or(cmp.Compare(a.Peer, b.Peer), cmp.Compare(a.Port, b.Port))
	})
	return connections
}
