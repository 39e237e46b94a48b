/*
 * The least that moving this audio can cost: what a bare C program pays for it, on this machine, in this run.
 *
 *   floor packet CALLS SECONDS PORT PEER   a socket for each call, one system call for each packet, epoll
 *   floor batch  CALLS SECONDS PORT PEER   one socket for all calls, sendmmsg and recvmmsg
 *   floor peer   CALLS SECONDS PORT PEER   the other side of 'packet'; 'peerone' that of 'batch'
 *
 * Each call sends 172 bytes of RTP to 127.0.0.1 every 20 ms and takes what comes. Prints CPU milliseconds of the window, packets sent and received.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { bytes = 172, most = 512, batch = 64 };
static const long tick_ns = 20000000;

static double cpu_ms(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return (use.ru_utime.tv_sec + use.ru_stime.tv_sec) * 1e3 + (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e3;
}

static int64_t now_ns(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/* The RTP header of all calls' next packets: only numbers of this tick differ. */
static void number(char *out, uint32_t tick) {
  uint16_t sequence = htons(tick);
  uint32_t timestamp = htonl(160 * tick), source = htonl(0x464c4f52);
  out[0] = (char)0x80;
  memcpy(out + 2, &sequence, 2);
  memcpy(out + 4, &timestamp, 4);
  memcpy(out + 8, &source, 4);
}

static int udp(int port) {
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), room = 1 << 20;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) < 0) { perror("bind"); exit(1); }
  return fd;
}

int main(int argc, char **argv) {
  if (argc != 6) { fprintf(stderr, "floor packet|batch|peer|peerone CALLS SECONDS PORT PEER\n"); return 2; }
  int one = !strcmp(argv[1], "batch") || !strcmp(argv[1], "peerone");
  int calls = atoi(argv[2]), port = atoi(argv[4]), peer = atoi(argv[5]);
  double seconds = atof(argv[3]);
  if (calls < 1 || calls > most) { fprintf(stderr, "1 to %d calls\n", most); return 2; }
  int sockets = one ? 1 : calls, fds[most], ep = epoll_create1(0);
  static char out[bytes], in[batch][2048];
  static struct mmsghdr send_heads[batch], receive_heads[batch];
  static struct iovec send_parts[batch], receive_parts[batch];
  struct sockaddr_in to[most];
  for (int i = 0; i < calls; i++) to[i] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(peer + (one ? 0 : 2 * i)), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < sockets; i++) {
    fds[i] = udp(port + 2 * i);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fds[i]};
    epoll_ctl(ep, EPOLL_CTL_ADD, fds[i], &event);
  }
  for (int i = 0; i < batch; i++) {
    receive_parts[i] = (struct iovec){in[i], sizeof in[i]};
    receive_heads[i].msg_hdr = (struct msghdr){.msg_iov = &receive_parts[i], .msg_iovlen = 1};
    send_parts[i] = (struct iovec){out, bytes};
    send_heads[i].msg_hdr = (struct msghdr){.msg_iov = &send_parts[i], .msg_iovlen = 1, .msg_namelen = sizeof to[0]};
  }
  long sent = 0, received = 0, sent0 = 0, received0 = 0;
  double cpu0 = 0;
  int64_t begin = now_ns(), due = begin + tick_ns, from = begin + 1000000000LL, until = from + (int64_t)(seconds * 1e9);
  int counting = 0;
  uint32_t tick = 0;
  for (;;) {
    int64_t now = now_ns();
    if (!counting && now >= from) { counting = 1; cpu0 = cpu_ms(); sent0 = sent; received0 = received; }
    if (now >= until) break;
    if (now >= due) {
      number(out, ++tick);
      if (one) {
        for (int at = 0; at < calls; at += batch) {
          int count = calls - at < batch ? calls - at : batch;
          for (int i = 0; i < count; i++) send_heads[i].msg_hdr.msg_name = &to[at + i];
          int done = sendmmsg(fds[0], send_heads, count, 0);
          if (done > 0) sent += done;
        }
      } else {
        for (int i = 0; i < calls; i++) if (sendto(fds[i], out, bytes, 0, (struct sockaddr *)&to[i], sizeof to[i]) == bytes) sent++;
      }
      due += tick_ns;
      continue;
    }
    struct epoll_event events[64];
    int ready = epoll_wait(ep, events, 64, (int)((due - now) / 1000000) + 1);
    for (int i = 0; i < ready; i++) {
      if (one) {
        int got = recvmmsg(events[i].data.fd, receive_heads, batch, MSG_DONTWAIT, NULL);
        if (got > 0) received += got;
      } else {
        while (recv(events[i].data.fd, in[0], sizeof in[0], 0) > 0) received++;
      }
    }
  }
  printf("{\"cpuMs\":%.2f,\"seconds\":%.3f,\"sent\":%ld,\"received\":%ld}\n", cpu_ms() - cpu0, (now_ns() - from) / 1e9, sent - sent0, received - received0);
  return 0;
}
