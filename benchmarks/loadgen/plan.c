#include "loadgen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void refuse(const char *why) {
    fprintf(stderr, "loadgen: the plan cannot be used: %s\n", why);
    exit(2);
}

static const uint8_t *at, *end;

static const uint8_t *take(size_t size) {
    if ((size_t)(end - at) < size) refuse("it is cut off");
    const uint8_t *found = at;
    at += size;
    return found;
}

static uint32_t number(void) {
    uint32_t value;
    memcpy(&value, take(4), 4);
    return value;
}

static struct text text(void) {
    uint32_t size = number();
    return (struct text){take(size), size};
}

struct plan plan_load(const char *path) {
    struct plan plan = {0};
    struct stat about;
    int file = open(path, O_RDONLY);
    if (file < 0 || fstat(file, &about) < 0) refuse("there is no such file");
    at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (at == MAP_FAILED) refuse("it cannot be mapped");
    end = at + about.st_size;
    close(file);
    if (number() != PLAN_MAGIC) refuse("it is not one");
    plan.dialect = number();
    plan.people = number();
    plan.steps = number();
    plan.interval_us = number();
    plan.warm_steps = number();
    plan.windows = number();
    plan.at_once = number();
    if (!plan.people || plan.people > 4096 || !plan.windows || !plan.at_once || plan.interval_us < 1000) refuse("its numbers are out of range");
    plan.person = calloc(plan.people, sizeof *plan.person);
    if (!plan.person) refuse("there is not enough memory");
    for (uint32_t i = 0; i < plan.people; i++) {
        struct person *one = plan.person + i;
        uint32_t facts = number();
        one->slot = (uint16_t)facts;
        one->headset = facts >> 16 & 1;
        one->stalled = facts >> 17 & 1;
        one->upgrade = text();
        one->first = text();
        one->library = text();
    }
    plan.path = (const void *)take((size_t)plan.steps * plan.people * sizeof *plan.path);
    return plan;
}
