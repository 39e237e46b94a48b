// Stands in for a GPIO chip of the kernel, loaded before the C library: an 8-line chip /dev/gpiochip0 labelled "test-chip", with the
// kernel's own structures (linux/gpio.h). It refuses what the kernel refuses: lines that are taken, flags that do not go together.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LINES = 8 };

static struct { int used, level, driven; uint64_t flags; int fd, far; uint32_t index; } line[LINES];
static int gone;

static uint64_t flags_of(const struct gpio_v2_line_config *config, uint32_t index) {
  for (uint32_t at = 0; at < config->num_attrs; at++)
    if (config->attrs[at].attr.id == GPIO_V2_LINE_ATTR_ID_FLAGS && config->attrs[at].mask >> index & 1) return config->attrs[at].attr.flags;
  return config->flags;
}

static int output_of(const struct gpio_v2_line_config *config, uint32_t index) {
  for (uint32_t at = 0; at < config->num_attrs; at++)
    if (config->attrs[at].attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES && config->attrs[at].mask >> index & 1) return config->attrs[at].attr.values >> index & 1;
  return 0;
}

/* By what the descriptor is of: Node closes files without the C library, so that nobody could tell us which are closed. */
static int is_chip(int fd) {
  char link[64], path[32];
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(path, link, sizeof link - 1);
  return length > 0 && (link[length] = 0, strstr(link, "memfd:gpiochip")) != NULL;
}

static int inverted(int at) { return !!(line[at].flags & GPIO_V2_LINE_FLAG_ACTIVE_LOW); }

static int get_line(struct gpio_v2_line_request *request) {
  if (request->num_lines == 0 || request->num_lines > GPIO_V2_LINES_MAX) return errno = EINVAL, -1;
  for (uint32_t index = 0; index < request->num_lines; index++) {
    uint64_t flags = flags_of(&request->config, index), in = flags & GPIO_V2_LINE_FLAG_INPUT, out = flags & GPIO_V2_LINE_FLAG_OUTPUT;
    uint64_t edges = flags & (GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING);
    if (request->offsets[index] >= LINES || (in && out) || (!in && !out) || (edges && !in)) return errno = EINVAL, -1;
    if (line[request->offsets[index]].used) return errno = EBUSY, -1;
  }
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return -1;
  for (uint32_t index = 0; index < request->num_lines; index++) {
    int at = request->offsets[index];
    uint64_t flags = flags_of(&request->config, index);
    line[at].used = 1, line[at].flags = flags, line[at].fd = pair[0], line[at].far = pair[1], line[at].index = index;
    if (flags & GPIO_V2_LINE_FLAG_OUTPUT) line[at].level = output_of(&request->config, index) ^ inverted(at);
    else if (!line[at].driven) line[at].level = !!(flags & GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
  }
  request->fd = pair[0];
  return 0;
}

static int values(int fd, struct gpio_v2_line_values *values, int set) {
  if (gone) return errno = ENODEV, -1;
  for (int at = 0; at < LINES; at++) {
    uint64_t bit = 1ull << line[at].index;
    if (!line[at].used || line[at].fd != fd || !(values->mask & bit)) continue;
    if (set && !(line[at].flags & GPIO_V2_LINE_FLAG_OUTPUT)) return errno = EPERM, -1;
    if (set) line[at].level = !!(values->bits & bit) ^ inverted(at);
    else if (line[at].level ^ inverted(at)) values->bits |= bit;
    else values->bits &= ~bit;
  }
  return 0;
}

int ioctl(int fd, unsigned long request, ...) {
  static int (*real)(int, unsigned long, ...);
  va_list list;
  va_start(list, request);
  void *argument = va_arg(list, void *);
  va_end(list);
  if (is_chip(fd) && request == GPIO_GET_CHIPINFO_IOCTL) {
    struct gpiochip_info info = { .name = "gpiochip0", .label = "test-chip", .lines = LINES };
    memcpy(argument, &info, sizeof info);
    return 0;
  }
  if (is_chip(fd)) return request == GPIO_V2_GET_LINE_IOCTL ? get_line(argument) : (errno = EINVAL, -1);
  if (request == GPIO_V2_LINE_GET_VALUES_IOCTL) return values(fd, argument, 0);
  if (request == GPIO_V2_LINE_SET_VALUES_IOCTL) return values(fd, argument, 1);
  if (!real) real = dlsym(RTLD_NEXT, "ioctl");
  return real(fd, request, argument);
}

static int open_chip(const char *path) {
  if (!strstr(path, "/gpiochip")) return -1;
  return memfd_create("gpiochip", MFD_CLOEXEC);
}

int open(const char *path, int flags, ...) {
  static int (*real)(const char *, int, ...);
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int), fd = open_chip(path);
  va_end(list);
  if (!real) real = dlsym(RTLD_NEXT, "open");
  return fd >= 0 ? fd : real(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  va_list list;
  va_start(list, flags);
  int mode = va_arg(list, int);
  va_end(list);
  return open(path, flags, mode);
}

int close(int fd) {
  static int (*real)(int);
  if (!real) real = dlsym(RTLD_NEXT, "close");
  int far = -1;
  for (int at = 0; at < LINES; at++) if (line[at].used && line[at].fd == fd) line[at].used = 0, far = line[at].far;
  if (far >= 0) real(far);
  return real(fd);
}

/* For the test: the other side of a line. */
int gpio_test_level(int at) { return line[at].level; }
int gpio_test_used(int at) { return line[at].used; }

void gpio_test_drive(int at, int level) {
  int before = line[at].level;
  line[at].driven = 1, line[at].level = level;
  int rising = level ^ inverted(at);
  uint64_t wanted = rising ? GPIO_V2_LINE_FLAG_EDGE_RISING : GPIO_V2_LINE_FLAG_EDGE_FALLING;
  if (before == level || !line[at].used || !(line[at].flags & wanted)) return;
  struct gpio_v2_line_event event = { .id = rising ? GPIO_V2_LINE_EVENT_RISING_EDGE : GPIO_V2_LINE_EVENT_FALLING_EDGE, .offset = at };
  send(line[at].far, &event, sizeof event, MSG_DONTWAIT);
}

void gpio_test_remove(void) {
  gone = 1;
  for (int at = 0; at < LINES; at++) if (line[at].used) shutdown(line[at].far, SHUT_RDWR);
}

/* The kernel's bytes of a request, for comparison: in 3 active low pulled up, out 5, out 6 active low. */
void gpio_test_request(struct gpio_v2_line_request *request) {
  uint64_t edges = GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING;
  *request = (struct gpio_v2_line_request){ .offsets = { 3, 5, 6 }, .consumer = "understudy", .num_lines = 3, .event_buffer_size = 64 };
  request->config.flags = GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW | GPIO_V2_LINE_FLAG_BIAS_PULL_UP | edges;
  request->config.num_attrs = 3;
  request->config.attrs[0] = (struct gpio_v2_line_config_attribute){ .attr = { .id = GPIO_V2_LINE_ATTR_ID_FLAGS, .flags = GPIO_V2_LINE_FLAG_OUTPUT }, .mask = 2 };
  request->config.attrs[1] = (struct gpio_v2_line_config_attribute){ .attr = { .id = GPIO_V2_LINE_ATTR_ID_FLAGS, .flags = GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_ACTIVE_LOW }, .mask = 4 };
  request->config.attrs[2] = (struct gpio_v2_line_config_attribute){ .attr = { .id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES }, .mask = 6 };
}

unsigned gpio_test_number(int which) {
  unsigned numbers[] = { GPIO_GET_CHIPINFO_IOCTL, GPIO_V2_GET_LINE_IOCTL, GPIO_V2_LINE_GET_VALUES_IOCTL, GPIO_V2_LINE_SET_VALUES_IOCTL, sizeof(struct gpiochip_info), sizeof(struct gpio_v2_line_request), sizeof(struct gpio_v2_line_values), sizeof(struct gpio_v2_line_event) };
  return numbers[which];
}
