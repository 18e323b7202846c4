# Makefile - `make help` says what there is. Everything built goes to $(BUILD); sources stay clean.
#
#   make CC=clang BUILD=build/clang              another compiler in a folder of its own
#   make OPT="-O3 -march=native"                 other optimisation
#   make SANITIZE="-fsanitize=address,undefined" with sanitizers
#   make V=1                                     shows the commands
# Changing one of them in the same folder rebuilds what depends on it.

ifeq ($(origin CC),default)
CC       := gcc
endif
BUILD    ?= build
OPT      ?= -O2
SANITIZE ?=
DATA     ?=
PREFIX   ?= /usr/local
DESTDIR  ?=
FUZZ_SECONDS ?= 20

MAKEFLAGS += --no-builtin-rules
# All cores, unless the command line says otherwise or something is to be removed first.
ifeq ($(MAKELEVEL)$(filter -j% clean,$(MAKEFLAGS) $(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

# ---- flags ----------------------------------------------------------------------------------------------------

WARNINGS := -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
            -Wwrite-strings -Wvla -Werror
PACKAGES := yaml-0.1 jansson gsl hdf5-serial nettle libxxhash zlib libzstd
# pkg-config is asked once, and only when something is compiled, so `make deps` works on a bare machine.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)) -lhdf5_serial_hl -lcsv)$(PKG_LIBS)
CFLAGS_ALL = $(WARNINGS) $(OPT) -g -ffp-contract=off -fopenmp -D_GNU_SOURCE -I. $(SANITIZE) $(PKG_CFLAGS) $(CFLAGS)
# The kernel is freestanding: its own flags, no packages.
KERNEL_CFLAGS = $(WARNINGS) $(OPT) -g -ffreestanding -fno-builtin -fno-math-errno -ffp-contract=off -fPIC \
                -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE -I. $(SANITIZE) $(CFLAGS)
LDFLAGS_ALL = -fopenmp $(SANITIZE) -Wl,--as-needed $(LDFLAGS)
# A sanitized kernel calls the sanitizer's run time; otherwise it may call nothing at all.
KERNEL_LDFLAGS = -shared -Wl,-soname,libgpupack.so.1 $(if $(SANITIZE),$(SANITIZE),-nostdlib -Wl,-z,defs)

# Quiet unless V=1: one word and the file; nothing with -s.
QUIET = $(if $(V),,@$(if $(findstring s,$(firstword -$(MAKEFLAGS))),,printf '  %-8s %s\n' $(1) $(patsubst $(BUILD)/obj/%,%,$(2));))

# Read by sanitized programs; others do not look at it.
export LSAN_OPTIONS ?= suppressions=$(CURDIR)/tests/leaks-of-others.txt:print_suppressions=0

# ---- what is built --------------------------------------------------------------------------------------------

KERNEL_SRC := $(wildcard core/packing/*.c core/packing/terms/*.c)
HOUSE_SRC  := $(wildcard core/*.c models/*.c traces/*.c sim/policies/*.c sim/engine/*.c sim/scenario/*.c \
                sim/experiment/*.c sim/report/*.c sim/report/html/*.c)
COMMAND_SRC := $(wildcard sim/main.c sim/commands/*.c)
TEST_SRC   := $(wildcard tests/test_*.c)
FUZZ_SRC   := $(wildcard tests/fuzz_*.c)
BENCH_SRC  := $(wildcard tests/bench_*.c)

object = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
KERNEL_OBJ  := $(call object,$(KERNEL_SRC))
HOUSE_OBJ   := $(call object,$(HOUSE_SRC)) $(BUILD)/obj/generated/embedded.o
COMMAND_OBJ := $(call object,$(COMMAND_SRC))
TESTS       := $(patsubst tests/%.c,$(BUILD)/tests/%,$(TEST_SRC))
FUZZERS     := $(patsubst tests/%.c,$(BUILD)/tests/%,$(FUZZ_SRC))
BENCHES     := $(patsubst tests/%.c,$(BUILD)/tests/%,$(BENCH_SRC))

.PHONY: all
all: $(BUILD)/gpuplan $(BUILD)/libgpupack.so $(BUILD)/libgpupack.a $(BUILD)/fgd-study ## the programs and libraries

$(BUILD)/libgpupack.a: $(KERNEL_OBJ)
	@rm -f $@
	$(call QUIET,archive,$@)$(AR) rcs $@ $^

$(BUILD)/libgpupack.so: $(KERNEL_OBJ)
	$(call QUIET,link,$@)$(CC) $(KERNEL_LDFLAGS) -o $@ $^

$(BUILD)/libgpuplan.a: $(HOUSE_OBJ)
	@rm -f $@
	$(call QUIET,archive,$@)$(AR) rcs $@ $^

LIBS = $(BUILD)/libgpuplan.a $(BUILD)/libgpupack.a

$(BUILD)/gpuplan: $(COMMAND_OBJ) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(COMMAND_OBJ) $(LIBS) $(PKG_LIBS) -lm

STUDY_OBJ := $(call object,$(wildcard validation/fgd_study*.c))
$(BUILD)/fgd-study: $(STUDY_OBJ) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(STUDY_OBJ) $(LIBS) $(PKG_LIBS) -lm

VALIDATE_OBJ := $(call object,validation/check.c validation/micro_rows.c validation/result_rows.c \
                    validation/study_curves.c)
$(BUILD)/validate: $(VALIDATE_OBJ) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(VALIDATE_OBJ) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/theory: $(call object,validation/theory.c) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/theory.c) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/failures: $(call object,validation/failures.c) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/failures.c) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/repairs: $(call object,validation/repairs.c) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/repairs.c) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/plan-search: $(call object,validation/plan_search.c tests/made_fleets.c) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/plan_search.c tests/made_fleets.c) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/fault-union: $(call object,validation/fault_union.c)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/fault_union.c) $(PKG_LIBS) -lm

$(BUILD)/gate-errors: $(call object,validation/gate_errors.c) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/gate_errors.c) $(LIBS) $(PKG_LIBS) -lm

$(BUILD)/ettr: $(call object,validation/ettr.c) $(LIBS)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(call object,validation/ettr.c) $(LIBS) $(PKG_LIBS) -lm

# What test, fuzz and bench programs share: every other tests/*.c; an archive, so each takes what it uses.
TEST_SHARED_SRC := $(filter-out $(TEST_SRC) $(FUZZ_SRC) $(BENCH_SRC) \
                     $(addprefix tests/,suite.c alloc_fail.c alloc_interposer.c empty.c measure.c), $(wildcard tests/*.c))
$(BUILD)/libtests.a: $(call object,$(TEST_SHARED_SRC))
	@rm -f $@
	$(call QUIET,archive,$@)$(AR) rcs $@ $^
TEST_LIBS = $(BUILD)/libtests.a $(LIBS)

$(BUILD)/tests/test_%: $(BUILD)/obj/tests/test_%.o $(BUILD)/obj/tests/suite.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(BUILD)/obj/tests/suite.o $(TEST_LIBS) $(PKG_LIBS) -lcunit -lm

$(BUILD)/tests/bench_%: $(BUILD)/obj/tests/bench_%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $< $(TEST_LIBS) $(PKG_LIBS) -lm

# The fuzzer brings its own main; SANITIZE says fuzzer-no-link for the objects (tests/fuzz.sh sets both).
$(BUILD)/tests/fuzz_%: $(BUILD)/obj/tests/fuzz_%.o $(TEST_LIBS)
	@mkdir -p $(@D)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $< $(TEST_LIBS) $(PKG_LIBS) -lm

# Every allocation passes through the interposer, the libraries' too; main is called once per failing one.
MAIN_AS_FUNCTION := $(BUILD)/obj/tests/gpuplan_main.o $(BUILD)/obj/tests/fgd_study_main.o
$(BUILD)/obj/tests/gpuplan_main.o: sim/main.c
$(BUILD)/obj/tests/fgd_study_main.o: validation/fgd_study.c
$(MAIN_AS_FUNCTION): $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,compile,$(filter %.c,$^))$(CC) $(CFLAGS_ALL) -Dmain=$(basename $(@F)) -Wno-missing-prototypes \
	    -MMD -MP -c -o $@ $(filter %.c,$^)
ALLOC_FAIL_OBJ = $(call object,tests/alloc_fail.c tests/alloc_interposer.c) $(MAIN_AS_FUNCTION) \
                 $(filter-out $(call object,sim/main.c validation/fgd_study.c),$(COMMAND_OBJ) $(STUDY_OBJ))
$(BUILD)/tests/alloc_fail: $(ALLOC_FAIL_OBJ) $(LIBS)
	@mkdir -p $(@D)
	$(call QUIET,link,$@)$(CC) $(LDFLAGS_ALL) -o $@ $(ALLOC_FAIL_OBJ) $(LIBS) $(PKG_LIBS) -lm

# For the benchmark: what a process weighs that loads the libraries of fgd-study and does nothing.
$(BUILD)/tests/empty: $(BUILD)/obj/tests/empty.o
	@mkdir -p $(@D)
	$(call QUIET,link,$@)$(CC) -fopenmp -Wl,--no-as-needed -o $@ $< -lgsl -lgslcblas -lcsv -lxxhash -lz -lzstd -lm
$(BUILD)/tests/measure: $(BUILD)/obj/tests/measure.o
	@mkdir -p $(@D)
	$(call QUIET,link,$@)$(CC) -o $@ $<

$(BUILD)/obj/core/packing/%.o: core/packing/%.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,compile,$<)$(CC) $(KERNEL_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,compile,$<)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# What travels inside the program: gnuplot scripts, scenario templates, the style of reports, and the hashes of facts, which
# are the version of the model.
EMBEDDED := $(wildcard plots/*.gp scenarios/*.yaml scenarios/*.csv scenarios/*.yml sim/report/html/*.css sim/report/html/*.js) \
            tests/data/fact_hash.txt
$(BUILD)/generated/embedded.c: core/embed.sh $(EMBEDDED) $(BUILD)/generated/embedded.list
	@sh core/embed.sh $(EMBEDDED) >$@.tmp && mv $@.tmp $@
$(BUILD)/obj/generated/embedded.o: $(BUILD)/generated/embedded.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call QUIET,compile,$<)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# `gpuplan --version` names the commit.
$(BUILD)/obj/sim/main.o $(BUILD)/obj/tests/gpuplan_main.o: $(BUILD)/generated/commit.h
$(BUILD)/obj/sim/main.o $(BUILD)/obj/tests/gpuplan_main.o: private CFLAGS += -include $(BUILD)/generated/commit.h

# Stamps that change only when their text does: the flags, the list of embedded files, the commit.
$(BUILD)/flags: STAMP = $(CC) | $(WARNINGS) | $(OPT) | $(SANITIZE) | $(CFLAGS) | $(LDFLAGS)
$(BUILD)/generated/embedded.list: STAMP = $(EMBEDDED)
$(BUILD)/generated/commit.h: STAMP = \
    \#define GPUPLAN_COMMIT "$(or $(shell git rev-parse --short=12 HEAD 2>/dev/null),unknown)"
$(BUILD)/flags $(BUILD)/generated/embedded.list $(BUILD)/generated/commit.h: FORCE
	@mkdir -p $(@D)
	@echo '$(STAMP)' | cmp -s - $@ || echo '$(STAMP)' >$@
.PHONY: FORCE
FORCE:

ALL_OBJ := $(KERNEL_OBJ) $(HOUSE_OBJ) $(COMMAND_OBJ) $(call object,$(wildcard validation/*.c tests/*.c)) \
           $(MAIN_AS_FUNCTION)
-include $(wildcard $(ALL_OBJ:.o=.d))

# ---- what people type -----------------------------------------------------------------------------------------

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

.PHONY: deps
deps: ## installs the Debian packages that are missing (as root, or through sudo)
	@sh tests/deps.sh install

.PHONY: demo
demo: ## the openb cluster under seven packing policies: a table, a result file, a figure (DATA=DIR adds the log)
	@sh tests/deps.sh ensure demo
	@$(MAKE) --no-print-directory $(BUILD)/gpuplan
	@BUILD=$(BUILD) DATA=$(DATA) sh tests/demo.sh

CLI_TESTS := $(sort $(wildcard tests/cli/*.sh))
# Under CI also everything that needs further builds. alloc_fail brings its own malloc, and so does a sanitizer.
TEST_SCRIPTS := tests/chromium.sh tests/duckdb.sh tests/kernel_symbols.sh tests/tidy.sh
TEST_SCRIPTS_CI := tests/other_builds.sh
ALLOC_FAIL := $(if $(SANITIZE),,$(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/alloc_fail.c)))
.PHONY: test test-now
test: ## every test; ends with one line: N passed, N failed
	@sh tests/deps.sh ensure test
	@$(MAKE) --no-print-directory test-now
test-now: all $(TESTS) $(ALLOC_FAIL)
	@BUILD=$(BUILD) CC=$(CC) sh tests/run.sh $(if $(filter true 1,$(CI)),$(TEST_SCRIPTS_CI)) \
	    $(ALLOC_FAIL) $(CLI_TESTS) $(TEST_SCRIPTS) $(TESTS)

.PHONY: unit
unit: $(TESTS) ## the unit tests
	@sh tests/run.sh $(TESTS)

.PHONY: check
check: $(TESTS) ## unit tests and the tidy rules: seconds, all day long
	@sh tests/run.sh $(TESTS) tests/tidy.sh

.PHONY: tidy
tidy: ## the house rules that a machine can check
	@sh tests/tidy.sh

.PHONY: cli
cli: all ## the command line tests
	@BUILD=$(BUILD) sh tests/run.sh $(CLI_TESTS)

.PHONY: unit-and-cli
unit-and-cli: all $(TESTS)
	@BUILD=$(BUILD) sh tests/run.sh $(TESTS) $(CLI_TESTS)

.PHONY: alloc-fail
alloc-fail: $(BUILD)/tests/alloc_fail ## every n-th allocation fails: no crash, no leak
	@BUILD=$(BUILD) sh tests/run.sh $(BUILD)/tests/alloc_fail

.PHONY: sanitize
sanitize: ## unit and command line tests under address and undefined, with gcc and clang
	@BUILD=$(BUILD) sh tests/run.sh tests/sanitize.sh

.PHONY: determinism
determinism: $(BUILD)/gpuplan ## one fact hash for all compilers, optimisation levels and thread counts
	@BUILD=$(BUILD) sh tests/run.sh tests/determinism.sh

.PHONY: fuzz fuzzers
fuzzers: $(FUZZERS)
fuzz: ## the fuzzers, FUZZ_SECONDS each
	@BUILD=$(BUILD) FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/run.sh tests/fuzz.sh

.PHONY: bench
bench: all $(BENCHES) $(BUILD)/tests/empty $(BUILD)/tests/measure ## writes build/bench.csv (DATA=DIR adds the log)
	@BUILD=$(BUILD) DATA=$(DATA) sh tests/bench.sh

.PHONY: validate
validate: all $(BUILD)/validate $(BUILD)/plan-search $(BUILD)/theory $(BUILD)/failures $(BUILD)/repairs $(BUILD)/ettr $(BUILD)/gate-errors $(BUILD)/fault-union ## is the model right? rewrites validation/results.csv; needs DATA=DIR
	@BUILD=$(BUILD) DATA=$(DATA) sh validation/run.sh

.PHONY: install
install: all ## gpuplan, libgpupack, gpupack.h and the man page under PREFIX
	@BUILD=$(BUILD) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) sh tests/install.sh

.PHONY: clean
clean: ## removes the build folder
	rm -rf $(BUILD)
