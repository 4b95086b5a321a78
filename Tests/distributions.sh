#!/bin/bash
# distributions.sh ARCHIVE: builds the packages of etc/arch and etc/rpm from the source archive of
# `make dist`, without network access and without root privileges. Then it installs them with pacman
# and rpm in directories with a package that stands in for LXC, upgrades that package, and removes
# them. It compares all files before and after. As root. The last line counts the results.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
archive=$(realpath "$1")
packages=$here/../etc
skip() {
	echo "distributions.sh: skipped, because $1"
	echo '0 passed, 0 failed, 1 skipped'
	exit
}
[ "$(id -u)" = 0 ] || skip 'only root can install packages'
for program in makepkg pacman bsdtar fakeroot rpmbuild rpm busybox; do
	command -v $program >/dev/null || skip "$program is not installed"
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
version=$(basename "$archive" .tar.gz)
version=${version#berth-}
passed=0 failed=0
# equal WHAT WANTED FOUND
equal() {
	if diff <(echo "$2") <(echo "$3") >"$work/difference"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED, $kind: $1 (<: expected, >: found)"
		grep '^[<>]' "$work/difference"
	fi
}

# as_builder COMMAND…: runs it as an unprivileged user without network access.
as_builder() {
	env -i PATH="$PATH" HOME="$work/home" LANG=C.UTF-8 TERM=dumb \
		GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 \
		unshare --net setpriv --reuid 65534 --regid 65534 --clear-groups --no-new-privs "$@"
}
mkdir "$work/home"

# These build the packages of Berth, and versions 1 and 2 of one that stands in for LXC.
make_arch() {
	mkdir -p "$work/arch/lxc"
	cp "$archive" "$packages"/arch/* "$work/arch/"
	cat >"$work/arch/lxc/PKGBUILD" <<-'END'
		pkgname=lxc
		pkgver=${LXC_VERSION:-1}
		pkgrel=1
		arch=(any)
		package() {
			mkdir -p "$pkgdir/usr/lib/lxc"
			echo "LXC $pkgver" >"$pkgdir/usr/lib/lxc/lxc-user-nic"
			chmod 4755 "$pkgdir/usr/lib/lxc/lxc-user-nic"
		}
	END
	chown -R 65534:65534 "$work/arch" "$work/home"
	for number in 1 2; do
		as_builder env -C "$work/arch/lxc" LXC_VERSION=$number makepkg --force \
			>"$work/lxc.log" 2>&1 || { cat "$work/lxc.log"; return 1; }
	done
	# The compiler is not a package, and packages of a Debian host satisfy no dependencies.
	as_builder env -C "$work/arch" makepkg --nodeps
	mv "$work"/arch/berth-*.pkg.* "$work/berth.arch"
	for number in 1 2; do mv "$work/arch/lxc/lxc-$number"-*.pkg.* "$work/lxc-$number.arch"; done
}
make_rpm() {
	mkdir -p "$work/rpm/SOURCES" "$work/rpm/SPECS"
	cp "$archive" "$work/rpm/SOURCES/"
	cp "$packages/rpm/berth.spec" "$work/rpm/SPECS/"
	cat >"$work/rpm/SPECS/lxc.spec" <<-'END'
		Name: lxc
		Version: %{number}
		Release: 1
		Summary: stands in for LXC
		License: none
		BuildArch: noarch
		%description
		It has only the helper.
		%install
		mkdir -p %{buildroot}/usr/libexec/lxc
		echo "LXC %{version}" >%{buildroot}/usr/libexec/lxc/lxc-user-nic
		%files
		%dir /usr/libexec/lxc
		%attr(4755,root,root) /usr/libexec/lxc/lxc-user-nic
	END
	chown -R 65534:65534 "$work/rpm" "$work/home"
	# As on Fedora, the directories of documents have no version in their names.
	local -a build=(rpmbuild -bb --nodeps --define "_topdir $work/rpm"
		--define '_docdir_fmt %%{NAME}')
	for number in 1 2; do
		as_builder "${build[@]}" --define "number $number" "$work/rpm/SPECS/lxc.spec" \
			>"$work/lxc.log" 2>&1 || { cat "$work/lxc.log"; return 1; }
	done
	as_builder "${build[@]}" "$work/rpm/SPECS/berth.spec"
	mv "$work"/rpm/RPMS/*/berth-*.rpm "$work/berth.rpm"
	for number in 1 2; do mv "$work"/rpm/RPMS/noarch/lxc-$number-*.rpm "$work/lxc-$number.rpm"; done
}

# install FILE: installs or upgrades. remove NAME: removes.
install_arch() { pacman -U --noconfirm -dd --root "$root" --cachedir "$work/cache" "$1"; }
remove_arch() { pacman -R --noconfirm -dd --root "$root" "$1"; }
install_rpm() { rpm -U --force --nodeps --root "$root" --dbpath /var/lib/rpm "$1"; }
remove_rpm() { rpm -e --nodeps --root "$root" --dbpath /var/lib/rpm "$1"; }
quietly() { "$@" >"$work/said" 2>&1 || { cat "$work/said"; equal "$*" success failure; }; }

# A directory with a shell, in which the scripts of the packages run.
new_root() {
	root=$work/root-$kind
	rm -rf "$root"
	mkdir -p "$root"/{bin,dev,etc,proc,tmp,usr/{bin,lib,sbin,share},var/lib/{pacman,rpm},var/log}
	mknod -m 666 "$root/dev/null" c 1 3
	cp "$(command -v busybox)" "$root/bin/busybox"
	for applet in sh cat chmod ln mkdir mv readlink rm rmdir stat; do
		ln -s busybox "$root/bin/$applet"
	done
}
# state: prints all files with types, modes, owners, links and contents, and the directories of
# Berth. rpm keeps the others, which belong to a package that the directory does not have.
state() {
	(cd "$root" && find . \( -path ./var/lib/pacman -o -path ./var/lib/rpm -o -path ./var/log \
		-o -path ./var/cache -o -path ./tmp -o -path ./dev -o -path ./bin \) -prune \
		-o -type d ! -name '*berth*' -o -printf '%p %y %m %U:%G %l\n' -type f \
		-exec sha256sum {} + | sort)
}
# regular_files: prints the paths of all files in the directory, apart from the shell's.
regular_files() {
	(cd "$root" && find . -type f | cut -c 3- | grep -vE '^(bin|var|tmp|dev)/|/lxc-user-nic' | sort)
}
# files: prints the files that a package of this kind has to install.
files() {
	local page name
	printf '%s\n' usr/bin/berth{,-run,-run.nss} "$sbin"/berth-{net,cgroup} \
		"$lib"/berth/{berth-{nic,nic.nss,pam,scope},replace-helper} \
		usr/share/{bash-completion/completions/,zsh/site-functions/_}berth{,-run,-net,-cgroup} \
		usr/share/fish/vendor_completions.d/berth{,-run,-net,-cgroup}.fish \
		usr/share/berth/berth-{status,doctor}.json \
		usr/lib/systemd/{system/berth-net,user/berth-user}.service \
		usr/lib/{systemd/network/10-berth.network,NetworkManager/conf.d/10-berth.conf} \
		etc/{profile.d/berth.sh,pam.d/berth-session} \
		etc/lxc/lxc-usercgroup usr/share/licenses/berth/{LICENSE,COPYRIGHT,LGPL-2.1} \
		"$doc"/{README,CHANGELOG,SECURITY}.md "$doc"/examples/lxc-{usernet,net}
	for page in "$here"/../man/*.[1-8]; do
		name=${page##*/}
		echo "usr/share/man/man${name##*.}/$name"
	done
	if [ "$kind" = arch ]; then
		echo usr/share/libalpm/hooks/berth.hook
		printf 'etc/apparmor.d/usr.%s\n' bin.berth-{run,net,cgroup} lib.berth.berth-{nic,pam}
	fi
}
# in_place VERSION: berth-nic is the helper, and LXC's is kept.
in_place() {
	equal "$2: berth-nic is the helper" "/$lib/berth/berth-nic" \
		"$(readlink "$root/$lib/lxc/lxc-user-nic")"
	equal "$2: LXC's helper is kept, without the setuid bit" "755 LXC $1" \
		"$(stat -c %a "$root/$lib/lxc/lxc-user-nic.lxc") $(cat "$root/$lib/lxc/lxc-user-nic.lxc")"
}

try() {
	kind=$1 lib=$2 sbin=$3 doc=$4
	"make_$kind" >"$work/build.log" 2>&1 \
		|| { tail -n 40 "$work/build.log"; echo "$passed passed, $((failed + 1)) failed"; exit 1; }
	echo "$kind: $(sed -n 's/.*Build of product/built/p' "$work/build.log" | tail -n 1)"

	new_root
	quietly "install_$kind" "$work/lxc-2.$kind"
	state >"$work/lxc-2"
	new_root
	state >"$work/empty"
	quietly "install_$kind" "$work/lxc-1.$kind"
	state >"$work/lxc-1"
	quietly "install_$kind" "$work/berth.$kind"
	in_place 1 installed
	state >"$work/installed"
	equal 'the package has exactly these files' "$(files | sort)" \
		"$(regular_files | sed 's/\.gz$//')"
	equal 'the programs have these modes' \
		"$(printf '%s\n' '4755 0:0' '4755 0:0' '700 0:0' '700 0:0' '755 0:0')" \
		"$(cd "$root" && stat -c '%a %u:%g' "$lib/berth/berth-nic" usr/bin/berth-run \
			"$lib/berth/berth-nic.nss" usr/bin/berth-run.nss "$lib/berth/berth-pam")"
	equal 'all files belong to root, only root can write them, and no others are setuid' '' \
		"$(find "$root/usr" "$root/etc" ! -user 0 -o ! -group 0 -o ! -type l -perm /022 \
			-o -perm /6000 ! -name berth-nic ! -name berth-run)"
	equal 'berth-nic runs' "berth-nic $version" "$("$root/$lib/berth/berth-nic" --version)"
	equal 'berth-net runs' "berth-net $version" "$("$root/$sbin/berth-net" --version)"
	equal 'the unit starts berth-net' "ExecStart=/$sbin/berth-net run" \
		"$(grep ^ExecStart= "$root/usr/lib/systemd/system/berth-net.service")"

	quietly "install_$kind" "$work/berth.$kind"
	in_place 1 reinstalled
	quietly "install_$kind" "$work/lxc-2.$kind"
	in_place 2 'after an upgrade of LXC'
	quietly "remove_$kind" berth
	equal 'removal restores LXC' "$(cat "$work/lxc-2")" "$(state)"

	quietly "install_$kind" "$work/berth.$kind"
	quietly "remove_$kind" lxc
	equal 'without LXC, there is no helper' '' "$(find "$root" -name 'lxc-user-nic*')"
	quietly "install_$kind" "$work/lxc-1.$kind"
	in_place 1 'installed before LXC'
	quietly "remove_$kind" berth
	equal 'removal restores LXC again' "$(cat "$work/lxc-1")" "$(state)"
	quietly "remove_$kind" lxc
	equal 'nothing remains' "$(cat "$work/empty")" "$(state)"
}
try arch usr/lib usr/bin usr/share/doc/berth
try rpm usr/libexec usr/sbin usr/share/doc/berth
echo "$passed passed, $failed failed"
[ $failed = 0 ]
