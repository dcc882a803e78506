# Looks at a node whose folders are mounted below /host. It only reads, and
# takes nothing but busybox. The arguments are the mounted folders. Each line
# begins with what it is about.
mounts=$*
h=/host

# real sets f to what the path is on the node, its links followed.
real() {
  f=$1
  hops=0
  while [ -L "$h$f" ] && [ "$hops" -lt 8 ]; do
    to=$(readlink "$h$f")
    case "$to" in /*) f=$to;; *) f=${f%/*}/$to;; esac
    hops=$((hops + 1))
  done
}

# mounted says whether the path lies in a mounted folder.
mounted() {
  for m in $mounts; do
    case "$1" in "$m"|"$m"/*) return 0;; esac
  done
  return 1
}

# see ROLE PATH writes mode, user and group of a file that exists.
see() {
  real "$2"
  if ! mounted "$f"; then
    echo "unseen files/$1 $2 lies outside of the mounted folders (--mount adds one)"
  elif said=$(stat -c '%a %u %g' "$h$f" 2>&1); then
    echo "file $1 $said $2"
  else
    case "$said" in
    *"No such file"*|*"Not a directory"*) ;;
    *) echo "unseen files/$1 $2 can't be looked at: permission denied";;
    esac
  fi
}

# all ROLE FOLDER PATTERN sees the files of a folder.
all() {
  real "$2"
  dir=$f
  if ! mounted "$dir"; then
    echo "unseen files/$1 $2 lies outside of the mounted folders (--mount adds one)"
  elif [ -d "$h$dir" ] && ! { [ -r "$h$dir" ] && [ -x "$h$dir" ]; }; then
    echo "unseen files/$1 $2 can't be listed: permission denied"
  else
    for path in "$h$dir"/$3; do
      [ -e "$path" ] && [ ! -d "$path" ] && see "$1" "${path#"$h"}"
    done
  fi
}

echo "kernel $(cat $h/proc/sys/kernel/osrelease)"
echo "os $(sed -n 's/^PRETTY_NAME=//p' $h/etc/os-release 2>/dev/null | tr -d '"')"

# The kubelet: a process of the node itself, not of a container.
for p in $h/proc/[0-9]*; do
  comm=$(cat "$p/comm" 2>/dev/null) || continue
  args=$(tr '\000' '\n' < "$p/cmdline" 2>/dev/null)
  program=${args%%
*}
  case "$(basename -- "$program" 2>/dev/null) $(echo "$args" | sed -n 2p)" in kubelet\ *|*\ kubelet) ;; *) continue;; esac
  [ "$(sed -n 's/^NSpid://p' "$p/status" 2>/dev/null | wc -w)" -le 1 ] || continue
  kubelet=$p
  echo "kubelet $comm"
  echo "$args" | sed 's/^/argument /'
  break
done
# flag NAME is the value of one of the kubelet's flags.
flag() { echo "$args" | sed -n "s/^--$1=//p; /^--$1\$/{n;p;}" | tail -n 1; }
if [ -n "$kubelet" ]; then
  config=$(flag config)
  see kubelet-kubeconfig "$(f=$(flag kubeconfig); echo "${f:-/etc/kubernetes/kubelet.conf}")"
  ca=$(flag client-ca-file)
  if [ -n "$config" ]; then
    see kubelet-config "$config"
    real "$config"
    if ! mounted "$f"; then
      echo "unseen kubelet-config its configuration $config lies outside of the mounted folders (--mount adds one)"
    elif [ -r "$h$f" ]; then
      # A header for fetching static pods may hold a password.
      awk '/^[^ #-]/ {skip = /staticPodURLHeader/} !skip {print "config " $0}' "$h$f"
      [ -n "$ca" ] || ca=$(sed -n 's/^.*clientCAFile: *//p' "$h$f" | tr -d '"'"'}" | head -n 1)
    else
      echo "unseen kubelet-config its configuration $config can't be read: permission denied"
    fi
  fi
  [ -z "$ca" ] || see kubelet-ca "$ca"
else
  echo "unseen kubelet-config no kubelet is among the node's processes"
  echo "unseen files/kubelet-config no kubelet is among the node's processes"
fi

for dir in /etc/systemd/system /usr/lib/systemd/system; do
  see kubelet-unit $dir/kubelet.service
  all kubelet-unit $dir/kubelet.service.d '*.conf'
done
all kubelet-key /var/lib/kubelet/pki '*'
see proxy-kubeconfig /var/lib/kube-proxy/kubeconfig
see proxy-kubeconfig /var/lib/kube-proxy/kubeconfig.conf
all static-pod /etc/kubernetes/manifests '*'
for name in admin super-admin scheduler controller-manager; do
  see admin-kubeconfig /etc/kubernetes/$name.conf
done
see pki-folder /etc/kubernetes/pki
see pki-folder /etc/kubernetes/pki/etcd
all pki-certificate /etc/kubernetes/pki '*.crt'
all pki-certificate /etc/kubernetes/pki/etcd '*.crt'
all pki-key /etc/kubernetes/pki '*.key'
all pki-key /etc/kubernetes/pki/etcd '*.key'
all cni /etc/cni/net.d '*'
see etcd-data /var/lib/etcd

for name in kernel/kptr_restrict kernel/dmesg_restrict kernel/unprivileged_bpf_disabled kernel/yama/ptrace_scope \
  kernel/randomize_va_space kernel/perf_event_paranoid kernel/panic kernel/panic_on_oops vm/overcommit_memory vm/panic_on_oom \
  fs/protected_symlinks fs/protected_hardlinks fs/suid_dumpable; do
  # cat, since a shell reads by the byte, and the kernel gives only the first.
  value=$(cat "$h/proc/sys/$name" 2>/dev/null) && echo "sysctl $(echo "$name" | tr / .) $value"
done
if [ -d $h/sys/kernel ]; then
  value=$(cat $h/sys/fs/selinux/enforce 2>/dev/null) && echo "selinux $value"
  value=$(cat $h/sys/module/apparmor/parameters/enabled 2>/dev/null) && echo "apparmor $value"
else
  echo "unseen security-modules /sys isn't mounted"
fi
if [ -r $h/etc/passwd ]; then
  awk -F: '$7 !~ /(nologin|false|sync|halt|shutdown)$/ {print "user " $3 " " $7 " " $1}' $h/etc/passwd
else
  echo "unseen users /etc/passwd can't be read"
fi
if [ -r $h/proc/1/net/tcp ]; then
  for t in tcp tcp6 udp udp6; do
    sed -n "2,2000s/^ */$t /p" "$h/proc/1/net/$t" 2>/dev/null
  done
else
  echo "unseen listening the node's sockets can't be read"
fi
for dir in /etc/systemd/system /usr/lib/systemd/system /etc/init.d /etc/cron.d /etc/crontab; do
  if ! mounted $dir; then
    echo "unseen units $dir isn't mounted"
  elif [ -e $h$dir ]; then
    find $h$dir ! -type l -perm -0002 2>/dev/null | head -n 200 | sed "s|^$h|unit |"
  fi
done
echo end
