# Containers that fail to start, each for a reason of its own, with the lxc-start of this Debian:
# berth doctor explains each log. See DoctorTests/failing-starts.sh.
# init files: none

play() {
	local tests=/source/Tests name ids id known seen='' version
	version=$(lxc-start --version)
	BERTH_NIC=/usr/libexec/berth/berth-nic BERTH=/usr/bin/berth \
		$tests/lxc-host.sh $tests/DoctorTests/failing-starts.sh >/root/starts 2>/root/errors \
		|| cat /root/errors
	while read -r name ids; do
		id=$(expected "$name" "${version%%.*}")
		case $name in
			[0-9]*) continue ;;
			*:) # lxc-start of another version may start the container all the same.
				equal "$name" "$ids" 'it starts'
				seen+=" ${name%:}"
				continue
				;;
		esac
		seen+=" $name"
		[ "$id" = - ] || equal "$name: doctor finds $id" "$id" \
			"$(tr ' ' '\n' <<<"$ids" | grep -x -- "$id" || echo "$ids")"
		refute "$name: doctor knows every cause" grep -qw unknown <<<"$ids"
	done </root/starts
	known=$(grep -v '^#' $tests/DoctorTests/failing-starts.txt | cut -d ' ' -f 1 | sort)
	equal "every fault was caused" \
		"$(comm -23 <(echo "$known") <(tr ' ' '\n' <<<"$seen" | sort -u))" ''
}

# expected NAME MAJOR: prints the ID that failing-starts.txt has for this version of LXC.
expected() {
	awk -v name="$1" -v major="$2" '$1 == name {
		found = $2
		for (field = 3; field <= NF; field++) {
			split($field, part, ":")
			if (part[1] + 0 == major) found = part[2]
		}
		print found
	}' /source/Tests/DoctorTests/failing-starts.txt
}
