#!/bin/bash
# s6-services.sh SOURCES/etc: installs the sources for s6-rc, and starts its oneshot runner.
# Eve writes to /run/test/eve/seen what her login shell sees.
set -e
cd /run/test
DESTDIR='' sbindir=/run/test/bin s6dir=/run/test/s6 "$1/init-files.sh" install s6
sed -i 's/ alice/ eve/' s6/berth-user/up s6/berth-user/down
install -D -m 644 "$1/profile.d/berth.sh" /etc/profile.d/berth.sh
echo 'eve:*:19000:0:99999:7:::' >>/etc/shadow
install -d -o eve eve
cat >/run/.profile <<'END'
seen=nothing
[ ! -t 0 ] && [ ! -t 1 ] && [ ! -t 2 ] || seen='a terminal'
PATH=/run/test/bin:$PATH
echo "eve sees $seen" >> /run/test/eve/seen
END
cat >bin/lxc-autostart <<'END'
#!/bin/sh
echo "$(id -un): lxc-autostart $*" >> /run/test/eve/seen
END
# shellcheck disable=SC2016 # the parameters of that script
printf '%s\n' '#!/bin/sh' 'exec execlineb -P /run/test/s6/"$2"/"$1"' >oneshot
chmod 755 oneshot bin/lxc-autostart
mkdir -p runner/rules/uid/0
touch runner/rules/uid/0/allow
cd runner
s6-ipcserver-socketbinder -- s s6-ipcserverd -- \
	s6-ipcserver-access -v0 -E -l0 -i rules -- s6-sudod -t 30000 -- /run/test/oneshot \
	<&- >&- 2>&- 8>&- 9>&- &
echo $! >../runner.pid
for _ in $(seq 3000); do
	[ ! -S s ] || exit 0
	sleep 0.02
done
exit 1
