# shellcheck shell=bash
# Sourced by the scripts whose faults prevent lxc-start from starting a container, or break the
# container's programs: the steps of fault-steps.sh, and those for a configuration, a session and a
# fault whose fix has no command.
# shellcheck source=Tests/DoctorTests/fault-steps.sh
. "${faults:?the directory of fault-steps.sh}/fault-steps.sh"

place=$HOME/.local/share/lxc/web
config=$place/config
# shellcheck disable=SC2034 # the scripts use it
root=$place/rootfs
cp -a "$config" /run/config

# The session of alice: `session` contains programs that change it, and `login` the options of
# setpriv.
session=() login=(--regid 5000 --init-groups)
as_alice() {
	(cd "$HOME" && env -i PATH=/run/host/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$HOME" \
		LANG=C.UTF-8 XDG_RUNTIME_DIR="$HOME" \
		setpriv --reuid 5000 "${login[@]}" -- "${session[@]}" "$@" 8<&-)
}
restore() {
	rm -rf "$config"; cp -a /run/config "$config"
	session=() login=(--regid 5000 --init-groups)
}
with() { restore; printf '%s\n' "$@" >>"$config"; }
# broken NAME CHECK: names the fault and applies its fix; lxc-start runs before and after.
broken() { fault "$1" "$2" -s --container web; restore; }
# advised NAME CHECK: as `broken`, but what to do is up to the administrator.
advised() {
	doctor --container web
	echo "$1: $(verdict "$2") $(starts)"
	message "$2" >>/run/messages
	restore
}
# own NAME CHECK: what alice finds in her own session. Her fix is applied, if there is one.
own() {
	local line
	as_alice "$berth" doctor --container web --json >/run/doctor.json
	line="$1: $(verdict "$2") $(starts)"
	message "$2" >>/run/messages
	fixes "$2" user >/run/fix.user
	[ ! -s /run/fix.user ] || as_alice bash -e /run/fix.user || echo "$1: the fix fails"
	[ -n "${keeps:-}" ] || session=() login=(--regid 5000 --init-groups)
	as_alice "$berth" doctor --container web --json >/run/doctor.json
	echo "$line -> $(verdict "$2") $(starts)"
	restore
}
# quiet NAME: neither run of doctor reports a problem, and the container starts.
quiet() {
	doctor --container web; local status=$?
	as_alice "$berth" doctor --container web >/dev/null
	echo "healthy, $1: $status $? $(starts)"
	restore
}
program() { printf '%b' "$2" >"$1"; chmod 755 "$1"; chown "${3:-5000:5000}" "$1"; }
