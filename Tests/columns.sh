#!/bin/bash
# columns.sh: prints every line of more than 100 columns and every conflict marker, and
# fails if there is one. A tab is four columns. Files that other programs wrote and rows of Markdown
# tables are exempt.
set -euo pipefail
cd "$(dirname "$0")/.."
exempt='^LICENSE$|^Tests/recording/berth\.|^Tests/DoctorTests/logs/|^Tests/NetworkTests/rulesets/'
exempt+='|^Tests/NetworkTests/records/.*\.json$|^Tests/Fuzz/seeds/'
# Messages of berth-net.
exempt+='|^Tests/NetworkHostTests/refusals\.txt$'

status=0
while IFS= read -r file; do
	[ -f "$file" ] || continue
	case $file in *.md) skip='^[0-9]*:[|]' ;; *) skip='^$' ;; esac
	if expand -t 4 "$file" | LC_ALL=C.UTF-8 grep -nE '^.{101,}' | grep -v "$skip" \
		| sed "s|^|$file:|"; then
		status=1
	fi
	if grep -HnE '^(<<<<<<<|>>>>>>>) ' "$file"; then status=1; fi
done < <(git ls-files --cached --others --exclude-standard | grep -vE "$exempt")
exit "$status"
