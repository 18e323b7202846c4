#!/bin/sh
# bad_traces.sh - whatever can be wrong with a job log or the options that name it: a clear message, the documented exit
# code, no half-written file, in time.
#
# Goal: no log crashes a reader, hangs it, or is taken for something else. Method: a table of small files for every format;
# beside each the words that the message must hold. The sanitizer builds run this script too.
set -u
bin=$(cd "${BUILD:-build}" && pwd) || exit 1
gpuplan=$bin/gpuplan
passed=0
failed=0
samples=$(cd tests/data && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir in out

ok() { # TEXT COMMAND...: the command must succeed
    text=$1
    shift
    if "$@"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        echo "bad_traces: $text"
        head -n 4 "$work/err" | cut -c 1-160 | sed 's/^/    /'
    fi
}
ends() { # CODE WORDS ARGUMENT...: gpuplan ends in time with CODE and says WORDS ("-": nothing) on standard error
    want=$1
    words=$2
    shift 2
    timeout 20 "$gpuplan" "$@" >"$work/stdout" 2>"$work/err"
    code=$?
    shown=$(echo "$*" | cut -c 1-100)
    ok "$shown ended with $code, not $want" [ "$code" -eq "$want" ]
    [ "$words" = - ] || ok "'$words' is not said by $shown" grep -qF -- "$words" "$work/err"
    ok "$shown says too much" [ "$(wc -c <"$work/err")" -lt 200000 ]
}
nothing_left() {
    ok "$1 left something behind" [ -z "$(ls out)" ]
    rm -rf out && mkdir out
}
refused() { # WORDS FORMAT FILE: by stats and by convert
    ends 3 "$1" trace stats "$3" --format "$2"
    ends 3 "$1" trace convert "$3" --format "$2" -o out/log.csv
    nothing_left "$1"
}
bad() { # FORMAT CONTENT WORDS
    printf "$2" >in/f
    refused "$3" "$1" in/f
}

# ---- files ----
refused 'cannot open: No such file' native in/nope
refused 'this is a directory' native in
bad native '' 'the file is empty'
bad sacct '' 'the file is empty'
bad swf '' 'the file has no jobs'
bad philly-json '' 'expected a JSON array'
for format in native openb philly sacct swf; do
    bad "$format" 'PK\003\004xxxx' 'a zip archive or a spreadsheet'
    bad "$format" '\377\376i\000' 'a UTF-16 text'
    bad "$format" '\375 7zXZ' 'error'
    bad "$format" '\037\213\010\000\000\000\000\000\000\003' 'the gzip data are damaged (the file is cut off)'
    bad "$format" '\050\265\057\375\004' 'the zstd data are damaged'
done
bad philly-json '\037\213\010\000' 'the gzip data are damaged'
bad native '\3757zXZ\000' 'this is an xz file'
bad native 'BZh91AY' 'this is a bzip2 file'
gzip -c "$samples/trace-native.csv" | gzip -c >in/twice
refused 'this is packed twice (gzip)' native in/twice
gzip -c "$samples/trace-sacct.txt" | head -c 300 >in/cut
refused 'the gzip data are damaged (the file is cut off) at byte 300' sacct in/cut
{ gzip -c "$samples/trace-swf.txt" && echo tail; } >in/tail
refused 'something else follows' swf in/tail
awk 'BEGIN { print "submit,duration,gpus"; for (i = 0; i < 300000; i++) printf "0"; print ",1,1" }' >in/long
refused 'the line is longer than 262144 bytes' native in/long
ends 3 'its format cannot be looked at' trace stats /dev/null

# ---- cells: the unit tests of the native CSV hold its table ----
bad native 'submit,duration,gpus\n0,1h30,1\n' "f:2:3: error[unit]: duration is '1h30'"
bad native 'submit,duration,gpus\n0,1,1\n0,1\n' 'f:3:1: error[csv]: the line has 2 cells; expected 3'
bad native 'submit,duration,gpus\n0,1,\377\n' 'f:2:5: error[encoding]: found the byte 0xff'
bad native 'submit,duration,gpus\n0,1,0\n' 'no job is left of 1 row'
while IFS='~' read -r format text words; do
    bad "$format" "$text" "$words"
done <<'TABLE'
openb~name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,1,1000\n~missing in the header: creation_time, deletion_time, scheduled_time
openb~name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time\na,1,1,1,1000,x,2,1\n~f:2:14: error[csv]: creation_time is 'x'
openb~name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time\na,1,1,1,1000,1,,1\n~deletion_time is empty
openb~name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time\na,1,1,1,1000,1,2,1\na,1,1,1,1000,1,2,1\n~f:3: error[duplicate]: id 'a' is there already, in line 2
openb~name,cpu_milli,memory_mib,num_gpu,gpu_milli,creation_time,deletion_time,scheduled_time\na,1,1,1,1000,1,2,\n~most often: never scheduled (1)
philly~timestamp,duration,num_gpus,cluster\n2017-10-11,1,1,a\nsoon,1,1,a\n~f:3:1: error[csv]: timestamp is 'soon'; expected a time
philly~timestamp,duration,num_gpus,cluster\n2017-10-11 08:00:00,-1,1,a\n~duration is '-1'; expected seconds
philly~timestamp,duration,num_gpus,cluster\n2017-10-11 08:00:00,1e9,1,a\n~duration is '1e9'
philly~timestamp,duration,num_gpus,cluster\n2017-10-11 08:00:00,9999999999,1,a\n~expected at most 3155760000 seconds
philly~timestamp,duration,num_gpus,cluster\n2017-10-11 08:00:00,1,1000001,a\n~num_gpus is '1000001'
philly~timestamp,duration,num_gpus,cluster\n0017-10-11 08:00:00,1,1,a\n~timestamp is '0017-10-11 08:00:00'
swf~; only a comment\n~the file has no jobs
swf~1 2 3\n~f:1:1: error[swf]: the line has 3 fields; expected 18
swf~1 0 0 1 1 -1 -1 1 1 -1 1 1 1 1 1 1 -1~the file seems to be cut off here
swf~1 0 0 x 1 -1 -1 1 1 -1 1 1 1 1 1 1 -1 -1\n~f:1:7: error[swf]: run time is 'x'; expected a number
swf~1 0 0 99999999999 1 -1 -1 1 1 -1 1 1 1 1 1 1 -1 -1\n~run time is '99999999999'
swf~1 0 -1 -1 -1 -1 -1 1 1 -1 5 1 1 1 1 1 -1 -1\n~most often: never ran (1)
sacct~JobID|Submit|Start|End|State\n1|a|b|c|d\n~missing in the header: AllocTRES
sacct~1|2026-03-02T09:00:00|COMPLETED\n~missing in the header: JobID, Submit
sacct~JobID|Submit|Start|End|State|AllocTRES\n1|##########|None|None|PENDING|\n~Submit is '##########'; expected a time
sacct~JobID|Submit|Start|End|State|AllocTRES\n1|Unknown|None|None|PENDING|\n~expected the time of submission
sacct~JobID|Submit|Start|End|State|AllocTRES\n1|2026-03-02T09:00:00|2026-03-02T09:00:00|2026-03-02T10:00:00|COMPLETED|cpu=2,gres/gpu=x\n~AllocTRES goes wrong at 'gres/gpu=x'
sacct~JobID|Submit|Start|End|State|AllocTRES\n1|2026-03-02T09:00:00|2026-03-02T09:00:00|2026-03-02T10:00:00|COMPLETED|gres/gpu=8,\n~AllocTRES goes wrong at ''
sacct~JobID|Submit|Start|End|State|AllocTRES\n1|2026-03-02T09:00:00|2026-03-02T09:00:00|2026-03-02T10:00:00|COMPLETED|gres/gpu=2000000\n~expected at most 1000000 GPUs
sacct~JobID|Submit|Start|End|State|AllocTRES|TimelimitRaw\n1|2026-03-02T09:00:00|2026-03-02T09:00:00|2026-03-02T10:00:00|COMPLETED|gres/gpu=2|1-00:00:00\n~TimelimitRaw is '1-00:00:00'
sacct~JobID|Submit|Start|End|State|AllocTRES\n|2026-03-02T09:00:00|2026-03-02T09:00:00|2026-03-02T10:00:00|COMPLETED|gres/gpu=2\n~JobID is empty; expected a job number
philly-json~{}~expected a JSON array of objects
philly-json~[~the file is cut off: the array does not end
philly-json~[{"a":1}~attempts: expected an array
philly-json~[{"a":[1,2}]~error[json]
philly-json~[{"a"~the file is cut off inside an object
philly-json~[1,2]~expected an array of objects
philly-json~[] []~something follows the array
philly-json~[]~no job is left of 0 rows
philly-json~[{"jobid":"a","attempts":[],"submitted_time":"now"}]~f:1: error[json]: submitted_time: expected a time
philly-json~[\n{"jobid":"a","attempts":[],"submitted_time":null}]~f:2: error[json]: submitted_time: expected the time of submission
philly-json~[{"jobid":"a","jobid":"b"}]~error[json]
philly-json~[{"jobid":1,"attempts":[{"start_time":"2017-10-11","end_time":"2017-10-12","detail":[{"gpus":[1]}]}],"submitted_time":"2017-10-11"}]~jobid: expected a text
philly-json~[{"jobid":"a","attempts":[{"start_time":"2017-10-11","end_time":"2017-10-12","detail":[{"gpus":4}]}],"submitted_time":"2017-10-11"}]~detail: expected {ip, gpus
TABLE
awk 'BEGIN { printf "["; for (i = 0; i < 100000; i++) printf "{\"a\":" }' >in/deep
refused 'error[json]' philly-json in/deep

# All mistakes at once, as everywhere.
printf 'submit,duration,gpus\nx,1,1\n0,y,1\n0,1,z\n' >in/f
ends 3 "gpus is 'z'" trace stats in/f
ok 'not every mistake was said' [ "$(grep -c 'error\[' err)" -eq 3 ]

# ---- options ----
log=$samples/trace-openb.csv
ends 2 'which subcommand' trace
ends 2 "did you mean 'stats'" trace stat
ends 2 'which log?' trace stats
ends 2 'expected one log' trace stats "$log" "$log"
ends 2 'where to? -o FILE' trace convert "$log"
ends 2 'did you mean openb?' trace stats "$log" --format opnb
ends 2 '--from yesterday: expected a date' trace stats "$log" --from yesterday
ends 2 '--to 7: expected a date' trace stats "$log" --to 7
ends 2 '--timezone PST: expected UTC or an offset' trace stats "$log" --timezone PST
ends 2 '--gpus-per-node 33: expected a whole number from 1 to 32' trace stats "$log" --gpus-per-node 33
ends 2 '--as tpu: expected gpu or cpu' trace stats "$log" --as tpu
ends 2 'did you mean --timezone' trace stats "$log" --timzone UTC
ends 3 '`from` is a date, but the log has no dates' trace stats "$log" --from 2026-03-01
ends 3 '`to` does not lie behind `from`' trace stats "$log" --from 5000s --to 5000s
ends 3 'jobs are submitted before `origin`' trace stats "$log" --origin 5000s
ends 3 'no job is left of 6 rows' trace stats "$log" --from 90000s
ok 'it is not said why no job is left' grep -q 'ended before `from` *5 ' stdout
ends 3 'missing in the header' trace stats "$log" --format philly
ends 1 'No space left' trace convert "$log" -o /dev/full
ends 1 'out/no/such/log.csv: error[io]: cannot create' trace convert "$log" -o out/no/such/log.csv
nothing_left 'a folder that is not there'

echo "bad_traces: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
