#!/bin/sh
# Runs replace-helper.sh, whose path is $1, in a new directory, and prints what it leaves.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sed "s|@libexecdir@|/opt|; s|/var/lib/berth|$work/state|" "$1" >"$work/replace"
lxc=$work/lxc
replace() { sh "$work/replace" "$1" "$lxc" || echo "status $?"; }
# show WHAT: prints modes, links and contents, and whether a mode is recorded.
show() {
	echo "$1:"
	[ ! -d "$lxc" ] || (cd "$lxc" && for file in *; do
		if [ -L "$file" ]; then echo "$file -> $(readlink "$file")"
		elif [ -f "$file" ]; then echo "$file $(stat -c %a "$file") $(cat "$file")"
		fi
	done)
	[ ! -e "$work/state" ] || echo "recorded $(cat "$work"/state/*)"
}
# stock VERSION MODE: LXC is installed or upgraded.
stock() {
	mkdir -p "$lxc"
	echo "$1" >"$work/new"
	chmod "$2" "$work/new"
	mv "$work/new" "$lxc/lxc-user-nic"
}
replace install
show 'without LXC'
stock one 4750
replace install
replace install
show installed
stock two 4755
replace install
show upgraded
replace remove
replace remove
show removed
replace install
stock three 4755
replace remove
show 'removed after an upgrade'
replace install
rm "$lxc/lxc-user-nic"
replace install
show 'LXC is removed'
mkdir -p "$lxc"
ln -s /elsewhere "$lxc/lxc-user-nic"
replace install
replace remove
show 'link of an administrator'
lxc=relative
replace install 2>&1 | sed 's|usage: .*|usage|'
