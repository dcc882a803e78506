# Looks at one container from a debug container that shares its processes.
# It only reads. $1 is the container's id, $2 the process to take if no process
# can be told by it; empty for none. Each line begins with what it is about.
# Files come last, because their names are the container's to choose.
pid=
for p in /proc/[0-9]*; do
  n=${p#/proc/}
  [ "$n" = $$ ] && continue
  if grep -q -- "$1" "$p/cgroup" 2>/dev/null; then
    [ -z "$pid" ] || [ "$n" -lt "$pid" ] && pid=$n
    sed -n 's/^Uid:/process /p' "$p/status" 2>/dev/null
  fi
done
pid=${pid:-$2}
[ -n "$pid" ] || { echo "problem no process of the container is visible"; echo end; exit 0; }
proc=/proc/$pid
root=$proc/root
echo "pid $pid"
sed 's/^/status /' "$proc/status" 2>/dev/null || echo "problem the process's status can't be read"
echo "apparmor $(cat "$proc/attr/apparmor/current" 2>/dev/null || cat "$proc/attr/current" 2>/dev/null)"
now=$(date +%s)
up=$(cut -d. -f1 /proc/uptime)
ticks=$(sed 's/.*) //' "$proc/stat" | cut -d' ' -f20)
age=$((up - ticks / 100))
echo "clock $now $((now - age))"
for t in tcp tcp6 udp udp6; do
  sed -n "2,1000s/^ */$t /p" "$proc/net/$t" 2>/dev/null
done
for t in raw raw6 packet; do
  sed -n "2,1000s/^.*/special $t/p" "$proc/net/$t" 2>/dev/null
done
# The debug container shares the pod's network, and with it this setting.
echo "unprivileged $(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null)"
sed 's/^/mount /' "$proc/mountinfo" 2>/dev/null || echo "problem the mounts can't be read"
if ! ls "$root/" >/dev/null 2>&1; then
  echo "problem the container's files can't be read: the debug container has fewer rights than the container"
  echo end
  exit 0
fi
token=$root/var/run/secrets/kubernetes.io/serviceaccount/token
[ -e "$token" ] || [ -L "$token" ] && echo "token mounted"
for dir in bin usr/bin sbin usr/sbin usr/local/bin; do
  for name in sh bash ash dash zsh ksh busybox; do
    [ -e "$root/$dir/$name" ] || [ -L "$root/$dir/$name" ] && echo "shell /$dir/$name"
  done
  for name in apk apt-get dpkg dnf microdnf yum rpm zypper pacman pip pip3 npm gem; do
    [ -e "$root/$dir/$name" ] || [ -L "$root/$dir/$name" ] && echo "packages /$dir/$name"
  done
done
# within SECONDS COMMAND ends a command that takes longer, and waits for it.
# busybox' timeout leaves its watcher to the container's first process, which
# may not bury what isn't its own.
within() {
  until=$(($(date +%s) + $1))
  shift
  "$@" 2>/dev/null &
  while kill -0 $! 2>/dev/null; do
    [ "$(date +%s)" -lt "$until" ] || kill $! 2>/dev/null
    sleep 0.05 2>/dev/null || sleep 1
  done
  wait $!
}
echo files
within 3 find "$root/" -xdev -type f \( -perm -4000 -o -perm -2000 \) | head -n 200 | sed "s|^$root|setuid |"
deadline=$(($(date +%s) + 4))
while read -r _ _ _ _ at _; do
  case "$at" in /proc|/proc/*|/sys|/sys/*|/dev/mqueue|/dev/pts) continue;; esac
  [ -d "$root$at" ] || continue
  if [ "$(date +%s)" -ge "$deadline" ]; then echo "unread $at"; continue; fi
  within 2 find "$root$at" -xdev -type f -mmin "-$((age / 60 + 2))" -exec stat -c 'written %Y %n' {} + | head -n 500 | sed "s|$root||"
done < "$proc/mountinfo"
echo end
