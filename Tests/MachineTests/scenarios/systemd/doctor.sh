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

# mended WHAT TEXT AFTERWARDS: the problem is named, and with the printed fix, web runs.
mended() {
	found "$1" "$2" alice --container web
	carried_out "$1" alice
	expect "it runs again" runs alice web
	healthy "$3" alice --container web
}

after_boot() {
	local config=/home/alice/.local/share/lxc/web/config

	# As Debian makes her: Debian's defaults are for root's containers.
	found "a new user" 'lxc.idmap' alice
	found "a new user" 'only root may load the profile that lxc-start generates' alice
	found "a new user" 'alice has no systemd user manager' alice
	expect "root would let her have one" grep -q '# loginctl enable-linger alice' /run/doctor
	refute "berth-run gets no cgroup" as alice berth-run true
	carried_out "a new user" alice
	expect "her manager comes" eventually [ -e /run/user/1000/systemd/private ]
	healthy "a new user, mended" alice
	expect "she makes a container" as alice lxc-create -n web -t busybox
	expect "it runs" runs alice web
	healthy "it is there" alice --container web
	session su alice 'berth doctor --container web' >/run/hers 2>&1
	equal "she sees nothing wrong herself" "$?" 0

	dpkg --force-depends -r uidmap >/dev/null 2>&1
	refute "without newuidmap it does not run" runs alice web
	mended "newuidmap is not there" 'apt-get install uidmap' "newuidmap is there"

	# A setting of Debian's kernels.
	if [ -e /proc/sys/kernel/unprivileged_userns_clone ]; then
		sysctl -q -w kernel.unprivileged_userns_clone=0
		refute "without user namespaces it does not run" runs alice web
		mended "users may make no namespace" 'only root may create user namespaces' "they may"
		equal "at the next boot, too" "$(cat /etc/sysctl.d/60-berth.conf)" \
			'kernel.unprivileged_userns_clone = 1'
	fi

	echo 'lxc.apparmor.profile = generated' >>$config
	rm -f /home/alice/web.log
	refute "with a generated profile it does not run" runs alice web
	found "the log" 'Only root may load the profile' --log /home/alice/web.log
	mended "a generated profile" 'only root may load the profile' "no profile"

	echo 'lxc.apparmor.profile = lxc-container-default-cgns' >>$config
	expect "LXC's profile will do for busybox" runs alice web
	healthy "LXC's profile" alice --container web
	apparmor_parser -R /etc/apparmor.d/lxc-containers
	rm -f /home/alice/web.log
	refute "when it is not loaded it does not run" runs alice web
	found "the log" 'The profile of lxc.apparmor.profile is not loaded' --log /home/alice/web.log
	mended "it is not loaded" 'apparmor_parser -r /etc/apparmor.d/lxc-containers' "it is loaded"

	loginctl disable-linger alice
	expect "her manager goes" eventually holds '! [ -e /run/user/1000/systemd/private ]'
	refute "now it does not run" as alice berth-run lxc-start -n web
	found "no manager" 'loginctl enable-linger alice' alice
	carried_out "no manager" alice
	expect "her manager is back" eventually [ -e /run/user/1000/systemd/private ]
	expect "it runs again" runs alice web
}
