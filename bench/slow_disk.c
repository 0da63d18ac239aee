/* A disk whose every sync takes longer: sleeps before fdatasync and fsync. Preloaded into PostgreSQL; for benchmarks. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static int delayed(const char *name, int file)
{
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    const char *given = getenv("SLOW_DISK_US");
    long us = given ? atol(given) : 0;
    struct timespec pause = {us / 1000000, us % 1000000 * 1000};

    nanosleep(&pause, NULL);
    return real(file);
}

int fdatasync(int file) { return delayed("fdatasync", file); }

int fsync(int file) { return delayed("fsync", file); }
