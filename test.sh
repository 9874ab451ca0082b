#!/usr/bin/env bash
# Runs all tests, and installs what they need first where it is missing (Debian). Arguments go to `dotnet test`, but for
#   test.sh soak INTERRUPTS [--seed N] [--workers N]     which asks so many times, and accounts for every request
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v dotnet >/dev/null; then
  echo "test.sh: dotnet is not on PATH; install the .NET SDK that global.json names." >&2
  exit 1
fi

compiles() { printf '#include <stdio.h>\nint main(void) { return 0; }\n' | gcc -x c -o /dev/null - 2>/dev/null; }

packages=()
command -v spin >/dev/null || packages+=(spin)                                 # the model of the delivery protocol
command -v gcc >/dev/null && compiles || packages+=(gcc libc6-dev)             # compiles the verifier that spin writes
[[ -x /usr/bin/python3 ]] && /usr/bin/python3 -c 'import msgpack' 2>/dev/null \
  || packages+=(python3 python3-msgpack)                                       # an independent MessagePack
if [[ -z ${PROCINTERRUPT_LIBPYTHON:-} ]] && ! compgen -G '/usr/lib/*/libpython3.*.so.1.0' >/dev/null; then   # the python engine
  version=$(apt-cache depends python3 2>/dev/null | sed -n 's/^ *Depends: python\(3\.[0-9]*\)$/\1/p' | head -1 || true)
  packages+=("libpython${version:-3.11}")
fi
command -v strace >/dev/null || packages+=(strace)                             # shows the access rules
command -v script >/dev/null || packages+=(bsdutils)                           # a pseudo terminal, for Ctrl+C

if ((${#packages[@]} > 0)); then
  if ! command -v apt-get >/dev/null; then
    echo "test.sh: the tests need these Debian packages or their like, and there is no apt-get: ${packages[*]}" >&2
    exit 1
  fi
  sudo=()
  if ((EUID != 0)); then
    if ! command -v sudo >/dev/null; then
      echo "test.sh: the tests need these packages; install them as root: apt-get install ${packages[*]}" >&2
      exit 1
    fi
    sudo=(sudo)
  fi
  "${sudo[@]}" apt-get update
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}"
fi

if [[ ${1-} == soak ]]; then
  dotnet build tests -c Release -v quiet -nologo
  exec dotnet tests/bin/Release/net10.0/ProcInterrupt.Tests.dll "$@"
fi

exec dotnet test ProcInterrupt.sln -c Release "$@"
