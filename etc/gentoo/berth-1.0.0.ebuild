# Copyright 2026 The authors of Berth
# Distributed under the terms of the Apache License, version 2.0

# Not yet built: no Gentoo host has been available. Copy this file to app-containers/berth in an
# overlay, the archive of `make dist` to /var/cache/distfiles, and run
# `ebuild berth-1.0.0.ebuild manifest`.

EAPI=8

DESCRIPTION="Network and cgroups for unprivileged LXC containers"
# Berth has no site yet.
HOMEPAGE="file:///usr/share/doc/berth"
SRC_URI="${P}.tar.gz"

LICENSE="Apache-2.0 LGPL-2.1+"
SLOT="0"
KEYWORDS="~amd64"
IUSE="apparmor systemd"
RESTRICT="fetch strip test"

# Swift 6.3 or later with Embedded Swift. With USE=static-libs, glibc has libc.a, without which
# berth-pam cannot be linked. Without libnl-3.a, berth-nic and berth-run are linked dynamically.
RDEPEND="
	app-containers/lxc
	dev-libs/libnl:3
	net-dns/dnsmasq
	net-firewall/nftables
	systemd? ( sys-apps/systemd )
"
DEPEND="${RDEPEND}
	sys-libs/glibc[static-libs(+)]
"
BDEPEND="
	dev-lang/swift
	virtual/pkgconfig
"

pkg_nofetch() {
	einfo "Create ${P}.tar.gz with 'make dist', and copy it to DISTDIR."
}

src_compile() {
	emake all
}

src_install() {
	# The files of both init systems, as Gentoo's packages do.
	emake -o all install DESTDIR="${D}" prefix="${EPREFIX}/usr" licensedir="/usr/share/doc/${PF}" \
		apparmordir="$(usex apparmor /etc/apparmor.d '')" INIT="openrc systemd"
	# The package of LXC, or the administrator, provides these two.
	docinto examples
	dodoc etc/lxc/lxc-usernet etc/default/lxc-net
	rm "${ED}"/etc/lxc/lxc-usernet "${ED}"/etc/default/lxc-net || die
	rmdir "${ED}"/etc/default || die
	docinto .
	dodoc README.md CHANGELOG.md SECURITY.md
}

pkg_postinst() {
	"${EROOT}"/usr/libexec/berth/replace-helper install /usr/libexec/lxc || die
	elog "berth-nic replaces /usr/libexec/lxc/lxc-user-nic. Grant NICs in /etc/lxc/lxc-usernet."
	elog "After each upgrade of app-containers/lxc, run"
	elog "  emerge --config app-containers/berth"
	elog "With OpenRC, set rc_cgroup_mode=\"unified\" in /etc/rc.conf, and enable the services:"
	elog "  rc-update add berth-net; rc-update add berth-cgroup"
	elog "See berth-install(7)."
}

pkg_config() {
	"${EROOT}"/usr/libexec/berth/replace-helper install /usr/libexec/lxc || die
}

pkg_prerm() {
	[[ -n ${REPLACED_BY_VERSION} ]] \
		|| "${EROOT}"/usr/libexec/berth/replace-helper remove /usr/libexec/lxc || die
}
