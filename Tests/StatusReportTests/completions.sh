#!/bin/bash
# completions.sh SHELL DIRECTORY WORD...: prints what the shell offers for the last word with the
# completions in the directory: sorted, one per line. The programs must be on PATH.
set -eu
shell=$1 directory=$2
shift 2
export LC_ALL=C.UTF-8

case $shell in
	bash)
		# shellcheck disable=SC2016 # for the other shell
		bash --norc -c '
			program=${2##*/}
			. "$1/bash/$program"
			shift
			COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_TYPE=9
			COMP_POINT=${#COMP_LINE}
			function=$(complete -p "$program" | sed "s/.*-F \([^ ]*\) .*/\1/")
			cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
			"$function" "$program" "$cur" "$prev"
			printf "%s\n" "${COMPREPLY[@]}"' bash "$directory" "$@"
		;;
	zsh)
		# Only zsh's line editor completes, so zsh runs on a pseudoterminal and lists what it
		# offers. The editor prints a line when it is ready: earlier input would be edited by the
		# terminal.
		# shellcheck disable=SC2016
		zsh -f -c '
			zmodload zsh/zpty
			zpty z "TERM=dumb zsh -f -i"
			zpty -w z "PS1= PS2= PROMPT_SP= ; unsetopt zle_bracketed_paste;" \
				"fpath=($1/zsh \$fpath); autoload -U compinit; compinit -u -D"
			zpty -w z "compadd() { if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then" \
				"builtin compadd \"\$@\"; return \$?; fi; local -a __hits;" \
				"builtin compadd -A __hits \"\$@\"; local __hit;" \
				"for __hit in \$__hits; do print -r -- \"hit:\$__hit\"; done;" \
				"builtin compadd \"\$@\"; }"
			zpty -w z "zstyle \":completion:*\" list-grouped false;" \
				"offer() { zle complete-word; print -r -- over-\$((6 * 7)); };" \
				"zle -N offer; bindkey \"^I\" offer"
			zpty -w z "begin() { print -r -- ready-\$((6 * 7)); }; zle -N zle-line-init begin"
			line= text=
			until [[ $line == *ready-42* ]]; do zpty -r z line || break; done
			zpty -n -w z "${(j: :)@[2,-1]}"$'"'\\t'"'
			deadline=$((SECONDS + 60))
			while ((SECONDS < deadline)) && [[ $text != *over-42* ]]; do
				if zpty -r -t z line; then text+=$line; else sleep 0.05; fi
			done
			print -r -- "$text"
			zpty -d z' zsh "$directory" "$@" | tr -d '\r' | sed -n 's/.*hit://p'
		;;
	fish)
		# fish completes only in an interactive shell.
		place=$(mktemp -d)
		command="set -p fish_complete_path $directory/fish"
		{
			echo "test -e '$place/done'; and exit"
			printf "complete -C '%s' | string replace -r '\\t.*' '' >'%s'\n" "$*" "$place/offered"
			echo "touch '$place/done'"
		} >"$place/commands"
		# Input before fish is ready is lost.
		for _ in $(seq 240); do
			[ ! -e "$place/done" ] || break
			echo "source $place/commands"
			sleep 0.5
		done | HOME=$place TERM=dumb timeout 130 script -qec \
			"fish --no-config --private -i --init-command '$command'" /dev/null >/dev/null || true
		cat "$place/offered"
		rm -rf "$place"
		;;
esac | LC_ALL=C sort -u
