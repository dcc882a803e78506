package main

import (
	"fmt"
	"os"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// contextName is the cluster's and the context's name in every kubeconfig.
const contextName = "testbed"

// kubeconfigs are the identities that get one.
var kubeconfigs = []string{"admin", "reaper", "controller-manager", "scheduler"}

// writeKubeconfig writes a self-contained kubeconfig for the identity that the
// authority issued under the name.
func writeKubeconfig(path, server string, ca *authority, name string) error {
	var (
		files = []string{"ca.crt", name + ".crt", name + ".key"}
		pems  = make([][]byte, len(files))
		err   error
	)
	for i, file := range files {
		if pems[i], err = os.ReadFile(ca.path(file)); err != nil {
			return fmt.Errorf("writing the kubeconfig of %s: %w", name, err)
		}
	}
	config := api.NewConfig()
	config.Clusters[contextName] = &api.Cluster{Server: server, CertificateAuthorityData: pems[0]}
	config.AuthInfos[name] = &api.AuthInfo{ClientCertificateData: pems[1], ClientKeyData: pems[2]}
	config.Contexts[contextName] = &api.Context{Cluster: contextName, AuthInfo: name}
	config.CurrentContext = contextName
	data, err := clientcmd.Write(*config)
	if err != nil {
		return fmt.Errorf("encoding the kubeconfig of %s: %w", name, err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return fmt.Errorf("writing the kubeconfig of %s: %w", name, err)
	}
	return nil
}
