#!/usr/bin/env bash
# Checks the delivery models exhaustively with spin, and that each mutant is found out; see README.md.
#
#   check.sh                 every scenario, a line each
#   check.sh NAME...         these only
#   check.sh -v NAME...      the same, with what the checker printed
#   check.sh -l              their names
#
# Exit code: 0 all as expected, 1 a surprise, 2 bad usage, 3 a tool is missing. Nothing is written beside the sources.
set -u
here=${BASH_SOURCE[0]%/*}
if [ "$here" = "${BASH_SOURCE[0]}" ]; then here=.; fi
here=$(cd "$here" && pwd) || exit 1
verbose=0
case "${1-}" in
  -l) sed -nE 's/^(holds|ends|breaks) +([^ ]+).*/\2/p' "$here/scenarios.txt"; exit 0 ;;
  -v) verbose=1; shift ;;
  -*) echo "usage: check.sh [-l | [-v] NAME...]" >&2; exit 2 ;;
esac

for tool in spin gcc; do
  if ! command -v "$tool" > /dev/null; then
    echo "$tool is missing. The models need the Debian packages spin and gcc: apt-get install spin gcc" >&2
    exit 3
  fi
done

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# Prints one line about a scenario; fails if it is not as expected.
check() {
  local name=$1 folder=$work/$1 kind claim model flags="" options="-DSAFETY -DNOFAIR" search="" effort=-O1 started=$EPOCHREALTIME
  shift
  kind=$1; claim=$2; model=$3
  shift 3
  for define in "$@"; do flags+=" -D$define"; done
  # A mutant is found soon: less time for the compiler then.
  if [ "$kind" = breaks ]; then effort=-O0; fi
  # `provided` and `unless` do not go with partial order reduction.
  case " $model $* " in *" DEATH "* | *" ladder.pml "*) options+=" -DNOREDUCE" ;; esac
  # Looks for an execution that never comes to rest.
  if [ "$kind" = ends ]; then options="-DNP"; search=-l; fi
  mkdir "$folder" && cd "$folder" || return 1

  # -E: a process that waits for ever is fine in itself; the model's Judge says whether that is so when nothing moves.
  # shellcheck disable=SC2086
  if ! spin $flags -a "$here/$model" > output 2>&1 \
    || ! gcc $effort -w -DCOLLAPSE -DVECTORSZ=2048 -DMEMLIM=3500 $options -o pan pan.c >> output 2>&1 \
    || ! ./pan $search -E -n -m200000 -w22 >> output 2>&1; then
    :
  fi

  local verdict=unexpected
  local states errors
  states=$(sed -nE 's/^ *([0-9.e+]+) states, stored.*/\1/p' output)
  errors=$(sed -nE 's/.*errors: ([0-9]+).*/\1/p' output)
  if [ "$kind" != breaks ]; then
    # Everything was visited: no error, and the search was neither cut nor approximate.
    if [ "$errors" = 0 ] && grep -q '^Full statespace search' output \
      && ! grep -qiE 'search not completed|max search depth too small|out of memory|resource|unsupported|error:' output; then
      verdict=$kind
    fi
  elif [ "${errors:-0}" != 0 ] && grep -q "assertion violated.*$claim" output; then
    verdict="broken as it must be: $claim"
  fi

  printf '%-34s %10s states %7.2f s  %s\n' "$name" "${states:-?}" "$(awk -v a="$started" -v b="$EPOCHREALTIME" 'BEGIN { print b - a }')" "$verdict"
  if [ "$verbose" = 1 ] || [ "$verdict" = unexpected ]; then cat output; fi
  cd "$work" && rm -rf "$folder"
  [ "$verdict" != unexpected ]
}

known=0
surprises=0
while read -r kind name rest; do
  case "$kind" in holds | ends | breaks) ;; *) continue ;; esac
  if [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; then continue; fi
  known=$((known + 1))
  if [ "$kind" != breaks ]; then rest="- $rest"; fi
  # shellcheck disable=SC2086
  check "$name" "$kind" $rest || surprises=$((surprises + 1))
done < "$here/scenarios.txt"

if [ "$known" = 0 ] || { [ $# -gt 0 ] && [ "$known" != $# ]; }; then
  echo "No such scenario; check.sh -l names them." >&2
  exit 2
fi

if [ "$surprises" != 0 ]; then
  echo "$surprises of $known scenarios were not as expected." >&2
  exit 1
fi

echo "$known scenarios as expected in $SECONDS s."
