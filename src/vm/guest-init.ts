/** What is mounted first; the modules come next, as the file systems of the second table may need them. */
const bootMounts = `
proc /proc proc defaults 0 0
sysfs /sys sysfs defaults 0 0
devtmpfs /dev devtmpfs defaults 0 0
`;

const readyMounts = `
devpts /dev/pts devpts gid=5,mode=620,ptmxmode=666 0 0
tmpfs /dev/shm tmpfs mode=1777 0 0
tracefs /sys/kernel/tracing tracefs defaults 0 0
debugfs /sys/kernel/debug debugfs defaults 0 0
bpf /sys/fs/bpf bpf mode=700 0 0
cgroup2 /sys/fs/cgroup cgroup2 defaults 0 0
tmpfs /run tmpfs mode=755 0 0
tmpfs /scratch tmpfs mode=700 0 0
`;

// Mounted after a saved state was restored: QEMU cannot save a guest that has a 9p file system mounted.
const rootMounts = `
host /host 9p trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro 0 0
root /root overlay lowerdir=/tools:/host,upperdir=/scratch/upper,workdir=/scratch/work 0 0
/proc /root/proc none rbind 0 0
/sys /root/sys none rbind 0 0
/dev /root/dev none rbind 0 0
/run /root/run none rbind 0 0
`;

/**
 * The guest's first process, run by busybox. It loads the modules, mounts, says "ready" and waits for one request
 * (a saved state is taken there). The request's words have a three-digit octal escape for every unusual byte.
 *
 * A shell's background job ignores SIGINT, so the command runs in the foreground and all else beside it.
 * busybox's `time` starts it because that alone tells a command that a signal ended from one that exited with 128 + n.
 * The numbers of bytes that the ports sent let the host know when it has all output.
 */
const init = `#!/bin/sh
PATH=/bin
run=/run/bcc-ts
stop() { echo "bcc-ts: $1"; reboot -f; }

mount -a -T /etc/boot.fstab || stop "cannot mount the kernel's file systems"
mkdir -p /dev/pts /dev/shm /dev/virtio-ports
while read -r module; do
  insmod "/modules/$module" || stop "cannot load $module"
done </modules/boot-order
mount -a -T /etc/ready.fstab || stop "cannot mount the kernel's file systems"
hostname bcc-ts-guest
ifconfig lo 127.0.0.1 up
ulimit -l unlimited
ulimit -n 65536
mkdir -p /scratch/upper /scratch/work /run/lock $run
cp /bin/busybox /etc/enter $run/
mkfifo $run/stdin $run/stdout $run/stderr
ln -s /proc/self/fd /dev/fd
ln -s fd/0 /dev/stdin
ln -s fd/1 /dev/stdout
ln -s fd/2 /dev/stderr

tries=0
set -- /sys/class/virtio-ports/*/name
while [ $# -lt "$BCC_TS_PORTS" ]; do
  tries=$((tries + 1))
  [ $tries -lt 500 ] || stop "only $# of $BCC_TS_PORTS serial ports came up"
  usleep 10000
  set -- /sys/class/virtio-ports/*/name
done
for file; do
  read -r name <"$file"
  device=\${file%/name}
  ln -s "../\${device##*/}" "/dev/virtio-ports/$name"
done

exec 3<>/dev/virtio-ports/control
echo ready >&3

decode() {
  case $1 in
  *\\\\*) word=$(printf "$1"; echo .); word=\${word%.} ;;
  *) word=$1 ;;
  esac
}

set --
while read -r key first second; do
  case $key in
  time) date -s "@$first" >/dev/null ;;
  mount)
    echo started >&3
    mount -a -T /etc/root.fstab || stop "cannot mount the host's files"
    ;;
  writable)
    decode "$second"
    [ -d "/root$word" ] || mkdir -p "/root$word"
    mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=mmap "writable$first" "/root$word" ||
      stop "cannot mount $word"
    ;;
  service) decode "$second"; ln -s "service$first" "/dev/virtio-ports/$word" ;;
  link)
    decode "$first"; target=$word
    decode "$second"
    [ -e "/root$word" ] || { mkdir -p "/root\${word%/*}"; ln -s "$target" "/root$word"; }
    ;;
  word) decode "$first"; set -- "$@" "$word" ;;
  run) break ;;
  esac
done <&3
[ "$key" = run ] || stop "the host has gone"

cat <$run/stdout >/dev/virtio-ports/stdout &
keep=" 1 $! "
stdout=$!
cat <$run/stderr >/dev/virtio-ports/stderr &
keep="$keep$! "
stderr=$!
cat </dev/virtio-ports/stdin >$run/stdin &
(
  while read -r key signal; do
    tries=0
    child=
    while [ -z "$child" ] && [ $tries -lt 100 ]; do
      [ -e $run/pid ] && read -r pid <$run/pid && read -r child rest <"/proc/$pid/task/$pid/children"
      [ -n "$child" ] || usleep 10000
      tries=$((tries + 1))
    done
    kill "-$signal" "-$child" || kill "-$signal" "$child"
  done <&3
  reboot -f
) &
keep="$keep$! "

chroot /root $run/busybox sh $run/enter "$@" <$run/stdin >$run/stdout 2>$run/stderr 3>&-
status="exited $?"
if [ -s $run/status ]; then
  read -r line <$run/status
  case $line in
  *signal*) status="signalled \${line##* }" ;;
  esac
fi

# The run ends with the command: what it left behind would hold its output open.
for process in /proc/[0-9]*; do
  process=\${process##*/}
  case $keep in *" $process "*) ;; *) kill -9 "$process" ;; esac
done 2>/dev/null
wait $stdout $stderr
sync

sent() {
  port=$(readlink "/dev/virtio-ports/$1")
  while read -r name value; do
    [ "$name" != bytes_sent: ] || echo "$value"
  done <"/sys/kernel/debug/virtio-ports/\${port##*/}"
}
echo "$status $(sent stdout) $(sent stderr)" >&3
sleep 60
reboot -f
`;

/** Runs inside the host's files: the first argument is the working directory, the rest goes to busybox's env. */
const enter = `cd "$1" || exit 125
shift
echo $$ >/run/bcc-ts/pid
exec /run/bcc-ts/busybox time -o /run/bcc-ts/status -f %x /run/bcc-ts/busybox env -i "$@"
`;

/** The guest's scripts and tables by path. */
export const guestFiles: Readonly<Record<string, string>> = {
  init,
  "etc/enter": enter,
  "etc/boot.fstab": bootMounts,
  "etc/ready.fstab": readyMounts,
  "etc/root.fstab": rootMounts,
};

/** The programs of busybox that the scripts use beside the shell's own. */
export const guestPrograms = [
  "sh mount insmod reboot hostname ifconfig mkdir cp mkfifo ln usleep date cat chroot sync readlink sleep",
]
  .join(" ")
  .split(" ");
