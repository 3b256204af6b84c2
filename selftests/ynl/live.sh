#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# In the guest: a chassis of redund_sim, and the test program of libredund.
set -euo pipefail

scale=1
[ "${REDUND_KERNEL:-}" != debug ] || scale=5
modprobe redund interval_ms=$((100 * scale)) misses=$((4 + scale)) worker_window_ms=$((400 * scale))
modprobe redund_sim
exec "$REDUND_BUILD/tools/libredund_live" "$scale"
