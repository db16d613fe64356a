#!/usr/bin/env bash
# Builds everything and passes every test: formatting, unit and property tests, real processes killed, what the
# documents tell people to type, the official Qdrant client, the Helm chart, the image's content, the unit, alerts and
# dashboards.
# Needs the .NET SDK; the client's tests and those of deploy/ need Node.js 18 or newer with npm, and are skipped, and
# said to be, without it. The chart is rendered by helm, or by Go with two of Debian's libraries, which are installed as
# PostgreSQL is; without either, the tests that render it are skipped. Alerts and dashboards are run by Prometheus, which
# is installed likewise, and skipped without it.
# Needs PostgreSQL's server programs, and installs them where it may: as root, with apt-get. Without them the tests of
# the PostgreSQL store fail. VECTORCLUSTER_TEST_POSTGRES names a server to use instead (a connection string as Npgsql
# takes it); the tests that kill their server are then skipped, and said to be, if the programs are missing.
# Closes with "N passed, N failed[, N skipped]", summed over all test projects; its exit code is 0 only if none failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

configuration=Release
results=$(mktemp -d)
server=
cleanup() {
  if [ -n "$server" ]; then kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; fi
  rm -rf "$results"
}
trap cleanup EXIT

command -v dotnet >/dev/null || { echo "test.sh needs the .NET SDK 10 (command 'dotnet')."; exit 1; }
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

# As tests/Postgres/PostgresPrograms.cs looks for them.
has_postgres() {
  local folder folders=(/usr/lib/postgresql/*/bin "$(pg_config --bindir 2>/dev/null)")
  IFS=: read -ra path <<<"$PATH"
  for folder in "${folders[@]}" "${path[@]}"; do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && return 0
  done
  return 1
}

install_packages() {
  export DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1
  apt-get install -qq -y --no-install-recommends "$@" && return
  apt-get update -qq && apt-get install -qq -y --no-install-recommends "$@"
}

install_postgres() {
  # The tests run servers of their own; without this the package would make one, and start it.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
  fi
  install_packages postgresql
}

if [ -z "${VECTORCLUSTER_TEST_POSTGRES:-}" ] && ! has_postgres; then
  if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "== PostgreSQL (apt-get install postgresql)"
    install_postgres >"$results/apt.log" 2>&1 </dev/null || tail -n 20 "$results/apt.log"
  fi
  has_postgres || echo "PostgreSQL's server programs are not here, so the tests that need them will fail." \
    "Install them (Debian, Ubuntu: apt-get install postgresql)," \
    "or name a server in VECTORCLUSTER_TEST_POSTGRES."
fi

# Everything where Orleans' packages restore; elsewhere all that does without them, and the last line but one says so.
solution=VectorCluster.sln obstacle=
echo "== restore"
for project in src/Silo tests/Cluster; do
  dotnet restore "$project" --nologo -v quiet >"$results/restore.log" 2>&1 && continue
  obstacle=$(grep -om 1 'Unable to find package Microsoft\.Orleans[A-Za-z.]*[A-Za-z]' "$results/restore.log")
  # Anything else is not a feed that lacks Orleans, but a fault of ours.
  if [ -z "$obstacle" ]; then cat "$results/restore.log"; echo "$project does not restore."; exit 1; fi
  solution=VectorCluster.Embedded.slnf
  echo "$obstacle: going on without the cluster."
  break
done

echo "== build"
dotnet build "$solution" -c "$configuration" --nologo -v quiet || { echo "The build failed."; exit 1; }

passed=0 failed=0 skipped=0

# Counts one failure, says what it is, and keeps that for the end.
fail() { echo "$*" | tee -a "$results/failures"; failed=$((failed + 1)); }

echo "== format"
if dotnet format "$solution" --verify-no-changes --no-restore; then passed=$((passed + 1)); else
  fail "Format: run 'dotnet format VectorCluster.sln'."
fi

# name_failures NAME: the failed tests in NAME.trx, each with the first lines of what it said.
name_failures() {
  awk -v project="$1" '
    /<UnitTestResult / && /outcome="Failed"/ { sub(/.* testName="/, ""); sub(/" .*/, ""); print project ": " $0; lines = 6 }
    /<Message>/ && lines { message = 1 }
    message && lines { ends = sub(/<\/Message>.*/, ""); sub(/.*<Message>/, ""); print "  " substr($0, 1, 300); lines-- }
    ends { message = lines = ends = 0 }
  ' "$results/$1.trx" 2>/dev/null | unescape >>"$results/failures"
  # Left by a host that crashed, or was ended since no test did.
  cat "$results"/*/Sequence_*.xml 2>/dev/null | unescape \
    | sed -n "s/.* DisplayName=\"\(.*\)\" Source=.*Completed=\"False\".*/$1: \1 did not end/p" >>"$results/failures"
  rm -rf "$results"/*/
}

unescape() { sed "s/&quot;/\"/g; s/&apos;/'/g; s/&lt;/</g; s/&gt;/>/g; s/&#xD;//g; s/&amp;/\&/g"; }

# run_tests PROJECT NAME: its tests, counted; the results stay as NAME.trx. A test that hangs is ended, and named.
run_tests() {
  local project=$1 name=$2 status counters before
  echo "== $name"
  dotnet test "$project" -c "$configuration" --no-build --nologo --logger "trx;LogFileName=$name.trx" \
    --results-directory "$results" --blame-hang-timeout 10m --blame-hang-dump-type none
  status=$?
  name_failures "$name"
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null | head -n 1)
  if [ -z "$counters" ] || grep -q "total=\"0\"" <<<"$counters"; then
    fail "$name did not run to its end, or has no tests."
    return
  fi
  # What tests list as left out, because it can't be done here, is neither passed nor failed.
  grep -o 'NOT run: [^<]*' "$results/$name.trx" | unescape | tee -a "$results/left-out"
  before=$failed
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count total) - $(count passed) - $(count notExecuted)))
  skipped=$((skipped + $(count notExecuted)))
  # A crashed test host leaves counters without a failure.
  if [ "$status" -ne 0 ] && [ "$failed" -eq "$before" ]; then fail "$name: dotnet test ended with code $status."; fi
}

# One project after the other: their processes and data compete for the same cores.
for project in tests/*/*.Tests.csproj; do
  name=$(basename "$project" .csproj)
  [ -n "$obstacle" ] && [ "$name" = Cluster.Tests ] && continue
  run_tests "$project" "$name"
done

# The engine once more by each narrower set of kernels that the processor has; a test has told the widest.
case $(grep -o 'Kernels: [A-Za-z0-9]*' "$results/Engine.Tests.trx" 2>/dev/null | head -n 1) in
  "Kernels: Vector512") narrower="Vector256 Scalar" ;;
  "Kernels: Vector256") narrower=Scalar ;;
  "Kernels: Scalar") narrower= ;;
  *) narrower=; fail "The engine's tests did not tell the processor's kernels." ;;
esac
for set in $narrower; do
  VECTORCLUSTER_INSTRUCTION_SET=$set run_tests tests/Engine/Engine.Tests.csproj "Engine.Tests.$set"
done

has_node() {
  command -v npm >/dev/null && [ "$(node -p 'Number(process.versions.node.split(".")[0]) >= 18')" = true ]
}

# Adds up what `node --test` said in the end.
count_node_tests() {
  local log=$1 name=$2
  of() { sed -n "s/^[^ ]* $1 \([0-9]*\)$/\1/p" "$log" | tail -n 1; }
  if [ -z "$(of pass)" ]; then
    fail "$name did not run to its end."
    return
  fi
  grep '^ *not ok ' "$log" | sed "s|^|$name: |" >>"$results/failures"
  passed=$((passed + $(of pass)))
  failed=$((failed + $(of fail) + $(of cancelled)))
  skipped=$((skipped + $(of skipped)))
}

echo "== official Qdrant client (tests/Clients)"
if has_node; then
  dotnet "src/Cli/bin/$configuration/net10.0/vectorcluster.dll" serve --data "$results/data" --port 0 >"$results/server.log" 2>&1 &
  server=$!
  for _ in $(seq 300); do
    url=$(grep -o 'http://[0-9.:]*' "$results/server.log" | head -n 1)
    [ -n "$url" ] && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
  done
  if (cd tests/Clients && npm ci --no-audit --no-fund --silent) && [ -n "${url:-}" ]; then
    (cd tests/Clients && VECTORCLUSTER_URL=$url npm test --silent) 2>&1 | tee "$results/clients.log"
    count_node_tests "$results/clients.log" tests/Clients
  else
    fail "tests/Clients: the client or the server did not start:"; cat "$results/server.log"
  fi
else
  echo "Node.js 18 with npm is not here: the official client's tests did NOT run."
  skipped=$((skipped + 1))
fi

# As tests/Deploy/chart.mjs looks for them.
can_render() {
  command -v helm >/dev/null && return
  command -v go >/dev/null && [ -d /usr/share/gocode/src/github.com/Masterminds/sprig ] \
    && [ -d /usr/share/gocode/src/sigs.k8s.io/yaml ]
}

has_prometheus() { command -v prometheus >/dev/null && command -v promtool >/dev/null; }

install_prometheus() {
  # The tests run a server of their own; without this the package would start one.
  local policy=/usr/sbin/policy-rc.d made=
  if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod 755 "$policy" && made=1; fi
  install_packages prometheus
  [ -z "$made" ] || rm "$policy"
  if command -v systemctl >/dev/null; then systemctl disable --quiet prometheus 2>/dev/null; fi
}

echo "== Helm chart, container files, alerts and dashboards (tests/Deploy)"
if has_node; then
  if ! can_render && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    install_packages golang-go golang-github-masterminds-sprig-dev golang-k8s-sigs-yaml-dev \
      >"$results/apt.log" 2>&1 </dev/null || tail -n 20 "$results/apt.log"
  fi
  can_render || echo "Neither helm nor Go with its libraries is here: the chart is NOT rendered."
  if ! has_prometheus && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    install_prometheus >"$results/apt.log" 2>&1 </dev/null || tail -n 20 "$results/apt.log"
  fi
  has_prometheus || echo "Prometheus is not here (Debian, Ubuntu: apt-get install prometheus):" \
    "alerts and dashboards are NOT run."
  if (cd tests/Deploy && npm ci --no-audit --no-fund --silent); then
    (cd tests/Deploy && npm test --silent) 2>&1 | tee "$results/deploy.log"
    count_node_tests "$results/deploy.log" tests/Deploy
  else
    fail "tests/Deploy: its packages can't be installed."
  fi
else
  echo "Node.js 18 with npm is not here: the tests of deploy/ did NOT run."
  skipped=$((skipped + 1))
fi

echo
if [ -n "$obstacle" ]; then
  echo "The cluster's tests (tests/Cluster) did NOT run: $obstacle."
  skipped=$((skipped + 1))
fi
if [ -s "$results/left-out" ]; then
  echo "$(grep -c . "$results/left-out") blocks of the documents did NOT run: what they need is not here (listed above)."
fi
if [ -s "$results/failures" ]; then echo "What failed:"; sed 's/^/  /' "$results/failures"; fi
if [ "$skipped" -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
