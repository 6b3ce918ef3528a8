#!/usr/bin/env bash
# Runs every check of the project, the cheap ones first, and prints the sum of all test runs as its last line:
#   N passed, N failed, N skipped
# A step that fails (restore, format, build, a suite that hangs or prints no result) counts as one failure and is named above that line;
# so is each test that failed, with the first line of what it said.
set -u
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 NO_COLOR=1

suite_seconds_max=900
named_max=20
line_characters_max=300
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
passed=0 failed=0 skipped=0
failures=()

say() { printf '\n== %s\n' "$*"; }
fail() { failed=$((failed + 1)); failures+=("$1"); printf 'FAILED: %s\n' "$1"; }

finish() {
    if [ ${#failures[@]} -gt 0 ]; then
        printf '\nWhat failed:\n'
        printf '  %s\n' "${failures[@]}"
    fi
    if [ $((passed + failed)) -eq 0 ]; then fail "no test ran"; fi
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
    exit
}

# Debian packages that tests start as real programs. What is missing makes their tests skip, naming it.
install() {
    local command=$1 package=$2
    command -v "$command" >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$package"; } >"$reports/apt.log" 2>&1
    fi
    command -v "$command" >/dev/null || printf 'Missing: %s. Install the package %s; the tests that need it are skipped.\n' "$command" "$package"
}

attribute() { sed -n "s/.* $2=\"\([0-9]*\)\".*/\1/p" "$1" | head -1; }

# What failed in one suite's report, a line each: name, and the first line of the message.
failed_tests() {
    sed 's/<test /\n&/g; s/<error /\n&/g; s/<message>/\n&/g' "$1" | awk -v named_max="$named_max" -v characters_max="$line_characters_max" '
        function text(xml) {
            gsub(/&lt;/, "<", xml); gsub(/&gt;/, ">", xml); gsub(/&quot;/, "\"", xml); gsub(/&apos;/, "\047", xml); gsub(/&amp;/, "\\&", xml)
            return xml
        }
        /^<(test|error) / {
            is_failed = /^<error / || / result="Fail"/
            match($0, / name="[^"]*"/)
            name = substr($0, RSTART + 7, RLENGTH - 8)
        }
        /^<message>/ && is_failed {
            is_failed = 0
            if (++count > named_max) next
            message = substr($0, 10)
            sub(/<\/message>.*/, "", message)
            print substr(text(name ": " message), 1, characters_max)
        }
        END { if (count > named_max) print "and " count - named_max " more" }'
}

# Runs one suite's executable and adds its result to the sums.
suite() {
    local configuration=$1 name=$2
    local program="tests/$name/bin/$configuration/net10.0/$name.dll" report="$reports/$configuration.$name.xml"
    say "$name ($configuration)"
    timeout --kill-after=10 "$suite_seconds_max" dotnet "$program" -noColor -noLogo -result-xml "$report" </dev/null
    local code=$?
    local summary="$reports/summary"
    if ! grep -o '<assembly [^>]*>' "$report" >"$summary" 2>/dev/null; then
        fail "$name ($configuration) ended with code $code and no result"
        return
    fi
    local suite_failed=$(($(attribute "$summary" failed) + $(attribute "$summary" errors)))
    passed=$((passed + $(attribute "$summary" passed)))
    failed=$((failed + suite_failed))
    skipped=$((skipped + $(attribute "$summary" skipped)))
    if [ "$suite_failed" -gt 0 ]; then
        failures+=("$suite_failed in $name ($configuration)")
        while IFS= read -r line; do failures+=("    $line"); done < <(failed_tests "$report")
    elif [ "$code" -ne 0 ]; then
        fail "$name ($configuration) ended with code $code"
    fi
    if [ "$(attribute "$summary" total)" = 0 ]; then fail "$name ($configuration) ran no test"; fi
}

benchmark() {
    say "benchmark smoke: $*"
    timeout --kill-after=10 300 dotnet tests/OrleansPool.Benchmarks/bin/Release/net10.0/OrleansPool.Benchmarks.dll \
        "$@" --quick --json "$reports/$1.json" </dev/null || fail "benchmark smoke: $*"
}

# Runs a command of the simulator; it counts as one test.
simulation() {
    say "simulation: $*"
    if timeout --kill-after=10 900 dotnet tests/OrleansPool.Simulation/bin/Release/net10.0/OrleansPool.Simulation.dll "$@" </dev/null >"$reports/simulation.log" 2>&1; then
        passed=$((passed + 1))
    else
        fail "simulation: $*"
    fi
    tail -n 60 "$reports/simulation.log" | cut -c 1-400
}

say "what the tests need"
install redis-server redis-server
install g++ g++
install chromium chromium
install chromedriver chromium-driver

say "restore, with the versions that are locked"
dotnet restore OrleansPool.sln --locked-mode || { fail "locked restore"; finish; }

say "format"
dotnet format OrleansPool.sln --verify-no-changes --no-restore --severity warn || fail "format: run 'dotnet format'"

say "build, warnings are errors"
dotnet build OrleansPool.sln -c Release --no-restore -v quiet || { fail "Release build"; finish; }
dotnet build tests/OrleansPool.Core.Tests -c Debug --no-restore -v quiet || { fail "Debug build"; finish; }

cheapest_first="Tidy Abstractions Core Client Transport Cli Server Cluster"
for name in $cheapest_first; do
    if [ -d "tests/OrleansPool.$name.Tests" ]; then suite Release "OrleansPool.$name.Tests"; fi
done
for folder in tests/OrleansPool.*.Tests; do
    name=${folder#tests/OrleansPool.}
    case " $cheapest_first " in
        *" ${name%.Tests} "*) ;;
        *) suite Release "OrleansPool.$name" ;;
    esac
done

# The invariants that cost time are checked in Debug.
suite Debug OrleansPool.Core.Tests

simulation run --start 1 --seeds 100
simulation run --start "$(date +%s)000" --seeds 200
simulation mutants --seeds 120

benchmark alloc
benchmark read
benchmark leases
benchmark paths
benchmark batches
benchmark telemetry
benchmark waiters
benchmark micro
benchmark compare
benchmark ycsb A
trace=../shared/data/traces/mooncake_conversation.jsonl
if [ -f "$trace" ]; then benchmark trace "$trace"; else say "benchmark smoke: trace is skipped, $trace is missing"; fi

finish
