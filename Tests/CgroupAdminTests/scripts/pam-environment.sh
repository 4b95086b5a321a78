#!/bin/bash
# pam-environment.sh LOGIN LINE: opens and closes two sessions of eve with login.py (LOGIN). In the
# PAM services, LINE runs berth-pam, before or after pam_env, which reads variables that eve sets.
# Each session prints its cgroup twice: see login.py. At the end, prints the programs for which the
# loader obeyed LD_DEBUG.
printf '%s\n' LD_DEBUG=files LD_DEBUG_OUTPUT=/run/test/loaded \
	PAM_TYPE=open_session PAM_USER=bob PAM_SERVICE=other >/run/.pam_environment
environment='session required pam_env.so user_readenv=1'
printf '%s\n' "$2" "$environment" 'session required pam_exec.so seteuid /bin/true' \
	>/etc/pam.d/berth-before
printf '%s\n' "$environment" "$2" >/etc/pam.d/berth-behind
for service in berth-before berth-behind; do
	/usr/bin/python3 "$1" $service eve
done
sed -n 's/.*needed by \([^ ]*\) .*/\1/p' /run/test/loaded.* | sort -u
