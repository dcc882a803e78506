package fixes

// guardCases are what rules forbid, and the near misses beside it.
const guardCases = `
{apiVersion: v1, kind: Pod, metadata: {name: case-1, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {privileged: true}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-2, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {privileged: false}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-3, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {add: [CHOWN, NET_BIND_SERVICE]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-4, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {add: [NET_RAW]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-5, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {add: [cap_sys_admin]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-6, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {drop: [NET_RAW]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-7, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-8, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {drop: [ALL], add: [CHOWN]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-9, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {capabilities: {drop: [all]}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-10, namespace: cases}, spec: {os: {name: windows}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-11, namespace: cases}, spec: {hostUsers: false, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-12, namespace: cases}, spec: {hostUsers: false, securityContext: {runAsUser: 0, runAsGroup: 0}, containers: [{name: main, image: "registry.example/a:1", securityContext: {procMount: Unmasked}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-13, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {procMount: Unmasked}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-14, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {procMount: Default}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-15, namespace: cases}, spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-16, namespace: cases}, spec: {securityContext: {seccompProfile: {type: RuntimeDefault}}, containers: [{name: main, image: "registry.example/a:1", securityContext: {seccompProfile: {type: Unconfined}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-17, namespace: cases}, spec: {securityContext: {seccompProfile: {type: Unconfined}}, containers: [{name: main, image: "registry.example/a:1", securityContext: {seccompProfile: {type: Localhost, localhostProfile: a.json}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-18, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {seccompProfile: {type: RuntimeDefault}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-19, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {appArmorProfile: {type: Unconfined}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-20, namespace: cases}, spec: {securityContext: {appArmorProfile: {type: RuntimeDefault}}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-21, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {seLinuxOptions: {type: spc_t}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-22, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {seLinuxOptions: {type: container_t, level: "s0:c1,c2"}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-23, namespace: cases}, spec: {securityContext: {seLinuxOptions: {role: system_r}}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-24, namespace: cases}, spec: {hostPID: true, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-25, namespace: cases}, spec: {hostIPC: true, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-26, namespace: cases}, spec: {hostNetwork: true, hostUsers: true, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-27, namespace: cases}, spec: {hostPID: false, hostIPC: false, hostNetwork: false, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-28, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", ports: [{containerPort: 80, hostPort: 80}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-29, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", ports: [{containerPort: 80}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-30, namespace: cases}, spec: {volumes: [{name: v, hostPath: {path: /var/run/docker.sock}}], containers: [{name: main, image: "registry.example/a:1", volumeMounts: [{name: v, mountPath: /v}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-31, namespace: cases}, spec: {volumes: [{name: v, hostPath: {path: /run/}}], containers: [{name: main, image: "registry.example/a:1", volumeMounts: [{name: v, mountPath: /v, readOnly: true}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-32, namespace: cases}, spec: {volumes: [{name: v, hostPath: {path: /var/running}}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-33, namespace: cases}, spec: {volumes: [{name: v, hostPath: {path: /var/run/containerd}}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-34, namespace: cases}, spec: {volumes: [{name: v, hostPath: {path: /run/containerd/containerd.sock.old}}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-35, namespace: cases}, spec: {volumes: [{name: v, nfs: {server: nfs.example, path: /}}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-36, namespace: cases}, spec: {volumes: [{name: v, emptyDir: {}}, {name: w, projected: {sources: []}}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-37, namespace: cases}, spec: {securityContext: {windowsOptions: {hostProcess: true}}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-38, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {windowsOptions: {hostProcess: false}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-39, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", readinessProbe: {tcpSocket: {host: 10.0.0.1, port: 80}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-40, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", lifecycle: {preStop: {httpGet: {host: 10.0.0.1, port: 80}}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-41, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", startupProbe: {httpGet: {port: 80, path: /}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-42, namespace: cases}, spec: {securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: "1"}]}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-43, namespace: cases}, spec: {securityContext: {sysctls: [{name: net.core.somaxconn, value: "1"}]}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-44, namespace: cases}, spec: {securityContext: {runAsNonRoot: true}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-45, namespace: cases}, spec: {securityContext: {runAsNonRoot: true}, containers: [{name: main, image: "registry.example/a:1", securityContext: {runAsNonRoot: false}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-46, namespace: cases}, spec: {securityContext: {runAsNonRoot: false}, containers: [{name: main, image: "registry.example/a:1", securityContext: {runAsNonRoot: true}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-47, namespace: cases}, spec: {securityContext: {runAsNonRoot: true, runAsUser: 1000}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-48, namespace: cases}, spec: {securityContext: {runAsNonRoot: true}, containers: [{name: main, image: "registry.example/a:1", securityContext: {runAsUser: 0}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-49, namespace: cases}, spec: {securityContext: {runAsUser: 20000, runAsGroup: 20000, fsGroup: 20000}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-50, namespace: cases}, spec: {securityContext: {runAsGroup: 0}, containers: [{name: main, image: "registry.example/a:1", securityContext: {runAsGroup: 20000}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-51, namespace: cases}, spec: {securityContext: {runAsGroup: 0}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-52, namespace: cases}, spec: {securityContext: {supplementalGroups: [0]}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-53, namespace: cases}, spec: {securityContext: {fsGroup: 0}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-54, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {allowPrivilegeEscalation: false}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-55, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", securityContext: {readOnlyRootFilesystem: true}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-56, namespace: cases}, spec: {automountServiceAccountToken: false, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-57, namespace: cases}, spec: {serviceAccountName: own, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-58, namespace: cases}, spec: {shareProcessNamespace: true, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-59, namespace: cases}, spec: {shareProcessNamespace: true, initContainers: [{name: i, image: "registry.example/a:1"}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-60, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", resources: {limits: {cpu: 1}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-61, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", resources: {requests: {cpu: 1, memory: 1Mi}}}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-62, namespace: cases}, spec: {resources: {limits: {memory: 1Mi}}, containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-63, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", imagePullPolicy: IfNotPresent}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-64, namespace: cases}, spec: {initContainers: [{name: i, image: busybox, imagePullPolicy: Never}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-65, namespace: cases}, spec: {initContainers: [{name: i, image: "registry.example:5000/a"}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-66, namespace: cases}, spec: {initContainers: [{name: i, image: "registry.example/b@sha256:0000000000000000000000000000000000000000000000000000000000000000"}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-67, namespace: cases}, spec: {initContainers: [{name: i, image: "registry.example.evil/b:1"}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-68, namespace: cases}, spec: {initContainers: [{name: i, image: "team/b:latest"}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-69, namespace: cases}, spec: {initContainers: [{name: i, image: auto}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-70, namespace: cases}, spec: {ephemeralContainers: [{name: e, image: "busybox:1", securityContext: {privileged: true}}], containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-71, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", env: [{name: DB_PASSWORD, value: correct-horse}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-72, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", env: [{name: DB_PASSWORD, value: "$(OTHER)"}, {name: PASSWORD_FILE, value: /run/x}, {name: TOKEN_TTL, value: 15m}, {name: SECRET, value: registry-credentials}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-73, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", env: [{name: URL, value: "postgres://app:hunter2@db/app"}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-74, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", env: [{name: P, valueFrom: {secretKeyRef: {name: s, key: k}}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-75, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", envFrom: [{secretRef: {name: s}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-76, namespace: cases}, spec: {containers: [{name: main, image: "registry.example/a:1", envFrom: [{configMapRef: {name: s}}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-77, namespace: cases, annotations: {container.apparmor.security.beta.kubernetes.io/main: unconfined}}, spec: {containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-78, namespace: cases, annotations: {container.apparmor.security.beta.kubernetes.io/main: runtime/default, helm.sh/hook: test}}, spec: {containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: case-79, namespace: cases, labels: {team: shop}}, spec: {containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: here, namespace: default}, spec: {containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: v1, kind: Namespace, metadata: {name: owned, labels: {team: shop}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: owned, namespace: owned}, spec: {containers: [{name: main, image: "registry.example/a:1"}]}}
---
{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly, namespace: cases}, spec: {schedule: "0 0 1 1 *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, hostPID: true, containers: [{name: main, image: "registry.example/a:1"}]}}}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-1, namespace: cases}, spec: {type: NodePort, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-2, namespace: cases}, spec: {type: ClusterIP, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-3, namespace: cases}, spec: {externalIPs: [10.1.1.1], ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-4, namespace: cases}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-5, namespace: cases}, spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-6, namespace: cases}, spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8, 0.0.0.0/0], ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-7, namespace: cases, annotations: {networking.gke.io/load-balancer-type: Internal}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-8, namespace: cases, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "true"}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: svc-9, namespace: cases, annotations: {service.beta.kubernetes.io/azure-load-balancer-internal: "false"}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-1, namespace: cases}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-2, namespace: cases}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{hosts: [shop.example], secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-3, namespace: cases}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{hosts: [other.example], secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-4, namespace: cases}, spec: {rules: [{host: "a.shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{hosts: ["*.shop.example"], secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-5, namespace: cases}, spec: {rules: [{host: "a.b.shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{hosts: ["*.shop.example"], secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-6, namespace: cases}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-7, namespace: cases}, spec: {rules: [{host: "*.shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{hosts: ["*.shop.example"], secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-8, namespace: cases}, spec: {defaultBackend: {service: {name: svc-2, port: {number: 80}}}}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-9, namespace: cases}, spec: {defaultBackend: {service: {name: svc-2, port: {number: 80}}}, tls: [{secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-10, namespace: cases}, spec: {rules: [{host: "", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-11, namespace: cases}, spec: {rules: [{host: "", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}], tls: [{hosts: [shop.example], secretName: t}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-12, namespace: cases, annotations: {alb.ingress.kubernetes.io/certificate-arn: "arn:x"}}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-13, namespace: cases, annotations: {nginx.ingress.kubernetes.io/ssl-passthrough: "false"}}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-14, namespace: cases, annotations: {alb.ingress.kubernetes.io/listen-ports: "[{\"HTTPS\":443}]"}}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-15, namespace: cases, annotations: {nginx.ingress.kubernetes.io/server-snippet: "return 200;"}}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: ing-16, namespace: cases, annotations: {nginx.ingress.kubernetes.io/rewrite-target: /}}, spec: {rules: [{host: "shop.example", http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: svc-2, port: {number: 80}}}}]}}]}}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-1}, rules: [{apiGroups: [""], resources: [secrets], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-1}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-1}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-2}, rules: [{apiGroups: [""], resources: [secrets], resourceNames: [own], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-2}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-2}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-3}, rules: [{apiGroups: [""], resources: ["*"], verbs: [list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-3}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-3}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-4}, rules: [{apiGroups: [apps], resources: [deployments], verbs: ["*"]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-4}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-4}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-5}, rules: [{apiGroups: ["*"], resources: [pods/exec], verbs: [create]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-5}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-5}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-6}, rules: [{apiGroups: [""], resources: ["pods/ephemeralcontainers", "pods/portforward"], verbs: [patch, create]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-6}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-6}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-7}, rules: [{apiGroups: [""], resources: [nodes/proxy], verbs: [get]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-7}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-7}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-8}, rules: [{apiGroups: [""], resources: ["serviceaccounts/token", persistentvolumes], verbs: [create]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-8}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-8}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-9}, rules: [{apiGroups: [""], resources: [users], verbs: [impersonate]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-9}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-9}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-10}, rules: [{apiGroups: [rbac.authorization.k8s.io], resources: [clusterroles], verbs: [bind]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-10}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-10}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-11}, rules: [{apiGroups: [""], resources: [pods, configmaps], verbs: [get, list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-11}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: role-12, namespace: cases}, rules: [{apiGroups: [""], resources: [secrets], verbs: [list]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: role-13}, rules: [{apiGroups: [authentication.k8s.io], resources: [nodes], verbs: ["impersonate:arbitrary-node"]}, {apiGroups: [""], resources: [pods], verbs: ["impersonate-on:arbitrary-node:list"]}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: role-13}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-13}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: role-12, namespace: cases}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: role-12}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: jane}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: group-0}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:masters"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: group-1}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: User, apiGroup: rbac.authorization.k8s.io, name: "system:anonymous"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: group-2}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:unauthenticated"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: group-3}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:authenticated"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: group-4}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: group-5}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: role-11}, subjects: [{kind: Group, apiGroup: rbac.authorization.k8s.io, name: "system:serviceaccounts:cases"}]}
---
{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: admin, namespace: cases}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: ci, namespace: cases}]}
---
{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, metadata: {name: token, namespace: cases, annotations: {kubernetes.io/service-account.name: ci}}}
---
{apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: other, namespace: cases}}
`
