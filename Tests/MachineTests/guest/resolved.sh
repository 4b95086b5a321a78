#!/bin/bash
# For scenarios with systemd-resolved, which run.sh adds to the machine.

# enable_resolved: does what the packages systemd-resolved and libnss-resolve do when installed.
enable_resolved() {
	getent passwd systemd-resolve >/dev/null \
		|| useradd -r -M -d / -s /usr/sbin/nologin -U systemd-resolve
	systemctl -q enable systemd-resolved.service
	ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	sed -i 's/^hosts: .*/hosts: files resolve [!UNAVAIL=return] dns/' /etc/nsswitch.conf
}
