package kube_test

import (
	"net/netip"
	"strings"
	"testing"

	"kiln/kube"
)

func TestCoverAll(t *testing.T) {
	tests := map[string]bool{
		"0.0.0.0/0":                            true,
		"::/0":                                 true,
		"10.1.2.3/0":                           true, // host bits mean nothing
		"10.0.0.0/8 ::/0":                      true,
		"128.0.0.0/1 0.0.0.0/1":                true,
		"::/1 8000::/1":                        true,
		"0.0.0.0/1 128.0.0.0/2 192.0.0.0/2":    true,
		"0.0.0.0/1 128.0.0.0/2 192.0.0.0/3":    false,
		"0.0.0.0/1":                            false,
		"0.0.0.0/1 8000::/1":                   false, // halves of two worlds
		"10.0.0.0/8 172.16.0.0/12":             false,
		"203.0.113.7/32":                       false,
		"0.0.0.0/1 128.0.0.0/1 203.0.113.7/32": true,
		"":                                     false,
	}
	for text, want := range tests {
		var prefixes []netip.Prefix
		for _, p := range strings.Fields(text) {
			prefixes = append(prefixes, netip.MustParsePrefix(p))
		}
		if got := kube.CoverAll(prefixes); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestPublicAddresses(t *testing.T) {
	for text, want := range map[string]bool{
		"203.0.113.7": true, "2001:db8::1": true, "100.128.0.1": true,
		"10.0.0.1": false, "192.168.1.1": false, "172.31.255.255": false, "fd00::1": false,
		"100.64.0.1": false, "100.127.255.254": false, "::ffff:100.64.0.1": false, "::ffff:10.0.0.1": false,
		"127.0.0.1": false, "::1": false, "169.254.169.254": false, "fe80::1": false, "0.0.0.0": false, "224.0.0.1": false,
	} {
		if got := kube.Public(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}
