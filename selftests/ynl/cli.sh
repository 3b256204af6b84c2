#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The tests of `run`, inside the guest. Each is a function that succeeds; the
# words before it are its name.
set -uo pipefail

here=$(cd "$(dirname "$0")" && pwd)
spec=$here/../../Documentation/netlink/specs/redund.yaml
area=cli.py
# shellcheck source=selftests/ynl/lib.sh
. "$here/lib.sh"

cli() { /usr/bin/python3 -B "$REDUND_YNL/cli.py" --spec "$spec" --no-schema "$@"; }
json() { cli --output-json "$@"; }

# is EXPRESSION COMMAND...: a Python expression over its JSON output, as x
is() {
	"${@:2}" >"$out/json" 2>"$out/err" || { cat "$out/json" "$out/err"; return 1; }
	/usr/bin/python3 -B -c 'import json, sys
x = json.load(open(sys.argv[1]))
if not eval("(" + sys.argv[2] + ")"):
    print(sys.argv[2], "does not hold for", x)
    sys.exit(1)' "$out/json" "$1"
}

# refused TEXT COMMAND...: fails, and the kernel's text holds TEXT
refused() {
	if "${@:2}" >"$out/refused" 2>&1; then
		echo "was not refused"
		return 1
	fi
	grep -qF "$1" "$out/refused" || { cat "$out/refused"; return 1; }
}

# ---- tests ---------------------------------------------------------------------

schema() {
	/usr/bin/python3 -B -c 'import jsonschema, sys, yaml
jsonschema.validate(yaml.safe_load(open(sys.argv[1])), yaml.safe_load(open(sys.argv[2])))' \
		"$spec" "$REDUND_SCHEMA"
}

# The schema that the check above uses does find mistakes.
schema_bites() {
	sed 's/admin-perm/admin-prem/' "$spec" >"$out/wrong.yaml"
	! spec=$out/wrong.yaml schema >/dev/null 2>&1
}

# Every word that a refusal can be is explained; every word explained exists.
words() {
	/usr/bin/python3 -B -c 'import re, sys, yaml
spec = yaml.safe_load(open(sys.argv[1]))
text = open(sys.argv[2]).read()
status = 0
for enum, title in ("refusal", "Refusals"), ("not-ready", "Not ready"):
    entries = next(d["entries"] for d in spec["definitions"] if d["name"] == enum)
    words = {e if isinstance(e, str) else e["name"] for e in entries} - {"none"}
    section = re.split(r"\n([^\n]+)\n=+\n", text)
    section = section[section.index(title) + 1]
    documented = set(re.findall(r"^([a-z-]+)  +\S", section, re.M)) - {"word"}
    missing, extra = words - documented, documented - words
    if enum == "refusal":
        extra -= {"no-instance", "several-instances", "not-registered", "no-object", "error",
                  "no-memory", "no-driver", "permission", "interrupted"}
    if missing or extra:
        print(enum, "not documented:", missing, "unknown:", extra)
        status = 1
sys.exit(status)' "$spec" "$here/../../Documentation/redund/netlink.rst"
}

instances() {
	is '[c["instance"] for c in x] == [0, 1] and
	    sorted(c["chassis"]["own-slot"] for c in x) == [1, 2] and
	    all(c["chassis"]["serial"] for c in x)' json --dump chassis-get
}

mms() {
	is '[m["mm"]["slot"] for m in x] == [1, 2] and
	    sorted(m["mm"]["role"] for m in x) == ["active", "standby"]' \
		json --dump mm-get --json '{"instance": 0}'
}

modules() {
	is '[m["module"]["index"] for m in x] == list(range(12)) and
	    x[0]["module"]["state"] == "up" and x[11]["module"]["state"] == "absent"' \
		json --dump module-get --json '{"instance": 0}'
}

one_module() {
	is 'x["module"]["index"] == 3' json --do module-get --json '{"instance": 0, "module-index": 3}'
}

events() {
	local first=5
	is '[e["event"]["id"] for e in x] == list(range(1, len(x) + 1)) and len(x) > 5' \
		json --dump event-get --json '{"instance": 0}' || return
	is 'x[0]["event"]["id"] == 5' json --dump event-get --json "{\"instance\": 0, \"event-id\": $first}" || return
	is 'x["event"]["id"] == 5' json --do event-get --json "{\"instance\": 0, \"event-id\": $first}"
}

history() {
	is 'x[-1]["history"]["reason"] == "election" and x[-1]["history"]["verdict"] == "done" and
	    [p["phase"] for p in x[-1]["history"]["phase"]][:3] == ["detected", "fenced", "claimed"]' \
		json --dump history-get --json '{"instance": 0}'
}

which_instance() {
	refused several-instances cli --dump mm-get || return
	refused no-instance cli --dump mm-get --json '{"instance": 7}' || return
	refused no-instance cli --do mm-get --json '{"instance": 7, "slot": 1}'
}

fabric_is() { is "x['fabric']['enabled'] == $2" json --do fabric-get --json "{\"instance\": $active, \"fabric-id\": $1}"; }
set_fabric() { cli --do fabric-set --json "{\"instance\": $active, \"fabric-id\": $1, \"enabled\": $2}"; }

fabric_switch() {
	set_fabric 2 0 && within 5 fabric_is 2 0 || return
	refused 'last-fabric: Both fabric modules cannot be disabled at the same time.' set_fabric 1 0 &&
		fabric_is 1 1 || return
	set_fabric 2 1 && within 5 fabric_is 2 1
}

refusals() {
	refused 'integer out of range' cli --do mm-get --json '{"instance": 0, "slot": 3}' || return
	refused 'invalid: slot is missing' cli --do mm-get --json '{"instance": 0}' || return
	refused 'no-object' cli --do history-get --json '{"instance": 0, "history-id": 9999}' || return
	refused 'invalid: The requester' cli --do redundancy-set \
		--json "{\"instance\": $active, \"enabled\": 1, \"requester\": \"a\\u001bb\"}" || return
	refused 'not-active' cli --do fabric-set \
		--json "{\"instance\": $((1 - active)), \"fabric-id\": 2, \"enabled\": 1}"
}

# cli.py and the specification where anybody may read them.
unprivileged() {
	local user=(setpriv --reuid 65534 --regid 65534 --clear-groups /usr/bin/python3 -B
		"$out/ynl/cli.py" --spec "$out/redund.yaml" --no-schema --output-json)
	cp -r "$REDUND_YNL" "$out/ynl" && cp "$spec" "$out/redund.yaml" && chmod -R a+rX "$out" || return
	is 'len(x) == 2' "${user[@]}" --dump mm-get --json '{"instance": 0}' || return
	is 'x["accepted"] == 1' "${user[@]}" --do switchover-check --json "{\"instance\": $active}" || return
	refused 'Operation not permitted' "${user[@]}" --do switchover --json "{\"instance\": $active}" || return
	refused 'Operation not permitted' "${user[@]}" --do fabric-set \
		--json "{\"instance\": $active, \"fabric-id\": 2, \"enabled\": 0}" || return
	fabric_is 2 1
}

# Listeners of generic netlink groups: any group bit in column 4 of protocol 16.
listening() { awk '$2 == 16 && $4 !~ /^0+$/ { found = 1 } END { exit !found }' /proc/net/netlink; }

role_change() {
	local listener standby=$((1 - active))
	json --subscribe monitor --sleep $((8 * scale)) >"$out/changes" 2>&1 &
	listener=$!
	within 10 listening || return
	is 'x["handover-id"] > 0' json --do switchover \
		--json "{\"instance\": $active, \"requester\": \"cli.py\"}" || return
	wait "$listener" || { cat "$out/changes"; return 1; }
	is "any(m['name'] == 'change-ntf' and m['msg']['instance'] == $standby and
	        m['msg'].get('mm', {}).get('role') == 'active' for m in x)" cat "$out/changes" || return
	# the new owner's numbers have no hole
	is "[m['msg']['change-seq'] for m in x if m['msg']['instance'] == $standby] ==
	    (lambda n: list(range(n[0], n[0] + len(n))))(
	        [m['msg']['change-seq'] for m in x if m['msg']['instance'] == $standby])" cat "$out/changes"
}

recorded() {
	is 'any(h["history"]["reason"] == "switchover" and h["history"]["requester"] == "cli.py" for h in x)' \
		json --dump history-get --json "{\"instance\": $(instance_of active)}"
}

# ---- the run ----------------------------------------------------------------------

load || exit 1
active=$(instance_of active)

t "the specification holds against the kernel's schema" schema
t "the schema refuses a specification with a mistake" schema_bites
t "every word of a refusal is documented" words
t "every instance is listed" instances
t "the management modules are dumped with their roles" mms
t "the interface modules are dumped, also the absent ones" modules
t "one interface module is read" one_module
t "the event log is dumped without gaps, from any entry on" events
t "the history tells the election and its phases" history
t "a request that does not say which of several instances is refused" which_instance
t "S-102, S-107, C-40: a fabric module is switched off and on, the last one not" fabric_switch
t "a request that is wrong is refused with a text" refusals
t "without privileges everything is read and nothing changed" unprivileged
t "a listener receives the role change of a switchover, in order" role_change
t "the history names who asked for the switchover" recorded
finish
