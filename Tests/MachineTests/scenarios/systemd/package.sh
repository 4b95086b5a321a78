# systemd: install the package, grant quotas, reboot. Then remove the package.
# init files: package

failed_services() { systemctl --failed --quiet --no-legend; }
# shellcheck source=/dev/null
. /machine/package.sh

after_boot() {
	package_comes
	refute "lxc-net.service is not active" systemctl -q is-active lxc-net.service
	expect "lingering can be enabled for alice" loginctl enable-linger alice
	equal "alice can enable the unit berth-user" \
		"$(session login alice 'systemctl --user enable berth-user 2>/dev/null || echo no')" ""
}

after_boot_2() {
	refute "lxc-net.service is not active" systemctl -q is-active lxc-net.service
	package_works '/user.slice/user-1000.slice/user@1000.service/.*\.scope/lxc.payload.web'
}

after_boot_3() { package_is_gone; }
