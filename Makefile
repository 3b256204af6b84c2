# SPDX-License-Identifier: GPL-2.0-or-later
# What a person types. The kernel modules are described by Kbuild files, host
# programs by tools/*/Makefile; the work of the other goals is done by scripts
# in tools/build.

BUILD ?= $(or $(REDUND_BUILD),$(CURDIR)/build)

# BUILD=65 is no directory but the build number of an image (make images).
digits := 0 1 2 3 4 5 6 7 8 9
strip-digits = $(if $2,$(call strip-digits,$(subst $(firstword $2),,$1),$(wordlist 2,10,$2)),$1)
ifeq ($(call strip-digits,$(BUILD),$(digits)),)
NUMBER := $(BUILD)
override BUILD := $(or $(REDUND_BUILD),$(CURDIR)/build)
MAKEOVERRIDES := $(filter-out BUILD=%,$(MAKEOVERRIDES))
else ifeq ($(filter images,$(MAKECMDGOALS))$(origin BUILD)$(findstring /,$(BUILD)),imagescommand line)
$(error BUILD=$(BUILD): expected the build number of an image, digits only, or the path of a directory, with a /)
endif
# A planted mistake (kernel/plant.h) has a build directory of its own.
ifneq ($(PLANT),)
override BUILD := $(patsubst %/plant/$(PLANT),%,$(BUILD))/plant/$(PLANT)
MAKEOVERRIDES := $(filter-out BUILD=%,$(MAKEOVERRIDES))
endif
export REDUND_PLANT := $(PLANT)
export REDUND_BUILD := $(abspath $(BUILD))
export BUILD := $(REDUND_BUILD)
PREFIX ?= /usr/local
DESTDIR ?=
export PREFIX DESTDIR SAN
B := tools/build

.DEFAULT_GOAL := all

# Every goal says after ## what it does; `make help` prints it.
all: setup-build modules tools	## build everything (modules and image for the virtual chassis)
	@$B/images

setup:	## install the Debian packages that are missing, for the tests too
	@$B/setup

setup-build:
	@$B/setup --build

modules: setup-build	## build the kernel modules [KDIR=headers, default: the cached UML kernel; PLANT=NAME]
	@$B/modules $(if $(KDIR),--kdir '$(KDIR)')

modules-debian: setup	## build the kernel modules for Debian's 6.1 and 6.12
	@$B/modules --debian 6.1
	@$B/modules --debian 6.12

modules-debug: setup-build	## build the kernel modules for the UML debug kernel
	@$B/modules --debug

tools: setup-build	## build the host programs [SAN=1: with sanitizers, to build/tools-san; PLANT=NAME: a mistake of kernel/plant.h, to build/plant/NAME]
	@$(MAKE) --no-print-directory -C tools all

images: modules tools	## make a release image [VERSION=K.15.02 BUILD=65; without: of this tree]
	@$B/images $(if $(VERSION),--version '$(VERSION)') $(if $(NUMBER),--build '$(NUMBER)')

demo: setup-build	## boot a chassis of two modules, fail over, and leave it to you
	@$(MAKE) --no-print-directory images
	@tools/demo

test: setup	## every check and test
	@$B/run-tests

test-debug: setup	## the tests again, on the debug kernel
	@$B/run-tests --debug

check: setup	## style, static analysis, documents, generated files
	@$B/check

check-%: setup
	@$B/check $*

bench: modules tools	## takeover times as distributions [ROUNDS=100 BUSY=600 PATHS="kill hang sync"]
	@selftests/vchassis/bench.py $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(BUSY),--busy $(BUSY)) $(PATHS)

chaos: modules tools	## random faults in a row [FAULTS=200 SEED=n]
	@selftests/vchassis/chaos.py $(if $(FAULTS),--faults $(FAULTS)) $(if $(SEED),--seed $(SEED))

sync-chaos: modules tools	## power losses between change and acknowledgement [ROUNDS=1000 SEED=n]
	@$B/images >/dev/null
	@VCHASSIS=$(BUILD)/tools/vchassis selftests/vchassis/sync_chaos.py --rounds $(or $(ROUNDS),1000) $(if $(SEED),--seed $(SEED)) \
		--out $(BUILD)/sync-chaos.txt

simulate: modules tools	## fault schedules from seeds, judged [SEEDS=A..B JOBS=2 KIND=storm|single|long TIME=virtual|real ARGS=...]
	@$B/images >/dev/null
	@selftests/simulate/simulate --seeds $(or $(SEEDS),1..20) --jobs $(or $(JOBS),2) $(if $(KIND),--kind $(KIND)) \
		$(if $(TIME),--time $(TIME)) $(ARGS)

soak: modules tools	## fault schedules in real time, one after another, until one fails [SOAK_SECONDS=3600]
	@$B/images >/dev/null
	@selftests/simulate/simulate --time real --soak $(or $(SOAK_SECONDS),3600) $(ARGS)

explore: tools	## explore the interleavings of the model and the role machine [ARGS=...]
	@$(BUILD)/tools/explorer $(or $(ARGS),--states 1000000 --faults 2 --commands 2 --walks 20000)

spin: setup tools	## check the written model of grant, fence and timer with spin [FAULTS=2 MENDS=1 COMMANDS=1 SEEDS=100]
	@tools/spin/run

coverage: setup-build	## lines and branches of the driver that the tests reach [RUNS="kunit-core ..."]
	@$B/coverage --open $(RUNS)

storm: setup	## everything at once on several processors, by many processes [SECONDS=60 SEED=1 KERNEL=6.1|6.12 CPUS=2]
	@REDUND_STORM=$(or $(SECONDS),60) REDUND_SEED=$(or $(SEED),1) \
		$B/kselftest --timeout $$(($(or $(SECONDS),60) * 4 + 900)) --cpus $(or $(CPUS),2) $(or $(KERNEL),6.12) storm.sh

mutate: setup-build	## break the sources one condition at a time, and see that a test sees it [FILES="role chassis sync checker history" SAMPLE=n SEED=n JOBS=2 FRESH=1 RECORD=1]
	@tools/mutate/mutate $(if $(FILES),--files $(FILES)) $(if $(SAMPLE),--sample $(SAMPLE)) $(if $(SEED),--seed $(SEED)) \
		$(if $(JOBS),--jobs $(JOBS)) $(if $(FRESH),--fresh) $(if $(RECORD),--record)

fuzz: setup	## hostile input of every kind, found by libFuzzer and from the grammar [FUZZ_SECONDS=60 FUZZ="NAME..."]
	@tools/fuzz/fuzz --seconds $(or $(FUZZ_SECONDS),60) $(FUZZ)

spec: setup	## generate the netlink header and tables again from the specification
	@$B/netlink-gen

conformance:	## write Documentation/redund/conformance.rst from the last make test
	@$B/conformance

install: tools	## install to DESTDIR, PREFIX [KDIR=headers: the modules too]
	@$B/install $(if $(KDIR),--kdir '$(KDIR)')

clean:	## remove everything built (the cached kernels stay)
	rm -rf $(BUILD)

help:	## this text
	@awk -F '\t?## ' '/^[a-z-]+:.*## / { sub(/:.*/, "", $$1); printf "make %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: all setup setup-build modules modules-debian modules-debug tools images demo test test-debug check bench chaos \
	sync-chaos simulate soak explore mutate spin coverage storm fuzz spec conformance install clean help
