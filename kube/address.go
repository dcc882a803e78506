package kube

import "net/netip"

// sharedSpace is for providers' own networks (RFC 6598): not private, yet not
// on the internet.
var sharedSpace = netip.MustParsePrefix("100.64.0.0/10")

// Public says that an address is one of the internet.
func Public(addr netip.Addr) bool {
	return addr.IsGlobalUnicast() && !addr.IsPrivate() && !sharedSpace.Contains(addr.Unmap())
}

// CoverAll says that the prefixes together are every address of IPv4 or of
// IPv6: as 0.0.0.0/0, or in parts such as 0.0.0.0/1 and 128.0.0.0/1.
func CoverAll(prefixes []netip.Prefix) bool {
	return cover(netip.PrefixFrom(netip.IPv4Unspecified(), 0), prefixes) || cover(netip.PrefixFrom(netip.IPv6Unspecified(), 0), prefixes)
}

// cover says that the parts leave out no address of whole.
func cover(whole netip.Prefix, parts []netip.Prefix) bool {
	var within []netip.Prefix
	for _, p := range parts {
		switch {
		case !p.Overlaps(whole):
		case p.Bits() <= whole.Bits():
			return true
		default:
			within = append(within, p)
		}
	}
	if len(within) == 0 {
		return false
	}
	low, high := halves(whole)
	return cover(low, within) && cover(high, within)
}

func halves(p netip.Prefix) (low, high netip.Prefix) {
	bytes := p.Addr().AsSlice()
	bytes[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	upper, _ := netip.AddrFromSlice(bytes)
	return netip.PrefixFrom(p.Addr(), p.Bits()+1), netip.PrefixFrom(upper, p.Bits()+1)
}
