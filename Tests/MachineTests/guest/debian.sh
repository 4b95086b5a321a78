#!/bin/bash
# For scenarios with a container that has systemd and the other files of the machine.

guest=/home/alice/.local/share/lxc/guest

inside() { session su alice "berth-run lxc-attach -n guest -- $*"; }
# Waits for systemd in the container, and then until its services are started.
settled() { inside systemctl is-system-running --wait 2>&1 | grep -qE '^(running|degraded)'; }

# make_guest UNIT...: creates alice's container "guest", which starts these units.
make_guest() {
	local range
	range=$(sed -n 's/^alice:\([0-9]*\):\([0-9]*\)$/\1:\2/p' /etc/subuid)
	as alice mkdir -p $guest/rootfs
	chmod 711 /home/alice/.local{,/share,/share/lxc} $guest
	chown "${range%:*}:${range%:*}" $guest/rootfs
	tar -C / -c --one-file-system --exclude=./{home,machine,root,srv} --exclude=./usr/lib/modules \
		--exclude='./usr/lib/*/perl*' --exclude=./usr/share/{perl,locale,zoneinfo} \
		--exclude=./var/lib/dpkg . \
		| as alice lxc-usernsexec -m "b:0:$range" -- tar -x -p -C $guest/rootfs
	cat >/run/arrange <<-END
		cd $guest/rootfs
		mkdir home root
		rm -r etc/systemd/system/* etc/systemd/network/* 2>/dev/null || true
		: >etc/fstab
		: >etc/machine-id
		printf '%s\n' '[Unit]' Requires=basic.target After=basic.target 'Wants=$*' \
			>etc/systemd/system/default.target
		printf '%s\n' '[Service]' Type=oneshot RemainAfterExit=yes ExecStart=/bin/true \
			ProtectSystem=strict PrivateTmp=yes >etc/systemd/system/probe.service
		printf '%s\n' '[Match]' 'Name=eth0' '[Network]' 'DHCP=yes' \
			>etc/systemd/network/eth0.network
		# Without udev, systemd-networkd waits for it unless /sys is read-only.
		mkdir -p etc/systemd/system/systemd-networkd.service.d
		printf '%s\n' '[Service]' ReadOnlyPaths=/sys \
			>etc/systemd/system/systemd-networkd.service.d/sys.conf
	END
	as alice lxc-usernsexec -m "b:0:$range" -- sh -e /run/arrange || return 1
	cat >$guest/config <<-END
		lxc.include = /usr/share/lxc/config/common.conf
		lxc.include = /usr/share/lxc/config/userns.conf
		lxc.idmap = u 0 ${range/:/ }
		lxc.idmap = g 0 ${range/:/ }
		lxc.uts.name = guest
		lxc.rootfs.path = dir:$guest/rootfs
		lxc.net.0.type = veth
		lxc.net.0.link = lxcbr0
		lxc.net.0.flags = up
	END
	chown alice: $guest/config
}
