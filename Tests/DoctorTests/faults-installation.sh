# shellcheck shell=bash
# InstallationFaults.swift runs this on a host with LXC, berth-net and alice. It breaks what is
# installed, and the files in which Berth keeps its state.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"

# where: prints the place of the first finding that reports a fault.
where() { message "$1" | sed 's/: .*//'; }

# spoiled NAME CHECK PLACE: as `fault -s`; the finding must name PLACE.
spoiled() {
	doctor
	[ "$(where "$2")" = "$3" ] || echo "$1: $(where "$2") is named, not $3"
	fault "$1" "$2" -s
}

# A machine with LXC starts its service at boot.
rm -f /etc/systemd/system/multi-user.target.wants/lxc-net.service /etc/rc?.d/S*lxc-net
healthy healthy
quiet() { doctor; echo "$1: $(verdict "$2")"; }
quiet 'files' installed-files
quiet 'state' state-files
quiet 'services' competing-services
quiet 'modules' kernel-modules
quiet 'clock' clock

# The helper.
mkdir /run/host/libexec/berth
cp -p /run/host/bin/berth-nic /run/host/libexec/berth/berth-nic
quiet 'helper' helper
mount -t tmpfs tmpfs /var/lib/dpkg
mkdir /var/lib/dpkg/updates /var/lib/dpkg/info; touch /var/lib/dpkg/status /var/lib/dpkg/diversions
stock=/usr/libexec/lxc/lxc-user-nic
cp -p $stock.lxc /run/stock
rm $stock; cp -p /run/stock $stock; rm $stock.lxc; fault 'stock helper' helper -s
stat -c %A $stock.lxc
rm -f $stock $stock.lxc; fault 'no helper' helper -s
rm $stock; ln -s /nowhere/berth-nic $stock; fault 'dangling link' helper -s
umount /var/lib/dpkg

# Owners and modes.
chmod 666 /run/lxc/nics; spoiled 'ledger writable' installed-files /run/lxc/nics
chown 5000 /run/lxc/nics; spoiled "ledger of alice" installed-files /run/lxc/nics
chmod 644 /run/lxc/nics; spoiled 'ledger readable' installed-files /run/lxc/nics
chmod 664 /run/lxc/nics.lock; spoiled 'lock writable' installed-files /run/lxc/nics.lock
chmod 777 /run/lxc; spoiled 'runtime directory writable' installed-files /run/lxc
chown 5000 /run/lxc; spoiled "runtime directory of alice" installed-files /run/lxc
chmod 777 /etc/lxc; spoiled 'configuration writable' installed-files /etc/lxc
chmod 666 /etc/lxc/default.conf; spoiled 'defaults writable' installed-files /etc/lxc/default.conf
touch /etc/default/lxc-net; chmod 666 /etc/default/lxc-net
spoiled 'settings writable' installed-files /etc/default/lxc-net
chown 5000 /etc/default/lxc-net; spoiled "settings of alice" installed-files /etc/default/lxc-net
rm /etc/default/lxc-net
mkdir /etc/lxc/net.d; chmod 777 /etc/lxc/net.d
spoiled 'net.d writable' installed-files /etc/lxc/net.d
rmdir /etc/lxc/net.d
chmod 666 /run/lxc/berth-net.json; fault 'record writable' network-settings -s
chmod 755 /run/host/libexec/berth/berth-nic
spoiled 'berth-nic not setuid' installed-files /run/host/libexec/berth/berth-nic
chmod 777 /run/host/libexec/berth
spoiled 'program directory writable' installed-files /run/host/libexec/berth
chmod 700 /run/host/libexec/berth
spoiled 'program directory closed' installed-files /run/host/libexec/berth
mv /run/lxc/nics /run/nics; mkdir /run/lxc/nics
spoiled 'ledger a directory' installed-files /run/lxc/nics

# The key for hardware addresses.
chmod 644 /etc/lxc/berth.key; fault 'key readable' hardware-addresses -s
chown 5000 /etc/lxc/berth.key; fault "key of alice" hardware-addresses -s
: >/etc/lxc/berth.key; fault 'key empty' hardware-addresses -s

# The ledger's rows, and the record.
new_container other
echo 'alice veth lxcbr0' >>/run/lxc/nics; doctor
echo "damaged row: $(verdict state-files)"; message state-files >>/run/messages
as_alice lxc-start -n other; doctor; echo "repaired by berth-nic: $(verdict state-files)"
: >/run/lxc/nics; doctor; echo "row lost: $(verdict state-files)"
message state-files >>/run/messages
as_alice lxc-stop -k -n other; as_alice lxc-start -n other
doctor; echo "started again: $(verdict state-files)"; as_alice lxc-stop -k -n other
echo '{' >/run/lxc/berth-net.json; fault 'record damaged' network-settings -s
echo '{"version":99}' >/run/lxc/berth-net.json; doctor
echo "record of a newer version: $(verdict network-settings)"
rm /run/lxc/berth-net.json; berth-net start >/dev/null 2>&1
quiet 'record restored' network-settings

# Services of other programs.
mkdir -p /etc/runlevels/default; touch /etc/runlevels/default/lxc-net
doctor; echo "lxc-net on OpenRC: $(verdict competing-services)"
fixes competing-services root
rm -r /etc/runlevels
mkdir -p /etc/runlevels/boot; touch /etc/runlevels/boot/dnsmasq.lxcbr0
doctor; echo "dnsmasq.lxcbr0: $(verdict competing-services)"
fixes competing-services root
rm -r /etc/runlevels
index=$(cat /sys/class/net/lxcbr0/ifindex)
mkdir -p /run/systemd/netif/links
printf '%s\n' ADMIN_STATE=configured NETWORK_FILE=/etc/systemd/network/all.network \
	>"/run/systemd/netif/links/$index"
doctor; echo "networkd: $(verdict competing-services)"
printf '%s\n' ADMIN_STATE=unmanaged >"/run/systemd/netif/links/$index"
quiet 'networkd, unmanaged' competing-services
rm -r /run/systemd

# The clock.
touch -d '1 hour' /var/lib/misc/dnsmasq.lxcbr0.leases; doctor
echo "clock set back: $(verdict clock)"
touch /var/lib/misc/dnsmasq.lxcbr0.leases; quiet 'clock right' clock

# Names of users that the files do not have.
quiet 'names in files' accounts
printf '%s\n' 'passwd: sss files' 'group: files' >/etc/nsswitch.conf
nss=$(readlink -f /usr/libexec/lxc/lxc-user-nic).nss
cp -p /run/host/bin/berth-nic.nss "$nss"
doctor; echo "names elsewhere: $(verdict accounts) $(starts)"
rm "$nss"
doctor; echo "without berth-nic.nss: $(verdict accounts) $(starts)"
message accounts >>/run/messages
printf '%s\n' 'passwd: files' 'group: files' >/etc/nsswitch.conf

# A user without read permission gets no false positive.
as_alice "$berth" doctor --json >/run/doctor.json
for check in installed-files state-files competing-services kernel-modules clock leases routes; do
	echo "alice, $check: $(verdict $check)"
done
healthy 'healthy again'
conclude
