#!/usr/bin/env bash
# Runs the fuzz targets for some time, as many at once as there are processors, and tells what was
# found. Corpora stay in the build folder, so that each run goes on where the last one ended.
#
# usage: fuzz/campaign.sh BUILD_DIR SECONDS [TARGET...]
set -euo pipefail

build=$1
seconds=$2
shift 2
here=$(cd "$(dirname "$0")" && pwd)
targets=("$@")
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}

every_target() {
    local program
    for program in "$build"/fuzz/fuzz_*; do
        [[ -f $program && -x $program ]] && basename "$program" | sed 's/^fuzz_//'
    done
}

if ((${#targets[@]} == 0)); then
    mapfile -t targets < <(every_target)
fi
for target in "${targets[@]}"; do
    if [[ ! -x $build/fuzz/fuzz_$target ]]; then
        printf 'There is no fuzz target "%s". There are: %s\n' "$target" "$(every_target | tr '\n' ' ')" >&2
        exit 2
    fi
done

# fuzz TARGET: becomes libFuzzer, whose words go to the target's log.
fuzz() {
    local target=$1 program=$build/fuzz/fuzz_$1 corpus=$build/corpus/$1 seeds=$build/seeds/$1
    local findings=$build/findings/$1 options=()
    mkdir -p "$corpus" "$findings" "$build/logs"
    rm -rf "$seeds"
    [[ ! -f $here/$target.dict ]] || options+=("-dict=$here/$target.dict")
    exec >"$build/logs/$target.log" 2>&1
    "$program" "--make-seeds=$seeds"
    exec "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$findings/" "${options[@]}" "$corpus" "$seeds"
}

# field NAME FILE: the last number of one of libFuzzer's statistics.
field() {
    grep -aoE "$1:? +[0-9]+" "$2" | tail -n 1 | grep -oE '[0-9]+$' || printf '%s' -
}

row() {
    printf '%-20s %12s %8s %9s  %s\n' "$@"
}

declare -A running=()
declare -A outcome=()

# Waits for one of those that run, and keeps its exit status.
reap() {
    local status=0 ended
    wait -n -p ended "${!running[@]}" || status=$?
    outcome[${running[$ended]}]=$status
    unset "running[$ended]"
}

# Who stops this stops all that it has started.
trap 'kill -- "${!running[@]}"; exit 130' INT TERM

for target in "${targets[@]}"; do
    ((${#running[@]} < $(nproc))) || reap
    fuzz "$target" &
    running[$!]=$target
    printf 'fuzzing %s for %s s\n' "$target" "$seconds"
done
while ((${#running[@]} != 0)); do
    reap
done

failed=0
printf '\n'
row target executions exec/s coverage findings
for target in "${targets[@]}"; do
    log=$build/logs/$target.log
    finding=none
    if ((outcome[$target] != 0)); then
        finding="FOUND (exit status ${outcome[$target]})"
        failed=1
    fi
    row "$target" "$(field stat::number_of_executed_units "$log")" \
        "$(field stat::average_exec_per_sec "$log")" "$(field cov "$log")" "$finding"
done
for target in "${targets[@]}"; do
    ((outcome[$target] != 0)) || continue
    printf '\n%s: %s\n' "$target" "$(grep -aE -m 1 'A promise does not hold|ERROR: |runtime error: ' \
        "$build/logs/$target.log" || tail -n 1 "$build/logs/$target.log")"
    printf '  all it said: %s\n' "$build/logs/$target.log"
    file=$(grep -aoE 'Test unit written to .*' "$build/logs/$target.log" | tail -n 1 | cut -d' ' -f5 || true)
    [[ -z $file ]] || printf '  once more:   %s %s\n' "$build/fuzz/fuzz_$target" "$file"
done
exit "$failed"
