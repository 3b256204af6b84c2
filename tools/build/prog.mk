# SPDX-License-Identifier: GPL-2.0-or-later
# How a host program is built. A tools/NAME/Makefile says
#
#	progs := redctl				# one program or more
#	redctl-src := main.c show.c ../../kernel/role.c
#	redctl-pkgs := libnl-genl-3.0		# pkg-config names, if any
#	redctl-cflags := -DSOMETHING		# if any
#	redctl-libs := -lutil			# if any
#	tests := some_test			# programs as above that are not installed
#	include ../build/prog.mk
#
# and gets ../../build/tools/redctl; with SAN=1 (address and undefined-behaviour
# sanitizers) ../../build/tools-san/redctl; with PLANT=NAME, a planted mistake of
# ../../kernel/plant.h that a test has to find, ../../build/plant/NAME/tools/redctl.
# The kernel's pure sources are named by path; <linux/types.h> is ../include's, which
# adds the kernel's short names.

MAKEFLAGS += --no-builtin-rules
makefiles := $(MAKEFILE_LIST)
BUILD ?= $(abspath ../../build)
PLANT ?= $(REDUND_PLANT)
ifneq ($(PLANT),)
override BUILD := $(patsubst %/plant/$(PLANT),%,$(BUILD))/plant/$(PLANT)
endif
OUT := $(BUILD)/tools$(if $(SAN),-san)
OBJ := $(OUT)/obj/$(notdir $(CURDIR))

# Compiled once on this machine, whatever the clone is called.
ccache := $(shell command -v ccache 2>/dev/null)
ifneq ($(ccache),)
export CCACHE_DIR := $(or $(REDUND_CACHE),$(HOME)/.cache/redund)/ccache
export CCACHE_BASEDIR := $(abspath ../..)
export CCACHE_NOHASHDIR := 1
endif
ifeq ($(origin CC),default)
CC := $(if $(ccache),ccache )gcc
endif
CFLAGS ?= -O2 -g
override CFLAGS += -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -Wshadow -Wvla \
	-Wstrict-prototypes -Wmissing-prototypes -Wmissing-declarations -Wwrite-strings \
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers \
	-ffile-prefix-map=$(abspath ../..)=.	# no path of this machine in a program
override CPPFLAGS += -I. -I../include -I../../include/uapi
ifneq ($(PLANT),)
override CPPFLAGS += -DREDUND_PLANT=$(PLANT) -include ../../kernel/plant.h \
	-DREDUND_PLANT_$(shell printf %s '$(PLANT)' | tr a-z- A-Z_)
endif
ifneq ($(SAN),)
override CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
override LDFLAGS += -fsanitize=address,undefined
else
override CPPFLAGS += -D_FORTIFY_SOURCE=2
endif

# ../../kernel/role.c -> up_up_kernel/role.o, below the program's own directory
obj-of = $(patsubst %.c,$(OBJ)/$(1)/%.o,$(subst ../,up_,$(2)))

define prog-rules
$(OUT)/$(1): $(call obj-of,$(1),$($(1)-src))
	@mkdir -p $$(@D)
	@echo "  LD      $$(notdir $$@)"
	@$$(CC) $$(CFLAGS) $$(LDFLAGS) -o $$@ $$^ $(if $($(1)-pkgs),$$$$(pkg-config --libs $($(1)-pkgs))) $($(1)-libs)

-include $(patsubst %.o,%.d,$(call obj-of,$(1),$($(1)-src)))
endef

define obj-rules
$(call obj-of,$(1),$(2)): $(2) $(makefiles)
	@mkdir -p $$(@D)
	@echo "  CC      $(1): $(2)"
	@$$(CC) $$(CPPFLAGS) $$(CFLAGS) $(if $($(1)-pkgs),$$$$(pkg-config --cflags $($(1)-pkgs))) $($(1)-cflags) \
		-MMD -MP -c -o $$@ $(2)
	@sed -i '1s|^.*\.o:|$$@:|' $$(@:.o=.d)	# ccache may have another way to name it
endef

all: $(addprefix $(OUT)/,$(progs) $(tests))

$(foreach p,$(progs) $(tests),$(eval $(call prog-rules,$(p))))
$(foreach p,$(progs) $(tests),$(foreach s,$($(p)-src),$(eval $(call obj-rules,$(p),$(s)))))

DESTDIR ?=
PREFIX ?= /usr/local
bindir ?= $(PREFIX)/bin

install: $(addprefix $(OUT)/,$(progs))
	$(if $(progs),install -d $(DESTDIR)$(bindir))
	$(if $(progs),install -m 755 $(addprefix $(OUT)/,$(progs)) $(DESTDIR)$(bindir)/)

clean:
	rm -rf $(OBJ) $(addprefix $(OUT)/,$(progs) $(tests))

.PHONY: all install clean
.DELETE_ON_ERROR:
