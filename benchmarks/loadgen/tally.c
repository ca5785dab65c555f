#include "loadgen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What one reader has been shown of one sender in the whole measured time; times in ms since its begin. */
struct pair {
    uint8_t sequence, known;
    uint16_t count, first_ms, last_ms, longest_ms;
};

int measuring;
uint64_t frames_read, messages_odd, poses_unsent, hung_up;

static uint32_t people, windows, window;
static uint64_t began_us, began_cpu_us;
static struct pair *pairs;              /* [reader][sender] */
static uint8_t *shown;                  /* [window][reader][sender][0: in full, 1: in any way], new updates only */
static uint32_t *sent;                  /* [window][sender], due poses */
static uint64_t *bytes;                 /* [reader] */
static uint64_t (*sent_us)[SENT_RING];  /* [sender][sequence] */
static uint32_t ages[AGE_BUCKETS + 1], lags[LAG_BUCKETS + 1];

static void *memory(size_t size) {
    void *found = malloc(size);
    if (!found) {
        fprintf(stderr, "loadgen: not enough memory for the tally\n");
        exit(2);
    }
    memset(found, 0, size);   /* touched now, so that no page is fetched while measuring */
    return found;
}

void tally_begin(const struct plan *plan) {
    people = plan->people;
    windows = plan->windows;
    pairs = memory((size_t)people * people * sizeof *pairs);
    shown = memory((size_t)windows * people * people * 2);
    sent = memory((size_t)windows * people * sizeof *sent);
    bytes = memory(people * sizeof *bytes);
    sent_us = memory(people * sizeof *sent_us);
}

static uint64_t cpu_us(void) {
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (uint64_t)spent.tv_sec * 1000000 + (uint64_t)spent.tv_nsec / 1000;
}

void tally_measure(uint64_t now_us) {
    measuring = 1;
    began_us = now_us;
    began_cpu_us = cpu_us();
}

void tally_window(unsigned number) { window = number; }

void tally_sent(unsigned sender, uint8_t sequence, uint64_t now_us) {
    sent_us[sender][sequence] = now_us;
    if (measuring) sent[(size_t)window * people + sender]++;
}

void tally_lag(uint64_t lag_us) {
    if (!measuring) return;
    uint64_t bucket = lag_us / LAG_BUCKET_US;
    lags[bucket < LAG_BUCKETS ? bucket : LAG_BUCKETS]++;
}

void tally_bytes(unsigned reader, size_t count) {
    if (measuring) bytes[reader] += count;
}

void tally_seen(unsigned reader, unsigned sender, enum tier tier, uint8_t sequence, uint64_t now_us) {
    if (sender >= people) return;
    struct pair *pair = pairs + (size_t)reader * people + sender;
    if (tier != CRUMB) {
        if (pair->known && pair->sequence == sequence) return;   /* said again: nothing new */
        pair->sequence = sequence;
        pair->known = 1;
    }
    if (!measuring) return;
    uint64_t ms = (now_us - began_us) / 1000;
    if (ms > 0xfffe) return;
    if (!pair->count) pair->first_ms = (uint16_t)ms;
    else if (ms - pair->last_ms > pair->longest_ms) pair->longest_ms = (uint16_t)(ms - pair->last_ms);
    pair->last_ms = (uint16_t)ms;
    pair->count++;
    uint8_t *counts = shown + (((size_t)window * people + reader) * people + sender) * 2;
    if (counts[1] < 255) counts[1]++;
    if (tier != FULL) return;
    if (counts[0] < 255) counts[0]++;
    uint64_t left = sent_us[sender][sequence];
    if (!left || sender == reader) return;
    uint64_t bucket = (now_us - left) / AGE_BUCKET_US;
    ages[bucket < AGE_BUCKETS ? bucket : AGE_BUCKETS]++;
}

static double quantile_ms(const uint32_t *buckets, size_t count, double share, double bucket_us) {
    uint64_t total = 0, sum = 0;
    for (size_t i = 0; i <= count; i++) total += buckets[i];
    if (!total) return -1;
    for (size_t i = 0; i <= count; i++)
        if ((sum += buckets[i]) >= share * (double)total) return (double)(i + 1) * bucket_us / 1000;
    return -1;
}

void tally_write(const char *path) {
    FILE *out = fopen(path, "wb");
    int bad = !out;
    if (out) {
        bad |= fwrite(shown, 2, (size_t)windows * people * people, out) != (size_t)windows * people * people;
        bad |= fwrite(sent, sizeof *sent, (size_t)windows * people, out) != (size_t)windows * people;
        bad |= fwrite(bytes, sizeof *bytes, people, out) != people;
        bad |= fwrite(pairs, sizeof *pairs, (size_t)people * people, out) != (size_t)people * people;
        bad |= fclose(out) != 0;
    }
    if (bad) {
        fprintf(stderr, "loadgen: the tally cannot be written\n");
        exit(2);
    }
}

void tally_print(uint64_t now_us) {
    printf("{\"seconds\":%.3f,\"age_p50_ms\":%.2f,\"age_p99_ms\":%.2f,\"lag_p99_ms\":%.2f,\"core_share\":%.3f,\"frames\":%lu,\"odd\":%lu,\"unsent\":%lu,\"hung_up\":%lu}\n",
           (double)(now_us - began_us) / 1e6, quantile_ms(ages, AGE_BUCKETS, 0.5, AGE_BUCKET_US), quantile_ms(ages, AGE_BUCKETS, 0.99, AGE_BUCKET_US),
           quantile_ms(lags, LAG_BUCKETS, 0.99, LAG_BUCKET_US), (double)(cpu_us() - began_cpu_us) / (double)(now_us - began_us), (unsigned long)frames_read, (unsigned long)messages_odd, (unsigned long)poses_unsent,
           (unsigned long)hung_up);
    fflush(stdout);
}
