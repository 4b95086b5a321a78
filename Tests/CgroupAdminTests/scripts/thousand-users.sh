#!/bin/bash
# thousand-users.sh: creates a thousand users, each with a line of the policy.
for n in $(seq 1000); do
	echo "p$n:x:$((70000 + n)):$((70000 + n))::/:/bin/sh" >>/etc/passwd
	echo "p$n:x:$((70000 + n)):" >>/etc/group
	echo "p$n * hugetlb.2MB.max=4194304"
done >/etc/lxc/lxc-usercgroup
