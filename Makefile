# Makefile - `make help` says what there is. Objects go to $(BUILD); sources stay clean.

CC       ?= gcc
ifeq ($(origin CC),default)
CC       := gcc
endif
BUILD    ?= build
OPT      ?= -O2
SANITIZE ?=
DATA     ?=

WARNINGS := -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wvla -Werror
PACKAGES := yaml-0.1 jansson gsl hdf5-serial nettle libxxhash
# Deferred (=): pkg-config is asked only when something is compiled, so `make deps` works on a bare machine.
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS   = $(shell pkg-config --libs $(PACKAGES)) -lhdf5_serial_hl -lcsv
CFLAGS_ALL = $(WARNINGS) $(OPT) -g -ffp-contract=off -fopenmp -D_GNU_SOURCE -I. $(SANITIZE) $(PKG_CFLAGS) $(CFLAGS)
KERNEL_CFLAGS = $(WARNINGS) $(OPT) -g -ffreestanding -fno-builtin -fno-math-errno -ffp-contract=off -fPIC \
                -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE -I. $(SANITIZE) $(CFLAGS)
LDFLAGS_ALL = -fopenmp $(SANITIZE) -Wl,--as-needed $(LDFLAGS)

KERNEL_SRC := $(wildcard core/packing/*.c core/packing/terms/*.c)
HOUSE_SRC  := $(wildcard core/*.c models/*.c traces/*.c sim/policies/*.c sim/engine/*.c sim/scenario/*.c \
                sim/experiment/*.c sim/report/*.c)
COMMAND_SRC := $(wildcard sim/main.c sim/commands/*.c)
TEST_SRC   := $(wildcard tests/test_*.c)

object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
KERNEL_OBJ  := $(call object,$(KERNEL_SRC))
HOUSE_OBJ   := $(call object,$(HOUSE_SRC)) $(BUILD)/obj/generated/embedded.o
COMMAND_OBJ := $(call object,$(COMMAND_SRC))
TESTS       := $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SRC))

.PHONY: all
all: $(BUILD)/gpuplan $(BUILD)/libgpupack.so $(BUILD)/libgpupack.a $(BUILD)/fgd-study

$(BUILD)/libgpupack.a: $(KERNEL_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/libgpupack.so: $(KERNEL_OBJ)
	$(CC) -shared -nostdlib -Wl,-z,defs -Wl,-soname,libgpupack.so.1 $(SANITIZE_SO) -o $@ $^

$(BUILD)/libgpuplan.a: $(HOUSE_OBJ)
	@rm -f $@
	$(AR) rcs $@ $^

LIBS = $(BUILD)/libgpuplan.a $(BUILD)/libgpupack.a

$(BUILD)/gpuplan: $(COMMAND_OBJ) $(LIBS)
	$(CC) $(LDFLAGS_ALL) -o $@ $(COMMAND_OBJ) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/fgd-study: $(BUILD)/obj/validation/fgd_study.o $(LIBS)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(BUILD)/obj/tests/suite.o $(LIBS)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS_ALL) -o $@ $< $(BUILD)/obj/tests/suite.o $(LIBS) $(PKG_LIBS) -lcunit -lm

# The kernel is freestanding: its own flags, no packages.
$(BUILD)/obj/core/packing/%.o: core/packing/%.c
	@mkdir -p $(@D)
	$(CC) $(KERNEL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# gnuplot scripts and scenario templates travel inside the program.
EMBEDDED := $(wildcard plots/*.gp scenarios/*.yaml scenarios/*.csv)
$(BUILD)/generated/embedded.c: core/embed.sh $(EMBEDDED)
	@mkdir -p $(@D)
	sh core/embed.sh $(EMBEDDED) >$@.tmp && mv $@.tmp $@
$(BUILD)/obj/generated/embedded.o: $(BUILD)/generated/embedded.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)

.PHONY: unit
unit: $(TESTS)
	@sh tests/run.sh $(TESTS)

.PHONY: clean
clean:
	rm -rf $(BUILD)
