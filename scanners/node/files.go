package node

import (
	"fmt"

	"kiln/kube"
	"kiln/scanners"
)

// fileRule is what the CIS benchmark permits for the files of one role.
type fileRule struct {
	role kube.FileRole
	// what names such a file.
	what string
	// most are all permission bits that it may have.
	most uint32
	// secret files give away more than themselves to whoever reads them.
	secret bool
	// anyOwner permits owners besides root.
	anyOwner bool
}

// files makes a check of rules: each file that permits more, or belongs to
// somebody else, is a hit.
func files(p probed, rules ...fileRule) scanners.Check {
	byRole := map[kube.FileRole]fileRule{}
	for _, rule := range rules {
		byRole[rule.role] = rule
		p.looksAt = append(p.looksAt, "files/"+string(rule.role))
	}
	p.faults = func(facts kube.NodeFacts) []scanners.Hit {
		var hits []scanners.Hit
		for _, file := range facts.Files {
			if rule, ok := byRole[file.Role]; ok {
				hits = append(hits, rule.judge(file)...)
			}
		}
		return hits
	}
	return p.check()
}

// judge is at most one hit: what is worst about a file.
func (r fileRule) judge(file kube.NodeFile) []scanners.Hit {
	const writableByOthers, readableByOthers = 0o022, 0o055
	hit := scanners.Hit{Path: file.Path, Key: file.Path}
	tooMuch := file.Mode & 0o777 &^ r.most
	switch {
	case !r.anyOwner && (file.UID != 0 || file.GID != 0):
		hit.Severity = scanners.High
		hit.Message = fmt.Sprintf("%s %s belongs to user %d and group %d instead of root", r.what, file.Path, file.UID, file.GID)
	case tooMuch&writableByOthers != 0:
		hit.Severity = scanners.High
		hit.Message = fmt.Sprintf("%s %s can be changed by others than its owner (mode %o, at most %o)", r.what, file.Path, file.Mode, r.most)
	case tooMuch&readableByOthers != 0 && r.secret:
		hit.Message = fmt.Sprintf("%s %s can be read by others than its owner (mode %o, at most %o)", r.what, file.Path, file.Mode, r.most)
	case tooMuch != 0:
		hit.Severity = scanners.Low
		hit.Message = fmt.Sprintf("%s %s has mode %o, and needs no more than %o", r.what, file.Path, file.Mode, r.most)
	default:
		return nil
	}
	return []scanners.Hit{hit}
}

func kubeletFiles() scanners.Check {
	return files(probed{
		id: "node/kubelet-files", title: "A file of the kubelet's permits too much on its node", severity: scanners.Medium,
		references: []string{"CIS 4.1.1", "CIS 4.1.2", "CIS 4.1.3", "CIS 4.1.4", "CIS 4.1.5", "CIS 4.1.6", "CIS 4.1.7", "CIS 4.1.8", "CIS 4.1.9", "CIS 4.1.10"},
	},
		fileRule{role: kube.KubeletUnit, what: "the kubelet's unit", most: 0o600},
		fileRule{role: kube.KubeletKubeconfig, what: "the kubelet's kubeconfig", most: 0o600, secret: true},
		fileRule{role: kube.KubeletConfigFile, what: "the kubelet's configuration", most: 0o600},
		fileRule{role: kube.KubeletCA, what: "the authority that the kubelet trusts,", most: 0o644},
		fileRule{role: kube.KubeletKey, what: "the kubelet's certificate and key", most: 0o600, secret: true},
		fileRule{role: kube.ProxyKubeconfig, what: "kube-proxy's kubeconfig", most: 0o600, secret: true},
	)
}

func controlPlaneFiles() scanners.Check {
	return files(probed{
		id: "node/control-plane-files", title: "A file of the control plane's permits too much on its node", severity: scanners.High,
		references: []string{"CIS 1.1.1", "CIS 1.1.2", "CIS 1.1.3", "CIS 1.1.4", "CIS 1.1.5", "CIS 1.1.6", "CIS 1.1.7", "CIS 1.1.8",
			"CIS 1.1.13", "CIS 1.1.14", "CIS 1.1.15", "CIS 1.1.16", "CIS 1.1.17", "CIS 1.1.18"},
	},
		fileRule{role: kube.StaticPod, what: "the static pod", most: 0o600},
		fileRule{role: kube.AdminKubeconfig, what: "the kubeconfig", most: 0o600, secret: true},
	)
}

func pkiFiles() scanners.Check {
	return files(probed{
		id: "node/pki-files", title: "A key or certificate of the cluster permits too much on its node", severity: scanners.High,
		references: []string{"CIS 1.1.19", "CIS 1.1.20", "CIS 1.1.21"},
	},
		fileRule{role: kube.PKIFolder, what: "the folder", most: 0o755},
		fileRule{role: kube.PKICertificate, what: "the certificate", most: 0o644},
		fileRule{role: kube.PKIKey, what: "the private key", most: 0o600, secret: true},
	)
}

func etcdData() scanners.Check {
	return files(probed{
		id: "node/etcd-data", title: "etcd's data can be read past the API server", severity: scanners.High,
		references: []string{"CIS 1.1.11", "CIS 1.1.12"},
	}, fileRule{role: kube.EtcdData, what: "etcd's folder", most: 0o700, secret: true, anyOwner: true})
}

func cniFiles() scanners.Check {
	return files(probed{
		id: "node/cni-files", title: "The pod network's configuration permits too much on its node", severity: scanners.Low,
		references: []string{"CIS 1.1.9", "CIS 1.1.10"},
	}, fileRule{role: kube.CNIFile, what: "the network configuration", most: 0o600})
}
