# nsview-init: one static program. Each file of init/test is a program of its own, with all parts but main.c.
init_sources := $(wildcard $(here)init/*.c)
init_parts := $(filter-out %/main.c,$(init_sources))
init_headers := $(wildcard $(here)init/*.h) $(here)src/cleanup.h
init_tests := $(wildcard $(here)init/test/*.c)
init_test_programs := $(patsubst $(here)init/test/%.c,$(build)/init-%,$(init_tests))
INIT := $(STRICT) $(CFLAGS) -static -ffunction-sections -Wl,--gc-sections -s

.PHONY: init-test
all: $(build)/nsview-init
arm64: $(build)/linux-arm64/nsview-init
test: init-test

# By way of another name: a start meanwhile finds the old program or the new one.
$(build)/nsview-init: $(init_sources) $(init_headers) $(here)Makefile $(here)init/init.mk
	@mkdir -p $(@D)
	$(CC) $(INIT) -o $@.new $(init_sources)
	@mv $@.new $@

$(build)/linux-arm64/nsview-init: $(init_sources) $(init_headers) $(here)Makefile $(here)init/init.mk
	@mkdir -p $(@D)
	$(ARM64_CC) $(INIT) -o $@.new $(init_sources)
	@mv $@.new $@

init-test: $(init_test_programs)
	@for program in $^; do $$program || exit 1; done

$(build)/init-%: $(here)init/test/%.c $(init_parts) $(init_headers) $(test_headers) $(here)init/init.mk
	@mkdir -p $(@D)
	$(CC) $(STRICT) -g -fsanitize=address,undefined -fno-sanitize-recover=all -o $@ $< $(init_parts)

# The whole helper under the sanitizers; what it is made to do is in test/system/runtime-helper.system.test.ts.
$(build)/nsview-init-checked: $(init_sources) $(init_headers) $(here)Makefile $(here)init/init.mk
	@mkdir -p $(@D)
	$(CC) $(STRICT) -g -fsanitize=address,undefined -fno-sanitize-recover=all -o $@ $(init_sources)
