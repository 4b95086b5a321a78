# berth doctor on a host with systemd and AppArmor: it names what keeps a user's container from
# starting. Its fixes are applied, and the container starts.
# init files: systemd

before_boot() {
	systemctl -q mask lxc-net.service
	systemctl -q enable berth-net.service
	echo 'alice veth lxcbr0 2' >/etc/lxc/lxc-usernet
	# The only apt source is one package on the machine.
	rm -rf /etc/apt/sources.list /etc/apt/sources.list.d
	echo 'deb [trusted=yes] file:/srv/packages ./' >/etc/apt/sources.list
	apt-get -q update >/dev/null 2>&1
}

# fixed WHAT TEXT AFTERWARDS: the problem is reported, and with the printed fix, web runs.
fixed() {
	found "$1" "$2" alice --container web
	apply_fixes "$1" alice
	expect "$1: the container runs after the fix" runs alice web
	healthy "$3" alice --container web
}

after_boot() {
	local config=/home/alice/.local/share/lxc/web/config

	# Debian's defaults are for containers of root.
	found "a new user" 'lxc.idmap' alice
	found "a new user" 'only root may load the profile that lxc-start generates' alice
	found "a new user" 'alice has no systemd user manager' alice
	expect "the fix enables lingering" grep -q '# loginctl enable-linger alice' /run/doctor
	refute "without a user manager, berth-run fails" as alice berth-run true
	apply_fixes "a new user" alice
	expect "alice's user manager starts" eventually [ -e /run/user/1000/systemd/private ]
	healthy "a new user, after the fixes" alice
	expect "alice creates a container" as alice lxc-create -n web -t busybox
	expect "the container runs" runs alice web
	healthy "a container that runs" alice --container web
	session su alice 'berth doctor --container web' >/run/hers 2>&1
	equal "berth doctor reports no problem to alice" "$?" 0

	dpkg --force-depends -r uidmap >/dev/null 2>&1
	refute "without newuidmap, the container does not run" runs alice web
	fixed "newuidmap is missing" 'apt-get install uidmap' "newuidmap is installed"

	# A setting of Debian's kernels.
	if [ -e /proc/sys/kernel/unprivileged_userns_clone ]; then
		sysctl -q -w kernel.unprivileged_userns_clone=0
		refute "without user namespaces, the container does not run" runs alice web
		fixed "only root may create user namespaces" \
			'only root may create user namespaces' "users may create user namespaces"
		equal "the setting is kept across reboots" "$(cat /etc/sysctl.d/60-berth.conf)" \
			'kernel.unprivileged_userns_clone = 1'
	fi

	echo 'lxc.apparmor.profile = generated' >>$config
	rm -f /home/alice/web.log
	refute "with a generated profile, the container does not run" runs alice web
	found "the log" 'Only root may load the profile' --log /home/alice/web.log
	fixed "a generated profile" 'only root may load the profile' "no generated profile"

	echo 'lxc.apparmor.profile = lxc-container-default-cgns' >>$config
	expect "with LXC's profile, busybox runs" runs alice web
	healthy "LXC's profile" alice --container web
	apparmor_parser -R /etc/apparmor.d/lxc-containers
	rm -f /home/alice/web.log
	refute "without a loaded profile, the container does not run" runs alice web
	found "the log" 'that lxc.apparmor.profile names is not loaded' --log /home/alice/web.log
	fixed "the profile is not loaded" \
		'apparmor_parser -r /etc/apparmor.d/lxc-containers' "the profile is loaded"

	loginctl disable-linger alice
	expect "alice's user manager ends" eventually holds '! [ -e /run/user/1000/systemd/private ]'
	refute "without a user manager, the container does not start" \
		as alice berth-run lxc-start -n web
	found "no user manager" 'loginctl enable-linger alice' alice
	apply_fixes "no user manager" alice
	expect "alice's user manager is running again" eventually [ -e /run/user/1000/systemd/private ]
	expect "the container runs after the fix" runs alice web
}
