package kube

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	kubeletconfig "k8s.io/kubelet/config/v1beta1"
)

// kubeletFlags takes a command line apart: --name=value, --name value, and
// --name, which means true.
func kubeletFlags(arguments []string) map[string]string {
	flags := map[string]string{}
	for i, argument := range arguments {
		name, isFlag := strings.CutPrefix(argument, "--")
		if !isFlag {
			continue
		}
		name, value, hasValue := strings.Cut(name, "=")
		switch {
		case hasValue:
		case i+1 < len(arguments) && !strings.HasPrefix(arguments[i+1], "-"):
			value = arguments[i+1]
		default:
			value = "true"
		}
		flags[name] = value
	}
	return flags
}

// overlayFlags puts the flags that checks look at over the file's settings:
// the kubelet, too, lets them win.
func overlayFlags(c *kubeletconfig.KubeletConfiguration, flags map[string]string) error {
	auth := &c.Authentication
	texts := map[string]func(string){
		"client-ca-file":     func(v string) { auth.X509.ClientCAFile = v },
		"authorization-mode": func(v string) { c.Authorization.Mode = kubeletconfig.KubeletAuthorizationMode(v) },
		"tls-cert-file":      func(v string) { c.TLSCertFile = v },
		"tls-min-version":    func(v string) { c.TLSMinVersion = v },
		"tls-cipher-suites":  func(v string) { c.TLSCipherSuites = strings.Split(v, ",") },
	}
	switches := map[string]func(bool){
		"anonymous-auth":               func(v bool) { auth.Anonymous.Enabled = &v },
		"authentication-token-webhook": func(v bool) { auth.Webhook.Enabled = &v },
		"rotate-certificates":          func(v bool) { c.RotateCertificates = v },
		"rotate-server-certificates":   func(v bool) { c.ServerTLSBootstrap = v },
		"seccomp-default":              func(v bool) { c.SeccompDefault = &v },
		"protect-kernel-defaults":      func(v bool) { c.ProtectKernelDefaults = v },
		"make-iptables-util-chains":    func(v bool) { c.MakeIPTablesUtilChains = &v },
	}
	for name, value := range flags {
		var err error
		if set := texts[name]; set != nil {
			set(value)
		}
		if set := switches[name]; set != nil {
			var on bool
			if on, err = strconv.ParseBool(value); err == nil {
				set(on)
			}
		}
		var number int64
		switch name {
		case "read-only-port":
			number, err = strconv.ParseInt(value, 10, 32)
			c.ReadOnlyPort = int32(number)
		case "event-qps":
			number, err = strconv.ParseInt(value, 10, 32)
			rate := int32(number)
			c.EventRecordQPS = &rate
		case "pod-max-pids":
			number, err = strconv.ParseInt(value, 10, 64)
			c.PodPidsLimit = &number
		case "streaming-connection-idle-timeout":
			c.StreamingConnectionIdleTimeout.Duration, err = time.ParseDuration(value)
		}
		if err != nil {
			return fmt.Errorf("its kubelet's flag --%s can't be understood: %.40q", name, value)
		}
	}
	return nil
}

// defaultKubelet fills in what the file doesn't say. A kubelet that runs
// without a file still has the open defaults from before there were files
// (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/).
func defaultKubelet(c *kubeletconfig.KubeletConfiguration, hasFile bool) {
	open, mode := false, kubeletconfig.KubeletAuthorizationModeWebhook
	if !hasFile {
		open, mode = true, kubeletconfig.KubeletAuthorizationModeAlwaysAllow
		c.ReadOnlyPort = 10255
	}
	setDefault(&c.Authentication.Anonymous.Enabled, open)
	if c.Authorization.Mode == "" {
		c.Authorization.Mode = mode
	}
	if c.StreamingConnectionIdleTimeout.Duration == 0 {
		c.StreamingConnectionIdleTimeout.Duration = 4 * time.Hour // the kubelet, too, takes 0 in a file for this
	}
	setDefault(&c.PodPidsLimit, -1)
	setDefault(&c.SeccompDefault, false)
	setDefault(&c.MakeIPTablesUtilChains, true)
	setDefault(&c.EventRecordQPS, 50)
}

func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}
