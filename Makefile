# Builds, checks and installs Berth. `make help` lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
SWIFT ?= swift
prefix ?= /usr/local
exec_prefix ?= $(prefix)
bindir ?= $(exec_prefix)/bin
libexecdir ?= $(exec_prefix)/libexec
sbindir ?= $(exec_prefix)/sbin
mandir ?= $(prefix)/share/man
datadir ?= $(prefix)/share
licensedir ?= $(datadir)/licenses/berth
bashcompdir ?= $(datadir)/bash-completion/completions
zshcompdir ?= $(datadir)/zsh/site-functions
fishcompdir ?= $(datadir)/fish/vendor_completions.d
sysconfdir ?= /etc
DESTDIR ?=

VERSION := $(shell sed -n 's/.* number = "\(.*\)"/\1/p' Sources/HostPaths/Version.swift)
DATE := $(shell sed -n 's/.* date = "\(.*\)"/\1/p' Sources/HostPaths/Version.swift)

# The init systems whose files `make install` installs: systemd, openrc, sysvinit, runit, dinit, s6.
# With DESTDIR there is no default, because the package may run on hosts with other init systems.
INIT ?= $(if $(DESTDIR),,$(shell etc/init-files.sh guess))
unitdir ?= $(prefix)/lib/systemd/system
userunitdir ?= $(prefix)/lib/systemd/user
initddir ?= $(sysconfdir)/init.d
runitdir ?= $(sysconfdir)/sv
dinitdir ?= $(sysconfdir)/dinit.d
s6dir ?= $(sysconfdir)/s6/sv
# Files that keep systemd-networkd and NetworkManager away from NICs of containers. NetworkManager
# reads no directory below /usr/local.
networkdir ?= $(prefix)/lib/systemd/network
nmconfdir ?= $(if $(filter /usr,$(prefix)),/usr/lib,$(sysconfdir))/NetworkManager/conf.d
# The directory of the AppArmor profiles. If it is empty, none are installed.
apparmordir ?= $(sysconfdir)/apparmor.d
APPARMOR_FILES := DESTDIR='$(DESTDIR)' apparmordir='$(apparmordir)' bindir='$(bindir)' \
	sbindir='$(sbindir)' libexecdir='$(libexecdir)' etc/apparmor-files.sh
INIT_FILES := DESTDIR='$(DESTDIR)' sbindir='$(sbindir)' unitdir='$(unitdir)' \
	userunitdir='$(userunitdir)' initddir='$(initddir)' runitdir='$(runitdir)' \
	dinitdir='$(dinitdir)' s6dir='$(s6dir)' etc/init-files.sh

# Every build uses the revision in Package.resolved, or fails.
PINNED := --force-resolved-versions
# Landing pads, which mark where indirect jumps may land, in C and Swift: Intel's CET, Arm's BTI.
LANDING_PADS := $(if $(filter aarch64 arm64,$(shell uname -m)),-mbranch-protection=standard,\
	-fcf-protection=full)
# Reproducible: without this flag the section .swift_modhash depends on the build directory.
RELEASE_BUILD := $(PINNED) -c release --disable-local-rpath \
	-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen -Xcc $(strip $(LANDING_PADS))

# Immediate binding and full RELRO: the tables of the dynamic linker are read-only at run time.
BOUND := -Xlinker -z -Xlinker relro -Xlinker -z -Xlinker now

# The setuid programs are Embedded Swift. They need only libnl-3 and libc, and have no library
# search path. The object outliner is off: when Swift 6.3 inlines across modules, the outliner can
# give two array literals the same name, and the code then uses the wrong one.
SETUID_BUILD := $(RELEASE_BUILD) --scratch-path .build/setuid \
	-Xswiftc -enable-experimental-feature -Xswiftc Embedded -Xswiftc -wmo \
	-Xswiftc -Xllvm -Xswiftc -sil-disable-pass=object-outliner \
	-Xswiftc -Xfrontend -Xswiftc -function-sections -Xcc -ffunction-sections \
	-Xlinker --gc-sections $(BOUND) \
	-Xlinker --as-needed -Xlinker -s
# The installed programs are linked statically, and execute the dynamic ones (NAME.nss) if only NSS
# knows the caller: see Sources/Linux/Accounts/NSSProgram.swift. Not every distribution has the
# archives of the C library and of libnl. Without them, and with STATIC=, the dynamic programs are
# installed.
# Expanded when a recipe runs, and with shell, because wildcard caches: a prerequisite may have
# installed the archives.
#
# STATIC=musl links them and berth-pam with musl, which has no NSS, and without libnl-3. This is the
# default on a host whose C library is musl.
archive = $(shell ls /usr/lib/$(1) /usr/lib64/$(1) /usr/lib/*/$(1) 2>/dev/null)
STATIC ?= $(if $(MUSL_HOST),musl,$(if $(and $(call archive,libc.a),$(call archive,libnl-3.a)),yes))
STATIC_BUILD := $(subst .build/setuid,.build/static,$(SETUID_BUILD))
SETUID = $(CURDIR)/.build/$(if $(MUSL),musl,$(if $(STATIC),static,setuid))/release
BERTH_NIC = $(SETUID)/berth-nic
BERTH_RUN = $(SETUID)/berth-run
# Built the same way, and always linked statically, so that it needs no dynamic loader: see
# Package.swift.
BERTH_PAM = $(CURDIR)/.build/$(if $(MUSL),musl,setuid)/release/berth-pam
# The programs that ask NSS.
NSS_PROGRAMS = $(if $(STATIC),$(if $(MUSL),,$(BERTH_NIC).nss $(BERTH_RUN).nss))

MUSL = $(filter musl,$(STATIC))
MUSL_HOST := $(shell ldd --version 2>&1 | grep -o musl | head -n 1)
# The headers and the libraries of musl. On other hosts, a directory with links to them.
MACHINE := $(shell uname -m)
MUSL_ROOT := $(if $(MUSL_HOST),/,$(CURDIR)/.build/musl-root)
# Swift itself does not know musl: the standard library is that of Embedded Swift without an
# operating system. The target is passed to the C compiler, the importer of C headers and the
# linker. musl lacks crtbegin and crtend, and the compiler runtime: those of clang are used.
MUSL_TARGET := --target=$(MACHINE)-unknown-linux-musl
MUSL_BUILD = $(subst .build/setuid,.build/musl,$(SETUID_BUILD)) \
	--triple $(if $(filter aarch64,$(MACHINE)),aarch64-none-none-elf,$(MACHINE)-unknown-none-elf) \
	-Xcc $(MUSL_TARGET) -Xcc --sysroot=$(MUSL_ROOT) \
	-Xswiftc -Xcc -Xswiftc --sysroot=$(MUSL_ROOT) -Xswiftc -use-ld=lld \
	$(foreach flag,$(MUSL_TARGET) --sysroot=$(MUSL_ROOT) -rtlib=compiler-rt -unwindlib=none,\
		-Xswiftc -Xclang-linker -Xswiftc $(flag))

# Needed only on hosts with systemd, and built only where libsystemd exists. It is not setuid.
BERTH_SCOPE = $(strip $(if $(shell pkg-config --exists libsystemd 2>/dev/null && echo yes),\
	$(CURDIR)/.build/setuid/release/berth-scope))

# The other programs contain the Swift runtime, and the C++ library that it needs, if the host has a
# static one: for the shared one the loader takes 0.6 ms, a fifth of the time of `berth --version`.
STATIC_LIBRARIES := $(CURDIR)/.build/static-libraries
SERVICE_BUILD := $(RELEASE_BUILD) --scratch-path .build/service -Xswiftc -static-stdlib $(BOUND) \
	-Xlinker -s -Xlinker -L$(STATIC_LIBRARIES)
BERTH_NET := $(CURDIR)/.build/service/release/berth-net
BERTH_CGROUP := $(CURDIR)/.build/service/release/berth-cgroup
BERTH := $(CURDIR)/.build/service/release/berth

# The archive for hosts with another C library, or another version of it: all programs are linked
# statically, and read accounts only from /etc (BERTH_FILES_ONLY, see Package.swift). Without
# berth-scope and the .nss programs, which need the libraries of the host.
ARCHIVE := berth-$(VERSION)-linux-$(shell uname -m)
ARCHIVE_BUILD := $(subst .build/service,.build/archive,\
	$(SERVICE_BUILD:-static-stdlib=-static-executable))
ARCHIVE_PROGRAMS := $(CURDIR)/.build/archive/release

# Shell completions. The programs generate their own; those of berth-run are in etc.
COMPLETIONS := $(CURDIR)/.build/completions

BUILD_PACKAGES := libnl-3-dev libsystemd-dev pkg-config
CHECK_PACKAGES := acl bash binutils bird2 busybox-static dnsmasq-base execline fish frr iproute2 \
	iptables iputils-ping libnss-extrausers lxc mandoc mmdebstrap musl-dev netbase nftables \
	openvswitch-switch procps python3 python3-jsonschema python3-pyte s6 shellcheck strace sudo \
	uidmap util-linux zsh
DEB_PACKAGES := build-essential debhelper dh-apparmor dpkg-dev lintian
# For MachineTests, which are skipped on CI.
MACHINE_PACKAGES := $(if $(CI),,e2fsprogs qemu-system-x86 $(DEB_PACKAGES))
# Headers for check-32bit.
CROSS_PACKAGES := libc6-dev-armhf-cross libc6-dev-i386
BENCH_PACKAGES := cgroup-tools gcc hyperfine iperf3 jq
AARCH64_PACKAGES := e2fsprogs kmod mmdebstrap qemu-system-arm
# Tools of Arch and Fedora.
DISTRIBUTION_PACKAGES := busybox-static fakeroot libarchive-tools makepkg pacman-package-manager rpm

FUZZERS := fuzz-usernet fuzz-ledger fuzz-request fuzz-settings fuzz-usercgroup fuzz-mountinfo \
	fuzz-procgroup fuzz-leases fuzz-hosts fuzz-transcript fuzz-names fuzz-accounts fuzz-nsswitch
FUZZ_SECONDS ?= 600
SCRIPTS := $(wildcard Tests/*.sh Tests/*/*.sh Tests/*/scripts/*.sh Tests/MachineTests/guest/* \
	etc/*.sh etc/completions/bash/*) Tests/MachineTests/debian-sources Tests/LXCVersionTests/play \
	Tests/recording/play \
	.ci/run etc/debian/build etc/debian/lxc-net
PACKAGE_SCRIPTS := $(addprefix etc/debian/,preinst postinst prerm postrm) \
	$(wildcard etc/alpine/berth.*)
# Other distributions' package recipes are checked for their syntax.
RECIPES := etc/alpine/APKBUILD etc/arch/PKGBUILD etc/arch/berth.install \
	$(wildcard etc/gentoo/*.ebuild) etc/void/template etc/void/INSTALL etc/void/REMOVE
# These are for sh. OpenRC and the login shell set variables that shellcheck cannot see.
ETC_SCRIPTS := $(wildcard etc/profile.d/*.sh etc/openrc/* etc/sysvinit/* etc/runit/*/* etc/s6/*/run)
SCENARIOS := $(wildcard Tests/MachineTests/scenarios/*/*.sh)
ROOT_SCENARIOS := $(wildcard Tests/LXCVersionTests/scenarios/*.sh)
SOURCES := Package.swift Sources Tests
MANUALS := $(wildcard man/*.[1-8])
# The manual pages with version and date.
PAGES := $(MANUALS:%=.build/%)

# Tests/check.sh runs one step for each part. Its last line counts all results.
CHECK = BERTH_NIC=$(BERTH_NIC) BERTH_RUN=$(BERTH_RUN) BERTH_PAM=$(BERTH_PAM) \
	BERTH_CGROUP=$(BERTH_CGROUP) BERTH_SCOPE=$(BERTH_SCOPE) BERTH_NET=$(BERTH_NET) BERTH=$(BERTH) \
	BERTH_COMPLETIONS=$(COMPLETIONS) SWIFT=$(SWIFT) SWIFT_FLAGS='$(PINNED)' Tests/check.sh
# One machine for each init system: openrc/supervisors covers runit and s6.
CHECK_MACHINES := openrc/network openrc/supervisors sysvinit/limits systemd/network
# Scenarios on machines with Debian 13 and forky.
MACHINES_trixie := $(addprefix trixie/openrc/,limits network) \
	$(addprefix trixie/systemd/,doctor limits network nics)
MACHINES_forky := forky/openrc-init/network forky/runit/services forky/finit/services
LONG_MACHINES := $(filter-out $(CHECK_MACHINES),$(patsubst Tests/MachineTests/scenarios/%.sh,%,\
	$(shell grep -L '^\# suite: ' $(SCENARIOS)))) $(MACHINES_trixie) $(MACHINES_forky)
# The same scenario with LXC 5, 6 and 7.
CHECK_ROOTS := bookworm/start trixie/start forky/start
# Upgrades, which begin with the suite that they name, and the other scenarios with LXC 6 and 7.
UPGRADES := $(shell grep -l '^\# suite: bookworm$$' $(ROOT_SCENARIOS))
LONG_ROOTS := $(UPGRADES:Tests/LXCVersionTests/scenarios/%.sh=bookworm/%) \
	$(foreach suite,trixie forky,$(filter-out $(CHECK_ROOTS),$(patsubst \
	Tests/LXCVersionTests/scenarios/%.sh,$(suite)/%,$(filter-out $(UPGRADES),$(ROOT_SCENARIOS)))))
LONG_PARTS := $(addprefix check-long-,openrc sysvinit systemd trixie forky roots deb dist static \
	distributions aarch64 32bit musl reproducible fuzz)
# What each part runs: machines, and steps of Tests/check.sh.
LONG_MACHINES_trixie := $(MACHINES_trixie)
LONG_MACHINES_forky := $(MACHINES_forky)
LONG_MACHINES_deb := $(filter openrc/package sysvinit/package systemd/package,$(LONG_MACHINES))
$(foreach kind,openrc sysvinit systemd,\
	$(eval LONG_MACHINES_$(kind) := $(filter-out %/package,$(filter $(kind)/%,$(LONG_MACHINES)))))
LONG_openrc := machines
LONG_sysvinit := machines
LONG_systemd := machines
LONG_trixie := machines
LONG_forky := machines
LONG_roots := roots
LONG_deb := package machines
LONG_dist := make:check-dist
LONG_static := make:check-static
LONG_distributions := make:check-distributions
LONG_aarch64 := make:check-aarch64
LONG_reproducible := make:check-reproducible
LONG_32bit := make:check-32bit
LONG_musl := musl-host
LONG_fuzz := make:fuzz

# berth-run finds berth-scope by its own path, which no user can choose: see Systemd+Scope.swift.
SCOPE_DIRECTORIES := $(addprefix $(patsubst %/,%,$(dir $(patsubst %/,%,$(bindir))))/,libexec lib)
ifneq ($(filter install,$(MAKECMDGOALS)),)
ifneq ($(BERTH_SCOPE),)
ifeq ($(filter $(patsubst %/,%,$(libexecdir)),$(SCOPE_DIRECTORIES)),)
$(error berth-run in $(bindir) would not find berth-scope in $(libexecdir)/berth: set libexecdir \
	to $(firstword $(SCOPE_DIRECTORIES)) or $(lastword $(SCOPE_DIRECTORIES)), or set bindir)
endif
endif
endif

.PHONY: all setuid musl man help check check-unit check-long $(LONG_PARTS) lint columns demo bench
.PHONY: fuzz static-libraries
.PHONY: recording install uninstall clean deb dist check-dist check-reproducible static check-static
.PHONY: check-distributions check-aarch64 check-32bit
.PHONY: build-packages check-packages bench-packages deb-packages distribution-packages
.PHONY: aarch64-packages cross-packages

all: build-packages $(if $(MUSL),musl,setuid) man static-libraries
	$(if $(BERTH_SCOPE),$(SWIFT) build --product berth-scope $(SETUID_BUILD))
	$(SWIFT) build --product berth-net $(SERVICE_BUILD)
	$(SWIFT) build --product berth-cgroup $(SERVICE_BUILD)
	$(SWIFT) build --product berth $(SERVICE_BUILD)
	mkdir -p $(COMPLETIONS)/bash $(COMPLETIONS)/zsh $(COMPLETIONS)/fish
	for shell in bash zsh fish; do cp etc/completions/$$shell/* $(COMPLETIONS)/$$shell/; done
	for program in $(BERTH) $(BERTH_NET) $(BERTH_CGROUP); do \
		name=$${program##*/}; \
		script="$$program --generate-completion-script"; \
		$$script bash | sed "1{/^#!/d}" >$(COMPLETIONS)/bash/$$name \
			&& $$script zsh >$(COMPLETIONS)/zsh/_$$name \
			&& $$script fish >$(COMPLETIONS)/fish/$$name.fish || exit 1; \
	done

# A directory without the shared libraries, which the linker prefers.
static-libraries:
	mkdir -p $(STATIC_LIBRARIES)
	for compiler in clang cc; do \
		library=$$($$compiler -print-file-name=libstdc++.a 2>/dev/null); \
		[ ! -f "$$library" ] || { ln -sf "$$library" $(STATIC_LIBRARIES)/ && break; }; \
	done

setuid: build-packages
	$(SWIFT) build --product berth-nic $(SETUID_BUILD)
	$(SWIFT) build --product berth-run $(SETUID_BUILD)
	$(if $(STATIC),for program in berth-nic berth-run; do \
		BERTH_STATIC=1 $(SWIFT) build --product $$program $(STATIC_BUILD) \
			&& install -m 700 .build/setuid/release/$$program $(SETUID)/$$program.nss || exit 1; \
	done)
	$(SWIFT) build --product berth-pam $(SETUID_BUILD)

musl: build-packages
	etc/musl-root.sh $(MUSL_ROOT)
	for program in berth-nic berth-run berth-pam; do \
		BERTH_STATIC=musl $(SWIFT) build --product $$program $(MUSL_BUILD) || exit 1; \
	done

man: $(PAGES)
$(PAGES): .build/%: % Sources/HostPaths/Version.swift
	@mkdir -p $(@D)
	@sed 's/^\.Dd.*/.Dd $(DATE)/; s/^\.Os.*/.Os Berth $(VERSION)/' $< >$@

help:
	@echo 'make           build the programs (release)'
	@echo 'make musl      build only the setuid programs, for musl'
	@echo 'make demo      start unprivileged containers with the real lxc-start; as root'
	@echo 'make check     run what every change must pass; as root, or some tests are skipped'
	@echo 'make check-unit run only the unit tests, in seconds'
	@echo 'make check-long run the other tests, in parts: $(LONG_PARTS)'
	@echo 'make bench     compare with LXC'"'"'s helper and a minimal C program; as root'
	@echo 'make recording redraw the picture in README.md, on an emulated machine; as root'
	@echo 'make fuzz      fuzz the parsers, FUZZ_SECONDS each ($(FUZZ_SECONDS))'
	@echo 'make install   DESTDIR prefix libexecdir sysconfdir mandir apparmordir INIT ...'
	@echo 'make uninstall remove what make install installed'
	@echo 'make deb       build the Debian package in .build/deb; DEB_VERSION sets its version'
	@echo 'make dist      create the source archive in .build/dist, which builds offline'
	@echo 'make check-dist          build and test that archive without network access; as root'
	@echo 'make static    create an archive of static programs, for any C library; INIT, prefix ...'
	@echo 'make check-static        run them in a root directory without a C library; as root'
	@echo 'make check-distributions build and install the packages of etc/arch and etc/rpm; as root'
	@echo 'make check-aarch64       run the programs on an emulated aarch64 machine; as root'
	@echo 'make check-reproducible  build twice, in two directories, and compare'
	@echo 'make check-32bit         compile the C parts for i386 and armhf'

demo: check-packages all
	BERTH_NIC=$(BERTH_NIC) BERTH_NET=$(BERTH_NET) Tests/demo.sh

# What every change must pass: unit tests, lints, each fuzz target for a few seconds, the tests in
# namespaces, LXC 5, 6 and 7 in roots of Debian, and one machine for each init system.
check: check-packages
	FUZZ_SECONDS=5 ROOTS='$(CHECK_ROOTS)' MACHINES='$(CHECK_MACHINES)' $(CHECK) \
		unit make:lint make:fuzz make:all host musl roots machines

# Takes seconds and does not need root.
check-unit: build-packages
	$(CHECK) unit

# All other tests. Each part takes at most one hour: `make check-long-openrc` runs one.
check-long: check-packages all
	FUZZ_SECONDS=300 ROOTS='$(LONG_ROOTS)' MACHINES='$(LONG_MACHINES)' $(CHECK) $(LONG_roots) \
		$(LONG_deb) $(LONG_dist) $(LONG_static) $(LONG_distributions) $(LONG_aarch64) \
		$(LONG_32bit) $(LONG_musl) $(LONG_reproducible) $(LONG_fuzz)
$(LONG_PARTS): check-long-%: check-packages all
	FUZZ_SECONDS=300 ROOTS='$(LONG_ROOTS)' MACHINES='$(LONG_MACHINES_$*)' $(CHECK) $(LONG_$*)

lint: check-packages man columns
	$(SWIFT) format lint --strict --recursive $(SOURCES)
	shellcheck -x $(SCRIPTS)
	shellcheck -x -s bash -e SC2016 $(SCENARIOS)
	shellcheck -x -s bash $(ROOT_SCENARIOS)
	shellcheck -s sh -e SC2034,SC2154 $(ETC_SCRIPTS)
	shellcheck $(PACKAGE_SCRIPTS)
	for file in $(RECIPES); do bash -n $$file || exit 1; done
	sh -n etc/alpine/APKBUILD
	mandoc -T lint -W warning $(PAGES)
	etc/apparmor-files.sh check

# Fails if a line has more than 100 columns. A tab counts as four. Exempt: files that other programs
# wrote, and rows of tables in Markdown.
columns:
	@Tests/columns.sh

bench: bench-packages check-packages all
	BERTH_NIC=$(BERTH_NIC) Tests/bench.sh
	BERTH_NIC=$(BERTH_NIC) Tests/bench-load.sh
	Tests/bench-net.sh $(BERTH_NET)
	BERTH_NIC=$(BERTH_NIC) Tests/bench-cluster.sh $(BERTH_NET) $(BERTH)
	Tests/bench-run.sh $(BERTH_RUN) $(BERTH_SCOPE)
	BERTH_NIC=$(BERTH_NIC) Tests/bench-status.sh $(BERTH) $(BERTH_NET)

recording: check-packages
	Tests/recording/record.sh

fuzz: build-packages
	@for fuzzer in $(FUZZERS); do \
		BERTH_FUZZ=1 $(SWIFT) build $(PINNED) --product $$fuzzer --scratch-path .build/fuzz \
			-Xswiftc -sanitize=fuzzer,address 2>&1 | grep -v 'Cannot export local symbol' \
			|| exit 1; \
		mkdir -p .build/corpus/$$fuzzer; \
		.build/fuzz/debug/$$fuzzer -max_total_time=$(FUZZ_SECONDS) -max_len=4096 -timeout=10 \
			-verbosity=0 -print_final_stats=1 -artifact_prefix=.build/corpus/ \
			.build/corpus/$$fuzzer Tests/Fuzz/seeds/$${fuzzer#fuzz-} 2>&1 \
			| grep '^stat::number_of_executed\|ERROR\|SUMMARY\|Test unit\|^  *#[0-9]' \
			|| exit 1; \
	done

install: all man
	install -d $(DESTDIR)$(libexecdir)/berth $(DESTDIR)$(bindir) $(DESTDIR)$(sbindir) \
		$(foreach section,1 5 7 8,$(DESTDIR)$(mandir)/man$(section)) \
		$(DESTDIR)$(sysconfdir)/lxc $(DESTDIR)$(sysconfdir)/default \
		$(DESTDIR)$(sysconfdir)/pam.d $(DESTDIR)$(sysconfdir)/profile.d \
		$(DESTDIR)$(bashcompdir) $(DESTDIR)$(zshcompdir) $(DESTDIR)$(fishcompdir) \
		$(DESTDIR)$(datadir)/berth $(DESTDIR)$(licensedir) $(DESTDIR)$(networkdir) \
		$(DESTDIR)$(nmconfdir)
	install -m 755 $(BERTH_NIC) $(DESTDIR)$(libexecdir)/berth/berth-nic
	install -m 755 $(BERTH_RUN) $(DESTDIR)$(bindir)/berth-run
	if [ "$$(id -u)" = 0 ]; then \
		chown root:root $(DESTDIR)$(libexecdir)/berth/berth-nic $(DESTDIR)$(bindir)/berth-run; \
	fi
	chmod 4755 $(DESTDIR)$(libexecdir)/berth/berth-nic $(DESTDIR)$(bindir)/berth-run
	$(if $(NSS_PROGRAMS),install -m 700 $(BERTH_NIC).nss $(DESTDIR)$(libexecdir)/berth/)
	$(if $(NSS_PROGRAMS),install -m 700 $(BERTH_RUN).nss $(DESTDIR)$(bindir)/)
	install -m 755 $(BERTH_PAM) $(BERTH_SCOPE) $(DESTDIR)$(libexecdir)/berth/
	sed 's|@libexecdir@|$(libexecdir)|' etc/replace-helper.sh \
		>$(DESTDIR)$(libexecdir)/berth/replace-helper
	chmod 755 $(DESTDIR)$(libexecdir)/berth/replace-helper
	install -m 755 $(BERTH_NET) $(BERTH_CGROUP) $(DESTDIR)$(sbindir)/
	install -m 755 $(BERTH) $(DESTDIR)$(bindir)/berth
	install -m 644 LICENSE etc/licenses/COPYRIGHT etc/licenses/LGPL-2.1 $(DESTDIR)$(licensedir)/
	for page in $(PAGES); do \
		install -m 644 $$page $(DESTDIR)$(mandir)/man$${page##*.}/ || exit 1; \
	done
	install -m 644 $(COMPLETIONS)/bash/* $(DESTDIR)$(bashcompdir)/
	install -m 644 $(COMPLETIONS)/zsh/* $(DESTDIR)$(zshcompdir)/
	install -m 644 $(COMPLETIONS)/fish/* $(DESTDIR)$(fishcompdir)/
	install -m 644 etc/schema/berth-status.json etc/schema/berth-doctor.json \
		$(DESTDIR)$(datadir)/berth/
	install -m 644 etc/profile.d/berth.sh $(DESTDIR)$(sysconfdir)/profile.d/
	install -m 644 etc/networkd/10-berth.network $(DESTDIR)$(networkdir)/
	install -m 644 etc/networkmanager/10-berth.conf $(DESTDIR)$(nmconfdir)/
	sed 's|@sbindir@|$(sbindir)|g; s|@libexecdir@|$(libexecdir)|g' etc/pam/berth-session \
		>$(DESTDIR)$(sysconfdir)/pam.d/berth-session
	[ -e $(DESTDIR)$(sysconfdir)/lxc/lxc-usernet ] \
		|| install -m 644 etc/lxc/lxc-usernet $(DESTDIR)$(sysconfdir)/lxc/
	[ -e $(DESTDIR)$(sysconfdir)/lxc/lxc-usercgroup ] \
		|| install -m 644 etc/lxc/lxc-usercgroup $(DESTDIR)$(sysconfdir)/lxc/
	[ -e $(DESTDIR)$(sysconfdir)/default/lxc-net ] \
		|| install -m 644 etc/default/lxc-net $(DESTDIR)$(sysconfdir)/default/
	$(APPARMOR_FILES) install
	$(INIT_FILES) install $(INIT)
	@echo 'init files: $(or $(INIT),none; select them with INIT="openrc ...")'

# Keeps the files in /etc that an administrator edits.
uninstall:
	rm -f $(DESTDIR)$(libexecdir)/berth/berth-nic $(DESTDIR)$(libexecdir)/berth/berth-pam \
		$(DESTDIR)$(libexecdir)/berth/berth-scope $(DESTDIR)$(sbindir)/berth-net \
		$(DESTDIR)$(libexecdir)/berth/berth-nic.nss $(DESTDIR)$(bindir)/berth-run.nss \
		$(DESTDIR)$(libexecdir)/berth/replace-helper \
		$(addprefix $(DESTDIR)$(licensedir)/,LICENSE COPYRIGHT LGPL-2.1) \
		$(DESTDIR)$(bindir)/berth $(DESTDIR)$(bindir)/berth-run $(DESTDIR)$(sbindir)/berth-cgroup \
		$(DESTDIR)$(sysconfdir)/profile.d/berth.sh $(DESTDIR)$(sysconfdir)/pam.d/berth-session \
		$(foreach name,berth berth-run berth-net berth-cgroup,$(DESTDIR)$(bashcompdir)/$(name) \
			$(DESTDIR)$(zshcompdir)/_$(name) $(DESTDIR)$(fishcompdir)/$(name).fish) \
		$(DESTDIR)$(networkdir)/10-berth.network $(DESTDIR)$(nmconfdir)/10-berth.conf \
		$(DESTDIR)$(datadir)/berth/berth-status.json $(DESTDIR)$(datadir)/berth/berth-doctor.json \
		$(foreach page,$(notdir $(MANUALS)),\
			$(DESTDIR)$(mandir)/man$(subst .,,$(suffix $(page)))/$(page))
	-rmdir $(DESTDIR)$(libexecdir)/berth $(DESTDIR)$(datadir)/berth $(DESTDIR)$(licensedir)
	$(APPARMOR_FILES) remove
	$(INIT_FILES) remove systemd openrc sysvinit runit dinit s6

deb: deb-packages all
	rm -rf .build/deb
	etc/debian/build .build/deb $(DEB_VERSION)
	lintian --allow-root --fail-on error .build/deb/*.changes

dist:
	$(SWIFT) package $(PINNED) resolve
	etc/dist.sh .build/dist

check-dist: dist
	Tests/dist.sh .build/dist/berth-$(VERSION).tar.gz

static: all
	$(if $(STATIC),,$(error make static needs libc.a and libnl-3.a))
	for program in berth-net berth-cgroup berth; do \
		BERTH_FILES_ONLY=1 $(SWIFT) build --product $$program $(ARCHIVE_BUILD) || exit 1; \
	done
	rm -rf .build/archive/$(ARCHIVE)
	$(MAKE) install DESTDIR=$(CURDIR)/.build/archive/$(ARCHIVE) BERTH_SCOPE= \
		BERTH_NET=$(ARCHIVE_PROGRAMS)/berth-net BERTH_CGROUP=$(ARCHIVE_PROGRAMS)/berth-cgroup \
		BERTH=$(ARCHIVE_PROGRAMS)/berth
	find .build/archive/$(ARCHIVE) -name '*.nss' -delete
	# Extracting the archive must not replace the administrator's settings.
	rm .build/archive/$(ARCHIVE)$(sysconfdir)/lxc/lxc-user{net,cgroup} \
		.build/archive/$(ARCHIVE)$(sysconfdir)/default/lxc-net
	tar -C .build/archive/$(ARCHIVE) --sort=name --owner=0 --group=0 --numeric-owner -czf \
		.build/archive/$(ARCHIVE).tar.gz .
	@echo .build/archive/$(ARCHIVE).tar.gz

check-static: static check-packages
	Tests/archive.sh .build/archive/$(ARCHIVE).tar.gz $(prefix)

# These two are skipped if their packages cannot be installed.
check-distributions: dist
	-@$(MAKE) --no-print-directory distribution-packages
	Tests/distributions.sh .build/dist/berth-$(VERSION).tar.gz

check-aarch64: build-packages
	-@$(MAKE) --no-print-directory aarch64-packages
	SWIFT=$(SWIFT) SETUID_BUILD='$(SETUID_BUILD)' SERVICE_BUILD='$(ARCHIVE_BUILD)' Tests/aarch64.sh

check-reproducible: deb-packages build-packages
	Tests/reproducible.sh

check-32bit: cross-packages
	SWIFT=$(SWIFT) Tests/compile-32bit.sh

clean:
	rm -rf .build

build-packages: WANTED = $(BUILD_PACKAGES) $(if $(filter musl,$(STATIC) $(MAKECMDGOALS)),musl-dev)
check-packages: WANTED = $(BUILD_PACKAGES) $(CHECK_PACKAGES) $(MACHINE_PACKAGES)
bench-packages: WANTED = $(BENCH_PACKAGES)
deb-packages: WANTED = $(DEB_PACKAGES)
distribution-packages: WANTED = $(DISTRIBUTION_PACKAGES)
aarch64-packages: WANTED = $(AARCH64_PACKAGES)
cross-packages: WANTED = $(CROSS_PACKAGES)
build-packages check-packages bench-packages deb-packages distribution-packages aarch64-packages \
	cross-packages:
	@command -v $(SWIFT) >/dev/null \
		|| { echo 'Swift 6.3 or later is needed: see swift.org/install'; exit 1; }
	@command -v dpkg-query >/dev/null \
		|| { echo 'Not a Debian host: install the equivalents of $(WANTED)'; exit 0; }; \
	missing=; for package in $(WANTED); do \
		dpkg-query -W -f '$${Status}' $$package 2>/dev/null | grep -q 'ok installed' \
			|| missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ] && [ "$$(id -u)" = 0 ]; then \
		apt-get -q update \
			&& DEBIAN_FRONTEND=noninteractive \
				apt-get -q -y --no-install-recommends install $$missing; \
	elif [ -n "$$missing" ]; then \
		echo "missing packages: run  apt-get install$$missing  as root"; exit 1; \
	fi
