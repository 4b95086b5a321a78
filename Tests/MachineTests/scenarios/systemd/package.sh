# systemd: install the package, grant quotas, reboot. Then remove the package.
# init files: package

failed_services() { systemctl --failed --quiet --no-legend; }
# shellcheck source=/dev/null
. /machine/package.sh

after_boot() {
	package_comes
	refute "LXC's own service is off" systemctl -q is-active lxc-net.service
	expect "alice's manager is to start at boot" loginctl enable-linger alice
	equal "and to start her containers" \
		"$(session login alice 'systemctl --user enable berth-user 2>/dev/null || echo no')" ""
}

after_boot_2() {
	refute "LXC's own service is off" systemctl -q is-active lxc-net.service
	package_works '/user.slice/user-1000.slice/user@1000.service/.*\.scope/lxc.payload.web'
}

after_boot_3() { package_is_gone; }
