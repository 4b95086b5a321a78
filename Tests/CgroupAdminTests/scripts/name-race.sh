#!/bin/bash
# name-race.sh: three processes of eve repeatedly create a directory with the name of a controller's
# file, while a reload enables the controller. Prints the exit status of the reload, the enabled
# controllers, and the users' limits.
cd /sys/fs/cgroup/berth || exit
for _ in 1 2 3; do
	setpriv --reuid 2000 --regid 2000 --clear-groups sh -c '
		while mkdir u2000/hugetlb.2MB.max 2>&-; [ ! -e /run/test/enough ]; do :; done' &
done
while [ ! -e u2000/hugetlb.2MB.max ]; do sleep 0.01; done
printf '%s\n' 'eve * cgroup.max.descendants=77' 'bob *' >/etc/lxc/lxc-usercgroup
/run/test/bin/berth-cgroup reload >/dev/null
echo $?
touch /run/test/enough
wait
cat cgroup.subtree_control u200[01]/cgroup.max.descendants
