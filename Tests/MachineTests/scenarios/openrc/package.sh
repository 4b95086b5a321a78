# OpenRC: install the package, grant quotas, reboot. Then remove the package.
# init files: package

failed_services() { rc-status --crashed --nocolor | sed '/^$/d'; }
# shellcheck source=/dev/null
. /machine/package.sh

after_boot() {
	package_comes
	echo 'alice cpu,io,memory,pids memory.max=600M' >>/etc/lxc/lxc-usercgroup
	echo 'BERTH_USERS=alice' >/etc/default/berth-user
}

after_boot_2() {
	local process
	process=$(pidof berth-net)
	expect "berth-net is supervised" kill -KILL "$process"
	expect "berth-net is restarted after SIGKILL" \
		eventually holds "pidof berth-net | grep -vw $process"
	package_works '/berth/u1000/run-[0-9a-z]{8}/lxc.payload.web'
	rm /etc/default/berth-user
}

after_boot_3() { package_is_gone; }
