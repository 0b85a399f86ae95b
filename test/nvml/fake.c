/* A stand-in for NVIDIA's library with the calls that are used: two boards, the second without an energy counter. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

int nvmlInit_v2(void) { return 0; }
int nvmlShutdown(void) { return 0; }
int nvmlDeviceGetCount_v2(uint32_t *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(uint32_t index, void **device) { *device = (void *)(uintptr_t)(0x7f0000000000 + index); return 0; }
static int which(void *device) { return (int)((uintptr_t)device - 0x7f0000000000); }
int nvmlDeviceGetUUID(void *device, char *text, uint32_t length) { snprintf(text, length, "GPU-%d", which(device)); return 0; }
int nvmlDeviceGetName(void *device, char *text, uint32_t length) { (void)device; snprintf(text, length, "Stand-in, 24 GB"); return 0; }
/* 250 W: as many millijoules a millisecond; 3 is "not supported". */
int nvmlDeviceGetTotalEnergyConsumption(void *device, uint64_t *energy) { if (which(device) == 1) return 3; *energy = 5000000000000ull + milliseconds() * 250; return 0; }
int nvmlDeviceGetPowerUsage(void *device, uint32_t *power) { *power = which(device) == 1 ? 75500 : 250000; return 0; }
int nvmlDeviceGetUtilizationRates(void *device, uint32_t *rates) { rates[0] = which(device) == 1 ? 0 : 93; rates[1] = 40; return 0; }
int nvmlDeviceGetComputeRunningProcesses_v3(void *device, uint32_t *count, void *infos) {
  uint32_t pids[2] = {4321, 99};
  uint32_t found = which(device) == 1 ? 0 : 2;
  for (uint32_t i = 0; i < found; i++) memcpy((char *)infos + 24 * i, &pids[i], 4);
  *count = found;
  return 0;
}
