# systemd in a user's container. With LXC's AppArmor profile, systemd starts, but services fail.
# berth doctor reports this, and its fix works.
# init files: systemd

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	mkdir -p /var/lib/systemd/linger
	touch /var/lib/systemd/linger/alice
}

place=/home/alice/.local/share/lxc/guest
inside() { session su alice "berth-run lxc-attach -n guest -- $*"; }
# Waits for systemd in the container, and then until its services are started.
settled() { inside systemctl is-system-running --wait 2>&1 | grep -qE '^(running|degraded)'; }

# The container has the files of the machine that it needs, and one service that uses namespaces, as
# many services do.
make_guest() {
	local range
	range=$(sed -n 's/^alice:\([0-9]*\):\([0-9]*\)$/\1:\2/p' /etc/subuid)
	as alice mkdir -p $place/rootfs
	chmod 711 /home/alice/.local{,/share,/share/lxc} $place
	chown "${range%:*}:${range%:*}" $place/rootfs
	tar -C / -c --one-file-system --exclude=./{home,machine,root,srv} --exclude=./usr/lib/modules \
		--exclude='./usr/lib/*/perl*' --exclude=./usr/share/{perl,locale,zoneinfo} \
		--exclude=./var/lib/dpkg . \
		| as alice lxc-usernsexec -m "b:0:$range" -- tar -x -p -C $place/rootfs
	cat >/run/arrange <<-END
		cd $place/rootfs
		mkdir home root
		rm -r etc/systemd/system/*
		: >etc/fstab
		printf '%s\n' '[Unit]' Requires=basic.target After=basic.target Wants=probe.service \
			>etc/systemd/system/default.target
		printf '%s\n' '[Service]' Type=oneshot RemainAfterExit=yes ExecStart=/bin/true \
			ProtectSystem=strict PrivateTmp=yes >etc/systemd/system/probe.service
	END
	as alice lxc-usernsexec -m "b:0:$range" -- sh -e /run/arrange || return 1
	cat >$place/config <<-END
		lxc.include = /usr/share/lxc/config/common.conf
		lxc.include = /usr/share/lxc/config/userns.conf
		lxc.idmap = u 0 ${range/:/ }
		lxc.idmap = g 0 ${range/:/ }
		lxc.uts.name = guest
		lxc.rootfs.path = dir:$place/rootfs
		lxc.net.0.type = veth
		lxc.net.0.link = lxcbr0
		lxc.net.0.flags = up
	END
	chown alice: $place/config
}

after_boot() {
	expect "alice's user manager is running" eventually [ -e /run/user/1000/systemd/private ]
	expect "alice creates a container with systemd" make_guest
	session su alice 'berth-run lxc-start -n guest -l info -o guest.log' >/run/started 2>&1
	expect "systemd in the container has started" eventually settled
	equal "the container is in LXC's profile" \
		"$(confinement "$(as alice lxc-info -n guest -p -H)")" \
		"lxc-container-default-cgns (enforce)"
	equal "the service in the container has failed" \
		"$(inside systemctl show -P ActiveState probe.service)" failed
	equal "the service failed to set up namespaces" \
		"$(inside systemctl show -P ExecMainStatus probe.service)" 226
	expect "AppArmor logged the denied mount" \
		holds "dmesg | grep 'failed flags match' | grep -q lxc-container-default-cgns"
	found "the profile" \
		'it denies mounts that systemd in the container makes' alice --container guest
	apply_fixes "the profile" alice
	healthy "after the fix" alice --container guest
	expect "the container can be stopped" session su alice 'berth-run lxc-stop -k -n guest'
	session su alice 'berth-run lxc-start -n guest -l info -o guest.log' >/run/started 2>&1
	expect "systemd in the container has started after the fix" eventually settled
	equal "the service in the container is active" \
		"$(inside systemctl show -P ActiveState probe.service)" active
	expect "systemd-logind starts in the container" inside systemctl start systemd-logind.service
	expect "the container can be stopped" session su alice 'berth-run lxc-stop -k -n guest'
}
